/* SPDX-License-Identifier: MIT */
#include "harness/json.h"

#include <gtest/gtest.h>

#include <cerrno>
#include <climits>
#include <string>

namespace
{

int whole(const std::string &number, int least, int most)
{
    cJSON *json;
    std::string text = "{\"n\": " + number + "}";
    EXPECT_EQ(json_parse(&json, {text.data(), text.size()}), 0) << text;
    int read = json_int(json, "n", least, most, -7);
    cJSON_Delete(json);
    return read;
}

} // namespace

TEST(Json, AWholeNumberIsInTheRangeThatItIsWantedIn)
{
    EXPECT_EQ(whole("12", 1, 12), 12);
    EXPECT_EQ(whole("1", 1, 12), 1);
    EXPECT_EQ(whole("-2147483648", INT_MIN, INT_MAX), INT_MIN);
    EXPECT_EQ(whole("2147483647", INT_MIN, INT_MAX), INT_MAX);
    for (const char *number : {"13", "0", "1.5", "1e300", "-1e999", "\"2\"",
                               "null", "-2147483648", "2147483648"})
        EXPECT_EQ(whole(number, 1, 12), -7) << number;
    EXPECT_EQ(whole("2147483648", INT_MIN, INT_MAX), -7);
    EXPECT_EQ(json_int(nullptr, "n", 1, 12, -7), -7);
}

TEST(Json, ANumberIsFinite)
{
    for (const char *number : {"1e999", "-1e999", "true"}) {
        cJSON *json;
        std::string text = std::string("{\"n\": ") + number + "}";
        ASSERT_EQ(json_parse(&json, {text.data(), text.size()}), 0) << text;
        EXPECT_EQ(json_number(json, "n", 3), 3) << number;
        cJSON_Delete(json);
    }
}

TEST(Json, WhatIsNotJsonIsNothing)
{
    cJSON *json;
    EXPECT_EQ(json_parse(&json, slice_of("{")), -EBADMSG);
    EXPECT_EQ(json, nullptr);
}
