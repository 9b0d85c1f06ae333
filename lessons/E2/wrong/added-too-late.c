/* SPDX-License-Identifier: MIT */
/* A callback is added to a Deferred that was handed on: a rung has returned it,
 * and its outcome belongs to the outer one. What is added then gets None. */
#include "deferreds/ladder.h"
#include "deferreds/notes.h"
#include "deferreds/rung_name.h"

#include <stdio.h>

static struct outcome ask_page(void *context, struct outcome value)
{
    outcome_drop(value);
    return outcome_deferred(context);
}
RUNG_NAME(ask_page);

static struct outcome print_page(void *context, struct outcome page)
{
    printf("  %s gets %s\n", (const char *)context,
           outcome_is_none(&page) ? "None" : "the page");
    return page;
}
RUNG_NAME(print_page);

static void show(bool too_late)
{
    struct deferred outer, page;
    deferred_init(&outer, NULL);
    deferred_init(&page, NULL);
    deferred_add_callback(&outer, ask_page, &page);
    if (!too_late)
        deferred_add_callback(&page, print_page, "the inner one's callback");
    deferred_callback(&outer, outcome_none());
    if (too_late) /* wrong: the outer one waits, and comes before it */
        deferred_add_callback(&page, print_page, "the inner one's callback");
    deferred_add_callback(&outer, print_page, "the outer one's callback");
    deferred_callback(&page, outcome_text("<html>"));
    deferred_print(&outer, stdout);
    deferred_detach(&outer);
}

int main(void)
{
    struct deferred_notes *notes;
    if (deferred_notes_new(&notes))
        return 1;
    puts("A callback is added before the Deferred is handed on:\n");
    show(false);
    puts("\nand the same afterwards:\n");
    show(true);
    puts(
        "\nA Deferred has one outcome, and hands it on from rung to rung. One\n"
        "that a callback has returned is given away: add to the outer one.");
    deferred_notes_free(notes);
    return 0;
}
