/* SPDX-License-Identifier: MIT */
/* C3 (deferreds): What one callback returns, the next one gets
 *
 * Two callbacks are added to the Deferred of a page. The first makes all of it
 * lower case, and the second gets that, and prints its first line.
 *
 * Python: getPage, and addCallback twice. See --draw, too. */
#include "talks/deferred.h"
#include <ctype.h>

const char *const talk_sites[] = {"/", NULL};

static struct outcome lower_case(void *context, struct outcome contents)
{
    (void)context;
    for (char *c = outcome_bytes(&contents)->data; *c; c++)
        *c = (char)tolower((unsigned char)*c);
    return contents;
}
RUNG_NAME(lower_case);

static struct outcome print_contents(void *reactor, struct outcome contents)
{
    const char *page = outcome_bytes(&contents)->data;
    printf("%.*s\n", (int)strcspn(page, "\n"), page);
    outcome_drop(contents);
    reactor_stop(reactor);
    return outcome_none();
}
RUNG_NAME(print_contents);

static struct outcome begin(struct reactor *reactor, void *talk)
{
    struct deferred *deferred = talk_get_page(talk, reactor, talk_sites[0]);
    if (!deferred)
        return outcome_failure(&failure_no_memory);
    deferred_add_callback(deferred, lower_case, NULL);
    deferred_add_callback(deferred, print_contents, reactor);
    return outcome_deferred(deferred);
}

int talk_run(struct talk *talk)
{
    return talk_react(talk, begin);
}
