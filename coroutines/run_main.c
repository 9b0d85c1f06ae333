/* SPDX-License-Identifier: MIT */
#include "coroutines/run_main.h"

#include "callbacks/exception_handler.h"

#include <stdio.h>

static void cancel_all(struct loop *loop)
{
    struct task *task = NULL;
    while ((task = all_tasks_next(loop, task)))
        task_cancel(task);
}

static void report_task(const struct task *task)
{
    char text[128];
    snprintf(text, sizeof text, "Task was destroyed but it is pending!: %s",
             task->name);
    exception_handler_call(&(struct exception_context){.message = text});
}

/* One more turn for the callbacks that report their ends. */
static void close_all(struct loop *loop)
{
    struct task *task;
    while ((task = all_tasks_next(loop, NULL))) {
        report_task(task);
        task_close(task);
    }
    loop_stop(loop);
    (void)loop_run(loop);
}

/* Runs the loop until the first of them is over, then until the next is. If one
 * is not over when the loop has ended, the others cannot go on either. */
void all_tasks_end(struct loop *loop)
{
    struct task *task;
    cancel_all(loop);
    while ((task = all_tasks_next(loop, NULL))) {
        if (!task_cancelling(task)) /* started meanwhile, by one that ended */
            task_cancel(task);
        struct future *future = future_ref(task_future(task));
        int error = run_until_done(loop, future);
        bool over = future_done(future);
        future_unref(future);
        if (error || !over) {
            close_all(loop);
            return;
        }
    }
}

struct outcome run_main(struct loop *loop, struct generator *generator)
{
    struct outcome came = run_until_complete(loop, generator);
    all_tasks_end(loop);
    return came;
}
