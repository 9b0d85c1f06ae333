/* SPDX-License-Identifier: MIT */
#include "base/bytes.h"

#include <gtest/gtest.h>

#include <cerrno>
#include <cstdint>
#include <string>

static std::string text(struct slice slice)
{
    return std::string(slice.data, slice.size);
}

TEST(Slice, ComparesWithAndWithoutCase)
{
    EXPECT_TRUE(slice_equal(slice_of("Host"), slice_of("Host")));
    EXPECT_FALSE(slice_equal(slice_of("Host"), slice_of("host")));
    EXPECT_FALSE(slice_equal(slice_of("Host"), slice_of("Hos")));
    EXPECT_TRUE(slice_equal_nocase(slice_of("Host"), slice_of("hOST")));
    EXPECT_TRUE(slice_equal({nullptr, 0}, {nullptr, 0}));
}

TEST(Slice, TrimsBlanksOnly)
{
    EXPECT_EQ(text(slice_trim(slice_of(" \t a b\t "))), "a b");
    EXPECT_EQ(text(slice_trim(slice_of("\r"))), "\r");
    EXPECT_EQ(slice_trim(slice_of("  ")).size, 0u);
}

TEST(Buffer, GrowsAndKeepsItsMemory)
{
    struct buffer buffer = {};
    for (int i = 0; i < 1000; i++)
        ASSERT_EQ(buffer_append(&buffer, "abc", 3), 0);
    EXPECT_EQ(buffer.size, 3000u);
    EXPECT_EQ(std::string(buffer.data + 2997, 3), "abc");
    size_t capacity = buffer.capacity;
    buffer_clear(&buffer);
    EXPECT_EQ(buffer.size, 0u);
    EXPECT_EQ(buffer.capacity, capacity);
    buffer_deinit(&buffer);
    buffer_deinit(&buffer);
    EXPECT_EQ(buffer.data, nullptr);
}

TEST(Buffer, PrintsWithoutCountingTheNul)
{
    struct buffer buffer = {};
    ASSERT_EQ(buffer_print(&buffer, "%d-%s", 12, "x"), 0);
    ASSERT_EQ(buffer_print(&buffer, "!"), 0);
    EXPECT_EQ(text(buffer_slice(&buffer)), "12-x!");
    buffer_deinit(&buffer);
}

TEST(Buffer, IsTerminatedWithoutCountingTheNul)
{
    struct buffer buffer = {};
    ASSERT_EQ(buffer_terminate(&buffer), 0);
    EXPECT_STREQ(buffer.data, "");
    EXPECT_EQ(buffer.size, 0u);
    ASSERT_EQ(buffer_append(&buffer, "abcdef", 6), 0);
    ASSERT_EQ(buffer_append(&buffer, "gh", 2), 0);
    buffer.size = 7;
    ASSERT_EQ(buffer_terminate(&buffer), 0);
    EXPECT_STREQ(buffer.data, "abcdefg");
    ASSERT_EQ(buffer_append_text(&buffer, "!"), 0);
    EXPECT_EQ(text(buffer_slice(&buffer)), "abcdefg!");
    buffer_deinit(&buffer);
}

TEST(Buffer, RefusesWhatCannotBeAllocated)
{
    struct buffer buffer = {};
    EXPECT_EQ(buffer_reserve(&buffer, SIZE_MAX - 10), -ENOMEM);
    EXPECT_EQ(buffer.data, nullptr);
}

TEST(Buffer, KnowsThatSomethingIsMissingUntilItIsEmptied)
{
    struct buffer buffer = {}, whole = {};
    EXPECT_EQ(buffer_append_text(&buffer, "a"), 0);
    EXPECT_FALSE(buffer_lacks(&buffer));
    EXPECT_EQ(buffer_append(&buffer, "b", SIZE_MAX - 10), -ENOMEM);
    EXPECT_EQ(buffer_append_text(&buffer, "c"), 0);
    EXPECT_TRUE(buffer_lacks(&buffer));
    buffer_lack(&whole, &buffer);
    EXPECT_TRUE(buffer_lacks(&whole));
    buffer_clear(&buffer);
    EXPECT_FALSE(buffer_lacks(&buffer));
    buffer_lack(&whole, &buffer);
    EXPECT_TRUE(buffer_lacks(&whole));
    buffer_deinit(&whole);
    EXPECT_FALSE(buffer_lacks(&whole));
    buffer_deinit(&buffer);
}
