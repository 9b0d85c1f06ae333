/* SPDX-License-Identifier: MIT */
/* A ring that has no room just then. */
#include "nonblocking/uring.h"

#include "support/pages.h"
#include "support/scripted_clock.h"
#include "support/scripted_lookup.h"
#include "support/scripted_sockets.h"
#include "support/silent_server.h"
#include "support/tiny_server.h"

#include <cerrno>
#include <gtest/gtest.h>
#include <string>

namespace
{

/* The first call of that kind is the watch of the look-ups; the next two are
 * those by which a page that is too late takes back what the kernel has. */
TEST(UringWithoutRoom, CancelsLaterWhatItCannotCancelNow)
{
    if (uring_model.unavailable())
        GTEST_SKIP() << uring_model.unavailable();
    SilentServer silent(SilentServer::ROOMY);
    struct scripted_rule rules[] = {{SCRIPTED_QUEUE, 2, 0, 0, EBUSY},
                                    {SCRIPTED_QUEUE, 3, 0, 0, EBUSY}};
    Pages pages;
    pages.options.total_timeout = NANOS_PER_SECOND;
    pages.ask(silent.port(), "/");
    pages.ask(silent.port(), "/");
    ASSERT_EQ(scripted_clock_begin(), 0);
    ASSERT_EQ(scripted_begin(silent.port(), rules, 2), 0);
    pages.run(uring_model); /* which ends */
    scripted_end();
    scripted_clock_end();
    EXPECT_EQ(scripted_bent(SCRIPTED_QUEUE), 2u);
    EXPECT_EQ(pages[0].error, FETCH_TIMEOUT);
    EXPECT_EQ(pages[1].error, FETCH_TIMEOUT);
}

/* The watch ends with the first look-up, and the next call is refused. */
TEST(UringWithoutRoom, WatchesLaterWhatItCannotWatchNow)
{
    if (uring_model.unavailable())
        GTEST_SKIP() << uring_model.unavailable();
    const struct scripted_host hosts[] = {{"here.test", {"127.0.0.1"}, 0}};
    TinyServer server(TinyServer::echo);
    struct scripted_rule refused = {SCRIPTED_QUEUE, 2, 0, 0, EBUSY};
    Pages pages;
    for (int i = 0; i < 3; i++)
        pages.ask("http://here.test:" + std::to_string(server.port()) + "/");
    ASSERT_EQ(scripted_lookup_begin(hosts, 1), 0);
    ASSERT_EQ(scripted_begin(server.port(), &refused, 1), 0);
    pages.run(uring_model); /* which ends */
    scripted_end();
    scripted_lookup_end();
    EXPECT_EQ(scripted_bent(SCRIPTED_QUEUE), 1u);
    for (size_t i = 0; i < pages.count(); i++)
        EXPECT_EQ(pages[i].error, FETCH_OK);
}

} // namespace
