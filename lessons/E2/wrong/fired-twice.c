/* SPDX-License-Identifier: MIT */
/* A Deferred is fired for each line that arrives. It has one outcome: all lines
 * but the first are lost. */
#include "lessons/wrong.h"

#include "callbacks/failure.h"
#include "deferreds/deferred.h"

enum { LINES = 4 };

static struct outcome print_line(void *printed, struct outcome line)
{
    ++*(long *)printed;
    return line;
}

/* Each line that arrives fires the Deferred. */
static long make(void)
{
    long printed = 0;
    struct deferred *line = deferred_new(NULL);
    wrong_need(line != NULL, "deferred_new");
    deferred_add_callback(line, print_line, &printed);
    for (int i = 0; i < LINES; i++)
        (void)deferred_callback(line, outcome_text("a line"));
    deferred_detach(line);
    return LINES - printed;
}

/* Each line that arrives has a Deferred of its own; or is a plain callback, as
 * lineReceived is. */
static long mend(void)
{
    long printed = 0;
    for (int i = 0; i < LINES; i++) {
        struct deferred *line = deferred_new(NULL);
        wrong_need(line != NULL, "deferred_new");
        deferred_add_callback(line, print_line, &printed);
        wrong_need(!deferred_callback(line, outcome_text("a line")),
                   "deferred_callback");
        deferred_detach(line);
    }
    return LINES - printed;
}

int main(void)
{
    static const struct wrong fired_twice = {
        .mistake = "a Deferred is fired for each line that arrives",
        .damage = "lines of four that are lost",
        .make = make,
        .mend = mend,
        .why = "a Deferred is one outcome. Its rungs have run when it is fired "
               "again, so the second outcome has nowhere to go: it is dropped, "
               "and deferred_fire returns -EALREADY, which was not looked at.",
        .instead = "what happens many times is a callback, or a queue "
                   "(deferreds/queue.h). While notes are taken "
                   "(deferreds/notes.h) each second firing is reported, with "
                   "the place of the first one.",
    };
    return wrong_show(&fired_twice);
}
