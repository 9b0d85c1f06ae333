/* SPDX-License-Identifier: MIT */
#include "support/virtual_clock.h"

static nanos virtual_now(const struct clock *clock)
{
    return ((const struct virtual_clock *)clock)->now;
}

void virtual_clock_init(struct virtual_clock *clock)
{
    clock->clock.now = virtual_now;
    clock->now = 1000 * NANOS_PER_SECOND;
}
