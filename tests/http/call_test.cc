/* SPDX-License-Identifier: MIT */
/* A call without a socket: it is told what happened, at times made up here. */
#include "http/call.h"
#include "support/failing_malloc.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cerrno>
#include <netdb.h>
#include <string>
#include <utility>
#include <vector>

namespace
{

class Call : public testing::Test
{
  protected:
    void SetUp() override
    {
        options = call_default_options;
        options.keep_alive = true;
        options.connect_timeout = 10;
        options.total_timeout = 100;
        options.redirects_max = 3;
    }

    void TearDown() override
    {
        if (started)
            call_deinit(&call);
        request_deinit(&request);
        kept_connection_deinit(&kept);
    }

    void start(const char *url, enum method method = METHOD_GET,
               const char *body = "", const struct headers *extra = nullptr)
    {
        struct url parsed = {};
        ASSERT_EQ(url_parse(&parsed, url), URL_OK);
        ASSERT_EQ(
            request_init(&request, method, &parsed, extra, slice_of(body)), 0);
        url_deinit(&parsed);
        call_init(&call, &options);
        started = true;
        call_start(&call, &request, 7, 1000);
    }

    void send_all(nanos now = 1002)
    {
        while (call_wants(&call) & WANTS_WRITE)
            call_sent(&call, (ssize_t)call_output(&call).size, now);
    }

    void receive(const std::string &bytes, nanos now = 1003)
    {
        call_received(&call, bytes.data(), (ssize_t)bytes.size(), now);
    }

    void hop(const std::string &answer)
    {
        call_connected(&call, nullptr, 1001);
        send_all();
        receive(answer);
    }

    /* The call goes on, on a connection that an earlier one has kept. */
    void connect_kept()
    {
        keep(request.url);
        call_connected(&call, &kept, 1001);
        EXPECT_TRUE(result().reused);
    }

    /* A connection to where this URL leads. */
    void keep(const struct url &url)
    {
        kept_connection_deinit(&kept);
        ASSERT_EQ(endpoint_copy(&kept.endpoint, &url.endpoint), 0);
    }

    std::string sent_head()
    {
        struct slice out = call_output(&call);
        return std::string(out.data, out.size);
    }

    const struct result &result()
    {
        return *call_result(&call);
    }

    struct call_options options;
    struct request request = {};
    struct kept_connection kept = {};
    struct call call;
    bool started = false;
};

const std::string ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi";

std::string redirect(int status, const char *location)
{
    return "HTTP/1.1 " + std::to_string(status) +
           " Go\r\nContent-Length: 0\r\nLocation: " + location + "\r\n\r\n";
}

struct addresses two_addresses()
{
    struct addresses two = {};
    two.count = 2;
    address_from_literal(&two.list[0], "::1", 80);
    address_from_literal(&two.list[1], "127.0.0.1", 80);
    return two;
}

} // namespace

TEST_F(Call, ALookupWithoutMemorySaysNothingAboutTheName)
{
    start("http://a/");
    call_fail(&call, FETCH_NO_HOST, EAI_MEMORY, 1001);
    EXPECT_EQ(result().error, FETCH_NO_MEMORY);
}

TEST_F(Call, ANameThatIsUnknownIsAnErrorOfTheName)
{
    start("http://a/");
    call_fail(&call, FETCH_NO_HOST, EAI_NONAME, 1001);
    EXPECT_EQ(result().error, FETCH_NO_HOST);
}

TEST_F(Call, AnAddressInTheUrlNeedsNoLookup)
{
    start("http://127.0.0.1:81/");
    EXPECT_EQ(call_need(&call), CALL_NEEDS_CONNECTION);
    EXPECT_EQ(ntohs(call_address(&call)->socket.ipv4.sin_port), 81);
}

