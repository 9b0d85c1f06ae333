/* SPDX-License-Identifier: MIT */
#include "http/address.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <string>
#include <utility>
#include <vector>

namespace
{

std::string text(const struct address &address)
{
    char text[INET6_ADDRSTRLEN] = "";
    const void *bytes = &address.socket.ipv4.sin_addr;
    if (address.socket.any.sa_family == AF_INET6)
        bytes = &address.socket.ipv6.sin6_addr;
    return inet_ntop(address.socket.any.sa_family, bytes, text, sizeof text);
}

std::vector<std::string> interleave(std::vector<std::string> hosts)
{
    struct addresses addresses = {};
    for (const std::string &host : hosts)
        EXPECT_TRUE(address_from_literal(&addresses.list[addresses.count++],
                                         host.c_str(), 80));
    addresses_interleave(&addresses);
    EXPECT_EQ(addresses.count, static_cast<int>(hosts.size()));
    for (size_t i = 0; i < hosts.size(); i++)
        hosts[i] = text(addresses.list[i]);
    return hosts;
}

/* Each host as often as it is said. */
using Times = std::vector<std::pair<std::string, int>>;

std::vector<std::string> keep(const Times &hosts)
{
    struct addresses addresses = {};
    for (const auto &[host, times] : hosts)
        for (int i = 0; i < times; i++) {
            struct address address;
            EXPECT_TRUE(address_from_literal(&address, host.c_str(), 80));
            addresses_add(&addresses, &address);
        }
    std::vector<std::string> kept;
    for (int i = 0; i < addresses.count; i++)
        kept.push_back(text(addresses.list[i]));
    return kept;
}

using List = std::vector<std::string>;

TEST(Addresses, AreTriedOneFamilyAfterTheOther)
{
    EXPECT_EQ(interleave({"::1", "::2", "::3", "1.0.0.1", "1.0.0.2"}),
              (List{"::1", "1.0.0.1", "::2", "1.0.0.2", "::3"}));
    EXPECT_EQ(interleave({"1.0.0.1", "1.0.0.2", "1.0.0.3", "::1"}),
              (List{"1.0.0.1", "::1", "1.0.0.2", "1.0.0.3"}));
}

TEST(Addresses, OfOneFamilyStayInTheirOrder)
{
    EXPECT_EQ(interleave({"1.0.0.1", "1.0.0.2", "1.0.0.3"}),
              (List{"1.0.0.1", "1.0.0.2", "1.0.0.3"}));
    EXPECT_EQ(interleave({"::1"}), (List{"::1"}));
    EXPECT_EQ(interleave({}), (List{}));
}

/* Where there are too many, neither family hides the other. */
TEST(Addresses, OfBothFamiliesAreKept)
{
    EXPECT_EQ(
        keep({{"::1", 20}, {"1.0.0.1", 1}}),
        (List{"::1", "::1", "::1", "::1", "::1", "::1", "::1", "1.0.0.1"}));
    EXPECT_EQ(keep({{"1.0.0.1", 20}, {"::1", 2}, {"::2", 20}}),
              (List{"1.0.0.1", "1.0.0.1", "1.0.0.1", "1.0.0.1", "::1", "::1",
                    "::2", "::2"}));
    EXPECT_EQ(keep({{"::1", 6}, {"1.0.0.1", 2}, {"::2", 3}, {"1.0.0.2", 3}}),
              (List{"::1", "::1", "::1", "::1", "1.0.0.1", "1.0.0.1", "1.0.0.2",
                    "1.0.0.2"}));
    EXPECT_EQ(keep({{"::1", 7}, {"::2", 2}}),
              (List{"::1", "::1", "::1", "::1", "::1", "::1", "::1", "::2"}));
}

} // namespace
