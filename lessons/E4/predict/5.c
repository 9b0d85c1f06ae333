/* SPDX-License-Identifier: MIT */
/* A coroutine waits for a Future that is set in turn 7. */
#include "coroutines/frame.h"
#include "coroutines/task.h"

#include <stdio.h>

struct counter {
    struct handle handle;
    struct loop *loop;
    struct future *future;
    int turn;
};

struct foo {
    struct frame frame;
    struct counter *counter;
};

static void count(struct handle *handle)
{
    struct counter *counter = container_of(handle, struct counter, handle);
    counter->turn++;
    if (counter->turn < 10)
        loop_call_soon(counter->loop, handle);
    if (counter->turn == 7) {
        puts("turn 7: the Future is set");
        future_set_result(counter->future, outcome_number(5));
    }
}

static struct outcome foo(struct generator *self, struct outcome got)
{
    CO_FRAME(struct foo, f);
    CO_BEGIN;
    CO_AWAIT(future_await(f->counter->future));
    printf("turn %d: foo goes on, with %ld\n", f->counter->turn,
           (long)got.number);
    CO_END;
}

int main(void)
{
    struct counter counter = {.handle.run = count};
    struct foo mine = {.counter = &counter};
    struct task task;
    if (loop_new(&counter.loop, &epoll_selector, &monotonic_clock))
        return 1;
    counter.future = future_new(counter.loop);
    if (!counter.future)
        return 1;
    loop_call_soon(counter.loop, &counter.handle);
    task_init(&task, counter.loop, frame_init(&mine.frame, foo));
    loop_run(counter.loop);
    task_unref(&task);
    future_unref(counter.future);
    loop_free(counter.loop);
    return 0;
}
