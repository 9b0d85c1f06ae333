/* SPDX-License-Identifier: MIT */
/* The same protocols as in transport_test.cc, with TLS between them and the
 * socket. */
#include "callbacks/stream_transport.h"
#include "callbacks/tls_transport.h"
#include "diary.h"
#include "loop_fixture.h"
#include "nonblocking/selector.h"
#include "support/certificate_folder.h"

#include <gtest/gtest.h>

#include <cerrno>
#include <sys/socket.h>
#include <unistd.h>

class TlsTransportTest : public testing::Test
{
  protected:
    struct Side {
        Diary diary;
        struct tls_transport tls;
        struct stream_transport stream;
        enum tls_error error = TLS_OK;

        void say(const std::string &text)
        {
            transport_write(&tls.transport, {text.data(), text.size()});
        }
        void close()
        {
            transport_close(&tls.transport);
        }
    };

    void SetUp() override
    {
        ASSERT_EQ(loop_new(&loop, &epoll_selector, &monotonic_clock), 0);
        ASSERT_EQ(transports_init(&shared, loop), 0);
    }
    void TearDown() override
    {
        if (plain >= 0)
            ::close(plain);
        tls_context_free(trust);
        tls_context_free(identity);
        transports_deinit(&shared);
        loop_free(loop);
    }
    void contexts(const std::string &name)
    {
        std::string base = certificate_folder() + "/" + name;
        std::string ca = certificate_folder() + "/ca.pem";
        ASSERT_EQ(tls_client_context_new(&trust, ca.c_str(), false), 0);
        ASSERT_EQ(tls_server_context_new(&identity, (base + ".pem").c_str(),
                                         (base + ".key").c_str()),
                  0);
    }
    /* Both ends speak TLS. */
    void connect(const std::string &name = "good")
    {
        int pair[2];
        contexts(name);
        ASSERT_EQ(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, pair), 0);
        begin_client(pair[0]);
        ASSERT_EQ(
            tls_transport_accept(&server.tls, &shared, identity, &server.diary),
            0);
        adopt(server, pair[1]);
    }
    /* The test is the other end. */
    void connect_to_the_test()
    {
        int pair[2];
        contexts("good");
        ASSERT_EQ(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, pair), 0);
        plain = pair[1];
        begin_client(pair[0]);
    }
    void begin_client(int fd)
    {
        ASSERT_EQ(tls_transport_connect(&client.tls, &shared, trust,
                                        "localhost", &client.diary),
                  0);
        adopt(client, fd);
    }
    void adopt(Side &side, int fd)
    {
        side.diary.when_lost = [&side] {
            side.error = tls_transport_error(&side.tls);
        };
        stream_adopt(&side.stream, &shared, fd, &side.tls.wire_side);
    }
    void run()
    {
        ASSERT_EQ(loop_run(loop), 0);
    }

    struct loop *loop = nullptr;
    struct transports shared;
    struct tls_context *trust = nullptr, *identity = nullptr;
    Side client, server;
    int plain = -1;
};

TEST_F(TlsTransportTest, CarriesProtocolsThatKnowNothingOfIt)
{
    connect();
    client.diary.when_made = [this] { client.say("question"); };
    server.diary.when_received = [this] {
        server.say("answer to " + server.diary.bytes);
        server.close();
    };
    run();
    EXPECT_EQ(server.diary.text, "made data lost ");
    EXPECT_EQ(client.diary.text, "made data eof lost ");
    EXPECT_EQ(client.diary.bytes, "answer to question");
}

TEST_F(TlsTransportTest, ALargePageArrivesWholeWithPausesOnItsWay)
{
    std::string page(4 << 20, 'x');
    connect();
    server.diary.when_made = [this, &page] {
        server.say(page);
        server.close();
    };
    run();
    EXPECT_EQ(client.diary.bytes.size(), page.size());
    EXPECT_EQ(server.diary.text, "made pause resume lost ");
    EXPECT_EQ(client.error, TLS_OK);
}

