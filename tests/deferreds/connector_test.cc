/* SPDX-License-Identifier: MIT */
/* Factories, connectors, and the reactor that they are on: rules TR5 to TR7 and
 * TR16, over real sockets of this machine. */
#include "deferreds/connector.h"

#include "callbacks/stream_server.h"
#include "deferred_fixture.h"
#include "deferreds/client_creator.h"
#include "deferreds/later.h"
#include "deferreds/reconnecting.h"
#include "support/scripted_lookup.h"
#include "support/scripted_selector.h"
#include "support/scripted_sockets.h"
#include "support/silent_server.h"

#include <arpa/inet.h>
#include <cerrno>
#include <functional>
#include <iterator>
#include <memory>
#include <netdb.h>
#include <string>
#include <sys/socket.h>
#include <unistd.h>
#include <vector>

namespace
{

/* Writes what happens to it into the diary of the test. */
struct Spoken : protocol {
    Spoken() : protocol()
    {
        static const struct protocol_ops all = {
            [](protocol *p, struct transport *t) {
                of(p)->wire = t;
                of(p)->note("made");
            },
            [](protocol *p, slice data) {
                of(p)->note("data:" + std::string(data.data, data.size));
            },
            [](protocol *p) {
                of(p)->note("eof");
                return false;
            },
            [](protocol *p, int error) {
                of(p)->note(error ? "lost!" : "lost");
            },
            nullptr,
            nullptr,
        };
        ops = &all;
    }
    static Spoken *of(protocol *p)
    {
        return static_cast<Spoken *>(p);
    }
    void note(const std::string &what)
    {
        *diary += what + " ";
        if (then)
            then(what);
    }
    std::string *diary = nullptr;
    struct transport *wire = nullptr;
    std::function<void(const std::string &)> then;
};

struct Factory : client_factory {
    explicit Factory(std::string *written) : client_factory(), diary(written)
    {
        static const struct client_factory_ops all = {
            [](client_factory *f) { of(f)->note("start"); },
            [](client_factory *f) { of(f)->note("stop"); },
            [](client_factory *f, struct connector *c) {
                of(f)->connector = c;
                of(f)->note("connecting");
            },
            [](client_factory *f, const address *to) -> protocol * {
                of(f)->port = ntohs(to->socket.ipv4.sin_port);
                of(f)->note("build");
                return of(f)->builds ? &of(f)->spoken : nullptr;
            },
            [](client_factory *f, struct connector *c, struct outcome reason) {
                of(f)->ended("failed", c, reason);
            },
            [](client_factory *f, struct connector *c, struct outcome reason) {
                of(f)->ended("over", c, reason);
            },
        };
        ops = &all;
        spoken.diary = diary;
    }
    static Factory *of(client_factory *f)
    {
        return static_cast<Factory *>(f);
    }
    void ended(const std::string &how, struct connector *c,
               struct outcome reason)
    {
        EXPECT_EQ(c, connector);
        EXPECT_EQ(connector_state(c), CONNECTOR_DISCONNECTED);
        note(how + "(" + reason.failure->type->name + ")");
        outcome_drop(reason);
    }
    void note(const std::string &what)
    {
        *diary += what + " ";
        if (then)
            then(what);
    }
    std::string *diary;
    Spoken spoken;
    bool builds = true;
    uint16_t port = 0;
    struct connector *connector = nullptr;
    std::function<void(const std::string &)> then;
};

/* The other end: it says hello, and closes. */
struct Server : stream_server {
    struct Connection : protocol {
        stream_transport stream;
    };
    static void made(protocol *, struct transport *wire)
    {
        transport_write(wire, {"hello", 5});
        transport_close(wire);
    }
    static void data(protocol *, slice)
    {
    }
    static void lost(protocol *told, int)
    {
        delete static_cast<Connection *>(told);
    }
    static stream_transport *accept(stream_server *server, int fd)
    {
        static const struct protocol_ops ops = {made, data,    nullptr,
                                                lost, nullptr, nullptr};
        auto *connection = new Connection{};
        connection->ops = &ops;
        stream_adopt(&connection->stream, server->shared, fd, connection);
        if (static_cast<Server *>(server)->once)
            stream_server_close(server);
        return &connection->stream;
    }
    bool once = true;
};

class ConnectorTest : public DeferredTest
{
  protected:
    void SetUp() override
    {
        ASSERT_EQ(loop_new(&loop, &epoll_selector, &monotonic_clock), 0);
        ASSERT_EQ(reactor_init(&reactor, loop), 0);
        server.accepted = Server::accept;
    }
    void TearDown() override
    {
        stream_server_close(&server);
        reactor_deinit(&reactor);
        loop_free(loop);
    }
    uint16_t listen()
    {
        struct address address;
        EXPECT_TRUE(address_from_literal(&address, "127.0.0.1", 0));
        EXPECT_EQ(stream_server_listen(&server, &reactor.transports, &address),
                  0);
        EXPECT_EQ(stream_server_address(&server, &address), 0);
        return ntohs(address.socket.ipv4.sin_port);
    }
    /* Nothing listens there. */
    uint16_t closed_port()
    {
        uint16_t port = listen();
        stream_server_close(&server);
        return port;
    }
    void connect(uint16_t port, const char *host = "127.0.0.1",
                 nanos timeout = CONNECT_TIMEOUT)
    {
        ASSERT_EQ(connect_tcp(&reactor, host, port, &factory, timeout, nullptr),
                  0);
    }
    void run()
    {
        EXPECT_EQ(loop_run(loop), 0);
    }

