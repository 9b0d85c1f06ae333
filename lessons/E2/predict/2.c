/* SPDX-License-Identifier: MIT */
/* Two rungs with both sides, and the first callback fails. */
#include "callbacks/failure.h"
#include "deferreds/ladder.h"
#include "deferreds/notes.h"
#include "deferreds/rung_name.h"

static struct outcome cb1(void *context, struct outcome value)
{
    (void)context;
    outcome_drop(value);
    return outcome_fail(&misuse_type, 0, "cb1 has failed");
}
RUNG_NAME(cb1);

static struct outcome pass(void *context, struct outcome outcome)
{
    (void)context;
    outcome_drop(outcome);
    return outcome_text("mended");
}

static struct outcome eb1(void *context, struct outcome outcome)
{
    return pass(context, outcome);
}
RUNG_NAME(eb1);

static struct outcome cb2(void *context, struct outcome outcome)
{
    return pass(context, outcome);
}
RUNG_NAME(cb2);

static struct outcome eb2(void *context, struct outcome outcome)
{
    return pass(context, outcome);
}
RUNG_NAME(eb2);

int main(void)
{
    struct deferred_notes *notes;
    struct deferred deferred;
    if (deferred_notes_new(&notes))
        return 1;
    deferred_init(&deferred, NULL);
    deferred_add_callbacks(&deferred, cb1, eb1, NULL);
    deferred_add_callbacks(&deferred, cb2, eb2, NULL);
    deferred_callback(&deferred, outcome_text("a page"));
    deferred_print(&deferred, stdout);
    deferred_detach(&deferred);
    deferred_notes_free(notes);
    return 0;
}
