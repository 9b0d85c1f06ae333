/* SPDX-License-Identifier: MIT */
/* Deferreds: a chain without an errback. */
#include "wrong.h"

#include "callbacks/exception_handler.h"
#include "deferreds/deferred.h"

#include <errno.h>

enum { PAGES = 3 };

/* What the person in front of the screen sees. */
struct screen {
    struct exception_handler handler;
    long pages, errors, unhandled;
};

static int count_unhandled(struct exception_handler *handler,
                           const struct exception_context *context)
{
    (void)context;
    container_of(handler, struct screen, handler)->unhandled++;
    return 0;
}

static struct outcome print_page(void *screen, struct outcome page)
{
    ((struct screen *)screen)->pages++;
    return page;
}

static struct outcome print_error(void *screen, struct outcome error)
{
    ((struct screen *)screen)->errors++;
    outcome_drop(error);
    return outcome_none();
}

/* Three pages are asked for, and one of them is not there. */
static long missed(bool errback)
{
    struct screen screen = {.handler = {count_unhandled}};
    struct exception_handler *before = exception_handler_set(&screen.handler);
    for (int i = 0; i < PAGES; i++) {
        struct deferred *page = deferred_new(NULL);
        wrong_need(page != NULL, "deferred_new");
        deferred_add_callback(page, print_page, &screen);
        if (errback)
            deferred_add_errback(page, print_error, &screen);
        deferred_fire(page, i == 1 ? outcome_errno(-ECONNREFUSED)
                                   : outcome_text("a page"));
        deferred_detach(page);
    }
    exception_handler_set(before);
    wrong_need(screen.unhandled == (errback ? 0 : 1), "the report");
    return PAGES - screen.pages - screen.errors;
}

static long make(void)
{
    return missed(false);
}

static long mend(void)
{
    return missed(true);
}

int main(void)
{
    static const struct wrong lost_errback = {
        .mistake = "a Deferred has a callback, and no errback",
        .damage = "pages of three of which nothing was heard",
        .make = make,
        .mend = mend,
        .why = "a failure goes down the right side of the ladder, past every "
               "callback. If there is nothing on that side it falls out at "
               "the end, and the callback that would have gone on is never "
               "called.",
        .instead =
            "the last rung of every chain is an errback. What reaches the "
            "end all the same is reported as an unhandled error in Deferred; "
            "with notes (deferreds/notes.h) also where it was made.",
    };
    return wrong_show(&lost_errback);
}
