/* SPDX-License-Identifier: MIT */
/* A failure that meets no errback is lost: nothing is printed, and the program
 * goes on as if the page had come. Only at the end of the Deferred can it be
 * known that no errback has looked. */
#include "callbacks/exception_handler.h"
#include "callbacks/failure.h"
#include "deferreds/deferred.h"

#include <stdio.h>

enum { PAGES = 5 };

static int printed, reported;

static struct outcome print_page(void *context, struct outcome page)
{
    (void)context;
    printed++;
    return page;
}

static struct outcome print_error(void *context, struct outcome failure)
{
    (void)context;
    printed++;
    outcome_drop(failure);
    return outcome_none();
}

static int count_report(struct exception_handler *handler,
                        const struct exception_context *context)
{
    (void)handler;
    (void)context;
    reported++;
    return 0;
}

/* Two of the pages are not there. */
static struct outcome page(int number)
{
    return number % 2 ? outcome_fail(&system_type, -2, "page %d", number)
                      : outcome_number(number);
}

static void show(const char *how, deferred_fn *errback)
{
    printed = reported = 0;
    for (int i = 0; i < PAGES; i++) {
        struct deferred deferred;
        deferred_init(&deferred, NULL);
        deferred_add_callback(&deferred, print_page, NULL);
        if (errback)
            deferred_add_errback(&deferred, errback, NULL);
        deferred_fire(&deferred, page(i));
        deferred_detach(&deferred);
    }
    printf("  %-20s %d of %d accounted for, %d lost and reported\n", how,
           printed, PAGES, reported);
}

int main(void)
{
    struct exception_handler counter = {.handle = count_report};
    exception_handler_set(&counter);
    puts("Five pages, two of which are not there; callbacks print them:\n");
    show("without an errback:", NULL);
    show("with one:", print_error);
    puts("\nA callback is called with values only. A chain ends with an\n"
         "errback, always, as a program in Python ends with an except: what\n"
         "is not caught is told late, when the Deferred is at its end, and\n"
         "far away from where it happened.");
    return 0;
}
