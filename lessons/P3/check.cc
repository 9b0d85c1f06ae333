/* SPDX-License-Identifier: MIT */
/* What the steps of P3 promise. The server and the clock are those of world.h:
 * nothing here waits. */
#include "lessons/P3/one_page.h"
#include "support/pages.h"

#include <gtest/gtest.h>

namespace
{

const nanos ms = NANOS_PER_MILLISECOND;

using Step1 = OnePage;
using Step2 = OnePage;
using Step3 = OnePage;

} // namespace

/* ---- 1: connect without waiting ---- */

TEST_F(Step1, ConnectOnlyBegins)
{
    const struct address *to = ask(world.port, "/");
    std::string result = returned(conn_open(&conn, to));
    ASSERT_EQ(result, "0") << "what conn_open has returned: a server listens"
                              " there.";
    EXPECT_STREQ(name(conn.state), "CONN_CONNECTING") << "conn->state.";
    ASSERT_GE(conn.fd, 0) << "conn->fd, the socket.";
    EXPECT_TRUE(fcntl(conn.fd, F_GETFL) & O_NONBLOCK)
        << "the socket can still block: SOCK_NONBLOCK.";
    EXPECT_TRUE(fcntl(conn.fd, F_GETFD) & FD_CLOEXEC)
        << "a program that is started from here would inherit the socket:"
           " SOCK_CLOEXEC.";
    EXPECT_TRUE(world.ready(conn.fd, POLLOUT) & POLLOUT)
        << "connect was not called, or not with this address.";
    world.clock.now += 7 * ms;
    conn_connected(&conn);
    EXPECT_STREQ(name(conn.state), "CONN_TRANSFERRING")
        << "conn->state. The socket is writable and SO_ERROR is 0: it is"
           " connected.";
    EXPECT_GE(conn.fd, 0) << "conn->fd: the socket stays open.";
    EXPECT_EQ(conn.call.result.marks[MARK_CONNECTED], world.clock.now)
        << "when it was connected, as call_connected was told, and what"
           " clock_now(conn->clock) says.";
    EXPECT_FALSE(conn.call.result.reused)
        << "call_connected was told that the connection was used before, and"
           " this is a new one.";
}

TEST_F(Step1, AnAddressMayBeOfEitherFamily)
{
    Bound server(AF_INET6, 1);
    struct address to = server.address;
    if (!server.is_there) /* a machine without IPv6; connect fails there */
        address_from_literal(&to, "::1", 9);
    ask(world.port, "/");
    std::string result = returned(conn_open(&conn, &to));
    if (server.is_there) {
        EXPECT_EQ(result, "0") << "what conn_open has returned: the server"
                                  " listens at ::1, an address of the family"
                                  " AF_INET6.";
    }
}

TEST_F(Step1, WithoutASocketThereIsNothingToConnect)
{
    const struct address *to = ask(world.port, "/");
    script({rule_for(SCRIPTED_SOCKET, 1, 0, EMFILE, 1)});
    std::string result = returned(conn_open(&conn, to));
    EXPECT_EQ(result, "-EMFILE") << "what conn_open has returned. socket() has"
                                    " failed: too many files are open.";
    unsigned connects = scripted_seen(SCRIPTED_CONNECT);
    EXPECT_EQ(connects, 0u) << "calls of connect, without a socket.";
    EXPECT_STREQ(name(conn.state), "CONN_FREE") << "conn->state.";
    expect_closed();
}

TEST_F(Step1, TheSocketDoesNotBlockWhenConnectIsCalled)
{
    const struct address *to = ask(world.port, "/");
    script({rule_for(SCRIPTED_CONNECT, 1, 0, EAGAIN, 1)});
    conn_open(&conn, to);
    unsigned connects = scripted_seen(SCRIPTED_CONNECT);
    ASSERT_EQ(connects, 1u) << "calls of connect.";
    bool did_not_block = scripted_bent(SCRIPTED_CONNECT) == 1;
    EXPECT_TRUE(did_not_block)
        << "connect was called on a socket that blocks. To a server far away"
           " it would have waited for an answer from there. The socket has to"
           " be SOCK_NONBLOCK from its birth, not afterwards.";
}

