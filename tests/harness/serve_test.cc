/* SPDX-License-Identifier: MIT */
#include "support/program.h"

#include <csignal>
#include <gtest/gtest.h>

TEST(Serve, PrintsItsUrlAndEndsWhenAsked)
{
    for (int number : {SIGINT, SIGTERM}) {
        Program server({"serve", "--seed", "7"});
        std::string url = server.line();
        ASSERT_EQ(url.compare(0, 17, "http://127.0.0.1:"), 0) << url;
        server.signal(number);
        EXPECT_EQ(server.wait(), 0) << server.err;
        EXPECT_EQ(server.err, "");
    }
}

TEST(Serve, TheSameSeedServesTheSameBytes)
{
    std::string bodies[2];
    for (std::string &body : bodies) {
        Program server({"serve", "--seed", "7"});
        body = run({"fetch", server.line() + "bytes/1000"}).out;
    }
    EXPECT_EQ(bodies[0].size(), 1000u);
    EXPECT_EQ(bodies[0], bodies[1]);
}

TEST(Serve, ServesOnTheOtherLoopbackToo)
{
    Program server({"serve", "--host", "::1"});
    std::string url = server.line();
    if (url.empty())
        GTEST_SKIP() << "this machine has no IPv6";
    ASSERT_EQ(url.compare(0, 13, "http://[::1]:"), 0) << url;
    EXPECT_EQ(run({"fetch", url + "bytes/10"}).out.size(), 10u);
}

TEST(Serve, SaysWhyItCannotListen)
{
    Program first({"serve"});
    std::string url = first.line();
    std::string port = url.substr(17, url.size() - 18);
    Ran second = run({"serve", "--port", port});
    EXPECT_EQ(second.code, 1);
    EXPECT_NE(second.err.find(port), std::string::npos) << second.err;
}

TEST(Serve, RefusesWhatMakesNoSense)
{
    const std::vector<std::vector<std::string>> cases = {
        {"serve", "--port", "65536"},
        {"serve", "--seed", "x"},
        {"serve", "what"},
        {"serve", "--nothing"},
    };
    for (auto &arguments : cases)
        EXPECT_EQ(run(arguments).code, 2);
}
