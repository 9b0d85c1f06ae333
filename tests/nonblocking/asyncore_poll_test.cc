/* SPDX-License-Identifier: MIT */
/* The loop of asyncore: rules AS1 to AS8, over select and over poll. */
#include "actors.h"

#include "support/scripted_sockets.h"

#include <cerrno>
#include <fcntl.h>
#include <memory>
#include <sys/resource.h>
#include <sys/select.h>

namespace
{

class AsyncoreLoop : public PolledTest
{
};
INSTANTIATE_TEST_SUITE_P(Each, AsyncoreLoop, testing::ValuesIn(both_pollers),
                         name_of_poller);

class AsyncoreMap : public ActorsTest
{
};

TEST_F(AsyncoreMap, AS1ASocketIsNonBlockingAndInTheMapUntilItIsClosed)
{
    Actor actor(&map, &calls);
    ASSERT_EQ(dispatcher_create_socket(&actor, AF_INET, SOCK_STREAM), 0);
    int fd = actor.fd;
    EXPECT_TRUE(fcntl(fd, F_GETFL) & O_NONBLOCK);
    EXPECT_TRUE(fcntl(fd, F_GETFD) & FD_CLOEXEC);
    EXPECT_EQ(socket_map_find(&map, fd), &actor);
    EXPECT_EQ(map.count, 1);
    EXPECT_EQ(dispatcher_close(&actor), 0);
    EXPECT_EQ(socket_map_find(&map, fd), nullptr);
    EXPECT_EQ(map.count, 0);
    EXPECT_EQ(fcntl(fd, F_GETFD), -1);
}

TEST_F(AsyncoreMap, AS1OneThatComesAgainIsCountedOnce)
{
    Actor actor(&map, &calls), stranger(&map, &calls);
    attach(&actor);
    EXPECT_EQ(dispatcher_add_channel(&actor), 0);
    EXPECT_EQ(map.count, 1);
    stranger.fd = actor.fd; /* it is not the stranger's place */
    dispatcher_del_channel(&stranger);
    EXPECT_EQ(map.count, 1);
    stranger.fd = -1;
}

TEST_P(AsyncoreLoop, AS2EndsWhenTheMapIsEmpty)
{
    bool use_poll = GetParam().is_poll;
    EXPECT_EQ(asyncore_loop(&map, NEVER, use_poll, 0), 0);
    Actor actor(&map, &calls);
    say(attach(&actor), "x");
    actor.wants(true, false);
    actor.on["read"] = [&] {
        return calls.size() == 3 ? dispatcher_close(&actor) : 0;
    };
    EXPECT_EQ(asyncore_loop(&map, NEVER, use_poll, 0), 0);
    EXPECT_EQ(calls, (Calls{"read", "read", "read"}));
}

TEST_P(AsyncoreLoop, AS2PollsAsOftenAsItIsTold)
{
    Actor actor(&map, &calls);
    attach(&actor);
    actor.wants(false, true);
    EXPECT_EQ(asyncore_loop(&map, NEVER, GetParam().is_poll, 4), 0);
    EXPECT_EQ(calls.size(), 4u);
    EXPECT_EQ(map.count, 1);
}

TEST_P(AsyncoreLoop, AS3EachIsAskedOnceInAPass)
{
    Actor one(&map, &calls), other(&map, &calls);
    attach(&one);
    attach(&other);
    pass();
    EXPECT_EQ(one.asked, 1);
    EXPECT_EQ(other.asked, 1);
}

TEST_P(AsyncoreLoop, AS3OneThatComesWhileTheOthersAreAskedIsAskedInTheNextPass)
{
    std::vector<std::unique_ptr<Actor>> late;
    Actor actor(&map, &calls);
    attach(&actor);
    actor.on["readable"] = [&] {
        for (int i = 0; i < 100 && late.size() < 100; i++) {
            late.push_back(std::make_unique<Actor>(&map, &calls, "late"));
            attach(late.back().get());
        }
        return 0;
    };
    pass();
    EXPECT_EQ(calls, (Calls{"write"}));
    pass();
    EXPECT_EQ(late[99]->asked, 1);
    EXPECT_EQ(calls.size(), 102u);
}

TEST_P(AsyncoreLoop, AS3OneThatClosesWhileItIsAskedIsNotWaitedFor)
{
    Actor actor(&map, &calls);
    attach(&actor);
    actor.on["readable"] = [&] { return dispatcher_close(&actor); };
    pass(0);
    EXPECT_EQ(calls, Calls{});
}

TEST_P(AsyncoreLoop, AS3WhenNoneWantsAnythingOnlyTheTimeoutPasses)
{
    pass(0);
    Actor actor(&map, &calls);
    attach(&actor);
    actor.wants(false, false);
    pass(1);
    EXPECT_EQ(calls, Calls{});
}

TEST_P(AsyncoreLoop, AS3AListeningSocketIsNotAskedAboutForWriting)
{
    Actor actor(&map, &calls);
    ASSERT_EQ(dispatcher_create_socket(&actor, AF_INET, SOCK_STREAM), 0);
    struct address here = loopback();
    ASSERT_EQ(dispatcher_bind(&actor, &here), 0);
    ASSERT_EQ(dispatcher_listen(&actor, 5), 0);
    pass(0);
    EXPECT_EQ(calls, Calls{});
    Actor client(&map, &calls);
    start_connect(&client, actor.fd);
    client.wants(false, false);
    until(actor.fd, POLLIN);
    pass();
    EXPECT_EQ(calls, (Calls{"accept"}));
}

/* AS4 and AS6: select goes by kinds, poll by descriptors. */
TEST_P(AsyncoreLoop, AS4SelectReadsAllThenWritesAllAndPollGoesOneByOne)
{
    Actor a(&map, &calls, "a"), b(&map, &calls, "b");
    say(attach(&a), "x");
    say(attach(&b), "x");
    pass();
    if (GetParam().is_poll)
        EXPECT_EQ(calls, (Calls{"a read", "a write", "b read", "b write"}));
    else
        EXPECT_EQ(calls, (Calls{"a read", "b read", "a write", "b write"}));
}

TEST_P(AsyncoreLoop, AS4OneThatWasClosedEarlierInThePassIsSkipped)
{
    Actor a(&map, &calls, "a"), b(&map, &calls, "b");
    say(attach(&a), "x");
    say(attach(&b), "x");
    a.wants(true, false);
    a.on["read"] = [&] { return dispatcher_close(&b); };
    pass();
    EXPECT_EQ(calls, (Calls{"a read"}));
}

TEST_P(AsyncoreLoop, AS5OneThatWantsNothingHearsOfNothing)
{
    Actor actor(&map, &calls);
    hang_up(attach(&actor));
    actor.wants(false, false);
    pass(0);
    EXPECT_EQ(calls, Calls{});
}

TEST_P(AsyncoreLoop, AS5EachHearsOfWhatItWants)
{
    Actor reader(&map, &calls, "reader"), writer(&map, &calls, "writer");
    say(attach(&reader), "x");
    say(attach(&writer), "x");
    reader.wants(true, false);
    writer.wants(false, true);
    pass();
    EXPECT_EQ(calls, (Calls{"reader read", "writer write"}));
}

/* Over select the second event does not find the object any more (AS4). */
TEST_P(AsyncoreLoop, AS6PollDoesNotLookWhetherAnObjectIsStillOpen)
{
    Actor actor(&map, &calls);
    say(attach(&actor), "x");
    actor.on["read"] = [&] { return dispatcher_close(&actor); };
    pass();
    EXPECT_EQ(calls,
              GetParam().is_poll ? (Calls{"read", "write"}) : (Calls{"read"}));
}

class AsyncoreEvents : public ActorsTest
{
};

TEST_F(AsyncoreEvents, AS6EachFlagHasItsHandlerAndTheyComeInThisOrder)
{
    Actor actor(&map, &calls);
    attach(&actor);
    EXPECT_EQ(asyncore_readwrite(&actor, POLLIN | POLLOUT | POLLPRI | POLLHUP),
              0);
    EXPECT_EQ(calls, (Calls{"read", "write", "expt", "close"}));
    for (int flag : {POLLIN, POLLOUT, POLLPRI, POLLHUP, POLLERR, POLLNVAL})
        EXPECT_EQ(asyncore_readwrite(&actor, flag), 0);
    EXPECT_EQ(calls, (Calls{"read", "write", "expt", "close", "read", "write",
                            "expt", "close", "close", "close"}));
}

TEST_F(AsyncoreEvents, AS6NothingFollowsAnError)
{
    Actor actor(&map, &calls);
    attach(&actor);
    actor.on["read"] = [] { return -EIO; };
    EXPECT_EQ(asyncore_readwrite(&actor, POLLIN | POLLOUT | POLLHUP), 0);
    EXPECT_EQ(calls, (Calls{"read", "error"}));
    EXPECT_EQ(actor.raised, -EIO);
}

TEST_F(AsyncoreEvents, AS7AnErrorOfAHandlerGoesToHandleError)
{
    Actor actor(&map, &calls);
    attach(&actor);
    for (const char *event : {"read", "write", "expt"})
        actor.on[event] = [] { return -ENOMEM; };
    EXPECT_EQ(asyncore_read(&actor), 0);
    EXPECT_EQ(asyncore_write(&actor), 0);
    EXPECT_EQ(asyncore_exception(&actor), 0);
    for (int flag : {POLLIN, POLLOUT, POLLPRI})
        EXPECT_EQ(asyncore_readwrite(&actor, flag), 0);
    EXPECT_EQ(actor.raised, -ENOMEM);
    Calls once = {"read", "error", "write", "error", "expt", "error"};
    Calls twice = once;
    twice.insert(twice.end(), once.begin(), once.end());
    EXPECT_EQ(calls, twice);
}

TEST_F(AsyncoreEvents, AS7InThePollPathABrokenConnectionIsClosed)
{
    Actor actor(&map, &calls);
    attach(&actor);
    for (int gone :
         {ECONNRESET, ENOTCONN, ESHUTDOWN, ECONNABORTED, EPIPE, EBADF}) {
        calls.clear();
        actor.on["read"] = [gone] { return -gone; };
        EXPECT_EQ(asyncore_readwrite(&actor, POLLIN | POLLOUT), 0);
        EXPECT_EQ(calls, (Calls{"read", "close"})) << strerror(gone);
        calls.clear();
        EXPECT_EQ(asyncore_read(&actor), 0);
        EXPECT_EQ(calls, (Calls{"read", "error"})) << strerror(gone);
    }
}

TEST_F(AsyncoreEvents, AS7ARefusedConnectionIsAnErrorInBothPaths)
{
    Actor actor(&map, &calls);
    attach(&actor);
    actor.on["read"] = [] { return -ECONNREFUSED; };
    EXPECT_EQ(asyncore_readwrite(&actor, POLLIN), 0);
    EXPECT_EQ(asyncore_read(&actor), 0);
    EXPECT_EQ(calls, (Calls{"read", "error", "read", "error"}));
}

TEST_P(AsyncoreLoop, AS7ExitPassesHandleErrorAndEndsTheLoop)
{
    Actor a(&map, &calls, "a"), b(&map, &calls, "b");
    say(attach(&a), "x");
    say(attach(&b), "x");
    a.on["read"] = [] { return int{ASYNCORE_EXIT}; };
    EXPECT_EQ(asyncore_loop(&map, NEVER, GetParam().is_poll, 0), ASYNCORE_EXIT);
    EXPECT_EQ(calls, (Calls{"a read"}));
}

TEST_F(AsyncoreMap, AS8CloseAllClosesAllAndEmptiesTheMap)
{
    std::vector<std::unique_ptr<Actor>> actors;
    for (int i = 0; i < 10; i++) {
        actors.push_back(std::make_unique<Actor>(&map, &calls));
        attach(actors.back().get());
    }
    EXPECT_EQ(asyncore_close_all(&map, false), 0);
    EXPECT_EQ(map.count, 0);
    for (const auto &actor : actors)
        EXPECT_EQ(actor->fd, -1);
    EXPECT_EQ(asyncore_close_all(&map, false), 0);
}

TEST_F(AsyncoreMap, AS8CloseAllDoesNotMindWhatIsClosedAlready)
{
    Actor one(&map, &calls), other(&map, &calls);
    attach(&one);
    attach(&other);
    close(one.fd);
    EXPECT_EQ(asyncore_close_all(&map, false), 0);
    EXPECT_EQ(map.count, 0);
    EXPECT_EQ(other.fd, -1);
}

/* Three connections, and the close of the second fails. */
class AsyncoreCloseAll : public AsyncoreMap
{
  protected:
    void fail_the_second(int error)
    {
        int listener = bound(true);
        for (Actor *actor : {&first, &second, &third}) {
            start_connect(actor, listener);
            accept_one(listener);
            until(actor->fd, POLLOUT);
        }
        struct scripted_rule rule = {SCRIPTED_CLOSE, 2, 0, 0, error};
        uint16_t port = ntohs(address_of(listener).socket.ipv4.sin_port);
        ASSERT_EQ(scripted_begin(port, &rule, 1), 0);
    }
    void TearDown() override
    {
        scripted_end();
    }
    Actor first{&map, &calls}, second{&map, &calls}, third{&map, &calls};
};

TEST_F(AsyncoreCloseAll, AS8AnyOtherErrorIsRaisedAndEndsIt)
{
    fail_the_second(EIO);
    EXPECT_EQ(asyncore_close_all(&map, false), -EIO);
    EXPECT_EQ(scripted_seen(SCRIPTED_CLOSE), 2u);
    EXPECT_EQ(first.fd, -1);
    EXPECT_EQ(second.fd, -1) << "closed, though with an error";
    EXPECT_GE(third.fd, 0) << "the third was not reached any more";
    EXPECT_EQ(map.count, 1);
    EXPECT_EQ(asyncore_close_all(&map, false), 0) << "once more does the rest";
    EXPECT_EQ(map.count, 0);
}

TEST_F(AsyncoreCloseAll, AS8IgnoreAllIgnoresItAndGoesOn)
{
    fail_the_second(EIO);
    EXPECT_EQ(asyncore_close_all(&map, true), 0);
    EXPECT_EQ(scripted_bent(SCRIPTED_CLOSE), 1u);
    for (const Actor *actor : {&first, &second, &third})
        EXPECT_EQ(actor->fd, -1);
    EXPECT_EQ(map.count, 0);
}

TEST_F(AsyncoreCloseAll, AS8EbadfIsIgnoredWithoutBeingToldTo)
{
    fail_the_second(EBADF);
    EXPECT_EQ(asyncore_close_all(&map, false), 0);
    EXPECT_EQ(scripted_bent(SCRIPTED_CLOSE), 1u);
    EXPECT_EQ(map.count, 0);
}

TEST_F(AsyncoreCloseAll, AS7AnErrorOfCloseInAHandlerGoesToHandleError)
{
    fail_the_second(EIO);
    for (Actor *actor : {&first, &second})
        actor->on["write"] = [actor] { return dispatcher_close(actor); };
    EXPECT_EQ(asyncore_write(&first), 0);
    EXPECT_EQ(asyncore_write(&second), 0);
    EXPECT_EQ(calls, (Calls{"connect", "write", "connect", "write", "error"}));
    EXPECT_EQ(second.raised, -EIO);
}

TEST_P(AsyncoreLoop, RefusesForSelectWhatIsAboveFdSetSize)
{
    const int HIGH = 1500;
    rlimit limit{};
    getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
    if (limit.rlim_max <= HIGH)
        GTEST_SKIP() << "the limit of descriptors is too low here";
    Actor low(&map, &calls, "low"), high(&map, &calls, "high");
    attach(&low);
    int ends[2];
    ASSERT_EQ(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), 0);
    keep(ends[0]);
    keep(ends[1]);
    int fd = dup2(ends[0], HIGH);
    ASSERT_EQ(dispatcher_init_socket(&high, high.methods, &map, fd), 0);
    pass(NEVER, GetParam().is_poll ? 0 : -EINVAL);
    EXPECT_EQ(calls, GetParam().is_poll ? (Calls{"low write", "high write"})
                                        : Calls{});
    calls.clear();
    high.wants(false, false); /* then select need not watch it */
    pass();
    EXPECT_EQ(calls, (Calls{"low write"}));
}

} // namespace