    struct loop *loop = nullptr;
    struct reactor reactor;
    Server server = {};
    Factory factory{&diary};
};

TEST_F(ConnectorTest, CallsAFactoryAndItsProtocolInOrder_TR5)
{
    uint16_t port = listen();
    connect(port);
    EXPECT_EQ(diary, "start connecting ");
    EXPECT_EQ(connector_state(factory.connector), CONNECTOR_CONNECTING);
    run();
    EXPECT_EQ(diary, "start connecting build made data:hello eof lost "
                     "over(ConnectionDone) stop ");
    EXPECT_EQ(factory.port, port);
    EXPECT_EQ(factory.users, 0u);
}

TEST_F(ConnectorTest, LooksANameUp_TR5)
{
    connect(listen(), "localhost");
    run();
    EXPECT_NE(diary.find("made data:hello"), std::string::npos) << diary;
}

TEST_F(ConnectorTest, TellsAFactoryThatNothingListens_TR6)
{
    connect(closed_port());
    EXPECT_EQ(diary, "start connecting ");
    run();
    EXPECT_EQ(diary, "start connecting failed(ConnectionRefusedError) stop ");
}

TEST_F(ConnectorTest, AFactoryStartsAndStopsOnceForAllItsConnectors_TR5)
{
    uint16_t port = closed_port();
    connect(port);
    struct connector *first = factory.connector;
    connect(port);
    EXPECT_EQ(factory.users, 2u);
    EXPECT_EQ(count_of("start ", diary), 1);
    connector_stop(factory.connector);
    factory.connector = first;
    EXPECT_EQ(factory.users, 1u);
    EXPECT_EQ(count_of("stop", diary), 0);
    run();
    EXPECT_EQ(count_of("stop", diary), 1);
}

TEST_F(ConnectorTest, AFactoryThatBuildsNoProtocolClosesTheConnection_TR6)
{
    factory.builds = false;
    connect(listen());
    run();
    EXPECT_EQ(diary, "start connecting build over(ConnectionDone) stop ");
}

TEST_F(ConnectorTest, StoppedWhileItConnectsItFails_TR6)
{
    connect(listen());
    EXPECT_EQ(connector_stop(factory.connector), 0);
    EXPECT_EQ(diary, "start connecting failed(UserError) stop ");
    stream_server_close(&server);
    run();
}

TEST_F(ConnectorTest, ItCannotBeStoppedOnceItIsConnected_TR6)
{
    factory.spoken.then = [&](const std::string &what) {
        if (what != "made")
            return;
        EXPECT_EQ(connector_stop(factory.connector), -ENOTCONN);
        EXPECT_EQ(connector_disconnect(factory.connector), 0);
    };
    connect(listen());
    run();
    EXPECT_EQ(diary, "start connecting build made lost over(ConnectionDone) "
                     "stop ");
}

TEST_F(ConnectorTest, AnAbortIsTold_TR7)
{
    factory.spoken.then = [&](const std::string &what) {
        if (what == "made")
            transport_abort(factory.spoken.wire, -ECONNABORTED);
    };
    connect(listen());
    run();
    EXPECT_EQ(diary, "start connecting build made lost! "
                     "over(ConnectionAborted) stop ");
}

TEST_F(ConnectorTest, ConnectsAgainWhenTheFactoryAsksForIt_TR5)
{
    server.once = false;
    int left = 1;
    factory.then = [&](const std::string &what) {
        if (what.find("over") != 0)
            return;
        if (left-- > 0)
            connector_connect(factory.connector);
        else
            stream_server_close(&server);
    };
    connect(listen());
    run();
    EXPECT_EQ(diary, "start connecting build made data:hello eof lost "
                     "over(ConnectionDone) "
                     "connecting build made data:hello eof lost "
                     "over(ConnectionDone) stop ");
}

TEST_F(ConnectorTest, TheReasonsAreTypes_TR7)
{
    for (auto [error, type] : {std::pair{0, &connection_done_type},
                               {-ECONNRESET, &connection_lost_type},
                               {-ECONNABORTED, &connection_aborted_type}}) {
        struct outcome reason = connection_reason(error);
        EXPECT_EQ(reason.failure->type, type);
        EXPECT_EQ(reason.failure->code, error);
        outcome_drop(reason);
    }
    EXPECT_EQ(connection_aborted_type.base, &connection_lost_type);
}

TEST_F(ConnectorTest, ARefusalHasItsErrorNumber_TR6)
{
    Spoken spoken;
    struct deferred *d = client_connect_tcp(
        &reactor, "127.0.0.1", closed_port(), &spoken, CONNECT_TIMEOUT);
    errback(d, silently([](struct outcome outcome) {
                EXPECT_EQ(outcome.failure->type, &connection_refused_type);
                EXPECT_EQ(outcome.failure->code, -ECONNREFUSED);
                return mends(outcome);
            }));
    run();
    deferred_detach(d);
}

/* ---- names, in virtual time ---- */

/* Which goes on once the connector has begun to connect. */
class ConnectorInVirtualTime : public ConnectorTest
{
  protected:
    void SetUp() override
    {
        virtual_clock_init(&clock);
        start = clock.now;
        script_init(&script, &clock);
        ASSERT_EQ(loop_new(&loop, &virtual_time_selector, &clock.clock), 0);
        ASSERT_EQ(reactor_init(&reactor, loop), 0);
        server.accepted = Server::accept;
        port = listen();
        hangs = std::make_unique<SilentServer>(SilentServer::FULL, "127.0.0.79",
                                               port);
        ASSERT_EQ(hangs->error, 0);
        ASSERT_EQ(scripted_lookup_begin(hosts, std::size(hosts)), 0);
        ASSERT_EQ(scripted_begin(port, nullptr, 0), 0);
        script.others_work = [] { return !scripted_seen(SCRIPTED_CONNECT); };
        factory.then = [&](const std::string &what) {
            if (what == "build" || what.find("failed") == 0)
                ended = clock.now - start;
            if (what.find("failed") == 0)
                stream_server_close(&server);
        };
    }
    void TearDown() override
    {
        scripted_end();
        scripted_lookup_end();
        ConnectorTest::TearDown();
    }
    void run(const char *host, nanos timeout)
    {
        connect(port, host, timeout);
        ConnectorTest::run();
    }

