/* SPDX-License-Identifier: MIT */
/* A tool that is a peer (peers.h) says what came of its pages, and not what it
 * took: the race sees that from outside. */
#ifndef HARNESS_RACE_TOOL_H
#define HARNESS_RACE_TOOL_H

#include "harness/race/launch.h"
#include "harness/race/peers.h"

#ifdef __cplusplus
extern "C" {
#endif

/* The contestant's half of the record. `start`: a run that fetched one page,
 * which is taken away; all zero: nothing is. */
void tool_note(struct record *record, const struct peer *peer,
               const struct launch_outcome *outcome,
               const struct launch_outcome *start);

/* What it claims, the origin must have seen: else it becomes an error. */
void tool_doubt(struct record *record);

#ifdef __cplusplus
}
#endif

#endif
