/* SPDX-License-Identifier: MIT */
/* The same batch as ever, on a socket layer that does what loopback never
 * does: the results have to be the same. */
#include "mixed_batch.h"
#include "sockets.h"
#include "suite.h"

#include "support/scripted_sockets.h"

#include <csignal>
#include <cstring>
#include <ctime>

namespace
{

class Faults : public ModelTest
{
  protected:
    void TearDown() override
    {
        scripted_end();
        ModelTest::TearDown();
    }

    void script(std::vector<struct scripted_rule> rules)
    {
        ASSERT_EQ(0, scripted_begin(origin_port(), rules.data(), rules.size()));
    }

    /* One of everything, with and without kept connections. */
    void expect_the_same(std::vector<struct scripted_rule> rules)
    {
        for (bool keep_alive : {false, true}) {
            MixedBatch batch(model(), at_once(3));
            batch.pages.options.keep_alive = keep_alive;
            script(rules);
            batch.expect_all(keep_alive ? "kept" : "a connection each");
            scripted_end();
        }
    }
};
INSTANTIATE_FOR_EVERY_MODEL(Faults);

struct scripted_rule limited(enum scripted_call call, size_t limit)
{
    struct scripted_rule rule = {call, 1, 1, limit, 0};
    return rule;
}

/* Every Nth call, beginning with the first. */
struct scripted_rule failing(enum scripted_call call, unsigned every, int error)
{
    struct scripted_rule rule = {call, 1, every, 0, error};
    return rule;
}

struct scripted_rule failing_once(enum scripted_call call, unsigned number,
                                  int error)
{
    struct scripted_rule rule = {call, number, 0, 0, error};
    return rule;
}

TEST_P(Faults, SendsOneByteAtATime)
{
    expect_the_same({limited(SCRIPTED_SEND, 1)});
}

TEST_P(Faults, ReceivesOneByteAtATime)
{
    expect_the_same({limited(SCRIPTED_RECV, 1)});
}

TEST_P(Faults, IsToldToTryAgainEverySecondTime)
{
    expect_the_same({failing(SCRIPTED_SEND, 2, EAGAIN),
                     failing(SCRIPTED_RECV, 2, EAGAIN),
                     limited(SCRIPTED_SEND, 10), limited(SCRIPTED_RECV, 10)});
}

TEST_P(Faults, IsInterruptedEverySecondTime)
{
    expect_the_same({failing(SCRIPTED_SEND, 2, EINTR),
                     failing(SCRIPTED_RECV, 2, EINTR),
                     failing(SCRIPTED_WAIT, 2, EINTR),
                     limited(SCRIPTED_SEND, 10), limited(SCRIPTED_RECV, 10)});
}

TEST_P(Faults, IsInterruptedWhileConnecting)
{
    expect_the_same({failing(SCRIPTED_CONNECT, 1, EINTR),
                     failing(SCRIPTED_WAIT, 2, EINTR)});
}

TEST_P(Faults, IsConnectedAtOnce)
{
    expect_the_same({failing(SCRIPTED_CONNECT, 1, 0)});
}

/* Pages of a few hundred bytes, sixty-four at a time: the connection breaks at
 * the first recv, at the second …, until the page was whole before that. */
TEST_P(Faults, FindsTheConnectionBrokenAtAnyRecv)
{
    bool whole = false;
    for (unsigned k = 1; k < 100 && !whole; k++) {
        Pages pages;
        pages.get("/bytes/300");
        script({failing_once(SCRIPTED_RECV, k, ECONNRESET),
                limited(SCRIPTED_RECV, 64)});
        pages.run(model());
        scripted_end();
        whole = scripted_seen(SCRIPTED_RECV) < k;
        EXPECT_EQ(whole ? FETCH_OK : FETCH_RESET, pages[0].error)
            << "at recv " << k << ": " << pages.explain(0);
    }
    EXPECT_TRUE(whole);
}

TEST_P(Faults, FindsTheConnectionBrokenAtAnySend)
{
    bool whole = false;
    for (unsigned k = 1; k < 100 && !whole; k++) {
        Pages pages;
        pages.post("/echo", origin_body(1000));
        script({failing_once(SCRIPTED_SEND, k, k % 2 ? EPIPE : ECONNRESET),
                limited(SCRIPTED_SEND, 150)});
        pages.run(model());
        scripted_end();
        whole = scripted_seen(SCRIPTED_SEND) < k;
        EXPECT_EQ(whole ? FETCH_OK : FETCH_RESET, pages[0].error)
            << "at send " << k << ": " << pages.explain(0);
    }
    EXPECT_TRUE(whole);
}

/* A kept connection that breaks before a byte of the answer: repaired. */
TEST_P(Faults, RepairsAKeptConnectionThatBreaks)
{
    if (!can(CAN_KEEP_ALIVE))
        GTEST_SKIP() << "it keeps no connection";
    Pages pages;
    pages.options.keep_alive = true;
    pages.get("/bytes/100");
    pages.get("/bytes/200");
    script({failing_once(SCRIPTED_SEND, 2, EPIPE)});
    pages.run(model());
    scripted_end();
    for (size_t page : {0, 1})
        EXPECT_EQ(FETCH_OK, pages[page].error) << pages.explain(page);
}

TEST_P(Faults, OfALargePostInPiecesAreMadeWhole)
{
    const std::string large = origin_body(300000);
    Pages pages(at_once(2));
    pages.post("/echo", large);
    pages.post("/echo", large);
    script({failing(SCRIPTED_SEND, 3, EAGAIN), failing(SCRIPTED_RECV, 5, EINTR),
            limited(SCRIPTED_SEND, 1999), limited(SCRIPTED_RECV, 1111)});
    pages.run(model());
    scripted_end();
    for (size_t page : {0, 1})
        EXPECT_TRUE(large == pages.body(page)) << pages.explain(page);
}

/* What arrives may be a reason to send: a client tries that before it waits
 * again, also where nothing has told it that there is room. */
TEST_P(Faults, OfAServerThatDoesNotReadAreTriedAgainBeforeEachWait)
{
    if (!model()->can || !strcmp(model()->name, "uring"))
        GTEST_SKIP() << "it has handed everything to the kernel already";
    ReluctantServer server;
    Pages pages;
    pages.add(METHOD_POST, server.url(), std::string(32 << 20, 'x'));
    pages.run(model());
    ASSERT_EQ(FETCH_OK, pages[0].error) << pages.explain(0);
    EXPECT_GE(std::stoul(pages.body(0)), ReluctantServer::INTERIM);
}

TEST_P(Faults, OfRefusedSocketsHarmNoOtherPage)
{
    Pages pages(at_once(2));
    for (int i = 0; i < 4; i++)
        pages.get("/bytes/10");
    script({failing_once(SCRIPTED_SOCKET, 2, EMFILE)});
    pages.run(model());
    scripted_end();
    /* One that is not alone begins again. */
    int refused = 0;
    for (size_t page = 0; page < 4; page++)
        refused += pages[page].error == FETCH_NO_DESCRIPTOR;
    EXPECT_EQ(can(CAN_OVERLAP) ? 0 : 1, refused);
}

/* No thread, or no child, can be started: the second one only, or none at all.
 * Every page has its result, and no page waits for ever. */
TEST_P(Faults, OfRefusedThreadsAndChildrenEndPagesAndNothingElse)
{
    std::string named =
        "http://localhost:" + std::to_string(origin_port()) + "/bytes/10";
    const std::string family = model()->family;
    for (unsigned every : {0u, 1u}) {
        Pages pages(at_once(3));
        for (int i = 0; i < 6; i++) {
            pages.get("/bytes/10");
            pages.add(METHOD_GET, named);
        }
        unsigned first = every ? 1 : 2;
        script({{SCRIPTED_THREAD, first, every, 0, EAGAIN},
                {SCRIPTED_FORK, first, every, 0, EAGAIN}});
        int error = pages.try_run(model());
        scripted_end();
        EXPECT_TRUE(family != "threads" || scripted_bent(SCRIPTED_THREAD));
        EXPECT_TRUE(family != "processes" || scripted_bent(SCRIPTED_FORK));
        EXPECT_TRUE(error == 0 || error == -EAGAIN) << strerror(-error);
        EXPECT_TRUE(error || pages.count() == pages.handed_out());
        for (size_t page = 0; page < pages.handed_out(); page++)
            EXPECT_TRUE(pages[page].error == FETCH_OK ||
                        pages[page].error == FETCH_NO_PROCESS)
                << pages.explain(page);
    }
}

TEST_P(Faults, OfTheNetworkAreNamed)
{
    const struct {
        int system;
        enum fetch_error error;
    } table[] = {
        {ENETUNREACH, FETCH_UNREACHABLE},   {EHOSTUNREACH, FETCH_UNREACHABLE},
        {ETIMEDOUT, FETCH_CONNECT_TIMEOUT}, {ECONNREFUSED, FETCH_REFUSED},
        {EADDRNOTAVAIL, FETCH_NO_PORT},     {EPERM, FETCH_SYSTEM}};
    for (const auto &row : table) {
        Pages pages;
        pages.get("/bytes/10");
        pages.get("/bytes/10");
        script({failing_once(SCRIPTED_CONNECT, 1, row.system)});
        pages.run(model());
        scripted_end();
        EXPECT_EQ(row.error, pages[0].error) << pages.explain(0);
        EXPECT_EQ(FETCH_OK, pages[1].error) << pages.explain(1);
    }
}

/* Real signals, whose handler does nothing but interrupt. Their number is
 * limited: a fork that is interrupted begins again, so a storm without an end
 * could keep it from ever ending. */
timer_t storm_timer;
int storm_left;

void next_of_the_storm(int)
{
    struct itimerspec soon = {};
    soon.it_value.tv_nsec = 300000;
    if (__atomic_sub_fetch(&storm_left, 1, __ATOMIC_ACQ_REL) > 0)
        timer_settime(storm_timer, 0, &soon, nullptr);
}

TEST_P(Faults, OfASignalStormDoNoHarm)
{
    struct sigaction action = {}, before;
    action.sa_handler = next_of_the_storm;
    sigaction(SIGUSR2, &action, &before);
    struct sigevent event = {};
    event.sigev_notify = SIGEV_SIGNAL;
    event.sigev_signo = SIGUSR2;
    ASSERT_EQ(0, timer_create(CLOCK_MONOTONIC, &event, &storm_timer));
    storm_left = 300;
    MixedBatch batch(model(), at_once(3));
    for (int i = 0; i < 20; i++)
        batch.pages.get("/delay/2ms");
    next_of_the_storm(SIGUSR2);
    batch.expect_all("in a storm");
    timer_delete(storm_timer);
    sigaction(SIGUSR2, &before, nullptr);
}

} // namespace
