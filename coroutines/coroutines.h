/* SPDX-License-Identifier: MIT */
/* The clients of episodes 3 to 5: functions that stop where they wait. */
#ifndef COROUTINES_COROUTINES_H
#define COROUTINES_COROUTINES_H

#include "base/clock.h"
#include "http/model.h"
#include "nonblocking/selector.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Run on epoll and the monotonic clock. */
extern const struct model generators_model;
extern const struct model inline_callbacks_model;
extern const struct model tasks_model;
extern const struct model greenlets_model;
extern const struct model streams_model;

/* The same on a selector and a clock of the caller's; see model.h for what it
 * returns. */
int generators_run(struct batch *batch, const struct selector_ops *selector,
                   const struct clock *clock);
int inline_callbacks_run(struct batch *batch,
                         const struct selector_ops *selector,
                         const struct clock *clock);
int tasks_run(struct batch *batch, const struct selector_ops *selector,
              const struct clock *clock);
int greenlets_run(struct batch *batch, const struct selector_ops *selector,
                  const struct clock *clock);
int streams_run(struct batch *batch, const struct selector_ops *selector,
                const struct clock *clock);

#ifdef __cplusplus
}
#endif

#endif
