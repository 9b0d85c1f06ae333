/* SPDX-License-Identifier: MIT */
/* What else the originals promise of streams and servers: errors, half-closed
 * connections, addresses. */
#include "callbacks/mailbox.h"
#include "callbacks/stream_server.h"
#include "support/outcomes.h"
#include "transports_fixture.h"

#include <cerrno>
#include <cstring>
#include <functional>
#include <list>
#include <netinet/tcp.h>
#include <string>
#include <sys/socket.h>
#include <unistd.h>

namespace
{

class StreamRules : public TransportsTest
{
  protected:
    void adopt()
    {
        stream_adopt(&stream, &shared, open_pair(), &diary);
    }
    stream_transport stream;
    Diary diary;
};

TEST_F(StreamRules, TP5_AProtocolThatCannotGoOnAbortsWithItsReason)
{
    adopt();
    say("nonsense");
    diary.when_received = [this] {
        say("more");
        transport_abort(&stream.transport, -EBADMSG);
    };
    run();
    EXPECT_EQ(diary.text, "made data lost:EBADMSG ");
}

TEST_F(StreamRules, TP5_AlsoWhenItSeesTheEndOfTheInput)
{
    struct Strict : protocol {
        transport *wire = nullptr;
        int error = 0;
    } strict = {};
    static const protocol_ops ops = {
        [](protocol *p, transport *wire) {
            static_cast<Strict *>(p)->wire = wire;
        },
        [](protocol *, slice) {},
        [](protocol *p) {
            transport_abort(static_cast<Strict *>(p)->wire, -EPROTO);
            return true;
        },
        [](protocol *p, int error) { static_cast<Strict *>(p)->error = error; },
        nullptr,
        nullptr,
    };
    strict.ops = &ops;
    adopt();
    stream.transport.protocol = &strict;
    shutdown(peer, SHUT_WR);
    run();
    EXPECT_EQ(strict.error, -EPROTO);
}

TEST_F(StreamRules, TP5_NothingToReadIsNotAnEnd)
{
    adopt();
    stop_when_made(diary);
    stream.watch.ready = SELECT_READ; /* a loop may say so wrongly */
    stream.watch.handle.run(&stream.watch.handle);
    EXPECT_EQ(diary.text, "made ");
    transport_abort(&stream.transport, 0);
    run();
}

TEST_F(StreamRules, TP4_HalfClosesBehindWhatIsKept)
{
    adopt();
    stop_when_made(diary);
    put(&stream.transport, much());
    transport_write_eof(&stream.transport);
    size_t got = 0;
    while (got < much().size()) {
        got += hear().size();
        turn();
    }
    EXPECT_EQ(read(peer, &got, 1), 0);
    say("still open");
    turn();
    EXPECT_EQ(diary.bytes, "still open");
    transport_close(&stream.transport);
    run();
}

TEST_F(StreamRules, TP4_TheEndMayBeWrittenAfterAClose)
{
    adopt();
    stop_when_made(diary);
    transport_close(&stream.transport);
    transport_write_eof(&stream.transport);
    run();
    EXPECT_EQ(diary.text, "made lost ");
}

/* ---- servers ---- */

/* A server that gives each connection a diary, and closes it when it is made.
 */
struct Greeter : stream_server {
    struct Connection {
        stream_transport stream = {};
        Diary diary;
    };
    Greeter() : stream_server()
    {
        accepted = [](stream_server *base, int fd) {
            auto *self = static_cast<Greeter *>(base);
            self->all.emplace_back();
            Connection &one = self->all.back();
            stream_adopt(&one.stream, self->shared, fd, &one.diary);
            if (self->greet)
                one.diary.when_made = [self, &one] { self->greet(one); };
            return &one.stream;
        };
    }
    std::function<void(Connection &)> greet;
    std::list<Connection> all;
};

class StreamServers : public TransportsTest
{
  protected:
    int listen(Greeter &at, const char *host, uint16_t port = 0)
    {
        struct address address;
        EXPECT_TRUE(address_from_literal(&address, host, port));
        return stream_server_listen(&at, &shared, &address);
    }
    uint16_t port_of(Greeter &of)
    {
        struct address address;
        EXPECT_EQ(stream_server_address(&of, &address), 0);
        return ntohs(address.socket.ipv4.sin_port);
    }
    void connect(stream_transport &from, Diary &told, const char *host,
                 uint16_t port)
    {
        struct address address;
        EXPECT_TRUE(address_from_literal(&address, host, port));
        ASSERT_EQ(stream_connect(&from, &shared, &address, &told), 0);
    }
    Greeter server;
    stream_transport client;
    Diary diary;
};

TEST_F(StreamServers, AnAddressInUseIsRefused)
{
    Greeter second;
    ASSERT_EQ(listen(server, "127.0.0.1"), 0);
    EXPECT_EQ(listen(second, "127.0.0.1", port_of(server)), -EADDRINUSE);
    stream_server_close(&server);
}

TEST_F(StreamServers, AnAddressThatIsNotOfThisMachineIsRefused)
{
    EXPECT_EQ(listen(server, "203.0.113.1"), -EADDRNOTAVAIL);
    run();
}

TEST_F(StreamServers, AtAllAddressesIsReachedByEachOfThem)
{
    ASSERT_EQ(listen(server, "0.0.0.0"), 0);
    server.greet = [this](Greeter::Connection &one) {
        transport_close(&one.stream.transport);
        stream_server_close(&server);
    };
    connect(client, diary, "127.0.0.3", port_of(server));
    run();
    EXPECT_EQ(diary.text, "made eof lost ");
}

TEST_F(StreamServers, AtSeveralAddressesAreSeveralServers)
{
    Greeter second;
    stream_transport other;
    Diary another;
    ASSERT_EQ(listen(server, "127.0.0.1"), 0);
    ASSERT_EQ(listen(second, "127.0.0.2"), 0);
    for (Greeter *each : {&server, &second})
        each->greet = [each](Greeter::Connection &one) {
            transport_close(&one.stream.transport);
            stream_server_close(each);
        };
    connect(client, diary, "127.0.0.1", port_of(server));
    connect(other, another, "127.0.0.2", port_of(second));
    run();
    EXPECT_EQ(diary.text + another.text, "made eof lost made eof lost ");
}

TEST_F(StreamServers, AcceptsAllThatWaitInOneTurn)
{
    enum { CLIENTS = 10 };
    std::list<stream_transport> clients(CLIENTS);
    std::list<Diary> diaries(CLIENTS);
    ASSERT_EQ(listen(server, "127.0.0.1"), 0);
    loop_watch(loop, &server.watch, 0); /* while they come */
    int made = 0;
    auto note = diaries.begin();
    for (stream_transport &one : clients) {
        note->when_made = [&] {
            if (++made == CLIENTS)
                loop_stop(loop);
        };
        connect(one, *note++, "127.0.0.1", port_of(server));
    }
    run();
    loop_watch(loop, &server.watch, SELECT_READ);
    turn();
    EXPECT_EQ(server.all.size(), (size_t)CLIENTS);
    stream_server_close(&server);
    for (Greeter::Connection &one : server.all)
        transport_close(&one.stream.transport);
    run();
}

TEST_F(StreamServers, NeitherSideHoldsBackSmallPieces)
{
    auto has_no_delay = [](const stream_transport &stream) {
        int on = 0;
        socklen_t size = sizeof on;
        getsockopt(stream.watch.fd, IPPROTO_TCP, TCP_NODELAY, &on, &size);
        return on != 0;
    };
    bool both = false;
    ASSERT_EQ(listen(server, "127.0.0.1"), 0);
    server.greet = [&](Greeter::Connection &one) {
        both = has_no_delay(one.stream) && has_no_delay(client);
        transport_close(&one.stream.transport);
        stream_server_close(&server);
    };
    connect(client, diary, "127.0.0.1", port_of(server));
    run();
    EXPECT_TRUE(both);
}

TEST_F(StreamServers, TP5_AResetIsToldToTheProtocolAndToNoOneElse)
{
    Reports reports;
    ASSERT_EQ(listen(server, "127.0.0.1"), 0);
    server.greet = [this](Greeter::Connection &one) {
        struct linger at_once = {1, 0};
        setsockopt(one.stream.watch.fd, SOL_SOCKET, SO_LINGER, &at_once,
                   sizeof at_once);
        transport_abort(&one.stream.transport, 0);
        stream_server_close(&server);
    };
    connect(client, diary, "127.0.0.1", port_of(server));
    run();
    EXPECT_EQ(diary.text, "made lost:ECONNRESET ");
    EXPECT_EQ(reports.told, "");
}

/* ---- descriptors ---- */

TEST(LoopDescriptors, FreeingALoopAndItsMailboxLeavesNone)
{
    int before = descriptors();
    struct loop *loop;
    struct mailbox *mailbox;
    ASSERT_EQ(loop_new(&loop, &epoll_selector, &monotonic_clock), 0);
    ASSERT_EQ(mailbox_new(&mailbox, loop), 0);
    EXPECT_GT(descriptors(), before);
    mailbox_free(mailbox);
    loop_free(loop);
    EXPECT_EQ(descriptors(), before);
}

TEST(LoopDescriptors, WithoutASelectorThereIsNoLoop)
{
    struct loop *loop = nullptr;
    struct selector_ops none = epoll_selector;
    none.open = [](struct selector **) { return -EMFILE; };
    EXPECT_EQ(loop_new(&loop, &none, &monotonic_clock), -EMFILE);
    EXPECT_EQ(loop, nullptr);
    loop_free(loop); /* harmless */
}

} // namespace
