/* SPDX-License-Identifier: MIT */
/* What comes while nothing is asked, and when a client looks for it. */
#include "http/kept_connection.h"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

namespace
{

constexpr nanos US = NANOS_PER_MICROSECOND;

class KeptConnection : public testing::Test
{
  protected:
    void SetUp() override
    {
        ASSERT_EQ(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), 0);
        kept_connection_rest(&kept, end_of_answer);
    }
    void TearDown() override
    {
        close(ends[0]);
        if (ends[1] >= 0)
            close(ends[1]);
    }
    bool is_silent(nanos after)
    {
        return kept_connection_is_silent(&kept, ends[0], end_of_answer + after);
    }

    const nanos end_of_answer = 7 * NANOS_PER_SECOND;
    int ends[2] = {-1, -1};
    struct kept_connection kept = {};
};

TEST_F(KeptConnection, IsLookedAtOnceAPageCouldHaveBeenSaved)
{
    EXPECT_TRUE(is_silent(50 * US));
    ASSERT_EQ(write(ends[1], "x", 1), 1);
    EXPECT_FALSE(is_silent(50 * US));
    char byte;
    EXPECT_EQ(read(ends[0], &byte, 1), 1) << "it is only looked at";
    EXPECT_TRUE(is_silent(50 * US));
    close(ends[1]);
    ends[1] = -1;
    EXPECT_FALSE(is_silent(50 * US)) << "an end is not silence";
}

TEST_F(KeptConnection, IsTrustedByAClientThatDoesNothingElse)
{
    ASSERT_EQ(write(ends[1], "x", 1), 1);
    EXPECT_TRUE(is_silent(5 * US));
}

} // namespace