    const scripted_host hosts[6] = {
        {"hangs.test", {"127.0.0.79", "127.0.0.1"}, 0},
        {"nothing.test", {"127.0.0.79", "127.0.0.79", "127.0.0.79"}, 0},
        {"refused.test", {"127.0.0.80", "127.0.0.80"}, 0},
        {"unknown.test", {}, EAI_NONAME},
        {"memory.test", {}, EAI_MEMORY},
        {"descriptors.test", {}, EMFILE},
    };
    struct virtual_clock clock;
    struct script script;
    std::unique_ptr<SilentServer> hangs;
    uint16_t port = 0;
    nanos start = 0, ended = 0;
};

TEST_F(ConnectorInVirtualTime, AnAddressThatHangsLeavesHalfOfTheTimeToTheOther)
{
    run("hangs.test", CONNECT_TIMEOUT);
    EXPECT_NE(diary.find("build made data:hello"), diary.npos) << diary;
    EXPECT_EQ(ended, CONNECT_TIMEOUT / 2);
}

TEST_F(ConnectorInVirtualTime, WithoutALimitAnAddressHasTwoSeconds)
{
    run("hangs.test", NEVER);
    EXPECT_NE(diary.find("build made data:hello"), diary.npos) << diary;
    EXPECT_EQ(ended, 2 * NANOS_PER_SECOND);
}

TEST_F(ConnectorInVirtualTime, AllOfThemHaveTheTimeTogether)
{
    run("nothing.test", CONNECT_TIMEOUT);
    EXPECT_EQ(diary, "start connecting failed(TimeoutError) stop ");
    EXPECT_EQ(ended, CONNECT_TIMEOUT);
    EXPECT_EQ(scripted_seen(SCRIPTED_CONNECT), 3u);
}

/* In the turn after the one in which the first has had its time: of that the
 * connector has not heard yet. */
TEST_F(ConnectorInVirtualTime, StoppedBetweenTwoAddressesItIsNotWanted)
{
    struct Stop : handle {
        struct loop *loop;
        Factory *factory;
        bool due;
    } stop = {};
    stop.loop = loop;
    stop.factory = &factory;
    stop.run = [](handle *handle) {
        auto *self = static_cast<Stop *>(handle);
        if (self->due)
            connector_stop(self->factory->connector);
        else
            loop_call_soon(self->loop, self);
        self->due = true;
    };
    loop_call_at(loop, &stop, start + CONNECT_TIMEOUT / 2);
    run("hangs.test", CONNECT_TIMEOUT);
    EXPECT_EQ(diary, "start connecting failed(UserError) stop ");
    EXPECT_EQ(ended, CONNECT_TIMEOUT / 2);
}

/* The other one would refuse, and be told as the reason. */
TEST_F(ConnectorInVirtualTime, WithoutADescriptorNoAddressIsToBlame)
{
    struct scripted_rule none = {SCRIPTED_SOCKET, 1, 0, 0, EMFILE};
    scripted_end();
    ASSERT_EQ(scripted_begin(port, &none, 1), 0);
    run("refused.test", NEVER);
    EXPECT_EQ(diary, "start connecting failed(ConnectError) stop ");
    EXPECT_EQ(scripted_seen(SCRIPTED_CONNECT), 0u);
}

TEST_F(ConnectorInVirtualTime, WhatThisMachineRefusesIsNotTheNames)
{
    for (auto [host, reason] :
         {std::pair{"unknown.test", "DNSLookupError"},
          {"memory.test", failure_no_memory.type->name},
          {"descriptors.test", connect_error_type.name}}) {
        diary.clear();
        run(host, NEVER);
        EXPECT_EQ(diary,
                  "start connecting failed(" + std::string(reason) + ") stop ");
    }
}

TEST_F(ConnectorTest, AServerThatWasClosedMayListenAgain)
{
    for (int i = 0; i < 2; i++) {
        diary.clear();
        connect(listen());
        run();
        EXPECT_NE(diary.find("data:hello"), std::string::npos) << diary;
    }
}

/* ---- one connection as a Deferred ---- */

TEST_F(ConnectorTest, AConnectionIsADeferredThatFiresWithItsProtocol)
{
    Spoken spoken;
    spoken.diary = &diary;
    struct deferred *d = client_connect_tcp(&reactor, "127.0.0.1", listen(),
                                            &spoken, CONNECT_TIMEOUT);
    callback(d, silently([&](struct outcome outcome) {
                 EXPECT_EQ(outcome.pointer, static_cast<protocol *>(&spoken));
                 diary += "fired ";
                 return outcome;
             }));
    run();
    EXPECT_EQ(diary.find("made fired "), 0u) << diary;
    deferred_detach(d);
}

TEST_F(ConnectorTest, AConnectionThatIsCancelledFails)
{
    Spoken spoken;
    spoken.diary = &diary;
    struct deferred *d = client_connect_tcp(&reactor, "127.0.0.1", listen(),
                                            &spoken, CONNECT_TIMEOUT);
    errback(d, rung("failed", mends));
    deferred_cancel(d);
    EXPECT_EQ(diary, "failed(CancelledError()) ");
    stream_server_close(&server);
    run();
    deferred_detach(d);
    EXPECT_EQ(diary, "failed(CancelledError()) ");
}

TEST_F(ConnectorTest, AConnectionThatWasMadeAndHasNotFiredIsClosed)
{
    Spoken spoken;
    spoken.diary = &diary;
    struct deferred *d = nullptr;
    spoken.then = [&](const std::string &what) {
        if (what == "made")
            deferred_cancel(d);
    };
    d = client_connect_tcp(&reactor, "127.0.0.1", listen(), &spoken,
                           CONNECT_TIMEOUT);
    errback(d, rung("failed", mends));
    run();
    EXPECT_EQ(diary, "made failed(CancelledError()) lost ");
    deferred_detach(d);
}

/* ---- time ---- */

/* A server whose queue is full: a client that connects waits. */
class FullServer
{
  public:
    FullServer()
    {
        sockaddr_in any = {};
        any.sin_family = AF_INET;
        any.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        fds_.push_back(socket(AF_INET, SOCK_STREAM, 0));
        EXPECT_EQ(bind(fds_[0], (sockaddr *)&any, sizeof any), 0);
        EXPECT_EQ(::listen(fds_[0], 0), 0);
        socklen_t size = sizeof any;
        getsockname(fds_[0], (sockaddr *)&any, &size);
        port = ntohs(any.sin_port);
        for (int i = 0; i < 8; i++) {
            fds_.push_back(socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0));
            (void)::connect(fds_.back(), (sockaddr *)&any, sizeof any);
        }
    }
    ~FullServer()
    {
        for (int fd : fds_)
            close(fd);
    }
    uint16_t port;