TEST_F(Call, GoesFromNameToPage)
{
    start("http://host/page");
    EXPECT_EQ(call_need(&call), CALL_NEEDS_ADDRESSES);
    struct addresses two = two_addresses();
    call_resolved(&call, &two, 1001);
    ASSERT_EQ(call_need(&call), CALL_NEEDS_CONNECTION);
    call_connected(&call, nullptr, 1002);
    ASSERT_EQ(call_need(&call), CALL_NEEDS_TRANSFER);
    EXPECT_EQ(call_wants(&call), unsigned{WANTS_READ | WANTS_WRITE});
    send_all(1003);
    EXPECT_EQ(call_wants(&call), unsigned{WANTS_READ});
    receive(ok.substr(0, 10), 1004);
    receive(ok.substr(10), 1005);
    ASSERT_EQ(call_need(&call), CALL_IS_DONE);
    EXPECT_EQ(result().error, FETCH_OK);
    EXPECT_EQ(result().status, 200);
    EXPECT_EQ(result().body_bytes, 2u);
    EXPECT_EQ(std::string(result().body.data, result().body.size), "hi");
    EXPECT_STREQ(headers_find(&result().headers, "content-length"), "2");
    const nanos expected[MARK_COUNT] = {1000, 1001, 1002, NEVER,
                                        1003, 1004, 1005};
    for (int mark = 0; mark < MARK_COUNT; mark++)
        EXPECT_EQ(result().marks[mark], expected[mark]) << mark;
    EXPECT_TRUE(call_may_reuse(&call));
}

TEST_F(Call, TriesTheNextAddressWhenOneIsRefused)
{
    start("http://host/");
    struct addresses two = two_addresses();
    call_resolved(&call, &two, 1001);
    EXPECT_EQ(call_address(&call)->socket.any.sa_family, AF_INET6);
    call_connect_failed(&call, -ECONNREFUSED, 1001);
    ASSERT_EQ(call_need(&call), CALL_NEEDS_CONNECTION);
    EXPECT_EQ(call_address(&call)->socket.any.sa_family, AF_INET);
    call_connect_failed(&call, -ECONNREFUSED, 1001);
    ASSERT_EQ(call_need(&call), CALL_IS_DONE);
    EXPECT_EQ(result().error, FETCH_REFUSED);
    EXPECT_FALSE(call_may_reuse(&call));
}

/* It is not the host's fault that its other address could not be tried. */
TEST_F(Call, AnAddressThatIsRefusedWithoutMemoryForTheNextIsNotTheHostsFault)
{
    struct addresses two = two_addresses();
    start("http://host/");
    failing_malloc_begin(1);
    call_resolved(&call, &two, 1001);
    ASSERT_EQ(failing_malloc_end(), 1u);
    ASSERT_EQ(call_need(&call), CALL_NEEDS_CONNECTION);
    call_connect_failed(&call, -ECONNREFUSED, 1002);
    ASSERT_EQ(call_need(&call), CALL_IS_DONE);
    EXPECT_EQ(result().error, fetch_error_from_errno(-ENOMEM));
    EXPECT_EQ(result().detail, -ENOMEM);
}

TEST_F(Call, AnAddressThatHangsWithoutMemoryForTheNextIsNotTheHostsFault)
{
    struct addresses two = two_addresses();
    options.connect_timeout = 50;
    start("http://host/");
    failing_malloc_begin(1);
    call_resolved(&call, &two, 1001);
    failing_malloc_end();
    EXPECT_TRUE(call_expire(&call, 5000));
    EXPECT_EQ(result().error, FETCH_NO_MEMORY);
}

/* The next address is due some time after the last one was begun, for whatever
 * reason that was. */
TEST_F(Call, HasAnotherAddressTriedBesideOneThatIsSlow)
{
    const nanos delay = CALL_ATTEMPT_DELAY;
    start("http://host/");
    EXPECT_EQ(call_next_attempt(&call), NEVER);
    struct addresses three = two_addresses();
    address_from_literal(&three.list[three.count++], "127.0.0.3", 80);
    call_resolved(&call, &three, 1001);
    EXPECT_EQ(call_next_attempt(&call), 1001 + delay);
    EXPECT_TRUE(call_try_another(&call, 1002 + delay));
    EXPECT_EQ(call_address(&call)->socket.any.sa_family, AF_INET);
    EXPECT_EQ(call_next_attempt(&call), 1002 + 2 * delay);
    call_delay_attempt(&call, -ENOMEM, 1005 + 2 * delay);
    EXPECT_EQ(call_next_attempt(&call), 1005 + 3 * delay);
    call_connect_failed(&call, -ECONNREFUSED, 1003 + delay);
    EXPECT_EQ(call_next_attempt(&call), NEVER) << "there is none behind it";
    EXPECT_FALSE(call_try_another(&call, 1003 + 2 * delay));
    EXPECT_EQ(call_need(&call), CALL_NEEDS_CONNECTION);
    call_connected(&call, nullptr, 1004);
    EXPECT_EQ(call_next_attempt(&call), NEVER);
}

