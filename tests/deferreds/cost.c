/* SPDX-License-Identifier: MIT */
/* Prints what a Deferred costs: made, with three callbacks, fired and ended;
 * beside a malloc and free of 240 bytes, in the same rounds.
 * Twisted's own is measured by twisted_cost.py. Nothing is judged by it.
 *
 *     deferred_cost [ROUNDS]
 */
#include "support/cost.h"
#include "deferreds/deferred.h"

#include <stdlib.h>

enum { BYTES = 240 };

static struct outcome plus_one(void *context, struct outcome outcome)
{
    (void)context;
    return outcome_number(outcome.number + 1);
}

static void run_through(struct deferred *deferred)
{
    (void)deferred_add_callback(deferred, plus_one, NULL);
    (void)deferred_add_callback(deferred, plus_one, NULL);
    (void)deferred_add_callback(deferred, plus_one, NULL);
    deferred_callback(deferred, outcome_number(1));
    deferred_detach(deferred);
}

static void embedded(long times)
{
    while (times--) {
        struct deferred deferred;
        deferred_init(&deferred, NULL);
        run_through(&deferred);
    }
}

static void from_heap(long times)
{
    while (times--) {
        struct deferred *deferred = deferred_new(NULL);
        if (deferred)
            run_through(deferred);
    }
}

static void malloc_and_free(long times)
{
    static void *volatile seen; /* so that the two are not left out */
    while (times--) {
        seen = malloc(BYTES);
        free(seen);
    }
}

int main(int argc, char **argv)
{
    static const struct cost_row rows[] = {
        {.name = "malloc and free of 240 bytes", .run = malloc_and_free},
        {.name = "a Deferred, in storage of its user's", .run = embedded},
        {.name = "a Deferred of deferred_new", .run = from_heap},
    };
    cost_table("A Deferred", rows, sizeof rows / sizeof *rows,
               cost_argument(argc, argv, 1, COST_ROUNDS));
    return 0;
}