TEST_F(TlsTransportTest, WhatIsWrittenBeforeTheHandshakeIsSentAfterIt)
{
    connect();
    server.diary.when_received = [this] { server.close(); };
    client.say("early");
    EXPECT_EQ(server.diary.bytes, "");
    run();
    EXPECT_EQ(server.diary.bytes, "early");
}

TEST_F(TlsTransportTest, PausedItHandsOutNothingUntilItIsResumed)
{
    connect();
    int turns = 0;
    Call resume([this, &turns, &resume] {
        if (++turns < 20) {
            loop_call_soon(loop, &resume);
            return;
        }
        EXPECT_EQ(client.diary.text, "made ");
        transport_resume_reading(&client.tls.transport);
    });
    client.diary.when_made = [this, &resume] {
        transport_pause_reading(&client.tls.transport);
        loop_call_soon(loop, &resume);
    };
    server.diary.when_made = [this] {
        server.say("patience");
        server.close();
    };
    run();
    EXPECT_EQ(client.diary.bytes, "patience");
    EXPECT_EQ(client.diary.text, "made data eof lost ");
}

TEST_F(TlsTransportTest, AWrongCertificateIsAnErrorAndNoConnectionIsMade)
{
    connect("expired");
    run();
    EXPECT_EQ(client.diary.text, "lost:EPROTO ");
    EXPECT_EQ(client.error, TLS_EXPIRED);
}

TEST_F(TlsTransportTest, AfterTheEndOfInputItMayStillWriteIfItSaysSo_TP4)
{
    connect();
    client.diary.when_made = [this] {
        client.say("question");
        transport_write_eof(&client.tls.transport);
    };
    server.diary.keeps_open = true;
    int turns = 0;
    Call answer([this, &turns, &answer] {
        if (++turns < 10) {
            loop_call_soon(loop, &answer);
            return;
        }
        EXPECT_EQ(server.diary.text, "made data eof ");
        server.say("answer");
        server.close();
    });
    server.diary.when_received = [this, &answer] {
        loop_call_soon(loop, &answer);
    };
    run();
    EXPECT_EQ(client.diary.bytes, "answer");
    EXPECT_EQ(client.diary.text, "made data eof lost ");
    EXPECT_EQ(server.diary.text, "made data eof lost ");
}

TEST_F(TlsTransportTest, AnEndWithoutNoticeIsAnError)
{
    connect();
    server.diary.when_made = [this] {
        server.say("half");
        /* Behind the back of TLS. */
        transport_close(&server.stream.transport);
    };
    run();
    EXPECT_EQ(client.diary.bytes, "half");
    EXPECT_EQ(client.diary.text, "made data lost:EPROTO ");
    EXPECT_EQ(client.error, TLS_CUT_SHORT);
}

TEST_F(TlsTransportTest, APeerThatSpeaksPlainHttpIsToldApart)
{
    connect_to_the_test();
    std::string answer = "HTTP/1.1 400 Bad Request\r\n\r\n";
    ASSERT_EQ(write(plain, answer.data(), answer.size()),
              (ssize_t)answer.size());
    run();
    EXPECT_EQ(client.diary.text, "lost:EPROTO ");
    EXPECT_EQ(client.error, TLS_NOT_TLS);
}

TEST_F(TlsTransportTest, AbortedWhileItShakesHandsItIsLostWithTheReason)
{
    connect_to_the_test();
    Call abort_it(
        [this] { transport_abort(&client.tls.transport, -ETIMEDOUT); });
    loop_call_soon(loop, &abort_it);
    run();
    EXPECT_EQ(client.diary.text, "lost:ETIMEDOUT ");
}

TEST_F(TlsTransportTest, ClosedBeforeThereIsAWireItIsLostWithoutAWord)
{
    connect_to_the_test();
    client.close();
    run();
    EXPECT_EQ(client.diary.text, "lost ");
}