/* Nothing was learnt of the address that could not be tried. */
TEST_F(Call, WithoutADescriptorForTheNextAddressNoHostIsToBlame)
{
    struct addresses two = two_addresses();
    options.connect_timeout = 50;
    start("http://host/");
    call_resolved(&call, &two, 1001);
    call_delay_attempt(&call, -EMFILE, 1002);
    ASSERT_NE(call_next_address(&call), nullptr);
    EXPECT_EQ(call_next_address(&call)->socket.any.sa_family, AF_INET);
    EXPECT_TRUE(call_expire(&call, 5000));
    EXPECT_EQ(result().error, FETCH_NO_DESCRIPTOR);
    EXPECT_EQ(result().detail, -ETIMEDOUT) << "no reason to begin again";
}

TEST_F(Call, WithADescriptorAtLastTheHostIsToBlame)
{
    struct addresses two = two_addresses();
    options.connect_timeout = 50;
    start("http://host/");
    call_resolved(&call, &two, 1001);
    call_delay_attempt(&call, -EMFILE, 1002);
    EXPECT_TRUE(call_try_another(&call, 1003));
    EXPECT_EQ(call_next_address(&call), nullptr);
    EXPECT_TRUE(call_expire(&call, 5000));
    EXPECT_EQ(result().error, FETCH_CONNECT_TIMEOUT);
}

TEST_F(Call, WithoutADescriptorForTheFirstAddressTheOtherIsNotTried)
{
    struct addresses two = two_addresses();
    start("http://host/");
    call_resolved(&call, &two, 1001);
    call_connect_failed(&call, -EMFILE, 1002);
    EXPECT_EQ(result().error, FETCH_NO_DESCRIPTOR)
        << "the other has its chance when there is one";
}

TEST_F(Call, GivesEachAddressItsShareOfTheTimeToConnect)
{
    options.connect_timeout = 90;
    start("http://host/");
    struct addresses three = two_addresses();
    address_from_literal(&three.list[three.count++], "127.0.0.3", 80);
    call_resolved(&call, &three, 1030); /* 60 are left */
    EXPECT_EQ(call_attempt_deadline(&call), 1050);
    call_connect_failed(&call, -ETIMEDOUT, 1050);
    EXPECT_EQ(call_attempt_deadline(&call), 1070);
    call_connect_failed(&call, -ECONNREFUSED, 1052);
    EXPECT_EQ(call_attempt_deadline(&call), call_deadline(&call));
    EXPECT_EQ(call_deadline(&call), 1090);
}

TEST_F(Call, GivesEachAddressTwoSecondsWithoutADeadline)
{
    options.connect_timeout = options.total_timeout = NEVER;
    start("http://host/");
    struct addresses two = two_addresses();
    call_resolved(&call, &two, 1030);
    EXPECT_EQ(call_attempt_deadline(&call), 1030 + 2 * NANOS_PER_SECOND);
    call_connect_failed(&call, -ETIMEDOUT, 1030 + 2 * NANOS_PER_SECOND);
    EXPECT_EQ(call_attempt_deadline(&call), NEVER);
}

TEST_F(Call, DeadlinesDoNotMoveWithProgress)
{
    start("http://127.0.0.1/");
    EXPECT_EQ(call_deadline(&call), 1010);
    call_connected(&call, nullptr, 1005);
    EXPECT_EQ(call_deadline(&call), 1100);
    send_all(1050);
    receive(ok.substr(0, 10), 1099);
    EXPECT_EQ(call_deadline(&call), 1100);
    EXPECT_FALSE(call_expire(&call, 1099));
    EXPECT_TRUE(call_expire(&call, 1100));
    EXPECT_EQ(result().error, FETCH_TIMEOUT);
    EXPECT_FALSE(call_may_reuse(&call));
    EXPECT_FALSE(call_expire(&call, 2000)) << "expires once";
}

