/* SPDX-License-Identifier: MIT */
#include "support/scripted_lookup.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netdb.h>
#include <string>
#include <thread>

namespace
{

/* What a name resolves to, or the sentence that says why it does not. */
std::string look_up(const char *name)
{
    struct addrinfo hints = {};
    hints.ai_socktype = SOCK_STREAM;
    struct addrinfo *list = nullptr;
    int code = getaddrinfo(name, "80", &hints, &list);
    if (code)
        return gai_strerror(code);
    std::string found;
    for (struct addrinfo *one = list; one; one = one->ai_next) {
        char text[INET6_ADDRSTRLEN] = "";
        if (one->ai_family == AF_INET)
            inet_ntop(AF_INET, &((struct sockaddr_in *)one->ai_addr)->sin_addr,
                      text, sizeof text);
        found += std::string(text) + " ";
    }
    freeaddrinfo(list);
    return found;
}

const struct scripted_host hosts[] = {
    {"two.test", {"127.0.0.2", "127.0.0.1"}, 0},
    {"tired.test", {}, EAI_AGAIN},
};

class ScriptedLookup : public testing::Test
{
  protected:
    void SetUp() override
    {
        ASSERT_EQ(0, scripted_lookup_begin(hosts, 2));
    }
    void TearDown() override
    {
        scripted_lookup_end();
    }
};

TEST_F(ScriptedLookup, AnswersFromItsTable)
{
    EXPECT_EQ("127.0.0.2 127.0.0.1 ", look_up("two.test"));
    EXPECT_EQ(gai_strerror(EAI_AGAIN), look_up("tired.test"));
    EXPECT_EQ(gai_strerror(EAI_NONAME), look_up("host.invalid"));
    EXPECT_EQ("127.0.0.9 ", look_up("127.0.0.9"));
    EXPECT_EQ(4u, scripted_lookups());
}

TEST_F(ScriptedLookup, WaitsAtTheGate)
{
    scripted_lookup_shut();
    std::string found;
    std::thread waiter([&] { found = look_up("two.test"); });
    while (scripted_lookups() == 0)
        std::this_thread::yield();
    scripted_lookup_open();
    waiter.join();
    EXPECT_EQ("127.0.0.2 127.0.0.1 ", found);
}

/* The thread that a client leaves behind must not find the script gone. */
TEST(ScriptedLookupEnd, WaitsForThoseThatWereLeftBehind)
{
    for (int round = 0; round < 100; round++) {
        ASSERT_EQ(0, scripted_lookup_begin(hosts, 2));
        scripted_lookup_shut();
        std::string found;
        std::thread left_behind([&] { found = look_up("two.test"); });
        while (scripted_lookups() == 0)
            std::this_thread::yield();
        scripted_lookup_end();
        left_behind.join();
        ASSERT_EQ("127.0.0.2 127.0.0.1 ", found);
    }
}

} // namespace
