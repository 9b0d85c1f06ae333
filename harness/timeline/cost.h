/* SPDX-License-Identifier: MIT */
/* What it costs to record. */
#ifndef HARNESS_TIMELINE_COST_H
#define HARNESS_TIMELINE_COST_H

#include "harness/timeline/timeline_options.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Runs the contestant in pairs, once recorded and once not, in turn one or the
 * other first, and prints the CPU time of a page and what recording adds to it.
 * An exit code. */
int cost_measure(const struct timeline_options *options, const char *url,
                 int stop_fd);

#ifdef __cplusplus
}
#endif

#endif
