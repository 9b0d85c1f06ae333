/* SPDX-License-Identifier: MIT */
/* The floors, in this process. */
#include "harness/floors/floors.h"

#include "origin_fixture.h"
#include "support/tiny_server.h"

#include <cerrno>
#include <cstring>
#include <gtest/gtest.h>

/* A server may close what nothing is asked of any more: no request fails by
 * that, and none is counted twice. */
TEST(Floors, AConnectionThatEndsWhenAllIsAnsweredIsNotAnError)
{
    static const char asks[] =
        "GET /bytes/10 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
    Origin origin;
    struct address address;
    ASSERT_TRUE(address_from_literal(&address, "127.0.0.1", origin.port));
    for (size_t i = 0; floors[i]; i++) {
        SCOPED_TRACE(floors[i]->name);
        if (!floors[i]->overlaps || floors_why_not(floors[i]))
            continue;
        struct floor_load load = {};
        size_t body = 0;
        load.addresses = &address;
        load.address_count = 1;
        load.request = {asks, strlen(asks)};
        load.connections = load.requests = 32;
        load.keep_alive = true;
        ASSERT_EQ(floor_learn(&load, &body), 0);
        EXPECT_EQ(body, 10u);
        EXPECT_EQ(floors[i]->run(&load), 0);
        EXPECT_EQ(load.errors, 0u);
    }
}

static int learn(const std::string &answer, struct floor_load *load,
                 size_t *body)
{
    TinyServer server([&answer](int fd, int) {
        TinyServer::read_head(fd);
        TinyServer::say(fd, answer);
    });
    struct address address;
    EXPECT_TRUE(address_from_literal(&address, "127.0.0.1", server.port()));
    load->addresses = &address;
    load->address_count = 1;
    load->request = slice_of("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    return floor_learn(load, body);
}

TEST(Floors, LearnFromWhatIsAPageAndSaysHowLongItIs)
{
    static const char *const not_pages[] = {
        "HTTP/1.1 404 Not Found\r\nContent-Length: 1\r\n\r\nx",
        "HTTP/1.1 2000 Fine\r\nContent-Length: 1\r\n\r\nx",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "HTTP/1.1 200 OK\r\n\r\nx",
        "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\nx",
        "HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\nx",
        "HTTP/1.1 200 OK\r\nContent-Length: 18446744073709551600\r\n\r\nx",
        "HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\nx",
        "HTTP/1.1 200 OK\r\nContent-Length: 1",
        "",
    };
    struct floor_load load = {};
    size_t body = 0;
    for (const char *answer : not_pages)
        EXPECT_EQ(learn(answer, &load, &body), -EBADMSG) << answer;
    std::string page = TinyServer::page(
        "body", "200 OK", "X: " + std::string(5000, 'x') + "\r\n");
    EXPECT_EQ(learn(page, &load, &body), 0);
    EXPECT_EQ(body, 4u);
    EXPECT_EQ(load.answer_size, page.size());
}
