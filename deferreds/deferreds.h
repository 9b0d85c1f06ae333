/* SPDX-License-Identifier: MIT */
/* The client of episode 2, on Deferreds. */
#ifndef DEFERREDS_DEFERREDS_H
#define DEFERREDS_DEFERREDS_H

#include "base/clock.h"
#include "http/model.h"
#include "nonblocking/selector.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Runs on epoll and the monotonic clock. */
extern const struct model deferreds_model;

/* The same on a selector and a clock of the caller's; see model.h for what it
 * returns. */
int deferreds_run(struct batch *batch, const struct selector_ops *selector,
                  const struct clock *clock);

#ifdef __cplusplus
}
#endif

#endif
