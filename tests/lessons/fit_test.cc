/* SPDX-License-Identifier: MIT */
#include "folder.h"

extern "C" {
#include "lessons/tool/learner/fit.h"
}

#include <gtest/gtest.h>

static std::string fitted(const char *text, int rows, int columns)
{
    struct buffer out = {};
    EXPECT_EQ(fit_text(&out, slice_of(text), rows, columns), 0);
    return text_of(out);
}

TEST(Fit, WhatFitsIsNotCut)
{
    EXPECT_EQ(fitted("a\nb\nc\n", 3, 10), "a\nb\nc\n");
    EXPECT_EQ(fitted("", 3, 10), "");
}

TEST(Fit, TheMiddleIsLeftOut)
{
    EXPECT_EQ(fitted("a\nb\nc\nd\ne\nf\n", 4, 10),
              "a\nb\n  ... all of it: ./lab check\nf\n");
}

TEST(Fit, HowToRunItAgainIsLeftOutFirst)
{
    const char *text = "no\n\n  You said:\n    1\n\n  Again: x\n  gdb: y\n\n"
                       "1 of 2\n\n  The compiler warns:\n    w\n";
    EXPECT_EQ(fitted(text, 11, 40),
              "no\n\n  You said:\n    1\n\n1 of 2\n\n  The compiler warns:\n"
              "    w\n  ... all of it: ./lab check\n");
    EXPECT_EQ(fitted(text, 8, 40), "no\n\n  You said:\n    1\n\n1 of 2\n"
                                   "  ... all of it: ./lab check\n");
    EXPECT_EQ(fitted(text, 5, 40), "no\n  ... all of it: ./lab check\n1 of 2\n")
        << "a heading alone says nothing";
}

TEST(Fit, ALineLongerThanTheScreenTakesMoreRows)
{
    EXPECT_EQ(fitted("123456\nb\nc\nd\n", 5, 5), "123456\nb\nc\nd\n");
    EXPECT_EQ(fitted("123456\nb\nc\nd\n", 4, 5),
              "123456\n  ... all of it: ./lab check\nd\n");
}

TEST(Fit, ColourAndTheSecondByteOfALetterTakeNoRoom)
{
    EXPECT_EQ(fitted("\033[31m1234\033[0m\n\u00e4\u00e4\u00e4\u00e4\n", 2, 4),
              "\033[31m1234\033[0m\n\u00e4\u00e4\u00e4\u00e4\n");
}
