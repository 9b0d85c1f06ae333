/* SPDX-License-Identifier: MIT */
/* The HTTP server, over plain sockets here and over TLS in
 * http_server_tls_test.cc. */
#include "http_server_fixture.h"

#include "callbacks/http_connection_internal.h"

#include <malloc.h>
#include <vector>

namespace
{

const nanos SECOND = NANOS_PER_SECOND;

std::string page(const std::string &body, const std::string &fields = "",
                 const std::string &status = "200 OK")
{
    return "HTTP/1.1 " + status + "\r\nContent-Type: text/plain\r\n" +
           "Content-Length: " + std::to_string(body.size()) + "\r\n" + fields +
           "\r\n" + body;
}

/* The status of an answer, or 0. */
int status_of(const std::string &answer)
{
    return answer.compare(0, 9, "HTTP/1.1 ") ? 0 : std::stoi(answer.substr(9));
}

} // namespace

TEST_P(HttpServerTest, AnswersRequestAfterRequestOnOneConnection)
{
    Peer &peer = connect();
    peer.ask("/one");
    EXPECT_EQ(heard(peer), page("/one"));
    peer.ask("/two");
    EXPECT_EQ(heard(peer), page("/two"));
    EXPECT_FALSE(peer.is_closed());
}

TEST_P(HttpServerTest, ClosesWhenTheClientWantsItTo)
{
    Peer &peer = connect();
    peer.ask("/", "GET", "Connection: close\r\n");
    EXPECT_EQ(heard(peer), page("/", "Connection: close\r\n"));
    EXPECT_TRUE(peer.is_closed());
    EXPECT_FALSE(peer.is_cut());
}

TEST_P(HttpServerTest, AClientOfHttp10IsClosedToo)
{
    Peer &peer = connect();
    peer.say("GET /old HTTP/1.0\r\n\r\n");
    EXPECT_EQ(heard(peer), page("/old", "Connection: close\r\n"));
    EXPECT_TRUE(peer.is_closed());
}

TEST_P(HttpServerTest, AHeadRequestGetsNoBody)
{
    Peer &peer = connect();
    peer.ask("/page", "HEAD");
    EXPECT_EQ(heard(peer), "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n"
                           "Content-Length: 5\r\n\r\n");
    peer.ask("/next");
    EXPECT_EQ(heard(peer), page("/next"));
}

TEST_P(HttpServerTest, TheApplicationSeesWhatWasAsked)
{
    std::string seen;
    server.handle = [&seen](http_request *request) {
        seen = std::string(request->method.data, request->method.size) + " " +
               headers_find(request->headers, "x-field") + " ";
        http_request_answer(request, 200, nullptr, request->body);
    };
    Peer &peer = connect();
    peer.ask("/echo", "POST", "X-Field: value\r\n", "what was posted");
    EXPECT_EQ(heard(peer),
              "HTTP/1.1 200 OK\r\nContent-Length: 15\r\n\r\nwhat was posted");
    EXPECT_EQ(seen, "POST value ");
}

TEST_P(HttpServerTest, ABodyMayComeInAnyPieces)
{
    server.handle = [](http_request *request) {
        http_request_answer(request, 200, "text/plain", request->body);
    };
    Peer &peer = connect();
    std::string request = "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: "
                          "chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n";
    for (char c : request) {
        peer.say(std::string(1, c));
        turns(2);
    }
    EXPECT_EQ(heard(peer), page("abcde"));
}

TEST_P(HttpServerTest, AClientThatWaitsForA100GetsOne)
{
    Peer &peer = connect();
    peer.say("POST /up HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\n"
             "Content-Length: 2\r\n\r\n");
    EXPECT_EQ(heard(peer), "HTTP/1.1 100 Continue\r\n\r\n");
    peer.say("ok");
    EXPECT_EQ(heard(peer), page("/up"));
}

