/* SPDX-License-Identifier: MIT */
/* Clients that do not know HTTP, do not go on or do not read: from each server
 * each of them gets what it deserves, and the others do not notice. */
#include "server_kinds.h"

#include <poll.h>

namespace
{

class HostileTest : public testing::TestWithParam<ServerKind>
{
  protected:
    explicit HostileTest(nanos patience = 0)
        : server(GetParam().start(patience))
    {
    }
    /* Whatever happened: the next client is served. */
    void TearDown() override
    {
        Client client(server->port());
        EXPECT_EQ(client.get("/bytes/3").body, made_up(0, 0, 3));
    }

    std::unique_ptr<AnyServer> server;
};

/* The same, where no client may be silent for long. */
class ImpatientTest : public HostileTest
{
  protected:
    ImpatientTest() : HostileTest(80 * NANOS_PER_MILLISECOND)
    {
    }
};

std::string name_of(const testing::TestParamInfo<ServerKind> &info)
{
    return info.param.name;
}
INSTANTIATE_TEST_SUITE_P(, HostileTest, testing::ValuesIn(server_kinds),
                         name_of);
INSTANTIATE_TEST_SUITE_P(, ImpatientTest, testing::ValuesIn(server_kinds),
                         name_of);

/* One answer with that status, and then the end. */
void expect_refused(uint16_t port, const std::string &bytes, int status)
{
    Client client(port);
    client.send(bytes);
    Answer answer = client.answer();
    EXPECT_EQ(answer.status, status) << bytes.substr(0, 60);
    EXPECT_FALSE(answer.keep_alive);
    shutdown(client.fd, SHUT_WR);
    int error;
    EXPECT_EQ(client.rest(&error), "");
    EXPECT_EQ(error, 0) << bytes.substr(0, 60);
}

TEST_P(HostileTest, WhatIsNotHttpIsRefused)
{
    const char *rows[] = {
        "hello\r\n\r\n",
        "GET\r\n\r\n",
        "GET / HTTP/1.1\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
        "GET / HTTP/1.1\nHost: o\n\n",
        "GET / HTTP/1.1\r\nHost : o\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: o\r\n folded\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: o\r\nContent-Length: -1\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: o\r\nContent-Length: 1\r\n"
        "Content-Length: 2\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: o\r\nContent-Length: 1\r\n"
        "Transfer-Encoding: chunked\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: o\r\nTransfer-Encoding: chunked\r\n\r\nz\r\n",
        "\x16\x03\x01\x02\x01\x01\xff\r\n\r\n",
    };
    for (const char *row : rows)
        expect_refused(server->port(), row, 400);
    expect_refused(server->port(), "GET / HTTP/2.0\r\nHost: o\r\n\r\n", 505);
}

TEST_P(HostileTest, AnEndlessHeadIsCutOff)
{
    std::string head = "GET / HTTP/1.1\r\nHost: o\r\n";
    expect_refused(server->port(), head + "X: " + std::string(100000, 'x'),
                   431);
    std::string many = head;
    for (int i = 0; i < 5000; i++)
        many += "X" + std::to_string(i) + ": y\r\n";
    expect_refused(server->port(), many, 431);
    expect_refused(server->port(), "GET /" + std::string(20000, 'a'), 414);
}

TEST_P(HostileTest, ABodyTooLargeIsRefused)
{
    expect_refused(server->port(),
                   "POST /bytes/1 HTTP/1.1\r\nHost: o\r\n"
                   "Content-Length: 99999999999\r\n\r\n",
                   413);
    std::string chunk = "10000\r\n" + std::string(65536, 'x') + "\r\n";
    std::string chunks;
    for (int i = 0; i < 20; i++)
        chunks += chunk;
    expect_refused(server->port(),
                   "POST /echo HTTP/1.1\r\nHost: o\r\n"
                   "Transfer-Encoding: chunked\r\n\r\n" +
                       chunks,
                   413);
}

TEST_P(HostileTest, ARequestInAnyPiecesIsOneRequest)
{
    const std::string request = "POST /echo HTTP/1.1\r\nHost: o\r\n"
                                "Content-Length: 5\r\n\r\nabcde";
    for (size_t cut = 1; cut < request.size(); cut++) {
        Client client(server->port());
        client.send(request.substr(0, cut));
        std::this_thread::yield();
        client.send(request.substr(cut));
        ASSERT_EQ(client.answer().body, "abcde") << cut;
    }
    Client client(server->port());
    for (char c : request)
        client.send(std::string(1, c));
    EXPECT_EQ(client.answer().body, "abcde");
}

TEST_P(ImpatientTest, AClientThatSaysNothingHasToGo)
{
    Client silent(server->port()), half(server->port()), kept(server->port());
    half.send("GET /bytes/1 HT");
    kept.get("/bytes/1");
    int error;
    for (Client *client : {&silent, &kept}) {
        EXPECT_EQ(client->rest(&error), "");
        EXPECT_EQ(error, 0);
    }
    EXPECT_EQ(half.answer().status, GetParam().told_when_late);
    EXPECT_EQ(half.rest(&error), "");
    EXPECT_EQ(error, 0);
}

TEST_P(ImpatientTest, AClientThatSendsAHeadByteByByteHasToGo)
{
    Client client(server->port());
    client.send("GET /");
    char byte;
    int sent = 0;
    /* It would go on for ever. */
    while (recv(client.fd, &byte, 1, MSG_DONTWAIT) < 0 && (errno == EAGAIN) &&
           sent++ < 5000) {
        client.send("a");
        std::this_thread::sleep_for(std::chrono::milliseconds(2));
    }
    EXPECT_LT(sent, 5000);
}

TEST_P(ImpatientTest, AClientThatDoesNotReadHasToGo)
{
    Client client(server->port(), "127.0.0.1", 4096);
    client.ask("/bytes/100000000?run=given-up");
    EXPECT_TRUE(server->gives_up());
}

TEST_P(ImpatientTest, AClientThatWaitsForADelayMayBeIdle)
{
    Client client(server->port());
    EXPECT_EQ(client.get("/delay/150ms").status, 200);
}

TEST_P(HostileTest, RequestsBehindAHeldOneAreKeptWithinBounds)
{
    Client client(server->port());
    client.ask("/delay/20ms");
    std::string flood;
    for (int i = 0; i < 2000; i++)
        flood += "GET /bytes/1 HTTP/1.1\r\nHost: o\r\n\r\n";
    std::thread sender([&] { client.send(flood); });
    EXPECT_EQ(client.answer().status, 200);
    for (int i = 0; i < 2000; i++)
        ASSERT_EQ(client.answer().body.size(), 1u) << i;
    sender.join();
}

TEST_P(HostileTest, AClientThatFloodsWhileItWaitsIsNotReadAnyMore)
{
    Client client(server->port());
    client.ask("/delay/10");
    const std::string piece(65536, 'x');
    size_t sent = 0;
    pollfd writable = {client.fd, POLLOUT, 0};
    while (sent < 64u << 20 && poll(&writable, 1, 50) == 1) {
        ssize_t n = ::send(client.fd, piece.data(), piece.size(),
                           MSG_DONTWAIT | MSG_NOSIGNAL);
        ASSERT_GT(n, 0);
        sent += (size_t)n;
    }
    EXPECT_LT(sent, 64u << 20);
}

} // namespace
