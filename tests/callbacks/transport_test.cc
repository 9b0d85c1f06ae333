/* SPDX-License-Identifier: MIT */
/* Transports and protocols, over real sockets: a pair for what one side does,
 * a port for servers. Rules TP1 to TP6. */
#include "callbacks/stream_server.h"
#include "support/contract.h"
#include "support/outcomes.h"
#include "transports_fixture.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cerrno>
#include <functional>
#include <list>
#include <string>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

class TransportTest : public TransportsTest
{
  protected:
    void adopt()
    {
        stream_adopt(&stream, &shared, open_pair(), &diary);
    }
    void stop_when_made()
    {
        TransportsTest::stop_when_made(diary);
    }
    void put(const std::string &text)
    {
        TransportsTest::put(&stream.transport, text);
    }
    /* Reads at the other end, in each turn, until `size` bytes came. */
    void drain(size_t size)
    {
        struct Drain : handle {
            TransportTest *test;
            size_t left;
        } drain = {};
        drain.test = this;
        drain.left = size;
        drain.run = [](handle *self) {
            auto *d = static_cast<Drain *>(self);
            d->left -= d->test->hear().size();
            if (d->left)
                loop_call_soon(d->test->loop, d);
            else
                loop_stop(d->test->loop);
        };
        loop_call_soon(loop, &drain);
        run();
        ASSERT_EQ(drain.left, 0u);
    }

    struct stream_transport stream;
    Diary diary;
};

TEST_F(TransportTest, CallsItsProtocolInOrderAndLosesItOnce_TP1)
{
    adopt();
    say("hello");
    shutdown(peer, SHUT_WR);
    EXPECT_EQ(diary.text, "");
    run();
    EXPECT_EQ(diary.text, "made data eof lost ");
    EXPECT_EQ(diary.bytes, "hello");
}

TEST_F(TransportTest, ReadsNothingBeforeConnectionMadeHasReturned_TP1)
{
    adopt();
    say("early");
    diary.when_made = [this] {
        EXPECT_EQ(diary.bytes, "");
        transport_close(&stream.transport);
    };
    run();
    EXPECT_EQ(diary.text, "made lost ");
}

TEST_F(TransportTest, WritesAtOnceWhatFits_TP2)
{
    adopt();
    stop_when_made();
    put("now");
    EXPECT_EQ(hear(), "now");
    EXPECT_EQ(stream.watch.interest, (unsigned)SELECT_READ);
    put("");
    transport_abort(&stream.transport, 0);
    run();
}

TEST_F(TransportTest, KeepsWhatDoesNotFitAndSendsItInOrder_TP2)
{
    std::string first = much();
    adopt();
    stop_when_made();
    put(first);
    ASSERT_GT(stream.unsent.size, 0u);
    put("behind");
    transport_close(&stream.transport);
    std::string got;
    diary.when_lost = [this, &got] { got += hear(); };
    while (stream.watch.fd >= 0) {
        got += hear();
        loop_stop(loop); /* one turn, then hear the next part */
        run();
    }
    EXPECT_EQ(got.size(), first.size() + 6);
    EXPECT_EQ(got.substr(got.size() - 7), "xbehind");
    EXPECT_EQ(diary.text, "made pause resume lost ");
}

TEST_F(TransportTest, DropsWhatIsWrittenAfterACloseOrAnAbort_TP2)
{
    adopt();
    stop_when_made();
    transport_close(&stream.transport);
    put("late");
    transport_close(&stream.transport);
    transport_abort(&stream.transport, -EPIPE);
    run();
    EXPECT_EQ(diary.text, "made lost ");
    EXPECT_EQ(hear(), "");
}

TEST_F(TransportTest, WritesBeforeItIsConnectedAreSentThen)
{
    adopt();
    put("first ");
    diary.when_made = [this] { put("second"); };
    shutdown(peer, SHUT_WR);
    run();
    EXPECT_EQ(hear(), "first second");
}

TEST_F(TransportTest, AsksToPauseAboveTheHighMarkAndToResumeAtTheLowOne_TP3)
{
    adopt();
    stop_when_made();
    stream_set_limits(&stream, 100, 10);
    put(much());
    EXPECT_EQ(diary.text, "made pause ");
    put("more");
    EXPECT_EQ(diary.text, "made pause ");
    drain(much().size() + 4);
    EXPECT_EQ(diary.text, "made pause resume ");
    transport_abort(&stream.transport, 0);
    run();
}

