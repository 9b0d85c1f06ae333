/* SPDX-License-Identifier: MIT */
/* Does the race measure right here? Contestants of known cost (known.h) run as
 * all others do, and what is said of them is compared with what they did; a
 * slow origin and a busy neighbour must be noticed. */
#ifndef HARNESS_RACE_SELF_TEST_H
#define HARNESS_RACE_SELF_TEST_H

#include "harness/race/race.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Prints a line for each check. Times are compared generously, since other
 * programs may be in the way: what is wrong in a disturbed run cannot be told.
 * 0; 1 when something was measured wrong; or a negative errno. */
int self_test_run(struct race *race);

#ifdef __cplusplus
}
#endif

#endif
