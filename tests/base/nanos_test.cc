/* SPDX-License-Identifier: MIT */
#include "base/nanos.h"

#include <gtest/gtest.h>

#include <climits>
#include <cmath>

TEST(Nanos, SaturatesInsteadOfOverflowing)
{
    EXPECT_EQ(nanos_after(5, NEVER), NEVER);
    EXPECT_EQ(nanos_after(NEVER - 1, 10), NEVER);
    EXPECT_EQ(nanos_after(NEVER, 10), NEVER);
    EXPECT_EQ(nanos_after(5, 7), 12);
    EXPECT_EQ(nanos_after(5, -7), 5);
    EXPECT_EQ(nanos_until(NEVER, 5), NEVER);
    EXPECT_EQ(nanos_until(7, 5), 2);
    EXPECT_EQ(nanos_until(5, 7), 0);
}

TEST(Nanos, ToTimespecAndBack)
{
    for (nanos time : {INT64_C(0), INT64_C(1), NANOS_PER_SECOND - 1,
                       NANOS_PER_SECOND, 7 * NANOS_PER_SECOND + 5}) {
        struct timespec timespec = nanos_to_timespec(time);
        EXPECT_EQ(timespec.tv_sec, time / NANOS_PER_SECOND);
        EXPECT_EQ(timespec.tv_nsec, time % NANOS_PER_SECOND);
        EXPECT_EQ(nanos_from_timespec(timespec), time);
    }
    EXPECT_EQ(nanos_to_timespec(-1).tv_sec, 0);
    EXPECT_EQ(nanos_to_timespec(-1).tv_nsec, 0);
    EXPECT_LT(nanos_to_timespec(NEVER).tv_nsec, NANOS_PER_SECOND);
}

TEST(Nanos, ToTimevalIsRoundedUp)
{
    struct {
        nanos time;
        long seconds, micros;
    } const cases[] = {
        {0, 0, 0},
        {1, 0, 1},
        {NANOS_PER_MICROSECOND, 0, 1},
        {NANOS_PER_MICROSECOND + 1, 0, 2},
        {NANOS_PER_SECOND - 1, 1, 0},
        {2 * NANOS_PER_SECOND, 2, 0},
        {-1, 0, 0},
        {-NANOS_PER_SECOND, 0, 0},
    };
    for (auto &c : cases) {
        struct timeval timeval = nanos_to_timeval(c.time);
        EXPECT_EQ(timeval.tv_sec, c.seconds) << c.time;
        EXPECT_EQ(timeval.tv_usec, c.micros) << c.time;
    }
    EXPECT_GT(nanos_to_timeval(NEVER).tv_sec, 0);
    EXPECT_LT(nanos_to_timeval(NEVER).tv_usec, 1000000);
}

TEST(Nanos, ToMillisecondsIsRoundedUpSoThatNoLoopWakesEarlyOrSpins)
{
    EXPECT_EQ(nanos_to_milliseconds(0), 0);
    EXPECT_EQ(nanos_to_milliseconds(1), 1);
    EXPECT_EQ(nanos_to_milliseconds(NANOS_PER_MILLISECOND), 1);
    EXPECT_EQ(nanos_to_milliseconds(NANOS_PER_MILLISECOND + 1), 2);
    EXPECT_EQ(nanos_to_milliseconds(-5 * NANOS_PER_MILLISECOND), 0)
        << "-1 would be for ever";
    EXPECT_EQ(nanos_to_milliseconds(NEVER), -1);
    EXPECT_EQ(nanos_to_milliseconds(NEVER - 1), INT_MAX);
    nanos longest = INT64_C(1) * INT_MAX * NANOS_PER_MILLISECOND;
    EXPECT_EQ(nanos_to_milliseconds(longest - 1), INT_MAX);
    EXPECT_EQ(nanos_to_milliseconds(longest + 1), INT_MAX);
}

TEST(Nanos, FromWhatIsTooLongIsNever)
{
    EXPECT_EQ(nanos_from_timespec({NEVER / NANOS_PER_SECOND, 0}), NEVER);
    EXPECT_EQ(nanos_from_timespec({INT64_MAX, 999999999}), NEVER);
    EXPECT_LT(nanos_from_timespec({NEVER / NANOS_PER_SECOND - 1, 0}), NEVER);
    EXPECT_EQ(nanos_from_timeval({INT64_MAX, 0}), NEVER);
    EXPECT_EQ(nanos_from_timeval({2, 3}), 2 * NANOS_PER_SECOND + 3000);
}

TEST(Nanos, ReadsSpansWithAndWithoutUnit)
{
    struct {
        const char *text;
        nanos span;
    } const cases[] = {
        {"2", 2 * NANOS_PER_SECOND},
        {"0.5", 500 * NANOS_PER_MILLISECOND},
        {".5s", 500 * NANOS_PER_MILLISECOND},
        {"1.", NANOS_PER_SECOND},
        {"20ms", 20 * NANOS_PER_MILLISECOND},
        {"300us", 300 * NANOS_PER_MICROSECOND},
        {"0.0005us", 0},
        {"1.9999us", 1999},
        {"2m", 120 * NANOS_PER_SECOND},
        {"0.5m", 30 * NANOS_PER_SECOND},
        {"1.000000001", NANOS_PER_SECOND + 1},
        {"0.99999999999999999999", NANOS_PER_SECOND - 1},
        {"0", 0},
        {"9223372036", INT64_C(9223372036) * NANOS_PER_SECOND},
    };
    for (auto &c : cases) {
        nanos span = -1;
        EXPECT_TRUE(nanos_parse(slice_of(c.text), &span)) << c.text;
        EXPECT_EQ(span, c.span) << c.text;
    }
}

TEST(Nanos, RefusesWhatIsNotASpan)
{
    for (const char *text : {"",
                             ".",
                             "s",
                             ".s",
                             "-1",
                             "+1",
                             " 1",
                             "1 ",
                             "1 s",
                             "1h",
                             "0x1",
                             "1e3",
                             "1.2.3",
                             "1..",
                             "nan",
                             "inf",
                             "1msx",
                             "9223372037",
                             "9223372036.999999999",
                             "99999999999999999999",
                             "18446744073709551616.5",
                             "9223372036854m"}) {
        nanos span = 7;
        EXPECT_FALSE(nanos_parse(slice_of(text), &span)) << text;
        EXPECT_EQ(span, 7) << text;
    }
    nanos span = 7;
    EXPECT_FALSE(nanos_parse({nullptr, 0}, &span));
    EXPECT_TRUE(nanos_parse({"12", 1}, &span)) << "a slice has no NUL";
    EXPECT_EQ(span, NANOS_PER_SECOND);
}

TEST(Nanos, AFigureThatIsTooLongIsNever)
{
    EXPECT_EQ(nanos_from_seconds(1.5), 1500 * NANOS_PER_MILLISECOND);
    EXPECT_EQ(nanos_from_seconds(0), 0);
    EXPECT_EQ(nanos_from_figure(1.9), 1);
    for (double longer : {9223372036.854775807, 1e10, 1e300, HUGE_VAL})
        EXPECT_EQ(nanos_from_seconds(longer), NEVER) << longer;
    EXPECT_EQ(nanos_from_figure(static_cast<double>(NEVER)), NEVER);
    EXPECT_LT(nanos_from_figure(9.2e18), NEVER);
}
