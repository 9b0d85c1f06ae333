/* SPDX-License-Identifier: MIT */
#include "base/number.h"

#include <gtest/gtest.h>

#include <climits>
#include <cstdint>
#include <string>

namespace
{

enum : uint64_t { UNTOUCHED = 7 };

uint64_t decimal(const std::string &text, uint64_t most = UINT64_MAX)
{
    uint64_t number = UNTOUCHED;
    bool is_one = number_read(text.c_str(), most, &number);
    EXPECT_TRUE(is_one || number == UNTOUCHED) << text;
    return is_one ? number : UNTOUCHED;
}

uint64_t hexadecimal(const std::string &text)
{
    uint64_t number = UNTOUCHED;
    bool is_one = number_read_hex(text.c_str(), &number);
    EXPECT_TRUE(is_one || number == UNTOUCHED) << text;
    return is_one ? number : UNTOUCHED;
}

int whole(const std::string &text)
{
    int number = UNTOUCHED;
    bool is_one = number_read_int(text.c_str(), &number);
    EXPECT_TRUE(is_one || number == UNTOUCHED) << text;
    return is_one ? number : -1;
}

} // namespace

TEST(Number, IsReadBehindBlanksAndBeforeAnything)
{
    EXPECT_EQ(decimal("0"), 0u);
    EXPECT_EQ(decimal(" \t 12 kB"), 12u);
    EXPECT_EQ(decimal("18446744073709551615"), UINT64_MAX);
    EXPECT_EQ(hexadecimal(" 0x1fX"), 0x1fu);
    EXPECT_EQ(hexadecimal("55d0C2a4e2a0 pos:0"), 0x55d0c2a4e2a0u);
    EXPECT_EQ(hexadecimal("0xffffffffffffffff"), UINT64_MAX);
    EXPECT_EQ(whole("2147483647."), INT_MAX);
}

TEST(Number, ThatDoesNotFitIsNone)
{
    EXPECT_EQ(decimal("18446744073709551616"), UNTOUCHED);
    EXPECT_EQ(decimal("99999999999999999999999999"), UNTOUCHED);
    EXPECT_EQ(decimal("100", 100), 100u);
    EXPECT_EQ(decimal("101", 100), UNTOUCHED);
    EXPECT_EQ(hexadecimal("10000000000000000"), UNTOUCHED);
    EXPECT_EQ(whole("2147483648"), -1);
    EXPECT_EQ(whole("99999999999999999999999999"), -1);
}

TEST(Number, IsMadeOfDigits)
{
    for (const char *text : {"", " ", "-1", "+1", "x1", ".5", "\n1"}) {
        EXPECT_EQ(decimal(text), UNTOUCHED) << text;
        EXPECT_EQ(hexadecimal(text), UNTOUCHED) << text;
        EXPECT_EQ(whole(text), -1) << text;
    }
    EXPECT_EQ(hexadecimal("0x"), UNTOUCHED);
}
