/* SPDX-License-Identifier: MIT */
/* Attempts to connect that are under way at the same time, on sockets that
 * hang, refuse or connect as the test wants it. */
#include "nonblocking/asyncore_client.h"
#include "nonblocking/monster.h"
#include "nonblocking/rivals.h"
#include "nonblocking/socket.h"
#include "nonblocking/uring.h"

#include "support/asked.h"
#include "support/pages.h"
#include "support/scripted_clock.h"
#include "support/scripted_lookup.h"
#include "support/silent_server.h"

#include <cerrno>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <initializer_list>
#include <poll.h>
#include <sys/resource.h>
#include <unistd.h>

namespace
{

const nanos begin = 1000;

/* One more descriptor may be opened, or none. */
void leave_descriptors(rlim_t count)
{
    struct rlimit limit;
    int lowest = fcntl(0, F_DUPFD_CLOEXEC, 0);
    close(lowest);
    getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = static_cast<rlim_t>(lowest) + count;
    setrlimit(RLIMIT_NOFILE, &limit);
}

void leave_all_descriptors()
{
    struct rlimit limit;
    getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
}

bool is_open(int fd)
{
    return fcntl(fd, F_GETFD) >= 0;
}

bool is_readable(int fd)
{
    struct pollfd ready = {fd, POLLIN, 0};
    return poll(&ready, 1, 0) == 1;
}

void await_readable(int fd)
{
    struct pollfd ready = {fd, POLLIN, 0};
    while (poll(&ready, 1, -1) != 1)
        ;
}

/* A call to a host with these addresses, all at one port: 127.0.0.79 hangs, at
 * 127.0.0.1 it is connected, and nothing listens at any other. */
class Rivals : public testing::Test
{
  protected:
    void SetUp() override
    {
        ASSERT_EQ(hangs.error, 0);
        call_init(&call, &call_default_options);
    }
    void TearDown() override
    {
        if (rivals)
            rivals_free(rivals);
        call_deinit(&call);
    }
    /* The first one is under way. */
    void start(std::initializer_list<const char *> hosts)
    {
        struct addresses addresses = {};
        for (const char *host : hosts)
            address_from_literal(&addresses.list[addresses.count++], host,
                                 listens.port());
        call_start(&call, &asked.request, 0, begin);
        call_resolved(&call, &addresses, begin);
        fd = first = socket_start_connect(call_address(&call));
        ASSERT_GE(fd, 0);
    }
    void try_another(nanos when = begin + CALL_ATTEMPT_DELAY)
    {
        fd = rivals_try_another(&rivals, fd, &call, when);
    }

    SilentServer listens{SilentServer::ROOMY};
    SilentServer hangs{SilentServer::FULL, "127.0.0.79", listens.port()};
    Asked asked{"http://many.test/"};
    struct call call;
    struct rivals *rivals = nullptr;
    int first = -1, fd = -1;
};

TEST_F(Rivals, AreReadableWhenOneIsConnected)
{
    start({"127.0.0.79", "127.0.0.79", "127.0.0.1"});
    try_another();
    EXPECT_NE(fd, first);
    EXPECT_FALSE(is_readable(fd));
    EXPECT_EQ(rivals_step(rivals, &call, begin), -EAGAIN);
    try_another();
    await_readable(fd);
    int winner = rivals_step(rivals, &call, begin);
    ASSERT_GE(winner, 0);
    EXPECT_EQ(socket_connect_result(winner), 0);
    rivals_free(rivals);
    rivals = nullptr;
    EXPECT_TRUE(is_open(winner)) << "it is ours";
    EXPECT_FALSE(is_open(first)) << "it has lost";
    EXPECT_EQ(call_need(&call), CALL_NEEDS_CONNECTION) << "that we report";
    close(winner);
}

TEST_F(Rivals, ThatAreRefusedAreFollowedAtOnce)
{
    start({"127.0.0.79", "127.0.0.80", "127.0.0.81", "127.0.0.1"});
    try_another();
    int winner = -EAGAIN;
    while (winner == -EAGAIN) {
        await_readable(fd);
        winner = rivals_step(rivals, &call, begin);
    }
    EXPECT_GE(winner, 0);
    close(winner);
}

TEST_F(Rivals, ThatHaveAllFailedEndTheCall)
{
    start({"127.0.0.80", "127.0.0.81", "127.0.0.82"});
    try_another();
    int winner = -EAGAIN;
    while (winner == -EAGAIN) {
        await_readable(fd);
        winner = rivals_step(rivals, &call, begin);
    }
    EXPECT_EQ(winner, -ECANCELED);
    ASSERT_EQ(call_need(&call), CALL_IS_DONE);
    EXPECT_EQ(call_result(&call)->error, FETCH_REFUSED);
}

TEST_F(Rivals, ThatCannotBeLeaveTheFirstAlone)
{
    start({"127.0.0.79", "127.0.0.1"});
    leave_descriptors(0);
    const nanos late = begin + 2 * CALL_ATTEMPT_DELAY;
    try_another(late);
    leave_all_descriptors();
    EXPECT_EQ(rivals, nullptr);
    EXPECT_EQ(fd, first);
    EXPECT_EQ(call_next_attempt(&call), late + CALL_ATTEMPT_DELAY);
    try_another(late + CALL_ATTEMPT_DELAY);
    EXPECT_NE(fd, first) << "now there is one";
}

/* ---- every client that has them ---- */

class ClientsWithRivals : public testing::TestWithParam<const struct model *>
{
};
INSTANTIATE_TEST_SUITE_P(Each, ClientsWithRivals,
                         testing::Values(&select_model, &poll_model,
                                         &epoll_model, &asyncore_model,
                                         &uring_model),
                         [](const auto &which) {
                             return std::string(which.param->name);
                         });

/* Once the name is known there is one descriptor more, for the first address,
 * which hangs; and from then on time jumps. Of the other address nothing is
 * known, so the host is not to blame. */
TEST_P(ClientsWithRivals, GoOnWithTheFirstAddressWithoutADescriptorForMore)
{
    if (GetParam()->unavailable && GetParam()->unavailable())
        GTEST_SKIP() << GetParam()->unavailable();
    SilentServer hangs(SilentServer::FULL);
    const struct scripted_host hosts[] = {
        {"two.test", {"127.0.0.1", "127.0.0.80"}, 0}};
    ASSERT_EQ(scripted_lookup_begin(hosts, 1), 0);
    Pages pages;
    pages.options.connect_timeout = 60 * NANOS_PER_SECOND;
    pages.options.total_timeout = NEVER;
    pages.options.trace = [](void *, const struct call *, enum mark mark,
                             nanos) {
        if (mark == MARK_RESOLVED) {
            leave_descriptors(1);
            EXPECT_EQ(scripted_clock_begin(), 0);
        }
        if (mark == MARK_DONE)
            leave_all_descriptors();
    };
    pages.ask("http://two.test:" + std::to_string(hangs.port()) + "/");
    pages.run(*GetParam());
    scripted_clock_end();
    scripted_lookup_end();
    EXPECT_EQ(pages[0].error, FETCH_NO_DESCRIPTOR);
    EXPECT_EQ(pages[0].detail, -ETIMEDOUT);
    EXPECT_NE(pages[0].marks[MARK_RESOLVED], NEVER);
}

} // namespace