TEST_F(Call, AConnectionThatIsNotMadeIsAConnectTimeout)
{
    start("http://127.0.0.1/");
    EXPECT_TRUE(call_expire(&call, 1010));
    EXPECT_EQ(result().error, FETCH_CONNECT_TIMEOUT);
}

TEST_F(Call, TheTotalTimeoutCountsWhereItIsTheShorterOne)
{
    options.total_timeout = 5;
    start("http://127.0.0.1/");
    EXPECT_EQ(call_deadline(&call), 1005);
    EXPECT_TRUE(call_expire(&call, 1005));
    EXPECT_EQ(result().error, FETCH_TIMEOUT);
}

TEST_F(Call, WithoutTimeoutsThereIsNoDeadline)
{
    options.connect_timeout = options.total_timeout = NEVER;
    start("http://127.0.0.1/");
    EXPECT_EQ(call_deadline(&call), NEVER);
    EXPECT_FALSE(call_expire(&call, NEVER - 1));
}

TEST_F(Call, FollowsRedirectsAndCountsThem)
{
    start("http://127.0.0.1/a/b?q");
    hop(redirect(301, "../c"));
    ASSERT_EQ(call_need(&call), CALL_NEEDS_CONNECTION);
    EXPECT_TRUE(call_may_reuse(&call)) << "the connection of the last hop";
    EXPECT_STREQ(call_url(&call)->target, "/c");
    hop(redirect(302, "http://localhost:99/d"));
    ASSERT_EQ(call_need(&call), CALL_NEEDS_ADDRESSES);
    EXPECT_EQ(call_endpoint(&call)->port, 99);
    hop(ok);
    ASSERT_EQ(call_need(&call), CALL_IS_DONE);
    EXPECT_EQ(result().error, FETCH_OK);
    EXPECT_EQ(result().redirects, 2);
    EXPECT_EQ(result().marks[MARK_START], 1000);
}

/* What is being sent may be in the kernel's hands while an answer comes in. */
TEST_F(Call, OutputStaysInPlaceUntilItIsReportedSent)
{
    std::string body(1 << 20, 'x');
    start("http://127.0.0.1/", METHOD_POST, body.c_str());
    call_connected(&call, nullptr, 1001);
    std::string interim = "HTTP/1.1 100 Continue\r\n\r\n" + ok.substr(0, 20);
    bool in_body = false;
    for (size_t i = 0; i < interim.size(); i++) {
        struct slice under_way = call_output(&call);
        std::string before(under_way.data, under_way.size);
        receive(interim.substr(i, 1));
        ASSERT_EQ(call_wants(&call), unsigned{WANTS_READ | WANTS_WRITE});
        EXPECT_EQ(call_output(&call).data, under_way.data) << i;
        EXPECT_TRUE(std::string(under_way.data, under_way.size) == before) << i;
        in_body = in_body || before[0] == 'x';
        call_sent(&call, std::min<ssize_t>((ssize_t)under_way.size, 20), 1002);
    }
    EXPECT_TRUE(in_body) << "it was looked at in the head and in the body";
}

/* An answer may come before all is sent. */
TEST_F(Call, WhatIsBeingSentStaysInPlaceUntilTheNextConnection)
{
    start("http://127.0.0.1/", METHOD_POST, "payload");
    hop(redirect(307, "/one"));
    call_connected(&call, nullptr, 1001);
    struct slice under_way = call_output(&call);
    std::string before(under_way.data, under_way.size);
    EXPECT_NE(before.find("POST /one"), std::string::npos);
    receive(redirect(307, "/two"));
    EXPECT_EQ(call_need(&call), CALL_NEEDS_CONNECTION);
    EXPECT_EQ(std::string(under_way.data, under_way.size), before);
    hop(ok);
    EXPECT_EQ(result().redirects, 2);
}

