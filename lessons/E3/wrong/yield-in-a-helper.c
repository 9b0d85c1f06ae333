/* SPDX-License-Identifier: MIT */
/* A function that a generator calls yields in its place: what it yields is
 * lost, because a yield leaves one function and not two. As a generator of its
 * own, run by `yield from`, it works. */
#include "coroutines/frame.h"

#include <stdio.h>

struct greeting {
    struct frame frame;
};

/* ---- wrong: a helper that returns through generator_yield ---- */

static struct outcome names(struct generator *self)
{
    return generator_yield(self, outcome_text("Ada"));
}

static struct outcome greets_wrongly(struct generator *self, struct outcome got)
{
    CO_FRAME(struct greeting, f);
    CO_BEGIN;
    CO_YIELD(outcome_text("hello"));
    outcome_drop(names(self)); /* it has come back here, and not outside */
    CO_YIELD(outcome_text("goodbye"));
    CO_END;
}

/* ---- right: a generator of its own ---- */

static struct outcome name(struct generator *self, struct outcome got)
{
    CO_FRAME(struct greeting, f);
    CO_BEGIN;
    CO_YIELD(outcome_text("Ada"));
    CO_END;
}

struct both {
    struct frame frame;
    struct greeting inner;
};

static struct outcome greets(struct generator *self, struct outcome got)
{
    CO_FRAME(struct both, f);
    CO_BEGIN;
    CO_YIELD(outcome_text("hello"));
    CO_YIELD_FROM(frame_init(&f->inner.frame, name));
    CO_YIELD(outcome_text("goodbye"));
    CO_END;
}

static void show(const char *how, struct generator *generator)
{
    struct outcome value;
    int count = 0;
    printf("  %-28s", how);
    for (; generator_next(generator, &value); count++)
        printf(" %s", value.text);
    printf("   (%d of 3)\n", count);
}

int main(void)
{
    struct greeting wrong;
    struct both right;
    puts("A greeting: hello Ada goodbye. The name comes from a helper.\n");
    show("the helper yields:", frame_init(&wrong.frame, greets_wrongly));
    show("yield from the helper:", frame_init(&right.frame, greets));
    puts("\nOnly the function that is the generator can stop it. A function\n"
         "that it calls has a frame of its own, which the yield leaves; the\n"
         "generator finds itself one line further. Greenlets can do it: they\n"
         "keep the whole stack, coroutines/stack.h.");
    return 0;
}
