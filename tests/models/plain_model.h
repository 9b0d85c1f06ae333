/* SPDX-License-Identifier: MIT */
/* A learner's first model. It declares nothing, so the suite proves on it that
 * each ability can be absent. */
#ifndef MODELS_PLAIN_MODEL_H
#define MODELS_PLAIN_MODEL_H

#include "http/model.h"

#ifdef __cplusplus
extern "C" {
#endif

extern const struct model plain_model;

#ifdef __cplusplus
}
#endif

#endif