TEST_F(Step1, AConnectThatFailsAtOnceLeavesNothingOpen)
{
    const struct address *to = ask(world.port, "/");
    script({rule_for(SCRIPTED_CONNECT, 1, 0, ENETUNREACH, 1)});
    std::string result = returned(conn_open(&conn, to));
    EXPECT_EQ(result, "-ENETUNREACH")
        << "what conn_open has returned. connect has failed at once, with"
           " ENETUNREACH; and close() may change errno.";
    EXPECT_STREQ(name(conn.state), "CONN_FREE") << "conn->state.";
    expect_closed();
}

TEST_F(Step1, ARefusedConnectionIsFoundOut)
{
    const struct address *to = ask(closed_port(), "/");
    std::string result = returned(conn_open(&conn, to));
    ASSERT_EQ(result, "0")
        << "what conn_open has returned. At that port no server listens, but"
           " that is not known yet: connect has said EINPROGRESS.";
    ASSERT_TRUE(world.ready(conn.fd, POLLOUT) & POLLOUT)
        << "a failed connect makes a socket writable, too.";
    conn_connected(&conn);
    EXPECT_STREQ(name(conn.state), "CONN_DONE")
        << "conn->state. No server listens there. Writable only means that"
           " connect is over; how it went, SO_ERROR says.";
    EXPECT_STREQ(error(), "refused") << "what became of the page.";
    expect_closed();
}

TEST_F(Step1, AConnectionThatIsThereAtOnceIsTheSameCase)
{
    const struct address *to = ask(world.port, "/");
    script({rule_for(SCRIPTED_CONNECT, 1, 0, 0, 1)});
    std::string result = returned(conn_open(&conn, to));
    ASSERT_EQ(result, "0") << "what conn_open has returned. This time connect"
                              " has returned 0: connected without any delay.";
    EXPECT_STREQ(name(conn.state), "CONN_CONNECTING")
        << "conn->state. The first \"writable\" comes at once then.";
}

/* ---- 2: one step ---- */

TEST_F(Step2, APageArrivesWhole)
{
    start(world.port, "/bytes/100000");
    drive(1000);
    expect_whole(100000);
    expect_closed();
}

TEST_F(Step2, WhatSendDidNotTakeIsSentLater)
{
    start(world.port, "/bytes/10");
    script({rule_for(SCRIPTED_SEND, 1, 3, 0, 1)});
    drive(1000);
    const struct buffer &wire = asked->request.wire[0];
    EXPECT_EQ(world.heard, std::string(wire.data, wire.size))
        << "every send took 3 bytes. The server has heard the first, and should"
           " have heard the second: send's count is what call_sent wants.";
    expect_whole(10);
}

TEST_F(Step2, NotNowIsNotAnError)
{
    start(world.port, "/bytes/10");
    /* Every second call moves a byte, the others none. */
    script({rule_for(SCRIPTED_SEND, 1, 0, EAGAIN, 2),
            rule_for(SCRIPTED_SEND, 2, 40, 0, 2),
            rule_for(SCRIPTED_RECV, 1, 0, EAGAIN, 2),
            rule_for(SCRIPTED_RECV, 2, 1, 0, 2)});
    drive(1000);
    const char *why = "every second send and recv said EAGAIN, which is not an"
                      " error: not now, that is all. The call is told nothing.";
    EXPECT_STREQ(name(conn.state), "CONN_DONE") << "conn->state. " << why;
    EXPECT_STREQ(error(), "ok") << "what became of the page. " << why;
    expect_whole(10);
}

TEST_F(Step2, AStepIsShort)
{
    start(world.port, "/bytes/100000");
    script({rule_for(SCRIPTED_SEND, 1, 0, EAGAIN, 2),
            rule_for(SCRIPTED_RECV, 3, 0, EAGAIN, 3)});
    drive(1000);
    EXPECT_LE(most_sends, 1u) << "calls of send in a single step.";
    EXPECT_LE(most_recvs, 1u) << "calls of recv in a single step. Code that "
                                 "reads until nothing is left"
                                 " makes all others wait for one busy server.";
    expect_whole(100000);
}

