/* SPDX-License-Identifier: MIT */
/* Datagram endpoints, over UDP on this machine. */
#include "callbacks/datagram_endpoint.h"

#include "support/contract.h"
#include "transports_fixture.h"

#include <cerrno>
#include <fcntl.h>
#include <functional>
#include <sys/socket.h>
#include <unistd.h>
#include <vector>

namespace
{

/* A protocol that keeps a diary. */
struct Letters : datagram_protocol {
    Letters() : datagram_protocol()
    {
        static const datagram_protocol_ops all = {
            [](datagram_protocol *p, datagram_endpoint *) {
                of(p)->note("made ", of(p)->when_made);
            },
            [](datagram_protocol *p, slice data, const address *sender) {
                of(p)->from = *sender;
                of(p)->letters.emplace_back(data.data, data.size);
                of(p)->note("letter ", of(p)->when_received);
            },
            [](datagram_protocol *p, int error) {
                of(p)->note("error:" + std::string(strerrorname_np(-error)) +
                                " ",
                            of(p)->when_error);
            },
            [](datagram_protocol *p, int error) {
                of(p)->note(
                    error ? "lost:" + std::string(strerrorname_np(-error)) + " "
                          : "lost ",
                    nullptr);
            },
            [](datagram_protocol *p) { of(p)->text += "pause "; },
            [](datagram_protocol *p) { of(p)->text += "resume "; },
        };
        ops = &all;
    }
    Letters(const Letters &) = delete;
    static Letters *of(datagram_protocol *p)
    {
        return static_cast<Letters *>(p);
    }
    void note(const std::string &what, const std::function<void()> &then)
    {
        text += what;
        if (then)
            then();
    }
    std::string text;
    std::vector<std::string> letters;
    struct address from = {};
    std::function<void()> when_made, when_received, when_error;
};

class DatagramTest : public TransportsTest
{
  protected:
    void SetUp() override
    {
        TransportsTest::SetUp();
        ASSERT_TRUE(address_from_literal(&any, "127.0.0.1", 0));
        ASSERT_EQ(datagram_open(&server, &shared, &any, nullptr, &there), 0);
        ASSERT_EQ(datagram_address(&server, &at), 0);
        there.when_made = [this] { loop_stop(loop); };
        run();
        there.when_made = nullptr;
    }
    /* A client of the server. */
    void connect()
    {
        ASSERT_EQ(datagram_open(&client, &shared, nullptr, &at, &here), 0);
    }
    void send(const std::string &text)
    {
        datagram_send(&client, {text.data(), text.size()}, nullptr);
    }
    void close_both()
    {
        datagram_close(&server);
        datagram_close(&client);
        run();
    }
    struct address any, at;
    datagram_endpoint server, client;
    Letters there, here;
};

TEST_F(DatagramTest, AQuestionIsAnswered)
{
    connect();
    here.when_made = [this] { send("question"); };
    there.when_received = [this] {
        datagram_send(&server, slice_of("answer"), &there.from);
    };
    here.when_received = [this] {
        datagram_close(&server);
        datagram_close(&client);
        EXPECT_EQ(here.text, "made letter "); /* lost in a later turn */
    };
    run();
    EXPECT_EQ(there.text, "made letter lost ");
    EXPECT_EQ(here.text, "made letter lost ");
    EXPECT_EQ(here.letters.at(0), "answer");
    EXPECT_EQ(here.from.socket.ipv4.sin_port, at.socket.ipv4.sin_port);
}

TEST_F(DatagramTest, EachMessageArrivesByItselfAlsoAnEmptyOne)
{
    connect();
    for (const char *text : {"one", "", "three"})
        send(text);
    there.when_received = [this] {
        if (there.letters.size() == 3)
            loop_stop(loop);
    };
    run();
    EXPECT_EQ(there.letters, (std::vector<std::string>{"one", "", "three"}));
    close_both();
}

TEST_F(DatagramTest, WhereNoProgramListensIsAnErrorAndTheEndpointGoesOn)
{
    datagram_close(&server);
    run();
    connect();
    here.when_made = [this] { send("anyone?"); };
    here.when_error = [this] { loop_stop(loop); };
    run();
    EXPECT_EQ(here.text, "made error:ECONNREFUSED ");
    close_both();
    EXPECT_EQ(here.text, "made error:ECONNREFUSED lost ");
}

TEST_F(DatagramTest, AMessageThatIsTooLargeIsAnError)
{
    connect();
    send(std::string(70000, 'x'));
    EXPECT_EQ(here.text, "error:EMSGSIZE ");
    send(std::string(65000, 'x'));
    there.when_received = [this] { loop_stop(loop); };
    run();
    EXPECT_EQ(there.letters.at(0).size(), 65000u);
    close_both();
}

/* UDP hardly ever says that a message does not fit now, so it is made to: by a
 * UNIX datagram socket in its place, whose reader has a queue of its own. */
class FullDatagramTest : public DatagramTest
{
  protected:
    void SetUp() override
    {
        DatagramTest::SetUp();
        int pair[2];
        connect();
        ASSERT_EQ(socketpair(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0, pair), 0);
        dup3(pair[0], client.watch.fd, O_CLOEXEC);
        ::close(pair[0]);
        reader = pair[1];
        turn();
        datagram_close(&server);
    }
    void TearDown() override
    {
        ::close(reader);
        DatagramTest::TearDown();
    }
    /* Until one is kept. How many that were. */
    int fill()
    {
        int count = 0;
        while (client.unsent.size == 0) {
            send(std::to_string(count));
            count++;
        }
        return count;
    }
    std::string take()
    {
        char text[64];
        ssize_t size = recv(reader, text, sizeof text, MSG_DONTWAIT);
        return size < 0 ? "-" : std::string(text, (size_t)size);
    }
    int reader = -1;
};

TEST_F(FullDatagramTest, WhatDoesNotFitIsKeptAndSentInOrder)
{
    int count = fill();
    std::vector<std::string> got = {take()}; /* now there is room */
    send("last");
    datagram_close(&client);
    datagram_close(&client);
    send("dropped");
    while (client.watch.fd >= 0) {
        got.push_back(take());
        turn();
    }
    for (std::string one; (one = take()) != "-";)
        got.push_back(one);
    ASSERT_EQ(got.size(), (size_t)count + 1);
    for (int i = 0; i < count; i++)
        EXPECT_EQ(got[(size_t)i], std::to_string(i));
    EXPECT_EQ(got.back(), "last");
    EXPECT_EQ(here.text, "made lost ");
}

TEST_F(FullDatagramTest, PausesAboveTheHighMarkAndResumesAtTheLowOne_TP3)
{
    datagram_set_limits(&client, 0, 0);
    fill();
    send("more");
    EXPECT_EQ(here.text, "made pause ");
    while (here.text == "made pause ") {
        take();
        turn();
    }
    EXPECT_EQ(here.text, "made pause resume ");
    datagram_close(&client);
    run();
}

TEST_F(FullDatagramTest, AbortDropsWhatIsKept_TP4)
{
    int count = fill();
    datagram_abort(&client, -ETIMEDOUT);
    datagram_abort(&client, 0);
    run();
    EXPECT_EQ(here.text, "made lost:ETIMEDOUT ");
    int got = 0;
    while (take() != "-")
        got++;
    EXPECT_EQ(got, count - 1);
}

TEST_F(DatagramTest, IsInTheDump)
{
    connect();
    std::string text = dump();
    EXPECT_NE(text.find("connection_made of a datagram endpoint"),
              std::string::npos);
    EXPECT_NE(text.find("on_ready, a datagram endpoint"), std::string::npos)
        << text;
    close_both();
}

TEST_F(DatagramTest, AnAddressInUseIsRefused)
{
    EXPECT_EQ(datagram_open(&client, &shared, &at, nullptr, &here),
              -EADDRINUSE);
    datagram_close(&server);
    run();
}

TEST_F(DatagramTest, AnAddressIsForThoseThatAreNotConnected)
{
    EXPECT_CONTRACT(datagram_send(&server, slice_of("x"), nullptr),
                    "datagram_send:");
    datagram_close(&server);
    run();
}

} // namespace
