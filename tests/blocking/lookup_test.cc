/* SPDX-License-Identifier: MIT */
#include "blocking/lookup.h"

#include "support/in_child.h"

#include <cerrno>
#include <gtest/gtest.h>
#include <netdb.h>
#include <string>
#include <sys/resource.h>

namespace
{

int lookup(struct addresses *addresses, std::string host, uint16_t port)
{
    const struct endpoint endpoint = {&host[0], port, false};
    return lookup_host(addresses, &endpoint);
}

TEST(Lookup, AnAddressNeedsNoResolver)
{
    struct addresses found;
    ASSERT_EQ(lookup(&found, "127.0.0.1", 8080), 0);
    ASSERT_EQ(found.count, 1);
    EXPECT_EQ(found.list[0].socket.any.sa_family, AF_INET);
    EXPECT_EQ(ntohs(found.list[0].socket.ipv4.sin_port), 8080);
    ASSERT_EQ(lookup(&found, "::1", 80), 0);
    ASSERT_EQ(found.count, 1);
    EXPECT_EQ(found.list[0].socket.any.sa_family, AF_INET6);
    EXPECT_EQ(ntohs(found.list[0].socket.ipv6.sin6_port), 80);
}

TEST(Lookup, LocalhostIsHere)
{
    struct addresses found;
    ASSERT_EQ(lookup(&found, "localhost", 1234), 0);
    ASSERT_GE(found.count, 1);
    for (int i = 0; i < found.count; i++) {
        const struct address &one = found.list[i];
        if (one.socket.any.sa_family == AF_INET) {
            EXPECT_EQ(ntohl(one.socket.ipv4.sin_addr.s_addr) >> 24, 127u);
            EXPECT_EQ(ntohs(one.socket.ipv4.sin_port), 1234);
            EXPECT_EQ(one.size, sizeof one.socket.ipv4);
        } else {
            EXPECT_EQ(one.socket.any.sa_family, AF_INET6);
            EXPECT_EQ(ntohs(one.socket.ipv6.sin6_port), 1234);
            EXPECT_EQ(one.size, sizeof one.socket.ipv6);
        }
    }
}

TEST(Lookup, ANameThatCannotExistIsRefusedWithTheResolversCode)
{
    struct addresses found;
    /* A label may have 63 letters: refused without asking the network. */
    int error = lookup(&found, std::string(70, 'a') + ".invalid", 80);
    EXPECT_NE(error, 0);
    EXPECT_STRNE(gai_strerror(error), "");
    EXPECT_EQ(found.count, 0);
}

/* glibc only says that there is no such name, if this is the first one that its
 * process looks up. */
TEST(Lookup, WithoutADescriptorItIsNotTheNameThatIsWrong)
{
    int error = in_child([] {
        struct addresses found;
        const struct rlimit none = {0, 0};
        setrlimit(RLIMIT_NOFILE, &none);
        return lookup(&found, "localhost", 80);
    });
    EXPECT_EQ(error, EMFILE);
}

} // namespace
