/* SPDX-License-Identifier: MIT */
/* Each allocation of a scenario fails once. Whatever comes of it, both sides
 * end, and nothing is left: no descriptor, no memory (the leak sanitizer looks
 * for that). */
#include "coroutines/frame.h"
#include "coroutines/open_connection.h"
#include "coroutines/task.h"
#include "coroutines/task_server.h"
#include "support/failing_malloc.h"
#include "support/outcomes.h"
#include "talkers.h"
#include "transports_fixture.h"

#include <gtest/gtest.h>

#include <string>

namespace
{

/* A client that sends a line and reads it back, and a server that echoes. What
 * came of the client; the loop may have had no memory at all. */
std::string talk(bool unix_address, unsigned failing, unsigned *allocations)
{
    std::string came = "no loop";
    const std::string path =
        "/tmp/streams_shortage_" + std::to_string(getpid());
    struct loop *loop = nullptr;
    struct transports transports;
    struct streams streams;
    failing_malloc_begin(failing);
    if (!loop_new(&loop, &epoll_selector, &monotonic_clock)) {
        if (!transports_init(&transports, loop)) {
            streams_init(&streams, &transports);
            struct outcome got =
                talkers_run(&streams, unix_address ? path.c_str() : nullptr);
            came = shown(got);
            streams_deinit(&streams);
            transports_deinit(&transports);
        }
        loop_free(loop);
    }
    *allocations = failing_malloc_end();
    return came;
}

void each_allocation_fails(bool unix_address)
{
    Reports reports;
    int before = descriptors();
    unsigned number = 0, seen = 0, well = 0;
    do {
        SCOPED_TRACE("allocation " + std::to_string(number));
        std::string came = talk(unix_address, number, &seen);
        bool all = came == "b'hello\\n'";
        well += all;
        EXPECT_EQ(descriptors(), before);
        EXPECT_TRUE(number > 0 || all) << came;
    } while (seen >= number++);
    EXPECT_GE(number, 12u) << "nothing was tried";
    EXPECT_GE(well, 2u);
}

TEST(StreamsShortage, OfAClientAndAServerEndsBoth)
{
    each_allocation_fails(false);
}

TEST(StreamsShortage, AlsoAtAUnixAddress)
{
    each_allocation_fails(true);
}

} // namespace
