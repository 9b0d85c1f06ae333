/* SPDX-License-Identifier: MIT */
/* --processes N: very many connections at one moment. A model runs in N
 * processes that share them, and so does the origin, since a process has a
 * limit of descriptors (20,000 is usual). Each connection asks for one page,
 * and each origin holds its pages back until all have been asked for (gate.h).
 */
#ifndef HARNESS_RACE_SIMULTANEOUS_H
#define HARNESS_RACE_SIMULTANEOUS_H

#include "harness/race/plan.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Connections for each process, unless the command line says how many. */
enum { SIMULTANEOUS_USUAL = 1000, SIMULTANEOUS_MAX = 1000 * 1000 };

/* The contestants unless others are asked for: models made for many
 * connections. */
extern const char simultaneous_models[];

/* NULL, or a sentence that says why the options cannot be combined with
 * --processes. */
const char *simultaneous_refuses(const struct plan *plan,
                                 const struct plan_options *options);

/* The same for a model with `connections` in flight, on this machine now. NULL,
 * or the sentence, in `why`. */
const char *simultaneous_refuses_model(const struct model *model,
                                       size_t connections, char *why,
                                       size_t size);

/* Does this machine have room for all of them: memory, ports, open files?
 * False: `why` says in a sentence what to raise. */
bool simultaneous_has_room(const struct plan *plan, char *why, size_t size);

#ifdef __cplusplus
}
#endif

#endif
