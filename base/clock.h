/* SPDX-License-Identifier: MIT */
/* The clock, behind one function, so that a test can put its own in its place.
 */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include "base/nanos.h"

#ifdef __cplusplus
extern "C" {
#endif

struct clock {
    nanos (*now)(const struct clock *clock);
};

/* CLOCK_MONOTONIC. */
extern const struct clock monotonic_clock;

static inline nanos clock_now(const struct clock *clock)
{
    return clock->now(clock);
}

/* The real monotonic time, for code whose clock no test replaces. */
nanos monotonic_now(void);

#ifdef __cplusplus
}
#endif

#endif
