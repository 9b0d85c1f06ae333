/* SPDX-License-Identifier: MIT */
/* One handle is due at once, by timer; then another is called soon. */
#include "callbacks/loop.h"

#include <stdio.h>

static void by_timer(struct handle *handle)
{
    (void)handle;
    puts("the one of loop_call_at runs");
}

static void by_queue(struct handle *handle)
{
    (void)handle;
    puts("the one of loop_call_soon runs");
}

int main(void)
{
    struct loop *loop;
    if (loop_new(&loop, &epoll_selector, &monotonic_clock))
        return 1;
    struct handle timed = {.run = by_timer}, soon = {.run = by_queue};
    loop_call_at(loop, &timed, loop_time(loop));
    loop_call_soon(loop, &soon);
    loop_run(loop);
    loop_free(loop);
    return 0;
}