TEST_P(HttpServerTest, APathThatIsNotThereAndAMethodThatIsNotAllowed)
{
    server.handle = [](http_request *request) {
        if (!slice_equal(request->target, slice_of("/")))
            http_request_refuse(request, 404, nullptr);
        else if (http_request_allows(request, "GET, HEAD"))
            http_request_answer(request, 200, nullptr, slice_of("here"));
    };
    Peer &peer = connect();
    peer.ask("/nowhere");
    EXPECT_EQ(heard(peer), "HTTP/1.1 404 Not Found\r\n"
                           "Content-Type: text/plain; charset=utf-8\r\n"
                           "Content-Length: 10\r\n\r\nNot Found\n");
    peer.ask("/", "POST", "", "body");
    std::string answer = heard(peer);
    EXPECT_EQ(status_of(answer), 405);
    EXPECT_NE(answer.find("\r\nAllow: GET, HEAD\r\n"), std::string::npos);
    peer.ask("/", "HEAD");
    EXPECT_EQ(status_of(heard(peer)), 200);
    peer.ask("/", "GE");
    EXPECT_EQ(status_of(heard(peer)), 405);
    EXPECT_FALSE(peer.is_closed());
}

TEST_P(HttpServerTest, WhatCannotBeReadIsRefusedAndThenClosed)
{
    const std::string host = " HTTP/1.1\r\nHost: h\r\n";
    const struct {
        std::string bytes;
        int status;
    } rows[] = {
        {"hello\r\n\r\n", 400},
        {"GET / HTTP/1.1\r\n\r\n", 400},
        {"GET / HTTP/2.0\r\nHost: h\r\n\r\n", 505},
        {"GET /" + std::string(9000, 'a'), 414},
        {"GET /" + host + "X: " + std::string(9000, 'x'), 431},
        {"POST /" + host + "Content-Length: 1048577\r\n\r\n", 413},
        {"POST /" + host + "Content-Length: 1\r\nContent-Length: 2\r\n\r\n",
         400},
    };
    server.handle = [](http_request *) { ADD_FAILURE() << "it was read"; };
    for (const auto &row : rows) {
        Peer &peer = connect();
        peer.say(row.bytes);
        std::string answer = heard(peer);
        EXPECT_EQ(status_of(answer), row.status) << row.bytes.substr(0, 40);
        EXPECT_NE(answer.find("Connection: close\r\n"), std::string::npos);
        /* It may say more, for a while: to close at once would be a reset. */
        peer.say("and more");
        EXPECT_EQ(heard(peer), "");
        pass(SECOND);
        EXPECT_TRUE(peer.is_closed());
    }
}

/* ---- answers that come later ---- */

TEST_P(HttpServerTest, AnAnswerMayComeInALaterTurn)
{
    http_request *waiting = nullptr;
    server.handle = [&waiting](http_request *request) { waiting = request; };
    Peer &peer = connect();
    peer.ask("/late");
    EXPECT_EQ(heard(peer), "");
    ASSERT_NE(waiting, nullptr);
    pass(100 * SECOND); /* the application may take its time */
    http_request_answer(waiting, 200, "text/plain", slice_of("at last"));
    EXPECT_EQ(heard(peer), page("at last"));
}

TEST_P(HttpServerTest, AnswersKeepTheOrderOfTheirRequests)
{
    std::vector<http_request *> waiting;
    server.handle = [&waiting](http_request *request) {
        if (slice_equal(request->target, slice_of("/1")))
            waiting.push_back(request);
        else
            http_request_answer(request, 200, "text/plain", request->target);
    };
    Peer &peer = connect();
    for (const char *target : {"/0", "/1", "/2", "/3"})
        peer.ask(target);
    EXPECT_EQ(heard(peer), page("/0"));
    ASSERT_EQ(waiting.size(), 1u);
    http_request_answer(waiting[0], 200, "text/plain", slice_of("late"));
    EXPECT_EQ(heard(peer), page("late") + page("/2") + page("/3"));
}

