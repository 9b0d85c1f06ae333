/* SPDX-License-Identifier: MIT */
#include "base/clock.h"

#include <time.h>

nanos monotonic_now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (nanos)now.tv_sec * NANOS_PER_SECOND + now.tv_nsec;
}

static nanos monotonic_read(const struct clock *clock)
{
    (void)clock;
    return monotonic_now();
}

const struct clock monotonic_clock = {monotonic_read};
