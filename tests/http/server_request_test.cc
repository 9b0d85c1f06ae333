/* SPDX-License-Identifier: MIT */
/* Requests that a server reads: however the bytes are cut, the same is needed
 * in the same order. */
#include "http/server_request.h"

#include "message_feeding.h"
#include "message_rows.h"
#include "support/contract.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

namespace
{

const message_limits few = {64, 200, 100};

#define POST "POST /p HTTP/1.1\r\nHost: h\r\n"

class ServerRequest : public testing::Test
{
  protected:
    ServerRequest()
    {
        server_request_init(&request, &few);
    }

    ~ServerRequest() override
    {
        server_request_deinit(&request);
        response_deinit(&response);
        buffer_deinit(&body);
    }

    /* Feeds it cut into pieces of that size, and consents to a body. What was
     * not taken stays in `rest`. */
    void read(std::string_view given, size_t step = SIZE_MAX,
              uint64_t most = UINT64_MAX)
    {
        bytes = given;
        server_request_reset(&request);
        buffer_clear(&body);
        response_deinit(&response);
        consents = 0;
        rest = bytes;
        while (request.state <= SERVER_REQUEST_NEEDS_CONSENT && rest.size()) {
            if (request.state == SERVER_REQUEST_NEEDS_CONSENT) {
                consents++;
                body_at = bytes.size() - rest.size();
                ASSERT_EQ(
                    server_request_accept(&request, &body, most, &response), 0);
                continue;
            }
            size_t taken = server_request_feed(&request, rest.data(),
                                               std::min(step, rest.size()));
            rest.remove_prefix(taken);
        }
    }

    std::string interim() const
    {
        return std::string(response.out.data ? response.out.data : "",
                           response.out.size);
    }

    std::string text_of(struct slice slice) const
    {
        return std::string(slice.data ? slice.data : "", slice.size);
    }

