/* SPDX-License-Identifier: MIT */
#include "http/headers.h"

#include <gtest/gtest.h>

#include <cerrno>
#include <string>

static struct slice bytes(const std::string &text)
{
    return {text.data(), text.size()};
}

static int add(struct headers *headers, const std::string &name,
               const std::string &value)
{
    return headers_add(headers, bytes(name), bytes(value));
}

TEST(Headers, KeepTheirOrderAndAreFoundInAnyCase)
{
    struct headers headers = {};
    ASSERT_EQ(add(&headers, "Set-Cookie", "a=1"), 0);
    ASSERT_EQ(add(&headers, "Server", ""), 0);
    ASSERT_EQ(add(&headers, "set-cookie", "b=2"), 0);
    EXPECT_EQ(headers.count, 3u);
    EXPECT_STREQ(headers_find(&headers, "SET-COOKIE"), "a=1");
    EXPECT_STREQ(headers_find(&headers, "server"), "");
    EXPECT_EQ(headers_find(&headers, "Serve"), nullptr);

    std::string all;
    size_t cursor = 0;
    const char *name, *value;
    while (headers_next(&headers, &cursor, &name, &value))
        all += std::string(name) + "=" + value + ";";
    EXPECT_EQ(all, "Set-Cookie=a=1;Server=;set-cookie=b=2;");
    headers_deinit(&headers);
}

TEST(Headers, RefuseWhatWouldForgeAnotherField)
{
    struct headers headers = {};
    const std::string nul("a\0b", 3);
    EXPECT_EQ(add(&headers, "", "x"), -EINVAL);
    EXPECT_EQ(add(&headers, "a b", "x"), -EINVAL);
    EXPECT_EQ(add(&headers, "a:", "x"), -EINVAL);
    EXPECT_EQ(add(&headers, nul, "x"), -EINVAL);
    EXPECT_EQ(add(&headers, "caf\xc3\xa9", "x"), -EINVAL);
    EXPECT_EQ(add(&headers, "a", "x\r\nb: y"), -EINVAL);
    EXPECT_EQ(add(&headers, "a", "x\n"), -EINVAL);
    EXPECT_EQ(add(&headers, "a", nul), -EINVAL);
    EXPECT_EQ(headers.count, 0u);
    EXPECT_EQ(headers_find(&headers, "a"), nullptr);
    headers_deinit(&headers);
}

TEST(Headers, ClearedTheyKeepTheirMemory)
{
    struct headers headers = {};
    ASSERT_EQ(add(&headers, "name", "value"), 0);
    size_t capacity = headers.text.capacity;
    headers_clear(&headers);
    EXPECT_EQ(headers.count, 0u);
    EXPECT_EQ(headers_find(&headers, "name"), nullptr);
    EXPECT_EQ(headers.text.capacity, capacity);
    headers_deinit(&headers);
    headers_deinit(&headers);
}

TEST(Headers, TokensAreThoseOfTheStandard)
{
    const std::string special = "!#$%&'*+-.^_`|~";
    for (int c = 0; c < 256; c++) {
        bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        bool digit = c >= '0' && c <= '9';
        bool token = letter || digit ||
                     (c && special.find(static_cast<char>(c)) != special.npos);
        std::string text(1, static_cast<char>(c));
        EXPECT_EQ(headers_is_token(bytes(text)), token) << "character " << c;
    }
    EXPECT_FALSE(headers_is_token({nullptr, 0}));
}