/* The next request does not come in the middle of the application's call. */
TEST_P(HttpServerTest, HandlesTheNextRequestInALaterTurnThanALateAnswer)
{
    std::vector<http_request *> waiting;
    server.handle = [&waiting](http_request *request) {
        waiting.push_back(request);
    };
    Peer &peer = connect();
    peer.ask("/1");
    peer.ask("/2");
    turns();
    ASSERT_EQ(waiting.size(), 1u);
    http_request_answer(waiting[0], 200, "text/plain", slice_of("1"));
    EXPECT_EQ(waiting.size(), 1u);
    turns();
    ASSERT_EQ(waiting.size(), 2u);
    http_request_answer(waiting[1], 200, "text/plain", slice_of("2"));
    EXPECT_EQ(heard(peer), page("1") + page("2"));
}

TEST_P(HttpServerTest, AClientThatClosesItsSideGetsTheAnswersToAllThatItAsked)
{
    std::vector<http_request *> waiting;
    server.handle = [&waiting](http_request *request) {
        waiting.push_back(request);
    };
    Peer &peer = connect();
    peer.ask("/1");
    peer.ask("/2");
    peer.end_its_side();
    turns();
    ASSERT_EQ(waiting.size(), 1u);
    http_request_answer(waiting[0], 200, "text/plain", slice_of("1"));
    turns();
    ASSERT_EQ(waiting.size(), 2u);
    http_request_answer(waiting[1], 200, "text/plain", slice_of("2"));
    EXPECT_EQ(heard(peer), page("1") + page("2"));
    EXPECT_TRUE(peer.is_closed());
}

TEST_P(HttpServerTest, ARequestOutlivesItsClientUntilItIsEnded)
{
    http_request *waiting = nullptr;
    int lost = 0;
    server.handle = [&](http_request *request) {
        waiting = request;
        request->context = &lost;
        request->lost = [](http_request *r) { ++*(int *)r->context; };
        response_head head = {};
        head.status = 200;
        head.framing = RESPONSE_CHUNKED;
        ASSERT_EQ(http_request_start(request, &head), 0);
        EXPECT_TRUE(http_request_write(request, slice_of("first")));
    };
    Peer &peer = connect();
    peer.ask("/");
    turns();
    peer.hang_up();
    for (int i = 0; i < 4 && !lost; i++) {
        http_request_write(waiting, slice_of("into nothing"));
        turns();
    }
    EXPECT_EQ(lost, 1);
    EXPECT_EQ(server.connections, nullptr);
    EXPECT_FALSE(http_request_write(waiting, slice_of("more")));
    http_request_end(waiting);
}

/* ---- answers in pieces ---- */

TEST_P(HttpServerTest, AnAnswerInPiecesIsChunked)
{
    server.handle = [](http_request *request) {
        response_head head = {};
        head.status = 200;
        head.framing = RESPONSE_CHUNKED;
        EXPECT_EQ(http_request_start(request, &head), 0);
        EXPECT_TRUE(http_request_write(request, slice_of("one ")));
        EXPECT_TRUE(http_request_write(request, slice_of("two")));
        http_request_end(request);
    };
    Peer &peer = connect();
    peer.ask("/");
    EXPECT_EQ(heard(peer), "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n"
                           "\r\n4\r\none \r\n3\r\ntwo\r\n0\r\n\r\n");
}

/* Writes pieces until it is told not to, and again when it may. */
struct Stream {
    size_t written = 0, rest = 0;
    int lost = 0;
    void begin(http_request *request, size_t size)
    {
        rest = size;
        request->context = this;
        request->resume = [](http_request *r) {
            static_cast<Stream *>(r->context)->go_on(r);
        };
        request->lost = [](http_request *r) {
            static_cast<Stream *>(r->context)->lost++;
            http_request_end(r);
        };
        response_head head = {};
        head.status = 200;
        head.length = size;
        ASSERT_EQ(http_request_start(request, &head), 0);
        go_on(request);
    }
    void go_on(http_request *request)
    {
        static const std::string piece(10000, 'x');
        while (rest > 0) {
            rest -= piece.size();
            written += piece.size();
            if (!http_request_write(request, {piece.data(), piece.size()}))
                break;
        }
        if (rest == 0)
            http_request_end(request);
    }
};

