// SPDX-License-Identifier: MIT
#include "base/buffer_stream.h"

#include <gtest/gtest.h>

#include <cerrno>
#include <cstdio>
#include <string>

namespace
{

TEST(BufferStream, AppendsWhatIsPrinted)
{
    struct buffer out = {};
    buffer_append_text(&out, "one ");
    FILE *stream = buffer_stream_open(&out);
    ASSERT_NE(stream, nullptr);
    std::string much(100000, 'x');
    std::fprintf(stream, "%d %s", 2, much.c_str());
    EXPECT_EQ(buffer_stream_close(stream), 0);
    EXPECT_EQ(std::string(out.data, out.size), "one 2 " + much);
    buffer_deinit(&out);
}

TEST(BufferStream, KnowsThatSomethingIsMissing)
{
    // A size without memory behind it: there is no more to be had.
    struct buffer full = {nullptr, SIZE_MAX / 2, SIZE_MAX / 2, false};
    FILE *stream = buffer_stream_open(&full);
    ASSERT_NE(stream, nullptr);
    std::setvbuf(stream, nullptr, _IONBF, 0);
    std::fputs("lost", stream);
    full = {};
    std::fputs("kept", stream);
    EXPECT_EQ(buffer_stream_close(stream), -ENOMEM);
    EXPECT_EQ(std::string(full.data, full.size), "kept");
    buffer_deinit(&full);
}

} // namespace