TEST_F(Step2, OneThatIsReadyForBothDoesBoth)
{
    start(world.port, "/by-hand");
    script({rule_for(SCRIPTED_SEND, 1, 3, 0, 1)});
    drive(2);
    world.say("HTTP/1.1 200 OK\r\n");
    ASSERT_TRUE(world.ready(conn.fd, POLLIN) & POLLIN) << own_trouble;
    unsigned sends = scripted_seen(SCRIPTED_SEND),
             recvs = scripted_seen(SCRIPTED_RECV);
    conn_step(&conn, POLLIN | POLLOUT);
    sends = scripted_seen(SCRIPTED_SEND) - sends;
    recvs = scripted_seen(SCRIPTED_RECV) - recvs;
    EXPECT_EQ(sends, 1u) << "calls of send in a step. Only a part of the"
                            " request is out, and there is room for more.";
    EXPECT_EQ(recvs, 1u)
        << "calls of recv in a step. The server has begun to answer before it"
           " had the whole request.";
}

TEST_F(Step2, WhatPollSaysUnaskedIsReadOutOfTheSocket)
{
    for (int said : {POLLHUP, POLLERR}) {
        conn.state = CONN_FREE;
        start(world.port, "/never");
        script({});
        drive(2);
        unsigned recvs = scripted_seen(SCRIPTED_RECV);
        conn_step(&conn, static_cast<short>(said));
        recvs = scripted_seen(SCRIPTED_RECV) - recvs;
        EXPECT_EQ(recvs, 1u)
            << "calls of recv in a step. poll has said "
            << (said == POLLHUP ? "POLLHUP" : "POLLERR")
            << " alone: what has happened to the connection, recv says.";
        scripted_end();
        conn_end(&conn);
        call_fail(&conn.call, FETCH_TRUNCATED, 0, world.clock.now);
    }
}

TEST_F(Step2, WithoutAConnectionNothingIsSent)
{
    start(closed_port(), "/");
    script({});
    drive(10);
    EXPECT_STREQ(name(conn.state), "CONN_DONE")
        << "conn->state. No server listens there.";
    EXPECT_STREQ(error(), "refused") << "what became of the page.";
    EXPECT_EQ(steps, 1) << "steps, for one event.";
    expect_closed();
}

TEST_F(Step2, AServerThatGoesAwayEndsThePage)
{
    for (std::string path : {"/reset", "/close"}) {
        conn.state = CONN_FREE;
        start(world.port, path);
        drive(100);
        bool reset = path == "/reset";
        std::string what =
            reset ? "has reset the connection" : "has closed the connection";
        EXPECT_STREQ(name(conn.state), "CONN_DONE")
            << "conn->state. The server " << what << ".";
        EXPECT_STREQ(error(), reset ? "reset" : "closed")
            << "what became of the page. The server " << what
            << " when it had the request: call_received has to be told, the"
               " negative errno of recv or its 0.";
        expect_closed();
    }
}

TEST_F(Step2, ASendThatFailsIsTold)
{
    start(world.port, "/bytes/10");
    script({rule_for(SCRIPTED_SEND, 1, 0, EPIPE, 1)});
    drive(100);
    EXPECT_STREQ(name(conn.state), "CONN_DONE")
        << "conn->state. send has failed with EPIPE.";
    EXPECT_STREQ(error(), "reset") << "what became of the page.";
    unsigned sends = scripted_seen(SCRIPTED_SEND);
    EXPECT_LE(sends, 1u) << "calls of send; the first one failed with EPIPE.";
    expect_closed();
}

/* ---- 3: ask only for what you need ---- */

namespace
{

/* How many looks at a connection, of `looks`, wake it up while its server says
 * nothing? */
int wakes(const struct conn &conn, int looks)
{
    int woken = 0;
    for (int i = 0; i < looks; i++)
        woken += World::glance(conn.fd, conn_interest(&conn)) != 0;
    return woken;
}

} // namespace

TEST_F(Step3, WaitingForAnAnswerIsAsleep)
{
    start(world.port, "/never");
    drive(4);
    world.act();
    ASSERT_EQ(world.asked, 1u) << "requests that the server has, whole.";
    int woken = wakes(conn, 1000);
    EXPECT_EQ(woken, 0)
        << "how often a connection was woken up, of 1000 looks at it while its"
           " server said nothing. A socket can be written to nearly always:"
           " with POLLOUT, and nothing to send, there is no sleep.";
    std::string events = poll_events(conn_interest(&conn));
    EXPECT_EQ(events, "POLLIN") << "what conn_interest has returned. There is"
                                   " an answer to come.";
}