    server_request request;
    struct response response = {};
    buffer body = {};
    int consents = 0;
    size_t body_at = 0;
    std::string bytes;
    std::string_view rest; /* of it */
};

TEST_F(ServerRequest, GoodOnesAreReadHoweverTheyAreCut)
{
    request.given = &wide_limits;
    for (const auto &row : good_requests)
        for (size_t step = 1; step <= row.text.size(); step++) {
            SCOPED_TRACE(row.text);
            read(row.text, step);
            EXPECT_EQ(request.state, SERVER_REQUEST_IS_WHOLE);
            EXPECT_EQ(text_of(message_method(&request.message)), row.method);
            EXPECT_EQ(text_of(message_target(&request.message)), row.target);
            EXPECT_EQ(text_of(buffer_slice(&body)), row.body);
            EXPECT_EQ(rest.size(), row.rest);
            response_terms terms = server_request_terms(&request);
            EXPECT_EQ(terms.keep_alive, (row.flags & KEPT) != 0);
            EXPECT_EQ(terms.head_only, row.method == "HEAD");
            EXPECT_EQ(terms.minor_version, request.message.minor_version);
            EXPECT_FALSE(terms.unread);
        }
}

TEST_F(ServerRequest, BadOnesAreRefusedWithAStatus)
{
    request.given = &wide_limits;
    for (const auto &row : bad_requests) {
        SCOPED_TRACE(row.text);
        read(row.text, 3);
        if (request.state != SERVER_REQUEST_IS_REFUSED) {
            EXPECT_EQ(row.error, MESSAGE_TRUNCATED) << "more may come";
            continue;
        }
        EXPECT_EQ(request.message.error, row.error);
        EXPECT_EQ(request.refusal, row.error == MESSAGE_BAD_VERSION      ? 505
                                   : row.error == MESSAGE_BODY_TOO_LARGE ? 413
                                                                         : 400);
        response_terms terms = server_request_terms(&request);
        EXPECT_TRUE(terms.unread);
        EXPECT_FALSE(terms.keep_alive);
    }
}

struct refused_row {
    std::string text;
    int status;
};

TEST_F(ServerRequest, LimitsHaveStatusesOfTheirOwn)
{
    const std::string a(100, 'a'), host = "Host: h\r\n";
    std::string chunks;
    for (int i = 0; i < 10; i++)
        chunks += "1;a=" + a.substr(50) + "\r\nx\r\n";
    const refused_row rows[] = {
        {"GET /" + a + " HTTP/1.1\r\n" + host + "\r\n", 414},
        {"\r\nGET /" + a + " HTTP/1.1\r\n" + host + "\r\n", 414},
        {"GET / HTTP/1.1\r\n" + host + "X: " + a + "\r\n\r\n", 431},
        {"GET / HTTP/1.1\r\n" + host + "X: " + a.substr(50) +
             "\r\nY: " + a.substr(50) + "\r\nZ: " + a.substr(50) +
             "\r\nW: more of it\r\n\r\n",
         431},
        {POST "Content-Length: 101\r\n\r\n", 413},
        {POST "Transfer-Encoding: chunked\r\n\r\n65\r\n", 413},
        {POST "Transfer-Encoding: chunked\r\n\r\n" + chunks, 413},
        {"GET / HTTP/2.0\r\n" + host + "\r\n", 505},
        {"GET / HTTP/1.1\r\n\r\n", 400},
    };
    for (const refused_row &row : rows)
        for (size_t step = 1; step <= row.text.size(); step++) {
            read(row.text, step);
            ASSERT_EQ(request.state, SERVER_REQUEST_IS_REFUSED) << row.text;
            EXPECT_EQ(request.refusal, row.status) << row.text;
        }
}

/* ---- bodies ---- */

TEST_F(ServerRequest, TheHeadIsKnownBeforeTheBodyIsTaken)
{
    const std::string head = POST "Content-Length: 5\r\n\r\n";
    for (size_t step : {size_t{1}, size_t{7}, SIZE_MAX}) {
        read(head + "hello" + "GET ", step);
        EXPECT_EQ(consents, 1);
        EXPECT_EQ(body_at, head.size());
        EXPECT_EQ(request.state, SERVER_REQUEST_IS_WHOLE);
        EXPECT_EQ(text_of(buffer_slice(&body)), "hello");
        EXPECT_EQ(rest, "GET ");
    }
    EXPECT_EQ(server_request_feed(&request, "GET ", 4), 0u)
        << "the next request has to be asked for";
}

TEST_F(ServerRequest, WithoutABodyNoConsentIsNeeded)
{
    for (const char *text :
         {"GET / HTTP/1.1\r\nHost: h\r\n\r\n",
          "GET / HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\n\r\n",
          POST "Content-Length: 0\r\nExpect: 100-continue\r\n\r\n"}) {
        read(text);
        EXPECT_EQ(request.state, SERVER_REQUEST_IS_WHOLE);
        EXPECT_EQ(consents, 0);
        EXPECT_EQ(interim(), "") << text;
    }
}

TEST_F(ServerRequest, ABodyMayBeDropped)
{
    const std::string text = POST "Content-Length: 5\r\n\r\nhello";
    size_t taken = server_request_feed(&request, text.data(), text.size());
    EXPECT_EQ(taken, text.size() - 5);
    ASSERT_EQ(server_request_accept(&request, nullptr, 5, &response), 0);
    taken += server_request_feed(&request, text.data() + taken, 5);
    EXPECT_EQ(request.state, SERVER_REQUEST_IS_WHOLE);
    EXPECT_EQ(request.message.body_bytes, 5u);
}

TEST_F(ServerRequest, AnAnswerWithoutTheBodyEndsTheConnection)
{
    const std::string text = POST "Content-Length: 5\r\n\r\nhello";
    server_request_feed(&request, text.data(), text.size());
    ASSERT_EQ(request.state, SERVER_REQUEST_NEEDS_CONSENT);
    response_terms terms = server_request_terms(&request);
    EXPECT_TRUE(terms.unread);
    EXPECT_FALSE(terms.keep_alive);
    response_head head = {403, nullptr, nullptr, RESPONSE_BY_LENGTH, 0, false};
    ASSERT_EQ(response_start(&response, &terms, &head), 0);
    EXPECT_EQ(response_then(&response), RESPONSE_THEN_DRAIN);
}

TEST_F(ServerRequest, ContinueIsSaidToThoseThatWaitForIt)
{
    const std::string go_on = "HTTP/1.1 100 Continue\r\n\r\n";
    read(POST "Expect: 100-Continue\r\nContent-Length: 5\r\n\r\nhello");
    EXPECT_EQ(interim(), go_on);
    EXPECT_EQ(text_of(buffer_slice(&body)), "hello");
    read(POST "Expect: 100-continue\r\nTransfer-Encoding: chunked\r\n\r\n"
              "1\r\nx\r\n0\r\n\r\n");
    EXPECT_EQ(interim(), go_on);
    read(POST "Content-Length: 5\r\n\r\nhello");
    EXPECT_EQ(interim(), "");
    read(POST "Expect: other\r\nContent-Length: 5\r\n\r\nhello");
    EXPECT_EQ(interim(), "");
    read("POST / HTTP/1.0\r\nExpect: 100-continue\r\nContent-Length: 5\r\n"
         "\r\nhello");
    EXPECT_EQ(interim(), "") << "1.0 knows no interim answers";
    EXPECT_EQ(request.state, SERVER_REQUEST_IS_WHOLE);
}

TEST_F(ServerRequest, ABodyThatIsTooLargeIsRefusedBeforeItComes)
{
    read(POST "Expect: 100-continue\r\nContent-Length: 5\r\n\r\nhello",
         SIZE_MAX, 4);
    EXPECT_EQ(request.state, SERVER_REQUEST_IS_REFUSED);
    EXPECT_EQ(request.refusal, 413);
    EXPECT_EQ(interim(), "") << "no 100 for a body that is not wanted";
    EXPECT_EQ(rest, "hello");
    read(POST "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n",
         SIZE_MAX, 4);
    EXPECT_EQ(request.state, SERVER_REQUEST_IS_REFUSED);
    EXPECT_EQ(request.refusal, 413);
    EXPECT_EQ(text_of(buffer_slice(&body)), "abc");
    read(POST "Content-Length: 5\r\n\r\nhello");
    EXPECT_EQ(request.state, SERVER_REQUEST_IS_WHOLE)
        << "the next request has the limit that was given";
}

TEST_F(ServerRequest, ConsentIsGivenOnceAndWhenItIsNeeded)
{
    EXPECT_CONTRACT(server_request_accept(&request, nullptr, 1, &response),
                    "only when consent is needed");
}

TEST_F(ServerRequest, OnesThatFollowEachOtherAreReadOneByOne)
{
    const std::string text = POST "Content-Length: 2\r\n\r\nhi"
                                  "GET /b HTTP/1.1\r\nHost: h\r\n\r\n"
                                  "GET /c HTTP/1.0\r\n\r\n";
    read(text, 5);
    EXPECT_EQ(text_of(message_target(&request.message)), "/p");
    EXPECT_TRUE(server_request_terms(&request).keep_alive);
    std::string behind(rest);
    read(behind, 5);
    EXPECT_EQ(text_of(message_target(&request.message)), "/b");
    behind = std::string(rest);
    read(behind, 5);
    EXPECT_EQ(text_of(message_target(&request.message)), "/c");
    EXPECT_FALSE(server_request_terms(&request).keep_alive);
    EXPECT_EQ(rest, "");
}

} // namespace
