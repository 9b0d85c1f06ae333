/* SPDX-License-Identifier: MIT */
/* The floors, in this process. */
#include "harness/floors/floors.h"

#include "origin_fixture.h"

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
