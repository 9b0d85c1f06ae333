/* SPDX-License-Identifier: MIT */
/* A coroutine is called like a function, without `yield from`. Nothing of it
 * runs. */
#include "lessons/E5/virtual_loop.h"

#include "coroutines/frame.h"
#include "coroutines/sleep.h"

enum { PAGES = 3 };

struct visit {
    struct frame frame, callee;
    struct loop *loop;
    bool forgets;
    int page;
    long saved;
};

/* It takes a second. */
static struct outcome save_page(struct generator *self, struct outcome got)
{
    struct visit *f = container_of(self, struct visit, callee.generator);
    struct frame *const co_frame = &f->callee;
    CO_BEGIN;
    CO_AWAIT(sleep_for(f->loop, NANOS_PER_SECOND));
    f->saved++;
    CO_END;
}

static struct generator *save(struct visit *visit)
{
    return frame_init(&visit->callee, save_page);
}

static struct outcome visit(struct generator *self, struct outcome got)
{
    CO_FRAME(struct visit, f);
    CO_BEGIN;
    for (f->page = 0; f->page < PAGES; f->page++) {
        if (f->forgets)
            save(f);
        else
            CO_YIELD_FROM(save(f));
    }
    CO_END;
}

static long never_saved(bool forgets)
{
    struct virtual_loop time;
    struct visit mine = {.forgets = forgets};
    virtual_loop_init(&time);
    mine.loop = time.loop;
    virtual_loop_complete(&time, frame_init(&mine.frame, visit));
    return PAGES - mine.saved;
}

static long make(void)
{
    return never_saved(true);
}

static long mend(void)
{
    return never_saved(false);
}

int main(void)
{
    static const struct wrong forgotten_yield_from = {
        .mistake = "a coroutine is called like a function",
        .damage = "pages of three that were never saved",
        .make = make,
        .mend = mend,
        .why = "to call a coroutine only makes one: nothing of it runs until "
               "it is sent on. The call returned at once, no error was "
               "seen, and the generator that it had made was forgotten.",
        .instead =
            "yield from it, or make a Task of it if it is to run beside the "
            "rest. Mark functions that return a generator with OUTCOME_OWNED: "
            "then the compiler warns of one that is forgotten. Python says "
            "that the coroutine was never awaited.",
    };
    return wrong_show(&forgotten_yield_from);
}
