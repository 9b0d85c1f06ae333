/* SPDX-License-Identifier: MIT */
/* All runs of a race, and what follows from them: medians with their spread,
 * and ratios paired within a round. */
#ifndef HARNESS_RACE_LEDGER_H
#define HARNESS_RACE_LEDGER_H

#include "harness/race/record.h"

#ifdef __cplusplus
extern "C" {
#endif

/* All zero is an empty one. */
struct ledger {
    struct record *records; /* in the order in which they ran */
    size_t count, capacity;
};

/* Copies the record. 0 or -ENOMEM. */
int ledger_add(struct ledger *ledger, const struct record *record);
void ledger_deinit(struct ledger *ledger);

/* Which runs are meant. */
struct selection {
    const char *model;
    const char *block;
    size_t level;
};

bool selection_has(const struct selection *selection,
                   const struct record *record);

/* How a figure spreads over the rounds. Without runs all is NOT_KNOWN. */
struct spread {
    size_t count;
    double median, min, max;
    /* The interval in which the median of another such race may be expected, 19
     * times in 20. It is as wide as the runs are apart, and wider if they are
     * few: the median of three runs is often outside the range of three others.
     * With a single run both ends are the median, and nothing is expected. */
    double low, high;
    /* How many of the runs took less CPU than a figure needs (FIGURE_CPU_S);
     * for a ratio, on either side. */
    size_t too_short;
    /* Fewer than three runs were unspoiled (record.h, disturbed), so spoiled
     * ones count, too; else they do not. */
    bool disturbed;
};

/* Sorts `values`. An even count has the mean of the two in the middle. */
struct spread spread_of(double *values, size_t count);

/* A figure of one run. NOT_KNOWN values are left out. */
typedef double record_figure(const struct record *record);

/* Uses only runs without errors, because others did other work; and only the
 * undisturbed ones, if there are three. A spoiled run is never averaged with
 * others without a mark. */
struct spread ledger_spread(const struct ledger *ledger,
                            const struct selection *selection,
                            record_figure *figure);

/* Figure by figure of one of `others` (closed by NULL), the least of them, in
 * the same block and round, at the same number in flight and with connections
 * kept or opened alike; then the spread of those ratios. Pairing takes out what
 * changes from round to round, as a machine's clock does. */
struct spread ledger_ratio(const struct ledger *ledger,
                           const struct selection *selection,
                           const char *const *others, record_figure *figure);

/* The contestant's round for memory at that level, or the one in which its
 * system calls were counted; NULL: there was none. */
const struct record *ledger_memory(const struct ledger *ledger,
                                   const char *model, size_t level);
const struct record *ledger_calls(const struct ledger *ledger,
                                  const char *model, size_t level);

/* Gives each run the peak that was measured in the contestant's round for
 * memory at the same level: it has no other. */
void ledger_share_memory(struct ledger *ledger);

/* Did any run fail? */
bool ledger_has_failures(const struct ledger *ledger);

#ifdef __cplusplus
}
#endif

#endif
