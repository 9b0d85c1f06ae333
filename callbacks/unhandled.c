/* SPDX-License-Identifier: MIT */
#include "callbacks/unhandled.h"

#include <stdio.h>

/* Each thread has its own loop, and with it its own reporter: a report runs on
 * the thread whose failure it is, and needs no lock. */
static _Thread_local struct {
    struct reporter *reporter; /* NULL: standard error */
    unsigned shown;
} mine;

struct reporter *unhandled_set_reporter(struct reporter *reporter)
{
    struct reporter *before = mine.reporter;
    mine.reporter = reporter;
    mine.shown = 0;
    return before;
}

static void report_to_stderr(const char *what, const struct failure *failure)
{
    struct buffer text = {0};
    if (mine.shown > UNHANDLED_SHOWN)
        return;
    if (mine.shown++ == UNHANDLED_SHOWN) {
        fprintf(stderr, "There are more unhandled errors, not shown here.\n");
        return;
    }
    failure_print(failure, &text);
    fprintf(stderr, "%s:\n%.*s", what, (int)text.size, text.data);
    buffer_deinit(&text);
}

void unhandled_report(const char *what, const struct outcome *outcome)
{
    if (!outcome_is_failure(outcome))
        return;
    if (mine.reporter)
        mine.reporter->report(mine.reporter, what, outcome->failure);
    else
        report_to_stderr(what, outcome->failure);
}
