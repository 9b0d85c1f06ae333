/* SPDX-License-Identifier: MIT */
/* What each path of the origin does. */
#include "origin_fixture.h"

#include <chrono>
#include <vector>

namespace
{

class OriginTest : public testing::Test
{
  protected:
    Answer get(const std::string &target, const std::string &method = "GET",
               const std::string &fields = "", const std::string &body = "")
    {
        Client client(origin.port);
        return client.get(target, method, fields, body);
    }

    Origin origin;
};

/* ---- bodies ---- */

TEST(OriginBytes, AreSplitmixLowestByteFirst)
{
    /* The first number that splitmix64 yields when it is started at 0 is
     * e220a8397b1dcdaf. */
    EXPECT_EQ(made_up(0, 0, 8), "\xaf\xcd\x1d\x7b\x39\xa8\x20\xe2");
}

TEST(OriginBytes, AreTheSameFromWhereverOneStarts)
{
    std::string all = made_up(7, 0, 100);
    for (size_t from = 0; from < 100; from++)
        for (size_t size = 0; from + size <= 100; size++)
            ASSERT_EQ(made_up(7, from, size), all.substr(from, size));
}

TEST_F(OriginTest, BytesAreThoseOfTheSeed)
{
    for (size_t size : std::vector<size_t>{0, 1, 1024, 65536, 1000001}) {
        Answer answer = get("/bytes/" + std::to_string(size));
        EXPECT_EQ(answer.status, 200);
        EXPECT_EQ(answer.body, made_up(0, 0, size)) << size;
        EXPECT_TRUE(answer.keep_alive);
    }
    EXPECT_EQ(get("/bytes/100?seed=9").body, made_up(9, 0, 100));
}

TEST(OriginSeed, IsTheServersUnlessTheUrlSaysOtherwise)
{
    Origin origin(with(&origin_options::seed, 42));
    Client client(origin.port);
    EXPECT_EQ(client.get("/bytes/64").body, made_up(42, 0, 64));
    EXPECT_EQ(client.get("/fixed").body, made_up(42, 0, 1024));
    EXPECT_EQ(client.get("/bytes/64?seed=1").body, made_up(1, 0, 64));
}

TEST_F(OriginTest, EveryFramingBringsTheSameBody)
{
    std::string body = made_up(0, 0, 300000);
    Answer chunked = get("/bytes/300000?length=chunked");
    EXPECT_EQ(chunked.field("Transfer-Encoding"), "chunked");
    EXPECT_EQ(chunked.body, body);
    Answer until_close = get("/bytes/300000?length=close");
    EXPECT_FALSE(until_close.keep_alive);
    EXPECT_EQ(until_close.field("Content-Length"), "");
    EXPECT_EQ(until_close.body, body);
    EXPECT_EQ(get("/bytes/300000?length=length").body, body);
}

TEST_F(OriginTest, StreamIsChunked)
{
    for (size_t size : std::vector<size_t>{0, 1, 32767, 32768, 32769, 70000}) {
        Answer answer = get("/stream/" + std::to_string(size));
        EXPECT_EQ(answer.field("Transfer-Encoding"), "chunked");
        EXPECT_EQ(answer.body, made_up(0, 0, size)) << size;
    }
}

TEST_F(OriginTest, AHugeBodyIsMadeWhileItIsRead)
{
    Client client(origin.port, "127.0.0.1", 4096);
    client.ask("/bytes/10000000000000");
    std::string start;
    char piece[4096];
    while (start.size() < 3000000) {
        ssize_t n = recv(client.fd, piece, sizeof piece, 0);
        ASSERT_GT(n, 0);
        start.append(piece, (size_t)n);
    }
    std::string body = start.substr(start.find("\r\n\r\n") + 4);
    EXPECT_TRUE(body == made_up(0, 0, body.size()));
}

TEST_F(OriginTest, FixedIsTheSameWhetherParsedOrRecognised)
{
    Client client(origin.port);
    Answer first = client.get("/fixed");
    EXPECT_EQ(first.body, made_up(0, 0, 1024));
    for (int i = 0; i < 3; i++) {
        Answer again = client.get("/fixed");
        EXPECT_EQ(again.head, first.head);
        EXPECT_EQ(again.body, first.body);
    }
    EXPECT_EQ(client.get("/fixed", "HEAD").body, "");
    EXPECT_EQ(client.get("/fixed?status=500").status, 500);
    EXPECT_EQ(client.get("/fixed").status, 200);
}

TEST_F(OriginTest, EchoReturnsWhatWasPosted)
{
    std::string posted = made_up(3, 0, 200000);
    EXPECT_EQ(get("/echo", "POST", "", posted).body, posted);
    EXPECT_EQ(get("/echo", "POST", "", posted).status, 200);
    EXPECT_EQ(get("/echo").body, "");
    Client client(origin.port);
    client.send("POST /echo HTTP/1.1\r\nHost: o\r\n"
                "Transfer-Encoding: chunked\r\n\r\n"
                "3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n");
    EXPECT_EQ(client.answer().body, "abcde");
    EXPECT_EQ(client.get("/bytes/1").status, 200) << "the connection stays";
}

TEST_F(OriginTest, APostedBodyIsReadAndDropped)
{
    Client client(origin.port);
    EXPECT_EQ(client.get("/bytes/5", "POST", "", std::string(500000, 'x')).body,
              made_up(0, 0, 5));
    EXPECT_EQ(client.get("/bytes/6").body.size(), 6u);
}

/* ---- statuses, redirects, times ---- */

TEST_F(OriginTest, StatusIsTheOneAskedFor)
{
    Client client(origin.port);
    for (int status : {200, 204, 304, 404, 418, 500, 599}) {
        Answer answer = client.get("/status/" + std::to_string(status));
        EXPECT_EQ(answer.status, status);
    }
    EXPECT_EQ(client.get("/bytes/10?status=503").status, 503);
    EXPECT_EQ(client.get("/bytes/10?status=204").body, "");
    EXPECT_EQ(client.get("/bytes/10").body.size(), 10u);
}

TEST_F(OriginTest, RedirectCountsDownAndKeepsItsParameters)
{
    Answer answer = get("/redirect/3?run=r&i=1");
    EXPECT_EQ(answer.status, 302);
    EXPECT_EQ(answer.field("Location"), "/redirect/2?run=r&i=1");
    EXPECT_EQ(get("/redirect/1").field("Location"), "/bytes/0");
    EXPECT_EQ(get("/redirect/1?status=307").status, 307);
    EXPECT_EQ(get("/redirect/0").status, 200);
}

TEST_F(OriginTest, RedirectGoesWhereItIsTold)
{
    EXPECT_EQ(
        get("/redirect/1?to=http%3A%2F%2Fx.test%2Fa%3Fb").field("Location"),
        "http://x.test/a?b");
    EXPECT_EQ(get("/redirect/2?to=/fixed").field("Location"),
              "/redirect/1?to=/fixed");
    Answer split = get("/redirect/1?to=%0d%0aSet-Cookie:%20a=b");
    EXPECT_EQ(split.status, 400);
    EXPECT_EQ(split.field("Set-Cookie"), "");
}

TEST_F(OriginTest, DelaysAddUpAndAnswer)
{
    nanos before = std::chrono::steady_clock::now().time_since_epoch().count();
    EXPECT_EQ(get("/delay/0.001").status, 200);
    EXPECT_EQ(get("/delay/2ms?delay=3ms&bytes=7").body.size(), 7u);
    EXPECT_EQ(get("/status/404?delay=500us").status, 404);
    EXPECT_EQ(get("/bytes/7?work=10us").body.size(), 7u);
    EXPECT_EQ(get("/fixed?work=10us").status, 200);
    nanos after = std::chrono::steady_clock::now().time_since_epoch().count();
    EXPECT_GE(after - before, 6500 * NANOS_PER_MICROSECOND) << "never early";
}

TEST_F(OriginTest, ADripIsTheSameBodyInManyPieces)
{
    Client client(origin.port);
    EXPECT_EQ(client.get("/drip?bytes=5&every=200us").body, made_up(0, 0, 5));
    EXPECT_EQ(client.get("/drip?bytes=5&every=0&length=chunked").body,
              made_up(0, 0, 5));
    EXPECT_EQ(client.get("/drip?bytes=0&length=chunked").body, "");
    EXPECT_EQ(client.get("/drip?bytes=4", "HEAD").field("Content-Length"), "4");
    client.ask("/drip?bytes=2&every=10s");
    char head[4096];
    ssize_t n = recv(client.fd, head, sizeof head, 0);
    ASSERT_GT(n, 4);
    EXPECT_EQ(std::string(head, (size_t)n).substr((size_t)n - 4), "\r\n\r\n")
        << "the head comes at once, and the first byte does not";
}

/* ---- waiting for each other ---- */

TEST_F(OriginTest, HoldAnswersAllOnceAllAreThere)
{
    std::vector<Client> clients;
    for (int i = 0; i < 4; i++) {
        clients.emplace_back(origin.port);
        clients.back().ask("/hold?until=4&for=10s&run=h");
    }
    for (Client &client : clients) {
        Answer answer = client.answer();
        EXPECT_EQ(answer.status, 200);
        EXPECT_EQ(answer.body, "4 arrived");
    }
    std::string stats = stats_of(origin.port, "h");
    EXPECT_EQ(number_in(stats, "most_in_flight"), 4);
    EXPECT_EQ(number_in(stats, "served"), 4);
    EXPECT_EQ(number_in(stats, "in_flight"), 0);
    EXPECT_GT(number_in(stats, "overlap_s"), 0);
}

TEST_F(OriginTest, HoldGivesUpAndSaysHowManyCame)
{
    Client client(origin.port);
    Answer answer = client.get("/hold?until=4&for=2ms");
    EXPECT_EQ(answer.status, 503);
    EXPECT_EQ(answer.body, "only 1 of 4 arrived");
    EXPECT_TRUE(answer.keep_alive);
    /* One that gave up is not counted for those that come later. */
    Client other(origin.port);
    EXPECT_EQ(other.get("/hold?until=2&for=2ms").body, "only 1 of 2 arrived");
    EXPECT_EQ(client.get("/hold?until=1").body, "1 arrived");
}

TEST_F(OriginTest, HoldGroupsByRunAndNumber)
{
    Client a(origin.port), b(origin.port), c(origin.port);
    a.ask("/hold?until=2&for=10s&run=a");
    b.ask("/hold?until=3&for=5ms&run=a");
    c.ask("/hold?until=2&for=5ms&run=c");
    EXPECT_EQ(b.answer().body, "only 1 of 3 arrived");
    EXPECT_EQ(c.answer().body, "only 1 of 2 arrived");
    EXPECT_EQ(c.get("/hold?until=2&run=a").body, "2 arrived");
    EXPECT_EQ(a.answer().body, "2 arrived");
}

/* Those that waited for the last one have a delay like it: none is early. */
TEST_F(OriginTest, HoldDelaysEachOfItsAnswers)
{
    auto now = [] {
        return std::chrono::steady_clock::now().time_since_epoch().count();
    };
    std::vector<Client> clients;
    for (int i = 0; i < 3; i++)
        clients.emplace_back(origin.port);
    nanos before = now();
    for (Client &client : clients)
        client.ask("/hold?until=3&for=10s&run=d&delay=30ms");
    for (Client &client : clients) {
        EXPECT_EQ(client.answer().body, "3 arrived");
        EXPECT_GE(now() - before, 29 * NANOS_PER_MILLISECOND);
    }
    before = now();
    EXPECT_EQ(clients[0].get("/hold?until=2&for=1ms&delay=30ms").status, 503);
    EXPECT_GE(now() - before, 29 * NANOS_PER_MILLISECOND);
}

TEST_F(OriginTest, AGateIsOpenedToThoseOfItsRun)
{
    std::vector<Client> clients;
    for (const char *run : {"a", "a", "b"}) {
        clients.emplace_back(origin.port);
        clients.back().ask(std::string("/gate?for=10s&bytes=4&run=") + run);
        ASSERT_TRUE(comes_to(origin.port, run, "in_flight",
                             clients.size() == 2 ? 2 : 1));
    }
    EXPECT_EQ(get("/open?run=nobody").body, "0 were waiting\n");
    EXPECT_EQ(get("/open").body, "0 were waiting\n");
    EXPECT_EQ(get("/open?run=a").body, "2 were waiting\n");
    for (int i : {0, 1}) {
        Answer answer = clients[i].answer();
        EXPECT_EQ(answer.status, 200);
        EXPECT_EQ(answer.body.size(), 4u);
    }
    EXPECT_EQ(number_in(stats_of(origin.port, "b"), "in_flight"), 1);
    EXPECT_EQ(number_in(stats_of(origin.port, "a"), "served"), 2)
        << "/open itself is counted nowhere";
    EXPECT_EQ(get("/open?run=b").body, "1 were waiting\n");
    EXPECT_EQ(clients[2].answer().status, 200);
    Answer late = get("/gate?for=2ms");
    EXPECT_EQ(late.status, 503);
    EXPECT_EQ(late.body, "the gate stayed shut");
}

TEST_F(OriginTest, AClientThatGoesIsNoLongerHeld)
{
    {
        Client gone(origin.port);
        gone.ask("/hold?until=2&for=10s&run=g");
        ASSERT_TRUE(comes_to(origin.port, "g", "in_flight", 1));
    }
    ASSERT_TRUE(comes_to(origin.port, "g", "in_flight", 0));
    EXPECT_EQ(get("/hold?until=2&for=2ms&run=g").body, "only 1 of 2 arrived");
    EXPECT_EQ(number_in(stats_of(origin.port, "g"), "abandoned"), 1);
}

/* ---- faults ---- */

TEST_F(OriginTest, CloseClosesWithoutAByte)
{
    Client client(origin.port);
    client.ask("/close");
    int error;
    EXPECT_EQ(client.rest(&error), "");
    EXPECT_EQ(error, 0) << "an end, not a reset";
}

TEST_F(OriginTest, CloseAfterSendsAsMuchAsItSays)
{
    Client client(origin.port);
    client.ask("/close?after=20");
    EXPECT_EQ(client.rest(), "HTTP/1.1 200 OK\r\nCon");
    Client late(origin.port);
    late.ask("/close?after=1000000");
    EXPECT_EQ(late.answer().body, made_up(0, 0, 1024)) << "there is no more";
}

TEST_F(OriginTest, ResetIsAReset)
{
    int error;
    Client client(origin.port);
    client.ask("/reset");
    EXPECT_EQ(client.rest(&error), "");
    EXPECT_EQ(error, ECONNRESET);
    Client later(origin.port);
    later.ask("/reset?after=200&bytes=5000");
    EXPECT_EQ(later.rest(&error).size(), 200u);
    EXPECT_EQ(error, ECONNRESET);
}

TEST_F(OriginTest, NeverReadsAndDoesNotAnswer)
{
    Client client(origin.port);
    client.ask("/never?run=n");
    EXPECT_TRUE(comes_to(origin.port, "n", "in_flight", 1));
    char byte;
    EXPECT_LT(recv(client.fd, &byte, 1, MSG_DONTWAIT), 0);
    client.hang_up();
    EXPECT_TRUE(comes_to(origin.port, "n", "abandoned", 1));
}

TEST_F(OriginTest, GarbageIsNotHttp)
{
    EXPECT_EQ(get("/garbage").malformed, MESSAGE_BAD_START_LINE);
    Client client(origin.port);
    client.ask("/garbage?bytes=100000");
    EXPECT_GT(client.rest().size(), 100000u);
}

TEST_F(OriginTest, LiePromisesMoreThanItSends)
{
    for (std::string target :
         {"/lie", "/lie?length=chunked", "/lie?length=close", "/lie?bytes=1"}) {
        Answer answer = get(target);
        EXPECT_EQ(answer.status, 0) << target;
        EXPECT_EQ(answer.malformed, MESSAGE_TRUNCATED) << target;
        EXPECT_EQ(answer.error, 0) << target;
    }
    EXPECT_EQ(get("/lie?bytes=1000").body, made_up(0, 0, 500));
}

TEST_F(OriginTest, EarlyAnswersBeforeTheBody)
{
    Client client(origin.port);
    client.send("POST /early HTTP/1.1\r\nHost: o\r\n"
                "Content-Length: 100000000\r\n\r\nonly the beginning");
    Answer answer = client.answer();
    EXPECT_EQ(answer.status, 413);
    EXPECT_FALSE(answer.keep_alive);
    client.send(std::string(300000, 'x'));
    int error;
    shutdown(client.fd, SHUT_WR);
    EXPECT_EQ(client.rest(&error), "");
    EXPECT_EQ(error, 0) << "what comes late is not a reason for a reset";
}

TEST_F(OriginTest, StalePromisesToStayAndGoes)
{
    Client client(origin.port);
    EXPECT_TRUE(client.get("/stale").keep_alive);
    int error;
    EXPECT_EQ(client.rest(&error), "");
    EXPECT_EQ(error, 0);
}

TEST_F(OriginTest, StaleNextGoesWhenTheNextRequestComes)
{
    Client client(origin.port);
    EXPECT_TRUE(client.get("/stale?when=next").keep_alive);
    char byte;
    EXPECT_LT(recv(client.fd, &byte, 1, MSG_DONTWAIT), 0) << "still there";
    client.ask("/bytes/1");
    EXPECT_EQ(client.rest(), "");
}

/* ---- HTTP ---- */

TEST_F(OriginTest, HeadSaysWhatGetWouldBring)
{
    Client client(origin.port);
    Answer head = client.get("/bytes/123", "HEAD");
    EXPECT_EQ(head.field("Content-Length"), "123");
    EXPECT_EQ(client.get("/stream/9", "HEAD").field("Transfer-Encoding"),
              "chunked");
    EXPECT_EQ(client.get("/nothing", "HEAD").status, 404);
    EXPECT_EQ(client.get("/bytes/3").body.size(), 3u);
}

TEST_F(OriginTest, PipelinedRequestsAreAnsweredInOrder)
{
    Client client(origin.port);
    std::string both;
    for (const char *target :
         {"/bytes/1", "/fixed", "/fixed", "/bytes/2?delay=2ms", "/fixed",
          "/drip?bytes=3&every=0", "/bytes/4"})
        both += std::string("GET ") + target + " HTTP/1.1\r\nHost: o\r\n\r\n";
    client.send(both);
    for (size_t size : std::vector<size_t>{1, 1024, 1024, 2, 1024, 3, 4})
        EXPECT_EQ(client.answer().body, made_up(0, 0, size));
}

TEST_F(OriginTest, ConnectionCloseCloses)
{
    Client client(origin.port);
    EXPECT_FALSE(
        client.get("/bytes/1", "GET", "Connection: close\r\n").keep_alive);
    EXPECT_EQ(client.rest(), "");
}

TEST_F(OriginTest, SpeaksHttp10)
{
    Client client(origin.port);
    client.send("GET /stream/10 HTTP/1.0\r\n\r\n");
    Answer answer = client.answer();
    EXPECT_EQ(answer.body, made_up(0, 0, 10));
    EXPECT_EQ(answer.field("Transfer-Encoding"), "");
    Client kept(origin.port);
    kept.send("GET /bytes/1 HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
    EXPECT_EQ(kept.answer().field("Connection"), "keep-alive");
    EXPECT_EQ(kept.get("/bytes/2").body.size(), 2u);
}

TEST_F(OriginTest, ContinuesWhenAskedWhetherTo)
{
    Client client(origin.port);
    client.send("POST /echo HTTP/1.1\r\nHost: o\r\nContent-Length: 3\r\n"
                "Expect: 100-continue\r\n\r\n");
    char line[64];
    ssize_t n = recv(client.fd, line, sizeof line, 0);
    ASSERT_GT(n, 0);
    EXPECT_EQ(std::string(line, (size_t)n), "HTTP/1.1 100 Continue\r\n\r\n");
    client.send("abc");
    EXPECT_EQ(client.answer().body, "abc");
}

TEST_F(OriginTest, DoesNotAskForABodyThatIsTooLarge)
{
    Client client(origin.port);
    client.send("POST /echo HTTP/1.1\r\nHost: o\r\nContent-Length: 1048577\r\n"
                "Expect: 100-continue\r\n\r\n");
    Answer answer = client.answer();
    EXPECT_EQ(answer.status, 413);
    EXPECT_EQ(answer.head.substr(0, 12), "HTTP/1.1 413") << "and no 100 before";
    EXPECT_EQ(answer.body, "At most 1 MiB is echoed.\n");
    EXPECT_FALSE(answer.keep_alive);
}

TEST_F(OriginTest, HeadMakesUpNoBodyHoweverLarge)
{
    Client client(origin.port);
    const char *huge = "/1000000000000000";
    EXPECT_EQ(client.get(std::string("/stream") + huge, "HEAD")
                  .field("Transfer-Encoding"),
              "chunked");
    EXPECT_EQ(client.get(std::string("/bytes") + huge, "HEAD")
                  .field("Content-Length"),
              huge + 1);
    EXPECT_EQ(client.get("/bytes/3").body, made_up(0, 0, 3));
}

TEST_F(OriginTest, TakesAnAbsoluteUrl)
{
    EXPECT_EQ(get("http://origin/bytes/3").body.size(), 3u);
    EXPECT_EQ(get("http://origin").status, 200);
    EXPECT_EQ(get("http://origin/").status, 200);
}

TEST_F(OriginTest, AnUnknownPathIsToldWhatThereIs)
{
    Answer answer = get("/nowhere");
    EXPECT_EQ(answer.status, 404);
    for (const char *path : {"/bytes/N", "/hold", "/stats"})
        EXPECT_NE(answer.body.find(path), std::string::npos) << path;
    EXPECT_NE(get("/").body.find("/redirect/N"), std::string::npos);
    EXPECT_EQ(get("/bytes").status, 400);
    EXPECT_EQ(get("/bytesx/1").status, 404);
    EXPECT_EQ(get("/fixed/1").status, 404);
}

TEST_F(OriginTest, ABadParameterIsNamed)
{
    const char *rows[][2] = {
        {"/bytes/x", "/bytes/N"},
        {"/bytes/-1", "/bytes/N"},
        {"/bytes/99999999999999999999999", "/bytes/N"},
        {"/status/199", "/status/N"},
        {"/delay/soon", "/delay/S"},
        {"/delay/601", "/delay/S"},
        {"/bytes/1?delay=20hours", "delay"},
        {"/bytes/1?work=2s", "work"},
        {"/bytes/1?delay=", "delay"},
        {"/bytes/1?status=600", "status"},
        {"/bytes/1?length=long", "length"},
        {"/bytes/1?run=a%20b", "run"},
        {"/hold?until=0", "until"},
        {"/bytes/1?dely=20ms", "parameter"},
    };
    Client client(origin.port);
    for (auto &row : rows) {
        Answer answer = client.get(row[0]);
        EXPECT_EQ(answer.status, 400) << row[0];
        EXPECT_NE(answer.body.find(row[1]), std::string::npos) << answer.body;
        EXPECT_EQ(answer.body.find('\n'), answer.body.size() - 1);
        EXPECT_TRUE(answer.keep_alive);
    }
    EXPECT_EQ(client.get("/bytes/1", "PUT").status, 405);
}

TEST_F(OriginTest, SaysTheSameEveryTime)
{
    Client client(origin.port);
    for (const char *target : {"/bytes/100", "/", "/status/404", "/echo"}) {
        Answer first = client.get(target), second = client.get(target);
        EXPECT_EQ(first.head + first.body, second.head + second.body);
    }
}

} // namespace
