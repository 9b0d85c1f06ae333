/* SPDX-License-Identifier: MIT */
/* Prints what a Deferred costs: made, with three callbacks, fired and ended;
 * beside a malloc and free of 240 bytes, in the same rounds.
 * Twisted's own is measured by twisted_cost.py. Nothing is judged by it.
 */
#include "base/clock.h"
#include "deferreds/deferred.h"

#include <stdio.h>
#include <stdlib.h>

enum { ROUNDS = 101, TRIES = 5, EACH = 20000, BYTES = 240 };

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

static void embedded(void)
{
    struct deferred deferred;
    deferred_init(&deferred, NULL);
    run_through(&deferred);
}

static void from_heap(void)
{
    struct deferred *deferred = deferred_new(NULL);
    if (deferred)
        run_through(deferred);
}

static void malloc_and_free(void)
{
    static void *volatile seen; /* so that the two are not left out */
    seen = malloc(BYTES);
    free(seen);
}

/* In nanoseconds: the least of a few, for whatever disturbs only adds. */
static double time_of(void (*what)(void))
{
    nanos least = NEVER;
    for (int try = 0; try < TRIES; try++) {
        nanos start = clock_now(&monotonic_clock);
        for (int i = 0; i < EACH; i++)
            what();
        nanos took = clock_now(&monotonic_clock) - start;
        least = took < least ? took : least;
    }
    return (double)least / EACH;
}

static int by_size(const void *a, const void *b)
{
    double difference = *(const double *)a - *(const double *)b;
    return (difference > 0) - (difference < 0);
}

static double median(double *figures)
{
    qsort(figures, ROUNDS, sizeof *figures, by_size);
    return figures[ROUNDS / 2];
}

int main(void)
{
    static const struct {
        const char *name;
        void (*run)(void);
    } rows[] = {
        {"malloc and free of 240 bytes", malloc_and_free},
        {"a Deferred, in storage of its user's", embedded},
        {"a Deferred of deferred_new", from_heap},
    };
    enum { ROWS = sizeof rows / sizeof *rows };
    static double figures[ROWS][ROUNDS], ratios[ROWS][ROUNDS];
    for (int round = 0; round < ROUNDS; round++)
        for (int row = 0; row < ROWS; row++) {
            figures[row][round] = time_of(rows[row].run);
            ratios[row][round] = figures[row][round] / figures[0][round];
        }
    for (int row = 0; row < ROWS; row++)
        printf("%-38s %7.1f ns %5.2f times\n", rows[row].name,
               median(figures[row]), median(ratios[row]));
    return 0;
}
