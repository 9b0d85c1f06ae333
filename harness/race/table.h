/* SPDX-License-Identifier: MIT */
/* The ledger as text: one table per block and level, as a rule within 80
 * columns. */
#ifndef HARNESS_RACE_TABLE_H
#define HARNESS_RACE_TABLE_H

#include "harness/race/ledger.h"
#include "harness/race/plan.h"

#include <stdio.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Rows in historical order. What was not measured is "-". Below a table are
 * notes needed to read it: which model had fewer in flight than asked for,
 * where the origin was the limit, which ran at another level. */
void table_print(FILE *out, const struct plan *plan,
                 const struct ledger *ledger);

#ifdef __cplusplus
}
#endif

#endif
