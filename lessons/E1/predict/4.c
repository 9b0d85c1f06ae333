/* SPDX-License-Identifier: MIT */
/* A page with two ends, both in the queue of the same turn. */
#include "callbacks/loop.h"

#include <stdio.h>

struct page {
    struct loop *loop;
    struct handle timer, lost;
    int done;
};

/* Without one way out: each end calls done, and that is that. */
static void on_timer(struct handle *handle)
{
    container_of(handle, struct page, timer)->done++;
}

static void on_lost(struct handle *handle)
{
    container_of(handle, struct page, lost)->done++;
}

/* With it: whatever could end the page once more is taken back first. */
static void finish(struct page *page)
{
    loop_cancel(page->loop, &page->timer);
    loop_cancel(page->loop, &page->lost);
    page->done++;
}

static void on_timer_finish(struct handle *handle)
{
    finish(container_of(handle, struct page, timer));
}

static void on_lost_finish(struct handle *handle)
{
    finish(container_of(handle, struct page, lost));
}

static void show(const char *how, struct loop *loop,
                 void (*timer)(struct handle *), void (*lost)(struct handle *))
{
    struct page page = {
        .loop = loop, .timer.run = timer, .lost.run = lost, .done = 0};
    loop_call_soon(loop, &page.lost);
    loop_call_at(loop, &page.timer, loop_time(loop));
    loop_run(loop);
    printf("%-22s done was called %d time%s\n", how, page.done,
           page.done == 1 ? "" : "s");
}

int main(void)
{
    struct loop *loop;
    if (loop_new(&loop, &epoll_selector, &monotonic_clock))
        return 1;
    show("each by itself:", loop, on_timer, on_lost);
    show("the same one way out:", loop, on_timer_finish, on_lost_finish);
    loop_free(loop);
    return 0;
}