TEST_P(HttpServerTest, ALongAnswerIsWrittenAsFastAsTheClientReads)
{
    const size_t size = 20000000;
    Stream stream;
    server.handle = [&](http_request *r) { stream.begin(r, size); };
    Peer &peer = connect();
    peer.ask("/");
    turns();
    EXPECT_LT(stream.written, size / 4) << "nothing has been read yet";
    std::string all;
    for (int i = 0; i < 10000 && all.size() < size; i++) {
        all += peer.hear();
        turns(1);
    }
    EXPECT_EQ(all.size() - all.find("\r\n\r\n") - 4, size);
    EXPECT_EQ(stream.written, size);
    EXPECT_EQ(stream.lost, 0);
}

/* What a slow client has not taken is kept once, and not in every layer. */
TEST_P(HttpServerTest, ALargeAnswerIsGivenToTheTransportBitByBit)
{
    const std::string large(4000000, 'x');
    server.handle = [&large](http_request *request) {
        http_request_answer(request, 200, nullptr,
                            {large.data(), large.size()});
    };
    Peer &peer = connect();
    peer.ask("/");
    turns();
    ASSERT_NE(server.connections, nullptr);
    const stream_transport &stream = server.connections->stream;
    EXPECT_LT(stream.unsent.size - stream.sent, 256u * 1024);
    std::string all;
    for (int i = 0; i < 10000 && all.size() < large.size(); i++) {
        all += peer.hear();
        turns(1);
    }
    EXPECT_EQ(all.size() - all.find("\r\n\r\n") - 4, large.size());
}

TEST_P(HttpServerTest, WhatComesBehindARequestIsNotReadBeforeItIsAnswered)
{
    http_request *waiting = nullptr;
    server.handle = [&waiting](http_request *request) { waiting = request; };
    Peer &peer = connect();
    peer.ask("/1");
    peer.ask("/2");
    turns();
    EXPECT_FALSE(server.connections->stream.reading);
    http_request_answer(waiting, 200, "text/plain", slice_of("1"));
    turns();
    EXPECT_TRUE(server.connections->stream.reading);
    http_request_answer(waiting, 200, "text/plain", slice_of("2"));
    EXPECT_EQ(heard(peer), page("1") + page("2"));
}

TEST_P(HttpServerTest, AClientThatDoesNotReadIsAbortedAtLast)
{
    Stream stream;
    server.handle = [&](http_request *r) { stream.begin(r, 20000000); };
    connect().ask("/");
    pass(19 * SECOND);
    EXPECT_EQ(stream.lost, 0);
    pass(2 * SECOND);
    EXPECT_EQ(stream.lost, 1);
    EXPECT_EQ(server.connections, nullptr);
}

TEST_P(HttpServerTest, AnAnswerShorterThanItPromisedIsCut)
{
    server.handle = [](http_request *request) {
        response_head head = {};
        head.status = 200;
        head.length = 5;
        ASSERT_EQ(http_request_start(request, &head), 0);
        http_request_write(request, slice_of("four"));
        http_request_end(request);
    };
    Peer &peer = connect();
    peer.ask("/");
    EXPECT_EQ(heard(peer), "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nfour");
    EXPECT_TRUE(peer.is_closed());
}

TEST_P(HttpServerTest, AnAbortedRequestIsCut)
{
    server.handle = http_request_abort;
    Peer &peer = connect();
    peer.ask("/");
    EXPECT_EQ(heard(peer), "");
    EXPECT_TRUE(peer.is_closed());
}

/* ---- time ---- */

