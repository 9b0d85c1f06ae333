/* SPDX-License-Identifier: MIT */
#include "harness/arguments.h"

#include <gtest/gtest.h>

TEST(Arguments, ReadsCountsWithinTheirBounds)
{
    size_t count = 7;
    EXPECT_TRUE(argument_count("1", 1, 10, &count));
    EXPECT_EQ(count, 1u);
    EXPECT_TRUE(argument_count("010", 1, 10, &count));
    EXPECT_EQ(count, 10u);
}

TEST(Arguments, RefusesWhatIsNotACount)
{
    for (const char *text : {"", " 1", "+1", "-1", "1 ", "1x", "0x1", "0", "11",
                             "1.5", "99999999999999999999999"}) {
        size_t count = 7;
        EXPECT_FALSE(argument_count(text, 1, 10, &count)) << text;
        EXPECT_EQ(count, 7u) << text;
    }
}

TEST(Arguments, ReadsSpansWithAndWithoutUnit)
{
    struct {
        const char *text;
        nanos span;
    } const cases[] = {
        {"2", 2 * NANOS_PER_SECOND},
        {"0.5", 500 * NANOS_PER_MILLISECOND},
        {".5s", 500 * NANOS_PER_MILLISECOND},
        {"20ms", 20 * NANOS_PER_MILLISECOND},
        {"300us", 300 * NANOS_PER_MICROSECOND},
        {"2m", 120 * NANOS_PER_SECOND},
        {"0", 0},
    };
    for (auto &c : cases) {
        nanos span = -1;
        EXPECT_TRUE(argument_span(c.text, &span)) << c.text;
        EXPECT_EQ(span, c.span) << c.text;
    }
}

TEST(Arguments, RefusesWhatIsNotASpan)
{
    for (const char *text :
         {"", ".", "s", "-1", "+1", " 1", "1 s", "1h", "0x1", "1e3", "1.2.3",
          "nan", "inf", "1msx", "99999999999"}) {
        nanos span = 7;
        EXPECT_FALSE(argument_span(text, &span)) << text;
        EXPECT_EQ(span, 7) << text;
    }
}
