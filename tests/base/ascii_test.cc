/* SPDX-License-Identifier: MIT */
#include "base/ascii.h"

#include <gtest/gtest.h>

#include <cerrno>
#include <cstring>
#include <string>

TEST(Ascii, KnowsItsClassesForEachByte)
{
    const std::string digits = "0123456789";
    const std::string letters =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
    for (int byte = 0; byte < 256; byte++) {
        char c = (char)byte;
        bool digit = digits.find(c) != std::string::npos;
        bool letter = letters.find(c) != std::string::npos;
        EXPECT_EQ(ascii_is_digit(c), digit) << byte;
        EXPECT_EQ(ascii_is_letter(c), letter) << byte;
        EXPECT_EQ(ascii_is_alphanumeric(c), digit || letter) << byte;
    }
}

TEST(Ascii, KnowsWhatAHexadecimalDigitIsWorth)
{
    for (int byte = 0; byte < 256; byte++) {
        const char *lower = "0123456789abcdef", *upper = "0123456789ABCDEF";
        char c = (char)byte;
        int value = -1;
        for (int i = 0; i < 16; i++)
            if (c == lower[i] || c == upper[i])
                value = i;
        EXPECT_EQ(ascii_hex_value(c), value) << byte;
    }
}

struct Taken {
    int error;
    uint64_t number;
    std::string rest;
};

static Taken take(const char *text)
{
    struct slice slice = slice_of(text);
    Taken taken = {0, 7, ""};
    taken.error = ascii_take_decimal(&slice, &taken.number);
    taken.rest.assign(slice.data, slice.size);
    return taken;
}

TEST(Ascii, TakesADecimalNumberOffTheFront)
{
    EXPECT_EQ(take("0").number, 0u);
    EXPECT_EQ(take("0012x").number, 12u);
    EXPECT_EQ(take("0012x").rest, "x");
    EXPECT_EQ(take("18446744073709551615").number, UINT64_MAX);
    EXPECT_EQ(take("18446744073709551615").error, 0);
}

TEST(Ascii, SaysWhetherThereIsNoNumberOrOneTooLarge)
{
    for (const char *text : {"", "x1", "-1", "+1", " 1"}) {
        Taken taken = take(text);
        EXPECT_EQ(taken.error, -EINVAL) << text;
        EXPECT_EQ(taken.number, 7u) << text;
        EXPECT_EQ(taken.rest, text);
    }
    for (const char *text : {"18446744073709551616 ", "99999999999999999999 ",
                             "184467440737095516150 "}) {
        Taken taken = take(text);
        EXPECT_EQ(taken.error, -ERANGE) << text;
        EXPECT_EQ(taken.number, UINT64_MAX) << text;
        EXPECT_EQ(taken.rest, " ") << text;
    }
}