TEST_F(TransportTest, AbortDropsWhatIsKeptAndTellsTheReason_TP4)
{
    adopt();
    stop_when_made();
    put(much());
    transport_abort(&stream.transport, -ETIMEDOUT);
    EXPECT_EQ(diary.text, "made pause ");
    run();
    EXPECT_EQ(diary.text, "made pause lost:ETIMEDOUT ");
}

TEST_F(TransportTest, IsLostInALaterTurnThanItIsClosed_TP4)
{
    adopt();
    diary.when_made = [this] {
        transport_close(&stream.transport);
        diary.text += "closed ";
    };
    run();
    EXPECT_EQ(diary.text, "made closed lost ");
}

TEST_F(TransportTest, AfterTheEndOfInputItMayStillWriteIfItSaysSo_TP4)
{
    adopt();
    diary.keeps_open = true;
    shutdown(peer, SHUT_WR);
    run();
    EXPECT_EQ(diary.text, "made eof ");
    put("answer");
    transport_close(&stream.transport);
    run();
    EXPECT_EQ(hear(), "answer");
    EXPECT_EQ(diary.text, "made eof lost ");
}

TEST_F(TransportTest, HalfClosesOnceAllIsSent_TP4)
{
    adopt();
    stop_when_made();
    put("last");
    transport_write_eof(&stream.transport);
    transport_write_eof(&stream.transport);
    EXPECT_EQ(hear(), "last");
    EXPECT_EQ(read(peer, &diary, 1), 0);
    say("reply");
    hang_up();
    run();
    EXPECT_EQ(diary.bytes, "reply");
    EXPECT_EQ(diary.text, "made data eof lost ");
}

TEST_F(TransportTest, ABrokenConnectionIsAnError_TP5)
{
    adopt();
    stop_when_made();
    hang_up();
    put("into nothing");
    run();
    EXPECT_EQ(diary.text, "made lost:EPIPE ");
}

TEST_F(TransportTest, PausedItReadsNothingUntilItIsResumed_TP6)
{
    adopt();
    diary.when_made = [this] {
        transport_pause_reading(&stream.transport);
        transport_pause_reading(&stream.transport);
    };
    say("wait");
    run();
    EXPECT_EQ(diary.text, "made ");
    transport_resume_reading(&stream.transport);
    shutdown(peer, SHUT_WR);
    run();
    EXPECT_EQ(diary.text, "made data eof lost ");
}

TEST_F(TransportTest, NoDataComesAfterACloseInsideDataReceived_TP6)
{
    adopt();
    diary.when_received = [this] { transport_close(&stream.transport); };
    say("one");
    run();
    EXPECT_EQ(diary.text, "made data lost ");
}

TEST_F(TransportTest, ClosedBeforeItIsConnectedItIsLostWithoutHavingBeenMade)
{
    adopt();
    transport_close(&stream.transport);
    run();
    EXPECT_EQ(diary.text, "lost ");
}

TEST(TransportDeathTest, NothingIsWrittenAfterTheEndWasWritten)
{
    struct stream_transport stream = {};
    struct loop *loop;
    struct transports shared;
    Diary diary;
    ASSERT_EQ(loop_new(&loop, &epoll_selector, &monotonic_clock), 0);
    ASSERT_EQ(transports_init(&shared, loop), 0);
    stream_adopt(&stream, &shared, dup(0), &diary);
    transport_write_eof(&stream.transport);
    EXPECT_CONTRACT(transport_write(&stream.transport, slice_of("x")),
                    "transport_write:");
    transport_abort(&stream.transport, 0);
    loop_run(loop);
    transports_deinit(&shared);
    loop_free(loop);
}

/* ---- servers ---- */

class ServerTest : public TransportTest
{
  protected:
    struct Connection {
        stream_transport stream;
        Diary diary;
    };
    struct Server : stream_server {
        std::list<Connection> all;
        struct transports *shared_by_all;
        std::function<void(Connection &)> greet;
    };
    void listen(size_t most = 0)
    {
        server.shared_by_all = &shared;
        server.connections_max = most;
        server.accepted = [](stream_server *base, int fd) {
            auto *self = static_cast<Server *>(base);
            self->all.emplace_back();
            Connection &connection = self->all.back();
            if (self->greet)
                self->greet(connection);
            stream_adopt(&connection.stream, self->shared_by_all, fd,
                         &connection.diary);
            return &connection.stream;
        };
        struct address any;
        ASSERT_TRUE(address_from_literal(&any, "127.0.0.1", 0));
        ASSERT_EQ(stream_server_listen(&server, &shared, &any), 0);
        ASSERT_EQ(stream_server_address(&server, &address), 0);
    }
    Server server = {};
    struct address address = {};
};

