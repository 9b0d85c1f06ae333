/* SPDX-License-Identifier: MIT */
/* Three callbacks are in the queue; the first one stops the loop. */
#include "callbacks/loop.h"

#include <stdio.h>

struct call {
    struct handle handle;
    int number;
    struct loop *loop;
};

static void run(struct handle *handle)
{
    struct call *self = container_of(handle, struct call, handle);
    printf("callback %d runs%s\n", self->number,
           self->number == 1 ? ", and stops the loop" : "");
    if (self->number == 1)
        loop_stop(self->loop);
}

int main(void)
{
    struct loop *loop;
    if (loop_new(&loop, &epoll_selector, &monotonic_clock))
        return 1;
    struct call calls[3];
    for (int i = 0; i < 3; i++) {
        calls[i] = (struct call){{.run = run}, i + 1, loop};
        loop_call_soon(loop, &calls[i].handle);
    }
    loop_run(loop);
    puts("the loop has ended");
    loop_free(loop);
    return 0;
}
