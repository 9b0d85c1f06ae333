/* SPDX-License-Identifier: MIT */
/* A tool that is a peer (peers.h) reports how its pages went, but not what it
 * took: the race measures that from outside. */
#ifndef HARNESS_RACE_TOOL_H
#define HARNESS_RACE_TOOL_H

#include "harness/race/launch.h"
#include "harness/race/peers.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Fills in the contestant's half of the record. `start`: a run that fetched one
 * page, which is subtracted; all zero: nothing is. */
void tool_note(struct record *record, const struct peer *peer,
               const struct launch_outcome *outcome,
               const struct launch_outcome *start);

/* What it reports, the origin must have seen; else it becomes an error. */
void tool_doubt(struct record *record);

#ifdef __cplusplus
}
#endif

#endif
