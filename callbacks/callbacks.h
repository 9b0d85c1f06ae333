/* SPDX-License-Identifier: MIT */
/* The client of episode 1: nothing but callbacks on the loop. */
#ifndef CALLBACKS_CALLBACKS_H
#define CALLBACKS_CALLBACKS_H

#include "callbacks/loop.h"
#include "http/model.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Runs on epoll and the monotonic clock. */
extern const struct model callbacks_model;

/* The same on a selector and a clock of the caller's; see model.h for what it
 * returns. */
int callbacks_run(struct batch *batch, const struct selector_ops *selector,
                  const struct clock *clock);

#ifdef __cplusplus
}
#endif

#endif