TEST_P(HttpServerTest, ASilentClientIsClosedWithoutAWord)
{
    Peer &fresh = connect(), &served = connect();
    served.ask("/");
    EXPECT_EQ(heard(served), page("/"));
    pass(59 * SECOND);
    EXPECT_FALSE(fresh.is_closed());
    EXPECT_FALSE(served.is_closed());
    pass(2 * SECOND);
    EXPECT_EQ(heard(fresh) + heard(served), "")
        << "a 408 would be taken for the answer to the next request";
    EXPECT_TRUE(fresh.is_closed());
    EXPECT_TRUE(served.is_closed());
}

TEST_P(HttpServerTest, AServedClientMayRestAnewBetweenRequests)
{
    Peer &peer = connect();
    for (int i = 0; i < 4; i++) {
        pass(40 * SECOND);
        peer.ask("/again");
        EXPECT_EQ(heard(peer), page("/again"));
    }
}

TEST_P(HttpServerTest, ARequestThatDripsIsAnsweredWith408)
{
    Peer &peer = connect();
    peer.say("GET /");
    for (int i = 0; i < 19; i++) {
        pass(SECOND);
        peer.say("a");
    }
    EXPECT_EQ(heard(peer), "");
    pass(2 * SECOND);
    EXPECT_EQ(status_of(heard(peer)), 408);
    pass(SECOND);
    EXPECT_TRUE(peer.is_closed());
}

TEST_P(HttpServerTest, ManyDawdlersDoNotHoldUpTheQuickOne)
{
    std::vector<Peer *> dawdlers;
    for (int i = 0; i < GetParam()->many; i++) {
        dawdlers.push_back(&connect());
        dawdlers.back()->say("GET /slow HTTP/1.1\r\n");
    }
    for (int second = 0; second < 10; second++) {
        pass(SECOND);
        for (Peer *dawdler : dawdlers)
            dawdler->say("X");
    }
    nanos asked = clock.now;
    Peer &quick = connect();
    quick.ask("/quick");
    EXPECT_EQ(heard(quick), page("/quick"));
    EXPECT_EQ(clock.now, asked) << "it waited for time to pass";
    for (Peer *dawdler : dawdlers)
        dawdler->say(": y\r\nHost: h\r\n\r\n");
    turns(20);
    for (Peer *dawdler : dawdlers)
        ASSERT_EQ(dawdler->hear(), page("/slow"));
}

/* What its end gives back is what it has kept. Prints it:
 * ./lab test -R KeepsLittleMemory -V */
TEST_P(HttpServerTest, AnIdleConnectionKeepsLittleMemory)
{
    if (mallinfo2().uordblks == 0)
        GTEST_SKIP() << "this build does not tell what is allocated";
    const size_t count = 100;
    for (size_t i = 0; i < count; i++) {
        Peer &peer = connect();
        peer.ask("/page");
        ASSERT_EQ(heard(peer), page("/page"));
    }
    size_t before = mallinfo2().uordblks;
    http_server_abort(&server);
    turns();
    size_t each = (before - mallinfo2().uordblks) / count;
    printf("an idle connection (%s) keeps %zu bytes\n", GetParam()->name, each);
    EXPECT_LT(each, GetParam()->idle_bytes);
}

/* ---- the end of the server ---- */

TEST_P(HttpServerTest, ClosingItLetsAnswersGoOutFirst)
{
    http_request *waiting = nullptr;
    server.handle = [&waiting](http_request *request) { waiting = request; };
    Peer &idle = connect(), &busy = connect();
    busy.ask("/");
    turns();
    http_server_close(&server);
    EXPECT_EQ(heard(idle), "");
    EXPECT_TRUE(idle.is_closed());
    EXPECT_FALSE(busy.is_closed());
    http_request_answer(waiting, 200, "text/plain", slice_of("last"));
    EXPECT_EQ(heard(busy), page("last", "Connection: close\r\n"));
    EXPECT_TRUE(busy.is_closed());
    EXPECT_EQ(server.connections, nullptr);
}

static const Wire plain = {"plain", 1000, 1024, [] { return nullptr; },
                           [] { return nullptr; }};
INSTANTIATE_TEST_SUITE_P(, HttpServerTest, testing::Values(&plain),
                         [](const auto &param) { return param.param->name; });