TEST_F(Step3, EachStateAsksForItsOwn)
{
    std::string events = poll_events(conn_interest(&conn));
    EXPECT_EQ(events, "0") << "what conn_interest has returned, for CONN_FREE.";
    start(world.port, "/bytes/10");
    script({rule_for(SCRIPTED_SEND, 1, 3, 0, 1)});
    ASSERT_STREQ(name(conn.state), "CONN_CONNECTING") << "conn->state.";
    events = poll_events(conn_interest(&conn));
    EXPECT_EQ(events, "POLLOUT") << "what conn_interest has returned, for"
                                    " CONN_CONNECTING.";
    drive(2);
    ASSERT_STREQ(name(conn.state), "CONN_TRANSFERRING") << "conn->state.";
    events = poll_events(conn_interest(&conn));
    EXPECT_EQ(events, "POLLIN|POLLOUT")
        << "what conn_interest has returned, for CONN_TRANSFERRING, when only a"
           " few bytes of the request have gone out: the rest has to, and a"
           " server may answer before it has all.";
    drive(1000);
    ASSERT_STREQ(name(conn.state), "CONN_DONE") << "conn->state.";
    events = poll_events(conn_interest(&conn));
    EXPECT_EQ(events, "0") << "what conn_interest has returned, for CONN_DONE.";
}

TEST_F(Step3, AWakeUpForEachEvent)
{
    const char *const pieces[] = {"HTTP/1.1 200 OK\r\nContent-",
                                  "Length: 6\r\n", "\r\nab", "cd", "ef"};
    size_t said = 0;
    int woken = 0;
    start(world.port, "/by-hand");
    while (conn.state != CONN_DONE && woken < 100) {
        short ready = world.ready(conn.fd, conn_interest(&conn));
        if (ready) {
            woken++;
            conn_step(&conn, ready);
        } else if (world.asked == 1 && said < 5) {
            world.say(pieces[said++]);
        } else {
            break;
        }
    }
    std::string came = page();
    EXPECT_EQ(came, "abcdef")
        << "the page that came, after " << said << " of 5 pieces.";
    EXPECT_STREQ(name(conn.state), "CONN_DONE") << "conn->state.";
    EXPECT_LE(woken, 7) << "wake-ups: one or two to connect and send, and one"
                           " for each of the 5 pieces of the answer.";
}

/* ---- 4: all in one loop ---- */

namespace
{

class Loop : public OnePage
{
  protected:
    void get(const std::string &path)
    {
        pages.ask(world.port, path);
    }

    void run(size_t concurrency)
    {
        static World *here;
        here = &world;
        struct model mine = {};
        mine.run = [](struct batch *batch) {
            std::string result =
                returned(monster_run(batch, &here->clock.clock));
            EXPECT_EQ(result, "0") << "what monster_run has returned, and turn"
                                      " before it.";
            return 0;
        };
        pages.concurrency = concurrency;
        files = world.others_files();
        calls_may_wait(CALL_poll);
        pages.run(mine);
        size_t taken = pages.handed_out();
        EXPECT_EQ(taken, pages.count())
            << "pages that had been taken from the batch when fill said that"
               " all places are free.";
    }

    void expect_page(size_t index, const char *word)
    {
        EXPECT_STREQ(fetch_error_word(pages[index].error), word)
            << "what became of page " << index << ", the first being 0, of "
            << pages.count() << ".";
    }

    /* Is it due milliseconds after `before`? One more is fine: poll rounds. */
    static void expect_after(nanos before, nanos when, long due,
                             const std::string &what)
    {
        std::string after = span((when - before) / ms * ms);
        if (after != span((due + 1) * ms)) {
            EXPECT_EQ(after, span(due * ms)) << "on the clock when " << what;
        }
    }

    Pages pages;
};

using Step4 = Loop;
using Step5 = Loop;

} // namespace

TEST_F(Step4, AsManyAsWasAskedForAreInFlight)
{
    for (int i = 0; i < 12; i++)
        get("/hold/4");
    run(4);
    for (size_t i = 0; i < 12; i++)
        expect_page(i, "ok");
    EXPECT_EQ(world.most_in_flight, 4u)
        << "requests the server has had at the same time, 4 places.";
}

