/* SPDX-License-Identifier: MIT */
/* What each contestant costs in all that is counted, and the same minus the
 * base case: the difference is the price of its way of waiting. */
#ifndef HARNESS_RACE_BALANCE_H
#define HARNESS_RACE_BALANCE_H

#include "harness/json_write.h"
#include "harness/race/ledger.h"
#include "harness/race/plan.h"

#include <stdio.h>

#ifdef __cplusplus
extern "C" {
#endif

/* A table for each level, with the differences below it, and one of the
 * clients' files. */
void balance_print(FILE *out, const struct plan *plan,
                   const struct ledger *ledger);

/* The same for results.json: "ledger", and "client" of a contestant. */
void balance_write(struct json_writer *json, const struct plan *plan,
                   const struct ledger *ledger);
void balance_write_client(struct json_writer *json,
                          const struct contestant *contestant);

#ifdef __cplusplus
}
#endif

#endif
