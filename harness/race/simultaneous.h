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

/* For each process, where the command line says nothing. */
enum { SIMULTANEOUS_USUAL = 1000, SIMULTANEOUS_MAX = 1000 * 1000 };

/* What takes part where nothing else is asked for: models made for that. */
extern const char simultaneous_models[];

/* NULL, or why the options do not go together with --processes, as a sentence.
 */
const char *simultaneous_refuses(const struct plan *plan,
                                 const struct plan_options *options);

/* The same of a model that is to have `connections` in flight: on this machine,
 * now. NULL, or the sentence in `why`. */
const char *simultaneous_refuses_model(const struct model *model,
                                       size_t connections, char *why,
                                       size_t size);

/* Have they all room in this machine: memory, ports, open files? False: `why`
 * has a sentence that says what to raise. */
bool simultaneous_has_room(const struct plan *plan, char *why, size_t size);

#ifdef __cplusplus
}
#endif

#endif
