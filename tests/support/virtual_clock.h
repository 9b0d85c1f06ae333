/* SPDX-License-Identifier: MIT */
/* A clock that does not move until it is moved. */
#ifndef SUPPORT_VIRTUAL_CLOCK_H
#define SUPPORT_VIRTUAL_CLOCK_H

#include "base/clock.h"

#ifdef __cplusplus
extern "C" {
#endif

struct virtual_clock {
    struct clock clock; /* hand out a pointer to this one */
    nanos now;          /* yours to set */
};

/* It begins at 1000 s: a moment like any other, so that no code takes 0 for the
 * beginning of time. */
void virtual_clock_init(struct virtual_clock *clock);

#ifdef __cplusplus
}
#endif

#endif