TEST_F(Call, StopsAtTheRedirectLimit)
{
    start("http://127.0.0.1/");
    for (int i = 0; i < 4; i++)
        hop(redirect(302, "/again"));
    ASSERT_EQ(call_need(&call), CALL_IS_DONE);
    EXPECT_EQ(result().error, FETCH_REDIRECTS);
    EXPECT_EQ(result().redirects, 3);
}

TEST_F(Call, ARedirectIsTheAnswerWhenNoneAreFollowed)
{
    options.redirects_max = 0;
    start("http://127.0.0.1/");
    hop(redirect(302, "/x"));
    ASSERT_EQ(call_need(&call), CALL_IS_DONE);
    EXPECT_EQ(result().error, FETCH_OK);
    EXPECT_EQ(result().status, 302);
}

TEST_F(Call, ARedirectToElsewhereThanHttpIsNotTheUsersMistake)
{
    start("http://127.0.0.1/");
    hop(redirect(302, "ftp://host/"));
    EXPECT_EQ(result().error, FETCH_BAD_REDIRECT);
    EXPECT_EQ(result().detail, URL_HTTP_ONLY);
    EXPECT_STREQ(headers_find(&result().headers, "location"), "ftp://host/");
}

TEST_F(Call, WhatOtherUrlsCanBeFetchedIsToldAsItIs)
{
    struct tls_trust trust = {};
    options.trust = &trust;
    start("http://127.0.0.1/");
    hop(redirect(302, "gopher://host/"));
    EXPECT_EQ(result().error, FETCH_BAD_REDIRECT);
    EXPECT_EQ(result().detail, URL_OTHER_SCHEME);
    EXPECT_STREQ(url_error_sentence(URL_OTHER_SCHEME),
                 "only http and https URLs can be fetched");
    EXPECT_STREQ(url_error_sentence(URL_HTTP_ONLY),
                 "only http URLs can be fetched here");
    tls_trust_deinit(&trust);
}

TEST_F(Call, HT9_ARedirectToNoOtherPlaceIsTheAnswer)
{
    for (const char *location : {"", "#here"}) {
        start("http://127.0.0.1/");
        hop(redirect(302, location));
        ASSERT_EQ(call_need(&call), CALL_IS_DONE);
        EXPECT_EQ(result().error, FETCH_OK);
        EXPECT_EQ(result().status, 302);
        TearDown();
        started = false;
        request = {};
    }
}

TEST_F(Call, HttpsIsRefusedBeforeAnythingIsAsked)
{
    options.work = [](void *, struct result *) {
        FAIL() << "there is no page";
    };
    start("https://127.0.0.1/");
    ASSERT_EQ(call_need(&call), CALL_IS_DONE);
    EXPECT_EQ(result().error, FETCH_BAD_URL);
    EXPECT_EQ(result().detail, URL_HTTP_ONLY);
    EXPECT_EQ(result().marks[MARK_START], 1000);
    EXPECT_EQ(result().marks[MARK_DONE], 1000);
    EXPECT_FALSE(call_may_reuse(&call));
}

TEST_F(Call, ARedirectToHttpsIsRefusedToo)
{
    for (const char *location : {"https://127.0.0.1/", "HTTPS://host:80/x"}) {
        start("http://127.0.0.1/");
        hop(redirect(302, location));
        ASSERT_EQ(call_need(&call), CALL_IS_DONE);
        EXPECT_EQ(result().error, FETCH_BAD_REDIRECT);
        EXPECT_EQ(result().detail, URL_HTTP_ONLY);
        EXPECT_EQ(result().status, 302) << "what did arrive is told";
        TearDown();
        started = false;
        request = {};
    }
}

