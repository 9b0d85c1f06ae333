/* SPDX-License-Identifier: MIT */
/* C2 (deferreds): A page is promised, and printed when it is there
 *
 * getPage returns at once, with a Deferred instead of the page. A callback that
 * is added to it prints the contents when they have come, and stops the
 * reactor.
 *
 * Python: twisted.web.client.getPage, addCallback, reactor.stop. See --draw. */
#include "talks/deferred.h"

const char *const talk_sites[] = {"/status/200", NULL};

static struct outcome print_contents(void *reactor, struct outcome contents)
{
    printf("The Deferred has called print_contents with these contents:\n%s",
           outcome_bytes(&contents)->data);
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
    puts("getPage has returned.");
    deferred_add_callback(deferred, print_contents, reactor);
    return outcome_deferred(deferred);
}

int talk_run(struct talk *talk)
{
    return talk_react(talk, begin);
}
