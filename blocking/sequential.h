/* SPDX-License-Identifier: MIT */
/* The contestant `sequential`: one page after another, on one worker. */
#ifndef BLOCKING_SEQUENTIAL_H
#define BLOCKING_SEQUENTIAL_H

#include "http/model.h"

#ifdef __cplusplus
extern "C" {
#endif

extern const struct model sequential_model;

#ifdef __cplusplus
}
#endif

#endif
