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

/* The model of that name, or models_mine; NULL when there is none. */
const struct model *models_find(const char *name);

/* A learner's model, called "mine"; NULL: there is none in this program. One
 * that has it defines this function, and harness/mine.c, which has nothing else
 * in it, is then not taken out of the library. */
const struct model *models_mine(void);

/* Can the model run on this machine? NULL, or a sentence that says why not. */
const char *models_why_not(const struct model *model);

#ifdef __cplusplus
}
#endif

#endif