TEST_F(Step4, AFreePlaceIsFilledAtOnce)
{
    get("/hold/2");
    get("/bytes/10");
    get("/hold/2");
    run(2);
    for (size_t i = 0; i < 3; i++)
        expect_page(i, "ok");
}

TEST_F(Step4, OnePageThatFailsDoesNoHarm)
{
    uint16_t nobody = closed_port();
    for (int i = 0; i < 20; i++) {
        if (i % 5 == 1)
            pages.ask(nobody, "/");
        else
            get(i % 5 == 3 ? "/reset" : "/bytes/" + std::to_string(i * 1000));
    }
    run(3);
    for (size_t i = 0; i < 20; i++) {
        expect_page(i, i % 5 == 1 ? "refused" : i % 5 == 3 ? "reset" : "ok");
        if (pages[i].error == FETCH_OK) {
            EXPECT_TRUE(pages.body(i) == World::body(i * 1000))
                << "page " << i << " is damaged.";
        }
    }
    expect_no_more_files();
}

TEST_F(Step4, ABatchMayBeEmpty)
{
    run(4);
    EXPECT_EQ(world.wakes, 0) << "calls of poll, without any page.";
}

TEST_F(Step4, ABatchMayBeOnePageOfNoBytes)
{
    get("/bytes/0");
    run(4);
    expect_page(0, "ok");
}

TEST_F(Step4, AConnectionThatIsNotThereYetIsLeftAlone)
{
    world.connect_takes = 40 * ms;
    get("/bytes/10");
    get("/delay/20");
    get("/bytes/10"); /* connects, in the first place, when the second answers
                       */
    run(2);
    for (size_t i = 0; i < 3; i++)
        expect_page(i, "ok");
}

TEST_F(Step4, TheLastMayAnswerFirst)
{
    for (int i = 0; i < 5; i++)
        get("/delay/" + std::to_string(100 - 20 * i));
    nanos before = world.clock.now;
    run(5);
    for (size_t i = 0; i < 5; i++) {
        expect_page(i, "ok");
        expect_after(before, pages[i].marks[MARK_DONE], 100 - 20 * (long)i,
                     "page " + std::to_string(i) +
                         " was over; all were asked for at the beginning.");
    }
}

TEST_F(Step4, EveryCallMayBeShort)
{
    script({rule_for(SCRIPTED_SEND, 1, 3, 0, 1),
            rule_for(SCRIPTED_RECV, 1, 7, 0, 1)});
    for (int i = 0; i < 3; i++)
        get("/bytes/50");
    run(3);
    for (size_t i = 0; i < 3; i++) {
        expect_page(i, "ok");
        EXPECT_TRUE(pages.body(i) == World::body(50))
            << "page " << i
            << " is damaged. Every send took 3 bytes, and every"
               " recv gave 7.";
    }
}

TEST_F(Step4, PagesThatFailAtOnceDoNotEndIt)
{
    script({rule_for(SCRIPTED_CONNECT, 1, 0, ENETUNREACH),
            rule_for(SCRIPTED_CONNECT, 2, 0, ENETUNREACH),
            rule_for(SCRIPTED_CONNECT, 3, 0, ENETUNREACH)});
    for (int i = 0; i < 8; i++)
        get("/bytes/10");
    run(2);
    for (size_t i = 0; i < 8; i++)
        expect_page(i, i < 3 ? "unreachable" : "ok");
}

TEST_F(Step4, AnInterruptedPollIsAskedAgain)
{
    world.interrupts = true;
    for (int i = 0; i < 4; i++)
        get("/bytes/10");
    run(2);
    for (size_t i = 0; i < 4; i++)
        expect_page(i, "ok");
}

TEST_F(Step4, AHundredNeedOneThread)
{
    script({});
    for (int i = 0; i < 100; i++)
        get("/hold/100");
    run(100);
    for (size_t i = 0; i < 100; i++)
        expect_page(i, "ok");
    unsigned threads = scripted_seen(SCRIPTED_THREAD),
             children = scripted_seen(SCRIPTED_FORK);
    EXPECT_EQ(threads, 0u) << "threads that were created.";
    EXPECT_EQ(children, 0u) << "children that were forked.";
}

