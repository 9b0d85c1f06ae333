/* SPDX-License-Identifier: MIT */
/* A coroutine alone, and one of which a Task was made. */
#include "coroutines/frame.h"
#include "coroutines/task.h"

#include <stdio.h>

struct hello {
    struct frame frame;
};

static struct outcome hello(struct generator *self, struct outcome got)
{
    CO_FRAME(struct hello, f);
    (void)got;
    CO_BEGIN;
    puts("  hello");
    CO_END;
}

int main(void)
{
    struct loop *loop;
    struct hello alone, driven;
    struct task task;
    if (loop_new(&loop, &epoll_selector, &monotonic_clock))
        return 1;
    puts("with a Task:");
    task_init(&task, loop, frame_init(&driven.frame, hello));
    puts("  made");
    loop_run(loop);
    puts("without one:");
    struct generator *coroutine = frame_init(&alone.frame, hello);
    puts("  made");
    loop_run(loop);
    generator_drop(coroutine);
    task_unref(&task);
    loop_free(loop);
    return 0;
}
