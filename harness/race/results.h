/* SPDX-License-Identifier: MIT */
/* results.json: one file per race, from which all charts are drawn. RESULTS.md
 * documents it. */
#ifndef HARNESS_RACE_RESULTS_H
#define HARNESS_RACE_RESULTS_H

#include "harness/race/race.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Of the format; it grows when a field changes its meaning. */
enum { RESULTS_VERSION = 1 };

/* Could it be written in the race's folder? 0 or a negative errno. */
int results_try(const struct race *race);

/* Writes all that is known now to results.json in the race's folder, whole or
 * not at all; once the race has ended, onto the disk. 0 or a negative errno. */
int results_write(const struct race *race);

#ifdef __cplusplus
}
#endif

#endif
