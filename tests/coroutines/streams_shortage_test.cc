/* SPDX-License-Identifier: MIT */
/* Each allocation of a scenario fails once. Whatever comes of it, both sides
 * end, and nothing is left: no descriptor, no memory (the leak sanitizer looks
 * for that). */
#include "coroutines/open_connection.h"
#include "coroutines/task.h"
#include "coroutines/task_server.h"
#include "support/failing_malloc.h"
#include "support/outcomes.h"
#include "talkers.h"
#include "transports_fixture.h"

#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <sys/wait.h>
#include <unistd.h>

namespace
{

using Scenario = std::function<struct outcome(struct streams *)>;

/* What came of the scenario; the loop may have had no memory at all. */
std::string run(const Scenario &scenario, unsigned failing,
                unsigned *allocations)
{
    std::string came = "no loop";
    struct loop *loop = nullptr;
    struct transports transports;
    struct streams streams;
    failing_malloc_begin(failing);
    if (!loop_new(&loop, &epoll_selector, &monotonic_clock)) {
        if (!transports_init(&transports, loop)) {
            streams_init(&streams, &transports);
            came = shown(scenario(&streams));
            streams_deinit(&streams);
            transports_deinit(&transports);
        }
        loop_free(loop);
    }
    *allocations = failing_malloc_end();
    return came;
}

void each_allocation_fails(const Scenario &scenario, const std::string &well)
{
    Reports reports;
    int before = descriptors();
    unsigned number = 0, seen = 0;
    do {
        SCOPED_TRACE("allocation " + std::to_string(number));
        std::string came = run(scenario, number, &seen);
        EXPECT_EQ(descriptors(), before);
        EXPECT_EQ(waitpid(-1, nullptr, WNOHANG), -1) << "a child is left";
        EXPECT_TRUE(number > 0 || came == well) << came;
    } while (seen >= number++);
    EXPECT_GE(number, 12u) << "nothing was tried";
}

TEST(StreamsShortage, OfAClientAndAServerEndsBoth)
{
    each_allocation_fails(
        [](struct streams *streams) { return talkers_run(streams, nullptr); },
        "b'hello\\n'");
}

TEST(StreamsShortage, AlsoAtAUnixAddress)
{
    const std::string path =
        "/tmp/streams_shortage_" + std::to_string(getpid());
    each_allocation_fails(
        [&](struct streams *streams) {
            return talkers_run(streams, path.c_str());
        },
        "b'hello\\n'");
}

TEST(StreamsShortage, OfAProgramEndsIt)
{
    each_allocation_fails(talkers_run_program, "[b'hello', b'err\\n']");
}

} // namespace
