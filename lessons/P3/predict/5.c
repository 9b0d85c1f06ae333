/* SPDX-License-Identifier: MIT */
/* A deadline that is 0.9 ms away, and poll, which counts in whole
 * milliseconds: how often is it called until the moment has come? */
#include "base/clock.h"

#include <poll.h>
#include <stdio.h>

static const nanos span = 9 * NANOS_PER_MILLISECOND / 10;

/* Sleeps until then, with the rest of the time as poll counts it. */
static long count_calls(nanos rounding)
{
    nanos end = monotonic_now() + span;
    long calls = 0;
    for (nanos now; (now = monotonic_now()) < end; calls++)
        poll(NULL, 0, (int)((end - now + rounding) / NANOS_PER_MILLISECOND));
    return calls;
}

int main(void)
{
    long down = count_calls(0), up = count_calls(NANOS_PER_MILLISECOND - 1);
    puts("calls of poll until a deadline that is 0.9 ms away:");
    printf("  rounded down   %ld\n", down);
    printf("  rounded up     %ld\n", up);
    return 0;
}
