/* SPDX-License-Identifier: MIT */
/* What is in the columns of a printed table (table.h): a cell for each
 * contestant of a block. */
#ifndef HARNESS_RACE_COLUMNS_INTERNAL_H
#define HARNESS_RACE_COLUMNS_INTERNAL_H

#include "harness/race/ledger.h"
#include "harness/race/plan.h"

struct row {
    const struct plan *plan;
    const struct ledger *ledger;
    const struct contestant *contestant;
    const struct block *block;
    struct selection selection;
};

struct column {
    const char *title;
    void (*fill)(char *text, const struct row *row); /* "-": not measured */
    bool is_ratio;                                   /* to a floor */
};

enum { COLUMNS = 16 };
extern const struct column columns[COLUMNS];

/* How many were in flight, as the origin saw it. */
double column_reached(const struct record *record);

/* How late 99 of 100 answers were at most, in milliseconds. */
double column_p99(const struct record *record);

/* Does a page wait at the origin, which then sees how many do? */
bool column_is_held(const struct block *block);

#endif
