/* SPDX-License-Identifier: MIT */
/* Time as a number. Reading a clock is somebody else's work: nothing in http/
 * knows what time it is unless it is told. */
#ifndef BASE_NANOS_H
#define BASE_NANOS_H

#include <stdint.h>

/* A span in nanoseconds, or a moment on the monotonic clock. */
typedef int64_t nanos;

#define NANOS_PER_MICROSECOND INT64_C(1000)
#define NANOS_PER_MILLISECOND INT64_C(1000000)
#define NANOS_PER_SECOND INT64_C(1000000000)

/* The moment that does not come; also the span without an end. */
#define NEVER INT64_MAX

/* The moment `span` after `now`. NEVER stays NEVER; nothing overflows. A
 * negative span counts as none. */
static inline nanos nanos_after(nanos now, nanos span)
{
    if (span <= 0)
        return now;
    return span >= NEVER - now ? NEVER : now + span;
}

/* How long from `now` until `when`: 0 when it has passed, NEVER when it does
 * not come. */
static inline nanos nanos_until(nanos when, nanos now)
{
    if (when == NEVER)
        return NEVER;
    return when > now ? when - now : 0;
}

static inline nanos nanos_earlier(nanos a, nanos b)
{
    return a < b ? a : b;
}

#endif
