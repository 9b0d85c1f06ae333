/* SPDX-License-Identifier: MIT */
#include "support/cost.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { TRIES = 5, MOST_ROWS = 8 };

/* A try takes a little longer than needed, so that all together take half a
 * second even if the processor becomes faster. */
#define LEAST_TRY (12 * NANOS_PER_MILLISECOND / 10)

/* What is known of a row. */
struct measured {
    long times; /* in a try; 0: it can not be done here */
    nanos spent;
    double figures[COST_ROUNDS], ratios[COST_ROUNDS];
};

int cost_argument(int argc, char **argv, int index, int usual)
{
    int number = argc > index ? atoi(argv[index]) : usual;
    return number > 0 ? number : usual;
}

/* ---- one row ---- */

static nanos cpu_now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return nanos_from_timespec(now);
}

static nanos cpu_of(const struct cost_row *row, long times)
{
    if (!row->run)
        return row->elsewhere(times);
    nanos start = cpu_now();
    row->run(times);
    return cpu_now() - start;
}

/* The least of a few tries, because disturbances only add. */
static nanos least_of(const struct cost_row *row, struct measured *measured)
{
    nanos least = NEVER;
    for (int try = 0; try < TRIES; try++) {
        nanos took = cpu_of(row, measured->times);
        measured->spent += took;
        least = nanos_earlier(took, least);
    }
    return least;
}

/* How many times make a try take long enough. */
static void calibrate(const struct cost_row *row, struct measured *measured)
{
    nanos took = -1;
    for (measured->times = 1;; measured->times *= 2) {
        took = least_of(row, measured);
        if (took < 0 || took >= LEAST_TRY)
            break;
    }
    if (took < 0)
        measured->times = 0;
    measured->spent = 0;
}

static double figure_of(const struct cost_row *row, struct measured *measured)
{
    int each = row->each ? row->each : 1;
    return (double)least_of(row, measured) / (double)measured->times / each;
}

/* ---- a table ---- */

static int by_size(const void *a, const void *b)
{
    double difference = *(const double *)a - *(const double *)b;
    return (difference > 0) - (difference < 0);
}

static double median(double *figures, int count)
{
    qsort(figures, (size_t)count, sizeof *figures, by_size);
    return figures[count / 2];
}

static void print_row(const struct cost_row *row, struct measured *measured,
                      int rounds)
{
    printf("  %-44s", row->name);
    if (!measured->times) {
        puts("    not there");
        return;
    }
    printf(" %9.1f ns %8.2f times", median(measured->figures, rounds),
           median(measured->ratios, rounds));
    if (row->goal > 0)
        printf(", goal %.2f", row->goal);
    putchar('\n');
}

static void measure(const struct cost_row *rows, struct measured *measured,
                    int count, int round)
{
    for (int i = 0; i < count; i++) {
        if (!measured[i].times)
            continue;
        double figure = figure_of(&rows[i], &measured[i]);
        if (figure < 0) {
            measured[i].times = 0;
            continue;
        }
        measured[i].figures[round] = figure;
        measured[i].ratios[round] = figure / measured[0].figures[round];
    }
}

void cost_table(const char *title, const struct cost_row *rows, int count,
                int rounds)
{
    static struct measured measured[MOST_ROWS];
    count = count < MOST_ROWS ? count : MOST_ROWS;
    rounds = rounds < COST_ROUNDS ? rounds : COST_ROUNDS;
    for (int i = 0; i < count; i++)
        calibrate(&rows[i], &measured[i]);
    for (int round = 0; round < rounds; round++)
        measure(rows, measured, count, round);
    nanos least = NEVER;
    for (int i = 0; i < count; i++)
        if (measured[i].times)
            least = nanos_earlier(measured[i].spent, least);
    printf("%s (%d rounds, %.2f s of CPU or more for each figure)\n", title,
           rounds, (double)least / (double)NANOS_PER_SECOND);
    for (int i = 0; i < count; i++)
        print_row(&rows[i], &measured[i], rounds);
}