  private:
    std::vector<int> fds_;
};

TEST_F(ConnectorTest, ItHasSoMuchTimeAndNoMore_TR6)
{
    FullServer full;
    connect(full.port, "127.0.0.1", 20 * NANOS_PER_MILLISECOND);
    run();
    EXPECT_EQ(diary, "start connecting failed(TimeoutError) stop ");
}

TEST_F(ConnectorTest, AReconnectingFactoryWaitsLongerEachTime)
{
    struct reconnecting again;
    reconnecting_init(&again, loop);
    again.initial_delay = 1;
    again.factor = 3;
    again.max_delay = 10;
    again.max_retries = 4;
    reconnecting_reset(&again);
    std::string delays;
    factory.then = [&](const std::string &what) {
        if (what.find("failed") != 0)
            return;
        reconnecting_retry(&again, factory.connector);
        delays += std::to_string(again.delay) + " ";
    };
    connect(closed_port());
    run();
    EXPECT_EQ(delays, "3 9 10 10 10 ");
    EXPECT_EQ(count_of("connecting", diary), 5);
    EXPECT_EQ(count_of("start", diary), 1);
    EXPECT_EQ(diary.substr(diary.size() - 5), "stop ");
}

TEST_F(ConnectorTest, AReconnectingFactoryCanBeStopped)
{
    struct reconnecting again;
    reconnecting_init(&again, loop);
    factory.then = [&](const std::string &what) {
        if (what.find("failed") == 0)
            reconnecting_retry(&again, factory.connector);
    };
    struct deferred *d = deferred_later(
        loop, 10 * NANOS_PER_MILLISECOND,
        [](void *context, struct outcome outcome) {
            reconnecting_stop(static_cast<struct reconnecting *>(context));
            return outcome;
        },
        &again);
    deferred_detach(d);
    connect(closed_port());
    run();
    EXPECT_EQ(diary, "start connecting failed(ConnectionRefusedError) stop ");
}