TEST_F(Step4, TheLoopSleepsWhenNothingHappens)
{
    for (int i = 0; i < 10; i++)
        get("/delay/" + std::to_string(20 * (i + 1)));
    run(10);
    for (size_t i = 0; i < 10; i++)
        expect_page(i, "ok");
    EXPECT_LE(world.wakes, 30)
        << "wake-ups for 10 pages that answer one after another: for each, one"
           " to connect, one to send, one for the answer.";
}

/* ---- 5: deadlines ---- */

TEST_F(Step5, APageThatNeverComesIsGivenUp)
{
    pages.options.total_timeout = 5000 * ms;
    for (int i = 0; i < 10; i++)
        get(i == 4 ? "/never" : "/delay/" + std::to_string(100 * i));
    nanos before = world.clock.now;
    run(10);
    for (size_t i = 0; i < 10; i++)
        expect_page(i, i == 4 ? "timeout" : "ok");
    expect_after(before, world.clock.now, 5000,
                 "all was over; each page has 5000 ms.");
    expect_no_more_files();
}

TEST_F(Step5, PollSleepsUntilTheEarliestOfAll)
{
    pages.options.total_timeout = 2000 * ms;
    get("/delay/300");
    get("/never");
    get("/delay/600");
    get("/never"); /* in the place of the first one */
    get("/never"); /* in the place of the third */
    nanos before = world.clock.now;
    run(3);
    const long due[] = {300, 2000, 600, 2300, 2600};
    for (size_t i = 0; i < 5; i++) {
        expect_page(i, due[i] < 2000 ? "ok" : "timeout");
        expect_after(before, pages[i].marks[MARK_DONE], due[i],
                     "page " + std::to_string(i) +
                         " was over; each has 2000 ms, from its own start"
                         " on.");
    }
}

TEST_F(Step5, AllWhoseTimeIsUpAreEndedInTheSameTurn)
{
    pages.options.total_timeout = 2000 * ms;
    for (int i = 0; i < 10; i++)
        get("/never");
    run(10);
    for (size_t i = 0; i < 10; i++)
        expect_page(i, "timeout");
    auto looks = std::count(world.timeouts.begin(), world.timeouts.end(), 0);
    EXPECT_EQ(looks, 0)
        << "calls of poll with a timeout of 0. The time of all ten pages is up"
           " at the same moment, and behind the turn that woke up there none of"
           " them is left.";
}

/* Time goes on while one works: each look at this clock finds it later. */
TEST_F(Step5, ADeadlineThatIsOverIsNotAReasonToSleep)
{
    static World *here;
    here = &world;
    world.clock.clock.now = [](const struct clock *) {
        return here->clock.now += ms;
    };
    pages.options.total_timeout = 2000 * ms + ms / 2;
    for (int i = 0; i < 3; i++)
        get("/never");
    run(3);
    for (size_t i = 0; i < 3; i++)
        expect_page(i, "timeout");
    auto naps = std::count(world.timeouts.begin(), world.timeouts.end(), -1);
    EXPECT_EQ(naps, 0) << "calls of poll with a timeout of -1, for ever. Each"
                          " page has a deadline; one that is over already"
                          " makes 0 of the time that is left.";
}

TEST_F(Step5, AMillisecondIsRoundedUp)
{
    pages.options.total_timeout = 1500 * ms + 1;
    get("/never");
    run(1);
    expect_page(0, "timeout");
    EXPECT_LE(world.wakes, 5)
        << "wake-ups. The page has 1500 ms and a nanosecond. poll counts in"
           " whole milliseconds: rounded down, it wakes too early, and again.";
}

TEST_F(Step5, WithoutADeadlinePollSleepsUntilSomethingHappens)
{
    pages.options.total_timeout = NEVER;
    pages.options.connect_timeout = NEVER;
    get("/delay/20");
    run(1);
    expect_page(0, "ok");
    ASSERT_FALSE(world.timeouts.empty()) << "poll was not called at all.";
    EXPECT_EQ(world.timeouts[0], -1)
        << "poll's timeout, when no page has a deadline: -1 is for ever.";
}
