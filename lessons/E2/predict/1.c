/* SPDX-License-Identifier: MIT */
/* A Deferred is fired with 1, and has two rungs: one adds 1, the other
 * multiplies by 10. */
#include "deferreds/ladder.h"
#include "deferreds/notes.h"
#include "deferreds/rung_name.h"

static struct outcome plus_one(void *context, struct outcome value)
{
    (void)context;
    return outcome_number(value.number + 1);
}
RUNG_NAME(plus_one);

static struct outcome times_ten(void *context, struct outcome value)
{
    (void)context;
    return outcome_number(value.number * 10);
}
RUNG_NAME(times_ten);

int main(void)
{
    struct deferred_notes *notes;
    struct deferred deferred;
    if (deferred_notes_new(&notes))
        return 1;
    deferred_init(&deferred, NULL);
    deferred_add_callback(&deferred, plus_one, NULL);
    deferred_add_callback(&deferred, times_ten, NULL);
    deferred_callback(&deferred, outcome_number(1));
    deferred_print(&deferred, stdout);
    deferred_detach(&deferred);
    deferred_notes_free(notes);
    return 0;
}