/* ---- the reactor, and react ---- */

struct outcome note_it(void *context, struct outcome outcome)
{
    *static_cast<std::string *>(context) += "event ";
    return outcome;
}

TEST_F(ConnectorTest, TheReactorFiresItsEvents_TR4)
{
    event_trigger first = {}, last = {};
    first.fn = last.fn = note_it;
    first.context = last.context = &diary;
    event_add_trigger(&reactor.startup, EVENT_DURING, &first);
    event_add_trigger(&reactor.shutdown, EVENT_AFTER, &last);
    connect(closed_port());
    diary.clear();
    EXPECT_EQ(reactor_run(&reactor), 0);
    EXPECT_EQ(diary, "event failed(ConnectionRefusedError) stop event ");
}

TEST_F(ConnectorTest, AStoppedReactorRunsItsShutdownAndStopsOnce_TR4)
{
    event_trigger last = {};
    last.fn = [](void *context, struct outcome) {
        return outcome_deferred(deferred_later(
            static_cast<struct reactor *>(context)->loop, 1, nullptr, nullptr));
    };
    last.context = &reactor;
    event_add_trigger(&reactor.shutdown, EVENT_BEFORE, &last);
    struct deferred *never = deferred_sleep(loop, 3600 * NANOS_PER_SECOND);
    EXPECT_EQ(reactor_stop(&reactor), 0);
    EXPECT_EQ(reactor_stop(&reactor), -EALREADY);
    EXPECT_EQ(reactor_run(&reactor), 0);
    deferred_drop(never);
}

