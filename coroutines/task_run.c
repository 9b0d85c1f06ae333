/* SPDX-License-Identifier: MIT */
/* Tasks on the heap, and running the loop until one is over. Needs only the
 * core, whether that is ours or a learner's. */
#include "coroutines/task.h"

#include <errno.h>
#include <stdlib.h>

static void free_task(struct future *future)
{
    free(container_of(future, struct task, future));
}

struct task *task_new(struct loop *loop, struct generator *generator)
{
    struct task *task = malloc(sizeof *task);
    if (!task) {
        generator_drop(generator);
        return NULL;
    }
    task_init(task, loop, generator);
    task->future.release = free_task;
    return task;
}

int task_spawn(struct loop *loop, struct generator *generator)
{
    struct task *task = task_new(loop, generator);
    if (!task)
        return -ENOMEM;
    task_unref(task);
    return 0;
}

/* ---- the loop, run until something is done ---- */

struct stopper {
    struct handle handle;
    struct loop *loop;
};

static void on_done(struct handle *handle)
{
    loop_stop(container_of(handle, struct stopper, handle)->loop);
}

int run_until_done(struct loop *loop, struct future *future)
{
    struct stopper stopper = {{.run = on_done}, loop};
    future_add_done_callback(future, &stopper.handle);
    int error = loop_run(loop);
    future_remove_done_callback(future, &stopper.handle);
    return error;
}

static struct outcome why_it_ended(int error)
{
    return error ? outcome_errno(error)
                 : outcome_fail(&misuse_type, -EINVAL,
                                "the loop ended before the Task was done");
}

struct outcome run_until_complete(struct loop *loop,
                                  struct generator *generator)
{
    struct task *task = task_new(loop, generator);
    if (!task)
        return outcome_failure(&failure_no_memory);
    int error = run_until_done(loop, &task->future);
    struct awaitable *result = &task->future.awaitable;
    if (awaitable_ready(result))
        return awaitable_take(result);
    task_close(task);
    awaitable_drop(result);
    return why_it_ended(error);
}
