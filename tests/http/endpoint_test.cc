/* SPDX-License-Identifier: MIT */
#include "http/endpoint.h"

#include <gtest/gtest.h>

#include <string>

namespace
{

struct Endpoint : endpoint {
    Endpoint(const char *name, int number, bool tls)
        : endpoint{strdup(name), (uint16_t)number, tls}
    {
    }
    ~Endpoint()
    {
        endpoint_deinit(this);
    }
    Endpoint(const Endpoint &) = delete;
};

std::string printed(const struct endpoint &endpoint)
{
    struct buffer out = {};
    EXPECT_EQ(endpoint_print(&endpoint, &out), 0);
    std::string text(out.data, out.size);
    buffer_deinit(&out);
    return text;
}

} // namespace

TEST(Endpoint, IsTheSameOnlyWithSchemeHostAndPort)
{
    Endpoint plain("a", 443, false);
    EXPECT_TRUE(endpoint_equal(&plain, &plain));
    Endpoint same("a", 443, false), port("a", 80, false), host("b", 443, false),
        secure("a", 443, true);
    EXPECT_TRUE(endpoint_equal(&plain, &same));
    EXPECT_FALSE(endpoint_equal(&plain, &port));
    EXPECT_FALSE(endpoint_equal(&plain, &host));
    EXPECT_FALSE(endpoint_equal(&plain, &secure)) << "https on the same port";
}

TEST(Endpoint, AnEmptyOneEqualsNone)
{
    struct endpoint empty = {};
    Endpoint one("a", 0, false);
    EXPECT_FALSE(endpoint_equal(&empty, &one));
    EXPECT_FALSE(endpoint_equal(&one, &empty));
    EXPECT_FALSE(endpoint_equal(&empty, &empty));
    endpoint_deinit(&empty);
}

TEST(Endpoint, PrintsThePortWhereItIsNotTheSchemesOwn)
{
    EXPECT_EQ(printed(Endpoint("a", 80, false)), "a");
    EXPECT_EQ(printed(Endpoint("a", 443, true)), "a");
    EXPECT_EQ(printed(Endpoint("a", 443, false)), "a:443");
    EXPECT_EQ(printed(Endpoint("a", 80, true)), "a:80");
    EXPECT_EQ(printed(Endpoint("::1", 80, false)), "[::1]");
    EXPECT_EQ(printed(Endpoint("::1", 8080, true)), "[::1]:8080");
}

TEST(Endpoint, ACopyIsIndependent)
{
    struct endpoint copy;
    {
        Endpoint original("host", 81, true);
        ASSERT_EQ(endpoint_copy(&copy, &original), 0);
        EXPECT_TRUE(endpoint_equal(&copy, &original));
    }
    EXPECT_EQ(printed(copy), "host:81");
    EXPECT_TRUE(copy.secure);
    endpoint_deinit(&copy);
    endpoint_deinit(&copy);
}
