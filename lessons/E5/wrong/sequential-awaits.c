/* SPDX-License-Identifier: MIT */
/* Pages that were meant to come at the same time are waited for one after
 * another, so that they take the sum of their times. */
#include "lessons/E5/virtual_loop.h"

#include "coroutines/frame.h"
#include "coroutines/sleep.h"

enum { PAGES = 3 };

struct page {
    struct frame frame;
    struct task task;
    struct loop *loop;
};

struct visit {
    struct frame frame;
    struct page pages[PAGES];
    int i;
};

/* It takes a second. */
static struct outcome fetch(struct generator *self, struct outcome got)
{
    CO_FRAME(struct page, f);
    CO_BEGIN;
    CO_AWAIT(sleep_for(f->loop, NANOS_PER_SECOND));
    CO_END;
}

static struct outcome visit_in_turn(struct generator *self, struct outcome got)
{
    CO_FRAME(struct visit, f);
    CO_BEGIN;
    for (f->i = 0; f->i < PAGES; f->i++)
        CO_YIELD_FROM(frame_init(&f->pages[f->i].frame, fetch));
    CO_END;
}

static struct outcome visit_at_once(struct generator *self, struct outcome got)
{
    CO_FRAME(struct visit, f);
    CO_BEGIN;
    for (struct page *page = f->pages; page < f->pages + PAGES; page++)
        task_init(&page->task, page->loop, frame_init(&page->frame, fetch));
    for (f->i = 0; f->i < PAGES; f->i++) {
        CO_AWAIT(task_await(&f->pages[f->i].task));
        task_unref(&f->pages[f->i].task);
    }
    CO_END;
}

static long seconds(generator_resume *visit)
{
    struct virtual_loop time;
    struct visit mine;
    virtual_loop_init(&time);
    for (int i = 0; i < PAGES; i++)
        mine.pages[i].loop = time.loop;
    return virtual_loop_complete(&time, frame_init(&mine.frame, visit));
}

static long make(void)
{
    return seconds(visit_in_turn);
}

static long mend(void)
{
    return seconds(visit_at_once);
}

int main(void)
{
    static const struct wrong sequential_awaits = {
        .mistake = "coroutines are waited for one after another",
        .damage = "seconds for three pages of a second each",
        .make = make,
        .mend = mend,
        .why = "a coroutine runs only while it is waited for: the second "
               "page is not asked for before the first is there. It reads "
               "like three things at once, and it is asynchronous, but "
               "nothing overlaps.",
        .instead = "start them all as Tasks, and wait afterwards: a Task "
                   "advances by itself. gather does both.",
    };
    return wrong_show(&sequential_awaits);
}
