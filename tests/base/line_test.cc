/* SPDX-License-Identifier: MIT */
/* A text, line by line. */
#include "base/line.h"

#include <gtest/gtest.h>
#include <string>
#include <vector>

namespace
{

using Lines = std::vector<std::string>;

Lines lines_of(struct slice text)
{
    Lines lines;
    struct slice line;
    while (line_take(&text, &line))
        lines.emplace_back(line.data, line.size);
    return lines;
}

} // namespace

TEST(Line, IsTakenWithoutItsEnd)
{
    EXPECT_EQ(lines_of(slice_of("a\nbc\n")), (Lines{"a", "bc"}));
    EXPECT_EQ(lines_of(slice_of("a\nbc")), (Lines{"a", "bc"}));
    EXPECT_EQ(lines_of(slice_of("\n\na")), (Lines{"", "", "a"}));
}

TEST(Line, OfNothingIsNone)
{
    EXPECT_EQ(lines_of({nullptr, 0}), Lines{});
    EXPECT_EQ(lines_of(slice_of("")), Lines{});
}

TEST(Line, MayHoldANul)
{
    EXPECT_EQ(lines_of({"a\0b\nc", 5}), (Lines{{"a\0b", 3}, "c"}));
}

TEST(Line, IsFoundByItsNumber)
{
    const char *text = "a\nbc\n\nd";
    EXPECT_EQ(line_find(text, 1), text);
    EXPECT_STREQ(line_find(text, 2), "bc\n\nd");
    EXPECT_STREQ(line_find(text, 4), "d");
    EXPECT_STREQ(line_find(text, 5), "");
    EXPECT_STREQ(line_find(text, 9), "");
}

TEST(Line, EndsBeforeTheNextOne)
{
    const char *text = "a\nbc";
    struct slice line = line_at(text);
    EXPECT_EQ(std::string(line.data, line.size), "a");
    EXPECT_EQ(line_behind(text), text + 2);
    line = line_at(text + 2);
    EXPECT_EQ(std::string(line.data, line.size), "bc");
    EXPECT_EQ(line_behind(text + 2), text + 4);
    EXPECT_EQ(line_behind(text + 4), text + 4);
}

TEST(Line, HasFieldsBetweenBlanks)
{
    const char *text = "  a\tbc  d\ne f";
    EXPECT_STREQ(line_field(text, 0), "a\tbc  d\ne f");
    EXPECT_STREQ(line_field(text, 1), "bc  d\ne f");
    EXPECT_STREQ(line_field(text, 2), "d\ne f");
    EXPECT_STREQ(line_field(text, 3), "\ne f") << "not those of the next line";
    EXPECT_STREQ(line_field(text, 9), "\ne f");
    EXPECT_STREQ(line_field("", 1), "");
}
