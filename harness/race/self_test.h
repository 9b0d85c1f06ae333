/* SPDX-License-Identifier: MIT */
/* Does the race measure right here? Contestants of known cost (known.h) run
 * like all others, and their figures are compared with what they did. A slow
 * origin and a busy neighbour must be noticed. */
#ifndef HARNESS_RACE_SELF_TEST_H
#define HARNESS_RACE_SELF_TEST_H

#include "harness/race/race.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Prints a line for each check. Times are compared generously, since other
 * programs may interfere: a disturbed run does not show what is wrong. 0; 1
 * when something was measured wrong; or a negative errno. */
int self_test_run(struct race *race);

#ifdef __cplusplus
}
#endif

#endif
