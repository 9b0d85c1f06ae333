/* SPDX-License-Identifier: MIT */
/* The dispatcher of asyncore: rules AS9 to AS21. */
#include "actors.h"

#include <cerrno>
#include <fcntl.h>

namespace
{

class AsyncorePass : public PolledTest
{
};
INSTANTIATE_TEST_SUITE_P(Each, AsyncorePass, testing::ValuesIn(both_pollers),
                         name_of_poller);

class Dispatcher : public ActorsTest
{
  protected:
    /* An actor that has the base class's method for one thing. */
    struct dispatcher_methods methods = *Actor::class_of_actors();
};

TEST_F(Dispatcher, AS9WantsToReadAndToWriteByDefault)
{
    struct dispatcher plain;
    dispatcher_init(&plain, &dispatcher_defaults, &map);
    EXPECT_TRUE(plain.methods->readable(&plain));
    EXPECT_TRUE(plain.methods->writable(&plain));
}

TEST_P(AsyncorePass, AS9OneThatForgetsWritableHasABusyLoop)
{
    Actor actor(&map, &calls);
    attach(&actor);
    for (int i = 0; i < 5; i++)
        pass();
    EXPECT_EQ(calls.size(), 5u) << "nothing came, and no pass has waited";
}

TEST_F(Dispatcher, AS10WhatAReadEventMeans)
{
    Actor actor(&map, &calls);
    attach(&actor);
    EXPECT_EQ(dispatcher_handle_read_event(&actor), 0);
    EXPECT_EQ(calls, (Calls{"read"}));
    calls.clear();
    actor.connected = false;
    actor.connecting = true;
    EXPECT_EQ(dispatcher_handle_read_event(&actor), 0);
    EXPECT_EQ(calls, (Calls{"connect", "read"}));
    calls.clear();
    actor.accepting = true;
    EXPECT_EQ(dispatcher_handle_read_event(&actor), 0);
    EXPECT_EQ(calls, (Calls{"accept"}));
}

TEST_F(Dispatcher, AS11WhatAWriteEventMeans)
{
    Actor actor(&map, &calls);
    attach(&actor);
    EXPECT_EQ(dispatcher_handle_write_event(&actor), 0);
    EXPECT_EQ(calls, (Calls{"write"}));
    calls.clear();
    actor.connected = false;
    actor.connecting = true;
    EXPECT_EQ(dispatcher_handle_write_event(&actor), 0);
    EXPECT_EQ(calls, (Calls{"connect", "write"}));
    calls.clear();
    actor.accepting = true;
    EXPECT_EQ(dispatcher_handle_write_event(&actor), 0);
    EXPECT_EQ(calls, Calls{});
}

TEST_P(AsyncorePass, AS12InHandleConnectItIsNotConnectedYet)
{
    int listener = bound(true);
    Actor actor(&map, &calls);
    start_connect(&actor, listener);
    EXPECT_FALSE(actor.connected);
    EXPECT_TRUE(actor.connecting);
    actor.on["connect"] = [&] {
        EXPECT_FALSE(actor.connected);
        EXPECT_TRUE(actor.connecting);
        return 0;
    };
    until(actor.fd, POLLOUT);
    pass();
    EXPECT_TRUE(actor.connected);
    EXPECT_FALSE(actor.connecting);
}

TEST_P(AsyncorePass, AS13AConnectionIsConnectThenWrite)
{
    int listener = bound(true);
    Actor actor(&map, &calls);
    start_connect(&actor, listener);
    until(actor.fd, POLLOUT);
    pass();
    pass();
    EXPECT_EQ(calls, (Calls{"connect", "write", "write"}));
}

TEST_P(AsyncorePass, AS13WithDataThereItIsConnectReadWriteAndOneConnect)
{
    int listener = bound(true);
    Actor actor(&map, &calls);
    start_connect(&actor, listener);
    say(accept_one(listener), "x");
    until(actor.fd, POLLIN);
    pass();
    EXPECT_EQ(calls, (Calls{"connect", "read", "write"}));
}

/* With datagrams there is nothing to wait for. */
TEST_F(Dispatcher, AS14ConnectedAtOnceIsAConnectEvent)
{
    Actor actor(&map, &calls);
    ASSERT_EQ(dispatcher_create_socket(&actor, AF_INET, SOCK_DGRAM), 0);
    struct address there = loopback();
    there.socket.ipv4.sin_port = htons(9);
    EXPECT_EQ(dispatcher_connect(&actor, &there), 0);
    EXPECT_EQ(calls, (Calls{"connect"}));
    EXPECT_TRUE(actor.connected);
    EXPECT_EQ(actor.address.size, there.size);
}

TEST_F(Dispatcher, AS14ConnectedAlreadyIsAConnectEventToo)
{
    int listener = bound(true);
    Actor actor(&map, &calls);
    start_connect(&actor, listener);
    until(actor.fd, POLLOUT);
    struct address there = address_of(listener);
    /* The first call after it has come about says 0, the next EISCONN. */
    EXPECT_EQ(dispatcher_connect(&actor, &there), 0);
    EXPECT_EQ(dispatcher_connect(&actor, &there), 0);
    EXPECT_EQ(calls, (Calls{"connect", "connect"}));
}

TEST_F(Dispatcher, AS14OnItsWayIsNotAnEvent)
{
    Actor actor(&map, &calls);
    start_connect(&actor, bound(true));
    EXPECT_EQ(calls, Calls{});
    EXPECT_EQ(actor.address.socket.any.sa_family, AF_INET);
}

TEST_F(Dispatcher, AS14AnyOtherErrorIsRaised)
{
    Actor actor(&map, &calls);
    ASSERT_EQ(dispatcher_create_socket(&actor, AF_INET, SOCK_STREAM), 0);
    struct address there = loopback();
    there.socket.any.sa_family = AF_INET6;
    EXPECT_EQ(dispatcher_connect(&actor, &there), -EAFNOSUPPORT);
    EXPECT_EQ(calls, Calls{});
}

TEST_P(AsyncorePass, AS15ARefusedConnectionIsOneError)
{
    Actor actor(&map, &calls);
    start_connect(&actor, bound(false));
    actor.on["error"] = [&] { return dispatcher_close(&actor); };
    pass();
    EXPECT_EQ(calls, (Calls{"error"}));
    EXPECT_EQ(actor.raised, -ECONNREFUSED);
}

TEST_P(AsyncorePass, AS15ByDefaultItIsLoggedAndClosed)
{
    struct dispatcher_methods methods = *Actor::class_of_actors();
    methods.handle_error = dispatcher_defaults.handle_error;
    methods.handle_close = dispatcher_defaults.handle_close;
    Actor actor(&map, &calls);
    actor.methods = &methods;
    start_connect(&actor, bound(false));
    std::string fd = std::to_string(actor.fd);
    EXPECT_EQ(asyncore_loop(&map, NEVER, GetParam().is_poll, 0), 0);
    EXPECT_EQ(calls, (Calls{"error: uncaught error, closing channel " + fd +
                                " (Connection refused)",
                            "warning: unhandled close event"}));
    EXPECT_EQ(actor.fd, -1);
}

/* A listener, and one that connects to it. */
class Accepting : public Dispatcher
{
  protected:
    void SetUp() override
    {
        methods.handle_accept = dispatcher_defaults.handle_accept;
        listener.methods = &methods;
        struct address here = loopback();
        ASSERT_EQ(dispatcher_create_socket(&listener, AF_INET, SOCK_STREAM), 0);
        ASSERT_EQ(dispatcher_set_reuse_address(&listener), 0);
        ASSERT_EQ(dispatcher_bind(&listener, &here), 0);
        ASSERT_EQ(dispatcher_listen(&listener, 5), 0);
        EXPECT_TRUE(listener.accepting);
    }
    int come()
    {
        int fd = keep(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
        struct address there = address_of(listener.fd);
        EXPECT_EQ(connect(fd, &there.socket.any, there.size), 0);
        return fd;
    }
    Actor listener{&map, &calls};
};

TEST_F(Accepting, AS16AcceptsAndHandsOver)
{
    come();
    EXPECT_EQ(asyncore_read(&listener), 0);
    EXPECT_EQ(calls, (Calls{"accepted"}));
}

TEST_F(Accepting, AS16NoClientThereAfterAllIsNothing)
{
    EXPECT_EQ(asyncore_read(&listener), 0);
    EXPECT_EQ(calls, Calls{});
    struct address from;
    EXPECT_EQ(dispatcher_accept(&listener, &from), -EAGAIN);
}

TEST_F(Accepting, AS16ByDefaultTheConnectionIsClosed)
{
    methods.handle_accepted = dispatcher_defaults.handle_accepted;
    int client = come();
    EXPECT_EQ(asyncore_read(&listener), 0);
    EXPECT_EQ(calls, (Calls{"warning: unhandled accepted event"}));
    char byte;
    EXPECT_EQ(read(client, &byte, 1), 0);
}

TEST_F(Accepting, AcceptSaysWhichClientComes)
{
    int client = come();
    struct address from;
    int fd = keep(dispatcher_accept(&listener, &from));
    EXPECT_TRUE(fcntl(fd, F_GETFD) & FD_CLOEXEC);
    EXPECT_EQ(from.socket.ipv4.sin_port,
              address_of(client).socket.ipv4.sin_port);
}

TEST_F(Accepting, AnAddressMayBeUsedAgain)
{
    int on = 0;
    socklen_t size = sizeof on;
    EXPECT_EQ(getsockopt(listener.fd, SOL_SOCKET, SO_REUSEADDR, &on, &size), 0);
    EXPECT_NE(on, 0);
    Actor other(&map, &calls);
    struct address taken = address_of(listener.fd);
    ASSERT_EQ(dispatcher_create_socket(&other, AF_INET, SOCK_STREAM), 0);
    EXPECT_EQ(dispatcher_bind(&other, &taken), -EADDRINUSE);
}

TEST_P(AsyncorePass, AS17UrgentDataIsHandleExpt)
{
    int listener = bound(true);
    Actor actor(&map, &calls);
    start_connect(&actor, listener);
    int server = accept_one(listener);
    until(actor.fd, POLLOUT);
    pass();
    calls.clear();
    actor.wants(true, false);
    say(server, "!", MSG_OOB);
    until(actor.fd, POLLPRI);
    pass();
    EXPECT_EQ(calls, (Calls{"expt"}));
}

TEST_F(Dispatcher, AS17WithAnErrorOfTheSocketItIsHandleClose)
{
    Actor actor(&map, &calls);
    start_connect(&actor, bound(false));
    until(actor.fd, POLLERR);
    EXPECT_EQ(asyncore_exception(&actor), 0);
    EXPECT_EQ(calls, (Calls{"close"}));
}

TEST_F(Dispatcher, AS18WhatWasNotOverriddenIsAWarning)
{
    struct dispatcher_methods plain = dispatcher_defaults;
    plain.log_info = methods.log_info;
    Actor actor(&map, &calls);
    attach(&actor);
    actor.methods = &plain;
    EXPECT_EQ(plain.handle_expt(&actor), 0);
    EXPECT_EQ(plain.handle_read(&actor), 0);
    EXPECT_EQ(plain.handle_write(&actor), 0);
    EXPECT_EQ(plain.handle_connect(&actor), 0);
    EXPECT_EQ(calls, (Calls{"warning: unhandled incoming priority event",
                            "warning: unhandled read event",
                            "warning: unhandled write event",
                            "warning: unhandled connect event"}));
    EXPECT_GE(actor.fd, 0);
    calls.clear();
    EXPECT_EQ(plain.handle_close(&actor), 0);
    EXPECT_EQ(calls, (Calls{"warning: unhandled close event"}));
    EXPECT_EQ(actor.fd, -1);
}

TEST_F(Dispatcher, AS18AnErrorIsLoggedAndThenClosed)
{
    methods.handle_error = dispatcher_defaults.handle_error;
    Actor actor(&map, &calls);
    actor.methods = &methods;
    EXPECT_EQ(methods.handle_error(&actor, -EIO), 0);
    EXPECT_EQ(calls, (Calls{"error: uncaught error, closing channel -1 "
                            "(Input/output error)",
                            "close"}));
}

TEST_F(Dispatcher, AS18AnErrorThatTheSystemDoesNotKnowIsSaidToBeUnknown)
{
    methods.handle_error = dispatcher_defaults.handle_error;
    Actor actor(&map, &calls);
    actor.methods = &methods;
    EXPECT_EQ(methods.handle_error(&actor, -99999), 0);
    EXPECT_EQ(calls.at(0), "error: uncaught error, closing channel -1 "
                           "(unknown error)");
}

TEST_F(Dispatcher, AS18LogsGoToTheErrorStreamAndWarningsNowhere)
{
    struct dispatcher plain;
    dispatcher_init(&plain, &dispatcher_defaults, &map);
    testing::internal::CaptureStderr();
    plain.methods->log(&plain, "first");
    plain.methods->log_info(&plain, "second", "info");
    plain.methods->log_info(&plain, "third", "warning");
    EXPECT_EQ(testing::internal::GetCapturedStderr(),
              "log: first\ninfo: second\n");
}

TEST_F(Dispatcher, AS19ReceivesWhatIsThere)
{
    Actor actor(&map, &calls);
    say(attach(&actor), "hello");
    char bytes[16];
    EXPECT_EQ(dispatcher_recv(&actor, bytes, sizeof bytes), 5);
    EXPECT_EQ(std::string(bytes, 5), "hello");
    EXPECT_EQ(dispatcher_recv(&actor, bytes, sizeof bytes), -EAGAIN);
    EXPECT_EQ(calls, Calls{});
}

TEST_F(Dispatcher, AS19TheEndOfTheStreamIsHandleClose)
{
    Actor actor(&map, &calls);
    hang_up(attach(&actor));
    char byte;
    EXPECT_EQ(dispatcher_recv(&actor, &byte, 1), 0);
    EXPECT_EQ(calls, (Calls{"close"}));
}

TEST_F(Dispatcher, AS19AResetIsHandleCloseToo)
{
    int listener = bound(true);
    Actor actor(&map, &calls);
    start_connect(&actor, listener);
    reset(accept_one(listener));
    until(actor.fd, POLLHUP);
    char byte;
    EXPECT_EQ(dispatcher_recv(&actor, &byte, 1), 0);
    EXPECT_EQ(calls, (Calls{"close"}));
}

TEST_F(Dispatcher, AS19SendsWhatFitsAndThenNothing)
{
    Actor actor(&map, &calls);
    int peer = attach(&actor);
    std::string much(1 << 16, 'x');
    while (dispatcher_send(&actor, much.data(), much.size()) > 0)
        ;
    EXPECT_EQ(dispatcher_send(&actor, "x", 1), 0);
    EXPECT_EQ(calls, Calls{});
    hang_up(peer);
    EXPECT_EQ(dispatcher_send(&actor, "x", 1), 0);
    EXPECT_EQ(calls, (Calls{"close"}));
}

TEST_F(Dispatcher, AS19OtherErrorsAreRaised)
{
    Actor actor(&map, &calls);
    attach(&actor);
    int pipe_ends[2];
    ASSERT_EQ(pipe2(pipe_ends, O_CLOEXEC), 0);
    keep(pipe_ends[0]);
    keep(pipe_ends[1]);
    int socket = actor.fd;
    actor.fd = pipe_ends[0]; /* no socket */
    char byte = 0;
    EXPECT_EQ(dispatcher_send(&actor, &byte, 1), -ENOTSOCK);
    EXPECT_EQ(dispatcher_recv(&actor, &byte, 1), -ENOTSOCK);
    EXPECT_EQ(calls, Calls{});
    actor.fd = socket;
}

TEST_P(AsyncorePass, AS19WhatTheServerLeavesIsReadToItsEnd)
{
    Actor actor(&map, &calls);
    int peer = attach(&actor);
    actor.wants(true, false);
    std::string got;
    actor.on["read"] = [&] {
        char byte;
        ssize_t count = dispatcher_recv(&actor, &byte, 1);
        got.append(&byte, count > 0 ? 1 : 0);
        return 0;
    };
    actor.on["close"] = [&] { return dispatcher_close(&actor); };
    say(peer, "ab");
    shutdown(peer, SHUT_WR);
    EXPECT_EQ(asyncore_loop(&map, NEVER, GetParam().is_poll, 0), 0);
    EXPECT_EQ(got, "ab");
    EXPECT_EQ(calls, (Calls{"read", "read", "read", "close"}));
}

TEST_P(AsyncorePass, AS19AWriterWhosePeerHasGoneIsClosed)
{
    int listener = bound(true);
    Actor actor(&map, &calls);
    start_connect(&actor, listener);
    reset(accept_one(listener));
    until(actor.fd, POLLHUP);
    actor.on["write"] = [&] {
        return static_cast<int>(dispatcher_send(&actor, "x", 1));
    };
    actor.on["close"] =
        actor.on["error"] = [&] { return dispatcher_close(&actor); };
    EXPECT_EQ(asyncore_loop(&map, NEVER, GetParam().is_poll, 0), 0);
    EXPECT_EQ(actor.fd, -1);
    EXPECT_TRUE(calls.back() == "close" || calls.back() == "error");
}

TEST_P(AsyncorePass, AS19ABrokenConnectionIsHandleCloseWithBothPollers)
{
    Actor actor(&map, &calls);
    hang_up(attach(&actor));
    actor.wants(false, true);
    actor.on["write"] = [&] {
        return static_cast<int>(dispatcher_send(&actor, "x", 1));
    };
    actor.on["close"] = [&] { return dispatcher_close(&actor); };
    EXPECT_EQ(asyncore_loop(&map, NEVER, GetParam().is_poll, 0), 0);
    EXPECT_EQ(calls, GetParam().is_poll ? (Calls{"write", "close", "close"})
                                        : (Calls{"write", "close"}));
}

TEST_F(Dispatcher, AS20ClosingTwiceIsHarmless)
{
    Actor actor(&map, &calls);
    attach(&actor);
    EXPECT_EQ(dispatcher_close(&actor), 0);
    EXPECT_EQ(dispatcher_close(&actor), 0);
    attach(&actor);
    close(actor.fd); /* behind its back: EBADF */
    EXPECT_EQ(dispatcher_close(&actor), 0);
    EXPECT_EQ(actor.fd, -1);
    EXPECT_FALSE(actor.connected);
    EXPECT_EQ(map.count, 0);
}

TEST_F(Dispatcher, AS21ASocketThatIsConnectedIsTakenAsItIs)
{
    Actor actor(&map, &calls);
    attach(&actor);
    EXPECT_TRUE(actor.connected);
    EXPECT_TRUE(fcntl(actor.fd, F_GETFL) & O_NONBLOCK);
    EXPECT_EQ(socket_map_find(&map, actor.fd), &actor);
}

TEST_F(Dispatcher, AS21ASocketThatIsNotConnectedIsTakenToo)
{
    Actor actor(&map, &calls);
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    EXPECT_EQ(dispatcher_init_socket(&actor, actor.methods, &map, fd), 0);
    EXPECT_FALSE(actor.connected);
    EXPECT_FALSE(actor.connecting);
    EXPECT_EQ(actor.address.size, 0u);
}

TEST_F(Dispatcher, AS21WhatIsNotASocketStaysTheCallers)
{
    Actor actor(&map, &calls);
    int pipe_ends[2];
    ASSERT_EQ(pipe2(pipe_ends, O_CLOEXEC), 0);
    keep(pipe_ends[0]);
    keep(pipe_ends[1]);
    EXPECT_EQ(dispatcher_init_socket(&actor, actor.methods, &map, pipe_ends[0]),
              -ENOTSOCK);
    EXPECT_EQ(actor.fd, -1);
    EXPECT_EQ(map.count, 0);
    EXPECT_GE(fcntl(pipe_ends[0], F_GETFD), 0);
    EXPECT_EQ(dispatcher_init_socket(&actor, actor.methods, &map, -1), -EBADF);
}

} // namespace
