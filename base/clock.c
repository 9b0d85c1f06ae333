/* SPDX-License-Identifier: MIT */
#include "base/clock.h"

#include <time.h>

nanos monotonic_now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return nanos_from_timespec(now);
}

static nanos monotonic_read(const struct clock *clock)
{
    (void)clock;
    return monotonic_now();
}

const struct clock monotonic_clock = {monotonic_read};
