/* SPDX-License-Identifier: MIT */
/* The command line of the race, read and checked. */
#ifndef HARNESS_RACE_PLAN_OPTIONS_H
#define HARNESS_RACE_PLAN_OPTIONS_H

#include "harness/race/plan.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Of a race, beside EXIT_USAGE: a run of it failed; it could not be run. */
enum { EXIT_RACE_FAILED = 1, EXIT_RACE_BROKEN = 3 };

/* Makes a plan out of a command line. Returns -1 when there is a race to run;
 * otherwise the exit code, and all messages have been printed. */
int plan_init(struct plan *plan, int argc, char **argv);

#ifdef __cplusplus
}
#endif

#endif
