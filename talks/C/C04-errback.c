/* SPDX-License-Identifier: MIT */
/* C4 (deferreds): A page that is not there
 *
 * The document asks for a page that does not exist, and has added an errback.
 * The error comes as a Failure, with the status, and passes the callback by.
 *
 * Python: addCallback, addErrback, and the Error of getPage. See --draw. */
#include "talks/deferred.h"

const char *const talk_sites[] = {"/status/404", NULL};

static struct outcome print_contents(void *reactor, struct outcome contents)
{
    printf("%s", outcome_bytes(&contents)->data);
    outcome_drop(contents);
    reactor_stop(reactor);
    return outcome_none();
}
RUNG_NAME(print_contents);

static struct outcome error_handler(void *reactor, struct outcome error)
{
    if (!outcome_trap(&error, &page_error_type, NULL))
        return error;
    printf("An error has occurred: <%s>\n", failure_message(error.failure));
    outcome_drop(error);
    reactor_stop(reactor);
    return outcome_none();
}
RUNG_NAME(error_handler);

static struct outcome begin(struct reactor *reactor, void *talk)
{
    struct deferred *deferred = talk_get_page(talk, reactor, talk_sites[0]);
    if (!deferred)
        return outcome_failure(&failure_no_memory);
    deferred_add_callback(deferred, print_contents, reactor);
    deferred_add_errback(deferred, error_handler, reactor);
    return outcome_deferred(deferred);
}

int talk_run(struct talk *talk)
{
    return talk_react(talk, begin);
}