TEST_F(Call, RedirectsChangeTheMethodAsBrowsersDo)
{
    const struct {
        enum method before;
        int status;
        const char *after;
    } rows[] = {
        {METHOD_POST, 301, "GET "},  {METHOD_POST, 302, "GET "},
        {METHOD_POST, 303, "GET "},  {METHOD_POST, 307, "POST "},
        {METHOD_POST, 308, "POST "}, {METHOD_HEAD, 303, "HEAD "},
        {METHOD_HEAD, 302, "HEAD "}, {METHOD_GET, 307, "GET "},
    };
    for (auto &row : rows) {
        start("http://127.0.0.1/", row.before,
              row.before == METHOD_POST ? "body" : "");
        hop(redirect(row.status, "/next"));
        call_connected(&call, nullptr, 1001);
        std::string head = sent_head();
        EXPECT_EQ(head.rfind(row.after, 0), 0u) << row.status << head;
        bool posts = std::string(row.after) == "POST ";
        EXPECT_EQ(head.find("body") != std::string::npos, posts) << head;
        TearDown();
        started = false;
        request = {};
    }
}

TEST_F(Call, SecretsDoNotFollowARedirectToAnotherHost)
{
    struct headers extra = {};
    headers_add(&extra, slice_of("Authorization"), slice_of("secret"));
    headers_add(&extra, slice_of("X-Mine"), slice_of("1"));
    start("http://127.0.0.1/", METHOD_GET, "", &extra);
    headers_deinit(&extra);
    hop(redirect(302, "/same"));
    call_connected(&call, nullptr, 1001);
    EXPECT_NE(sent_head().find("secret"), std::string::npos);
    send_all();
    receive(redirect(302, "http://127.0.0.2/"));
    call_connected(&call, nullptr, 1001);
    EXPECT_EQ(sent_head().find("secret"), std::string::npos);
    EXPECT_NE(sent_head().find("X-Mine"), std::string::npos);
}

TEST_F(Call, AKeptConnectionServesItsOwnEndpoint)
{
    static const struct {
        const char *other;
        bool serves;
    } rows[] = {
        {"http://host/x", true},     {"http://HOST:80/", true},
        {"http://host:81/", false},  {"http://other/", false},
        {"https://host:80/", false}, {"https://host/", false},
    };
    start("http://host/");
    EXPECT_FALSE(call_accepts_kept(&call, &kept)) << "an empty one";
    for (auto &row : rows) {
        struct url url;
        ASSERT_EQ(url_parse(&url, row.other), URL_OK);
        keep(url);
        EXPECT_EQ(call_accepts_kept(&call, &kept), row.serves) << row.other;
        url_deinit(&url);
    }
    options.keep_alive = false;
    keep(request.url);
    EXPECT_FALSE(call_accepts_kept(&call, &kept)) << "it was not asked for";
}

TEST_F(Call, ANewConnectionIsNotedWhereItMayBeKept)
{
    start("http://host:81/");
    call_connected(&call, &kept, 1001);
    EXPECT_FALSE(result().reused);
    EXPECT_TRUE(endpoint_equal(&kept.endpoint, call_endpoint(&call)));
    call_fail(&call, FETCH_CANCELLED, 0, 1002);
    kept_connection_deinit(&kept);
    EXPECT_TRUE(kept_connection_is_empty(&kept));

    options.keep_alive = false;
    call_start(&call, &request, 8, 1000);
    call_connected(&call, &kept, 1001);
    EXPECT_FALSE(result().reused);
    EXPECT_TRUE(kept_connection_is_empty(&kept));
}

TEST_F(Call, AStaleConnectionIsForgivenOnce)
{
    start("http://127.0.0.1/");
    keep(request.url);
    EXPECT_TRUE(call_accepts_kept(&call, &kept));
    connect_kept();
    send_all();
    call_received(&call, nullptr, 0, 1003);
    ASSERT_EQ(call_need(&call), CALL_NEEDS_CONNECTION);
    EXPECT_FALSE(call_accepts_kept(&call, &kept))
        << "the retry wants a fresh one";
    EXPECT_FALSE(call_may_reuse(&call));
    call_connected(&call, nullptr, 1004);
    send_all();
    call_received(&call, nullptr, 0, 1005);
    ASSERT_EQ(call_need(&call), CALL_IS_DONE);
    EXPECT_EQ(result().error, FETCH_CLOSED);
}

