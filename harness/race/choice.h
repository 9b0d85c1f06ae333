/* SPDX-License-Identifier: MIT */
/* Which models, floors and peers take part in a race. */
#ifndef HARNESS_RACE_CHOICE_H
#define HARNESS_RACE_CHOICE_H

#include "harness/race/plan.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Did the command line name any models? */
bool choice_has_floor(const struct plan_options *options);
bool choice_has_peer(const struct plan_options *options);

/* The highest number in flight that was asked for; 0: none was. */
size_t choice_highest_level(const struct plan_options *options);

/* Adds them to the plan: models in historical order, whatever the order of the
 * list, then the peers, then the floors. 0, or with a sentence -EINVAL when the
 * command line asks for what is not possible, and another negative errno when
 * this machine could not look for a peer. */
int choice_make(struct plan *plan, const struct plan_options *options);

#ifdef __cplusplus
}
#endif

#endif
