/* SPDX-License-Identifier: MIT */
/* Time as a number. Clocks are read elsewhere: nothing in http/ knows what time
 * it is unless it is told. */
#ifndef BASE_NANOS_H
#define BASE_NANOS_H

#include "base/bytes.h"

#include <limits.h>
#include <stdint.h>
#include <sys/time.h>
#include <time.h>

#ifdef __cplusplus
extern "C" {
#endif

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

/* ---- as the system takes a time ----
 *
 * What is less precise is rounded up: a wait must not end before its deadline,
 * or it is begun again for the little that is left. A negative time counts as
 * 0. For ppoll, select and setsockopt NEVER is not a number: the caller says it
 * in their own way, most often with NULL. */

static inline struct timespec nanos_to_timespec(nanos time)
{
    if (time < 0)
        time = 0;
    struct timespec timespec = {(time_t)(time / NANOS_PER_SECOND),
                                (long)(time % NANOS_PER_SECOND)};
    return timespec;
}

static inline struct timeval nanos_to_timeval(nanos time)
{
    if (time < 0)
        time = 0;
    nanos micros =
        time / NANOS_PER_MICROSECOND + (time % NANOS_PER_MICROSECOND > 0);
    struct timeval timeval = {(time_t)(micros / 1000000),
                              (suseconds_t)(micros % 1000000)};
    return timeval;
}

/* As poll and epoll_wait take it: -1 for NEVER. What does not fit is the
 * longest that does. */
static inline int nanos_to_milliseconds(nanos time)
{
    if (time == NEVER)
        return -1;
    if (time < 0)
        time = 0;
    nanos whole = time / NANOS_PER_MILLISECOND;
    if (whole >= INT_MAX)
        return INT_MAX;
    return (int)(whole + (time % NANOS_PER_MILLISECOND > 0));
}

/* From times that are not negative; NEVER when it is too long for a nanos. */
static inline nanos nanos_from_timespec(struct timespec timespec)
{
    if (timespec.tv_sec >= NEVER / NANOS_PER_SECOND)
        return NEVER;
    return timespec.tv_sec * NANOS_PER_SECOND + timespec.tv_nsec;
}

static inline nanos nanos_from_timeval(struct timeval timeval)
{
    struct timespec timespec = {timeval.tv_sec, timeval.tv_usec * 1000};
    return nanos_from_timespec(timespec);
}

/* ---- as figures ---- */

static inline double nanos_as_seconds(nanos time)
{
    return (double)time / 1e9;
}

/* The span of a positive figure in nanoseconds, rounded down. NEVER where a
 * figure, as of someone else's program, is longer than any span. */
static inline nanos nanos_from_figure(double figure)
{
    return figure < (double)NEVER ? (nanos)figure : NEVER;
}

static inline nanos nanos_from_seconds(double seconds)
{
    return nanos_from_figure(seconds * 1e9);
}

static inline double nanos_as_milliseconds(nanos time)
{
    return (double)time / 1e6;
}

static inline double nanos_as_microseconds(nanos time)
{
    return (double)time / 1e3;
}

/* Reads a span as people write it: "2" and "0.5" are seconds; "20ms", "300us",
 * "2s" and "1m" name their unit. No sign, no space; what is shorter than a
 * nanosecond is dropped. False, and *span untouched, for anything else and for
 * what does not fit. */
bool nanos_parse(struct slice text, nanos *span);

#ifdef __cplusplus
}
#endif

#endif
