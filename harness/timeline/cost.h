/* SPDX-License-Identifier: MIT */
/* Measures what recording costs. */
#ifndef HARNESS_TIMELINE_COST_H
#define HARNESS_TIMELINE_COST_H

#include "harness/timeline/timeline_options.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Runs the contestant in pairs, once recorded and once not, with either one
 * first in turn, and prints the CPU time of a page and what recording adds to
 * it. Returns an exit code. */
int cost_measure(const struct timeline_options *options, const char *url,
                 int stop_fd);

#ifdef __cplusplus
}
#endif

#endif