TEST_F(ServerTest, EachConnectionHasItsProtocol)
{
    listen();
    server.greet = [](Connection &connection) {
        connection.diary.when_made = [&connection] {
            transport_write(&connection.stream.transport, slice_of("hello"));
            transport_close(&connection.stream.transport);
        };
    };
    ASSERT_EQ(stream_connect(&stream, &shared, &address, &diary), 0);
    diary.when_lost = [this] { stream_server_close(&server); };
    run();
    EXPECT_EQ(diary.text, "made data eof lost ");
    EXPECT_EQ(diary.bytes, "hello");
    ASSERT_EQ(server.all.size(), 1u);
    EXPECT_EQ(server.all.front().diary.text, "made lost ");
    EXPECT_EQ(server.connections, 0u);
}

TEST_F(ServerTest, ThatIsFullLetsOthersWaitUntilOneHasEnded)
{
    listen(1);
    stream_transport second;
    Diary other;
    ASSERT_EQ(stream_connect(&stream, &shared, &address, &diary), 0);
    ASSERT_EQ(stream_connect(&second, &shared, &address, &other), 0);
    size_t most = 0;
    server.greet = [this, &most](Connection &connection) {
        most = std::max(most, server.connections + 1);
        connection.diary.when_made = [&connection] {
            transport_close(&connection.stream.transport);
        };
    };
    int left = 2;
    diary.when_lost = other.when_lost = [this, &left] {
        if (--left == 0)
            stream_server_close(&server);
    };
    run();
    EXPECT_EQ(server.all.size(), 2u);
    EXPECT_EQ(most, 1u);
}

/* It is full, then no longer, and cannot watch its socket again at once. */
TEST_F(ServerTest, WithoutMemoryToWatchItTriesAgain)
{
    static int refused, listener;
    static selector_ops sparing;
    sparing = *loop_selector(loop)->ops;
    sparing.add = [](struct selector *selector, int fd, unsigned interest,
                     void *data) {
        return fd == listener && refused-- > 0
                   ? -ENOMEM
                   : epoll_selector.add(selector, fd, interest, data);
    };
    listen(1);
    stream_transport second;
    Diary other;
    ASSERT_EQ(stream_connect(&stream, &shared, &address, &diary), 0);
    ASSERT_EQ(stream_connect(&second, &shared, &address, &other), 0);
    server.greet = [](Connection &connection) {
        connection.diary.when_made = [&connection] {
            transport_close(&connection.stream.transport);
        };
    };
    refused = 2;
    listener = server.watch.fd;
    int left = 2;
    diary.when_lost = other.when_lost = [this, &left] {
        if (--left == 0)
            stream_server_close(&server);
    };
    const struct selector_ops *ops = loop_selector(loop)->ops;
    loop_selector(loop)->ops = &sparing;
    run();
    loop_selector(loop)->ops = ops;
    EXPECT_EQ(server.all.size(), 2u);
    EXPECT_LT(refused, 0) << "the third time it could";
}

TEST_F(ServerTest, ARefusedConnectionIsLostWithoutHavingBeenMade)
{
    listen();
    stream_server_close(&server);
    ASSERT_EQ(stream_connect(&stream, &shared, &address, &diary), 0);
    run();
    EXPECT_EQ(diary.text, "lost:ECONNREFUSED ");
}

TEST_F(ServerTest, OutOfDescriptorsDoesNotSpinAndGoesOnLater)
{
    Reports reports;
    listen();
    ASSERT_EQ(stream_connect(&stream, &shared, &address, &diary), 0);
    struct rlimit before, none;
    ASSERT_EQ(getrlimit(RLIMIT_NOFILE, &before), 0);
    none = before;
    none.rlim_cur = 0;
    ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &none), 0);
    diary.when_made = [this] { loop_stop(loop); };
    run();
    while (server.resume.state != HANDLE_TIMED) {
        loop_stop(loop);
        run();
    }
    server.greet = [this](Connection &connection) {
        connection.diary.when_made = [this, &connection] {
            transport_close(&connection.stream.transport);
            stream_server_close(&server);
        };
    };
    EXPECT_EQ(server.watch.interest, 0u);
    EXPECT_EQ(reports.told,
              "a server cannot accept connections for now: EMFILE\n");
    setrlimit(RLIMIT_NOFILE, &before);
    run();
    EXPECT_EQ(server.all.size(), 1u);
    EXPECT_EQ(diary.text, "made eof lost ");
}