TEST_F(Call, WhatComesBeforeTheRequestIsNotItsAnswer)
{
    start("http://127.0.0.1/");
    connect_kept();
    receive(ok);
    ASSERT_EQ(call_need(&call), CALL_NEEDS_CONNECTION);
    EXPECT_FALSE(call_may_reuse(&call));
    hop(ok);
    EXPECT_EQ(result().error, FETCH_OK);
    EXPECT_FALSE(result().reused);
}

TEST_F(Call, A408OnAKeptConnectionCountsAsStale)
{
    const std::string late = "HTTP/1.1 408 Late\r\nContent-Length: 0\r\n\r\n";
    start("http://127.0.0.1/");
    connect_kept();
    send_all();
    receive(late);
    ASSERT_EQ(call_need(&call), CALL_NEEDS_CONNECTION);
    EXPECT_FALSE(call_accepts_kept(&call, &kept));
    EXPECT_FALSE(call_may_reuse(&call));
    hop(late);
    ASSERT_EQ(call_need(&call), CALL_IS_DONE);
    EXPECT_EQ(result().status, 408) << "on a new one it is the answer";
}

TEST_F(Call, AResetCountsAsStaleToo)
{
    start("http://127.0.0.1/");
    connect_kept();
    call_sent(&call, -EPIPE, 1002);
    call_received(&call, nullptr, -ECONNRESET, 1003);
    EXPECT_EQ(call_need(&call), CALL_NEEDS_CONNECTION);
}

TEST_F(Call, AFreshConnectionThatClosesIsAnError)
{
    start("http://127.0.0.1/");
    call_connected(&call, nullptr, 1001);
    send_all();
    call_received(&call, nullptr, 0, 1003);
    EXPECT_EQ(result().error, FETCH_CLOSED);
}

TEST_F(Call, AnAnswerThatBeganIsNotAskedForAgain)
{
    start("http://127.0.0.1/");
    connect_kept();
    send_all();
    receive(ok.substr(0, 5));
    call_received(&call, nullptr, 0, 1003);
    ASSERT_EQ(call_need(&call), CALL_IS_DONE);
    EXPECT_EQ(result().error, FETCH_TRUNCATED);
}

TEST_F(Call, APostIsNeverSentTwice)
{
    start("http://127.0.0.1/", METHOD_POST, "x");
    keep(request.url);
    EXPECT_FALSE(call_accepts_kept(&call, &kept));
    connect_kept();
    send_all();
    call_received(&call, nullptr, 0, 1003);
    ASSERT_EQ(call_need(&call), CALL_IS_DONE);
    EXPECT_EQ(result().error, FETCH_CLOSED);
}

TEST_F(Call, AnEarlyAnswerEndsALargePost)
{
    std::string body(1 << 20, 'x');
    start("http://127.0.0.1/", METHOD_POST, body.c_str());
    call_connected(&call, nullptr, 1001);
    call_sent(&call, 1000, 1002);
    EXPECT_EQ(call_wants(&call), unsigned{WANTS_READ | WANTS_WRITE});
    receive("HTTP/1.1 413 Large\r\nContent-Length: 0\r\n\r\n");
    ASSERT_EQ(call_need(&call), CALL_IS_DONE);
    EXPECT_EQ(result().error, FETCH_OK);
    EXPECT_EQ(result().status, 413);
    EXPECT_FALSE(call_may_reuse(&call)) << "half a request is on its way";
}

TEST_F(Call, AFailedSendStillReadsTheAnswer)
{
    std::string body(1 << 20, 'x');
    start("http://127.0.0.1/", METHOD_POST, body.c_str());
    call_connected(&call, nullptr, 1001);
    call_sent(&call, -EPIPE, 1002);
    EXPECT_EQ(call_wants(&call), unsigned{WANTS_READ});
    receive("HTTP/1.1 413 Large\r\nContent-Length: 0\r\n\r\n");
    EXPECT_EQ(result().error, FETCH_OK);
    EXPECT_FALSE(call_may_reuse(&call));
}

TEST_F(Call, BytesBehindTheAnswerSpoilTheConnection)
{
    start("http://127.0.0.1/");
    hop(ok + "HTTP/1.1 200 not asked for");
    EXPECT_EQ(result().error, FETCH_OK);
    EXPECT_FALSE(call_may_reuse(&call));
}