class ReactTest : public ConnectorTest
{
  protected:
    int react(std::function<struct outcome(struct reactor *)> main)
    {
        return task_react_on(
            &reactor,
            [](struct reactor *on, void *context) {
                return (*static_cast<
                        std::function<struct outcome(struct reactor *)> *>(
                    context))(on);
            },
            &main);
    }
};

TEST_F(ReactTest, RunsUntilTheDeferredFires_TR16)
{
    EXPECT_EQ(react([](struct reactor *on) {
                  return outcome_deferred(deferred_sleep(on->loop, 1));
              }),
              0);
    EXPECT_EQ(reports.told, "");
}

TEST_F(ReactTest, RunsWhenItHasFiredAlready_TR16)
{
    EXPECT_EQ(react([](struct reactor *) { return outcome_number(7); }), 0);
}

TEST_F(ReactTest, AFailureIsReportedAndTheCodeIsOne_TR16)
{
    EXPECT_EQ(
        react([](struct reactor *on) {
            return outcome_deferred(deferred_later(
                on->loop, 1,
                [](void *, struct outcome) { return fails(outcome_none()); },
                nullptr));
        }),
        1);
    EXPECT_EQ(reports.told, "main function encountered error: OSError(no)\n");
}

TEST_F(ReactTest, AFailureAtOnceIsReportedToo_TR16)
{
    EXPECT_EQ(react([](struct reactor *) { return fails(outcome_none()); }), 1);
    EXPECT_EQ(reports.told, "main function encountered error: OSError(no)\n");
}

TEST_F(ReactTest, MainGetsTheReactorAndItsContext_TR16)
{
    struct reactor *got = nullptr;
    EXPECT_EQ(react([&](struct reactor *on) {
                  got = on;
                  return outcome_none();
              }),
              0);
    EXPECT_EQ(got, &reactor);
}

TEST_F(ReactTest, ASystemExitHasACodeOfItsOwn_TR16)
{
    EXPECT_EQ(react([](struct reactor *) {
                  return outcome_fail(&system_exit_type, 23, NULL);
              }),
              23);
    EXPECT_EQ(reports.told, "");
}

TEST_F(ReactTest, AReactorThatIsStoppedMeanwhileEndsItWell_TR16)
{
    EXPECT_EQ(react([](struct reactor *on) {
                  EXPECT_EQ(reactor_stop(on), 0);
                  return outcome_deferred(
                      deferred_sleep(on->loop, 3600 * NANOS_PER_SECOND));
              }),
              0);
    EXPECT_EQ(reports.told, "");
}

TEST_F(ReactTest, StopsTheReactorOnceOnly_TR16)
{
    EXPECT_EQ(react([](struct reactor *on) {
                  EXPECT_EQ(reactor_stop(on), 0);
                  return outcome_none();
              }),
              0);
    EXPECT_EQ(reactor_stop(&reactor), -EALREADY);
}

TEST(React, HasAReactorOfItsOwn_TR16)
{
    EXPECT_EQ(task_react(
                  [](struct reactor *reactor, void *) {
                      return outcome_deferred(deferred_sleep(reactor->loop, 1));
                  },
                  nullptr),
              0);
}

} // namespace
