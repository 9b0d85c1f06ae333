/* SPDX-License-Identifier: MIT */
/* Every model that this build has, in historical order: the order of the talks,
 * of the tables and of the charts. */
#ifndef HARNESS_MODELS_H
#define HARNESS_MODELS_H

#include "http/model.h"

#ifdef __cplusplus
extern "C" {
#endif

/* The models; closed by NULL. */
extern const struct model *const models[];

/* NULL when there is none of that name. */
const struct model *models_find(const char *name);

/* Is it there on this machine? NULL, or a sentence that says why not. */
const char *models_why_not(const struct model *model);

#ifdef __cplusplus
}
#endif

#endif
