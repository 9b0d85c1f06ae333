/* SPDX-License-Identifier: MIT */
/* What something costs compared with something else, for programs that print it
 * without a verdict.
 *
 * The rows of a table are run in turns, round after round, and each is divided
 * by the first row of the same round: whatever disturbs the machine disturbs
 * both. Counts the CPU time of all threads. */
#ifndef SUPPORT_COST_H
#define SUPPORT_COST_H

#include "base/nanos.h"

/* Enough that each figure comes from half a second or more. */
enum { COST_ROUNDS = 101 };

struct cost_row {
    const char *name;
    /* Does it `times` times. NULL: it is done elsewhere, and */
    void (*run)(long times);
    /* that is the CPU time it took; negative: it can not be done here. */
    nanos (*elsewhere)(long times);
    int each;    /* how many are done in one time; 0: one */
    double goal; /* at most how many times the first row; 0: none is set */
};

/* The number in argv[index]; what is not there, or no number above 0, is
 * `usual`. */
int cost_argument(int argc, char **argv, int index, int usual);

/* Measures the rows, at most eight, in `rounds` rounds, at most COST_ROUNDS,
 * and prints the medians below the title. */
void cost_table(const char *title, const struct cost_row *rows, int count,
                int rounds);

#endif
