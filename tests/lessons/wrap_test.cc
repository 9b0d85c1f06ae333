/* SPDX-License-Identifier: MIT */
#include "folder.h"

extern "C" {
#include "lessons/tool/wrap.h"
}

#include <gtest/gtest.h>

static std::string wrapped(const char *text, int indent, int columns)
{
    struct buffer out = {};
    wrap_text(&out, text, indent, columns);
    return text_of(out);
}

TEST(Wrap, CutsBetweenWordsAndNoLineIsTooLong)
{
    EXPECT_EQ(wrapped("one two three", 2, 9), "  one two\n  three\n");
    EXPECT_EQ(wrapped("one two three", 2, 8), "  one\n  two\n  three\n");
}

TEST(Wrap, AWordThatDoesNotFitStaysWhole)
{
    EXPECT_EQ(wrapped("a long-long-word b", 0, 6), "a\nlong-long-word\nb\n");
}

TEST(Wrap, KeepsLinesAndTheirIndentation)
{
    EXPECT_EQ(wrapped("a\n\n  b c\n", 1, 4), " a\n   b\n   c\n");
}

TEST(Wrap, CountsCharactersAndNotBytes)
{
    EXPECT_EQ(wrapped("äöü äöü", 0, 7), "äöü äöü\n");
    EXPECT_EQ(wrapped("äöü äöü", 0, 6), "äöü\näöü\n");
}