TEST_F(Call, FailingTwiceKeepsTheFirstReason)
{
    start("http://127.0.0.1/");
    call_fail(&call, FETCH_CANCELLED, 0, 1001);
    call_fail(&call, FETCH_RESET, 0, 1002);
    EXPECT_EQ(result().error, FETCH_CANCELLED);
    EXPECT_EQ(result().marks[MARK_DONE], 1001);
}

TEST_F(Call, TheWorkIsDoneOncePerPageThatArrived)
{
    int pages = 0;
    options.work = [](void *context, struct result *page) {
        EXPECT_EQ(page->body_bytes, 2u);
        ++*static_cast<int *>(context);
    };
    options.work_context = &pages;
    start("http://127.0.0.1/");
    hop(ok);
    EXPECT_EQ(pages, 1);
    call_start(&call, &request, 8, 1000);
    call_fail(&call, FETCH_CANCELLED, 0, 1001);
    EXPECT_EQ(pages, 1);
}

TEST_F(Call, EveryMarkIsTraced)
{
    std::vector<std::pair<size_t, int>> seen;
    options.trace = [](void *context, const struct call *one, enum mark mark,
                       nanos) {
        static_cast<decltype(seen) *>(context)->push_back({one->index, mark});
    };
    options.trace_context = &seen;
    start("http://127.0.0.1/");
    hop(ok);
    const std::vector<int> marks = {MARK_START, MARK_RESOLVED,   MARK_CONNECTED,
                                    MARK_SENT,  MARK_FIRST_BYTE, MARK_DONE};
    ASSERT_EQ(seen.size(), marks.size());
    for (size_t i = 0; i < seen.size(); i++)
        EXPECT_EQ(seen[i], (std::pair<size_t, int>{7, marks[i]}));
}

TEST_F(Call, ItsPhaseIsAWordAndEachChangeIsTraced)
{
    std::string phases;
    options.trace = [](void *context, const struct call *one, enum mark,
                       nanos) {
        *static_cast<std::string *>(context) +=
            std::string(call_phase(one)) + " ";
    };
    options.trace_context = &phases;
    start("http://one.test/");
    EXPECT_STREQ(call_phase(&call), "resolving");
    addresses two = two_addresses();
    call_resolved(&call, &two, 1001);
    EXPECT_STREQ(call_phase(&call), "connecting");
    call_connected(&call, nullptr, 1002);
    EXPECT_STREQ(call_phase(&call), "sending");
    send_all();
    EXPECT_STREQ(call_phase(&call), "waiting");
    receive("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nh");
    EXPECT_STREQ(call_phase(&call), "receiving");
    receive("i");
    EXPECT_STREQ(call_phase(&call), "done");
    EXPECT_EQ(phases, "resolving connecting sending waiting receiving done ");
}

TEST_F(Call, ItsPhaseBeginsAnewWithEachHop)
{
    std::string phases;
    options.trace = [](void *context, const struct call *one, enum mark,
                       nanos) {
        *static_cast<std::string *>(context) +=
            std::string(call_phase(one)) + " ";
    };
    options.trace_context = &phases;
    start("http://127.0.0.1/");
    hop(redirect(302, "http://two.test/"));
    EXPECT_EQ(phases,
              "resolving connecting sending waiting receiving resolving ");
    connect_kept();
    phases = "";
    call_received(&call, nullptr, 0, 1003);
    EXPECT_EQ(phases, "resolving ")
        << "asked once more: the kept one was closed";
}

TEST_F(Call, StartingOverLeavesNothingOfTheLastTime)
{
    start("http://127.0.0.1/");
    hop(redirect(302, "/other"));
    hop(ok);
    call_start(&call, &request, 8, 2000);
    EXPECT_EQ(result().redirects, 0);
    EXPECT_EQ(result().body.size, 0u);
    EXPECT_EQ(result().headers.count, 0u);
    EXPECT_STREQ(call_url(&call)->target, "/");
    EXPECT_EQ(call_deadline(&call), 2010);
}
