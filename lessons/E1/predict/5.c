/* SPDX-License-Identifier: MIT */
/* 1000 pages that fail before they begin; done starts the next one. */
#include "callbacks/loop.h"

#include <stdio.h>

enum { PAGES = 1000 };

static struct loop *loop;
static struct handle failure;
static int left, depth, deepest;

static void start_told_at_once(void);
static void start_told_later(void);

static void done(void (*start)(void))
{
    if (++depth > deepest)
        deepest = depth;
    if (--left > 0)
        start();
    depth--;
}

static void start_told_at_once(void)
{
    done(start_told_at_once);
}

static void on_failure(struct handle *handle)
{
    (void)handle;
    done(start_told_later);
}

static void start_told_later(void)
{
    failure.run = on_failure;
    loop_call_soon(loop, &failure);
}

static void show(const char *how, void (*start)(void))
{
    left = PAGES;
    depth = deepest = 0;
    start();
    loop_run(loop);
    printf("%-24s %4d calls of done on top of each other\n", how, deepest);
}

int main(void)
{
    if (loop_new(&loop, &epoll_selector, &monotonic_clock))
        return 1;
    show("told at once:", start_told_at_once);
    show("told in the next turn:", start_told_later);
    loop_free(loop);
    return 0;
}
