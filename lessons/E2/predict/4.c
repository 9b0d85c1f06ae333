/* SPDX-License-Identifier: MIT */
/* A callback answers with another Deferred, which is fired last, or first. */
#include "deferreds/ladder.h"
#include "deferreds/notes.h"
#include "deferreds/rung_name.h"

#include <stdio.h>

static struct outcome ask_inner(void *context, struct outcome value)
{
    outcome_drop(value);
    return outcome_deferred(context);
}
RUNG_NAME(ask_inner);

static struct outcome plus_one(void *context, struct outcome value)
{
    (void)context;
    return outcome_number(value.number + 1);
}
RUNG_NAME(plus_one);

static void show(bool inner_first)
{
    struct deferred outer, inner;
    deferred_init(&outer, NULL);
    deferred_init(&inner, NULL);
    deferred_add_callback(&outer, ask_inner, &inner);
    deferred_add_callback(&outer, plus_one, NULL);
    printf("the inner one is fired %s:\n", inner_first ? "first" : "last");
    if (inner_first)
        deferred_callback(&inner, outcome_number(40));
    deferred_callback(&outer, outcome_number(1));
    if (!inner_first)
        deferred_callback(&inner, outcome_number(40));
    deferred_print(&outer, stdout);
    deferred_detach(&outer);
}

int main(void)
{
    struct deferred_notes *notes;
    if (deferred_notes_new(&notes))
        return 1;
    show(false);
    show(true);
    deferred_notes_free(notes);
    return 0;
}
