/* SPDX-License-Identifier: MIT */
/* a is called and schedules z; b is behind a in the queue. */
#include "callbacks/loop.h"

#include <stdio.h>

struct letter {
    struct handle handle;
    char letter;
    struct loop *loop;
    struct letter *schedules;
};

static void say(struct handle *handle)
{
    struct letter *self = container_of(handle, struct letter, handle);
    printf(" %c", self->letter);
    if (self->schedules)
        loop_call_soon(self->loop, &self->schedules->handle);
}

/* A loop that is stopped before it runs makes one turn. */
static void turn(struct loop *loop, int number)
{
    printf("turn %d:", number);
    loop_stop(loop);
    loop_run(loop);
    puts("");
}

int main(void)
{
    struct loop *loop;
    if (loop_new(&loop, &epoll_selector, &monotonic_clock))
        return 1;
    struct letter z = {{.run = say}, 'z', loop, NULL};
    struct letter a = {{.run = say}, 'a', loop, &z};
    struct letter b = {{.run = say}, 'b', loop, NULL};
    loop_call_soon(loop, &a.handle);
    loop_call_soon(loop, &b.handle);
    turn(loop, 1);
    turn(loop, 2);
    loop_free(loop);
    return 0;
}
