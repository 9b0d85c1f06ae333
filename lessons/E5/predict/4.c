/* SPDX-License-Identifier: MIT */
/* A Task is cancelled before it has begun, and one when it has. */
#include "coroutines/frame.h"
#include "coroutines/sleep.h"
#include "coroutines/task.h"

#include <stdio.h>

struct body {
    struct frame frame;
    struct loop *loop;
    struct task *other;
};

static struct outcome body(struct generator *self, struct outcome got)
{
    CO_FRAME(struct body, f);
    CO_BEGIN;
    puts("  begins");
    CO_AWAIT(sleep_for(f->loop, NANOS_PER_SECOND));
    CO_FINALLY;
    puts("  finally");
    CO_END_FINALLY;
}

static struct outcome canceller(struct generator *self, struct outcome got)
{
    CO_FRAME(struct body, f);
    (void)got;
    CO_BEGIN;
    task_cancel(f->other);
    CO_END;
}

int main(void)
{
    struct loop *loop;
    struct task one, two, three;
    if (loop_new(&loop, &epoll_selector, &monotonic_clock))
        return 1;
    struct body first = {.loop = loop}, second = {.loop = loop},
                third = {.loop = loop, .other = &two};
    puts("cancelled before the loop runs:");
    task_init(&one, loop, frame_init(&first.frame, body));
    task_cancel(&one);
    loop_run(loop);
    puts("cancelled when it has begun:");
    task_init(&two, loop, frame_init(&second.frame, body));
    task_init(&three, loop, frame_init(&third.frame, canceller));
    loop_run(loop);
    task_unref(&one);
    task_unref(&two);
    task_unref(&three);
    loop_free(loop);
    return 0;
}
