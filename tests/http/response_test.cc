/* SPDX-License-Identifier: MIT */
/* The writer of responses: each row's wire, wherever a send stopped, and our
 * own parser reads back what was written. */
#include "message_feeding.h"
#include "response_rows.h"
#include "support/contract.h"

#include <gtest/gtest.h>

#include <cerrno>

namespace
{

class Response : public testing::Test
{
  protected:
    ~Response() override
    {
        response_deinit(&writer);
        headers_deinit(&fields);
    }

    std::string wire_of(const given_response &given, const draining &how = {})
    {
        std::string wire;
        EXPECT_EQ(write_response(&writer, given, how, &wire), 0);
        EXPECT_TRUE(response_is_done(&writer));
        return wire;
    }

    void add_field(const char *name, const char *value)
    {
        ASSERT_EQ(headers_add(&fields, slice_of(name), slice_of(value)), 0);
    }

    response writer = {};
    headers fields = {};
    response_terms terms = {1, false, true, false};
    response_head head = {200, nullptr, nullptr, RESPONSE_BY_LENGTH, 0, false};
};

/* ---- the wire, row by row ---- */

#define HELLO                                                                  \
    {                                                                          \
        "hello"                                                                \
    }

struct row {
    const char *name;
    response_terms terms;
    response_head head;
    std::vector<std::string> pieces;
    std::string wire;
    response_sequel then;
};

const response_terms plain = {1, false, true, false};
const response_terms old = {0, false, false, false};
const response_terms old_kept = {0, false, true, false};
const response_terms to_head = {1, true, true, false};
const response_terms unread = {1, false, true, true};
const response_terms unkept = {1, false, false, false};

response_head answer(int status, response_framing framing, uint64_t length = 0,
                     bool close = false, const char *reason = nullptr)
{
    return {status, reason, nullptr, framing, length, close};
}

const std::vector<row> rows = {
    {"a length", plain, answer(200, RESPONSE_BY_LENGTH, 5), HELLO,
     "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", RESPONSE_THEN_NEXT},
    {"a length, in pieces",
     plain,
     answer(200, RESPONSE_BY_LENGTH, 5),
     {"he", "", "llo"},
     "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello",
     RESPONSE_THEN_NEXT},
    {"nothing",
     plain,
     answer(404, RESPONSE_BY_LENGTH),
     {},
     "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n",
     RESPONSE_THEN_NEXT},
    {"chunks",
     plain,
     answer(200, RESPONSE_CHUNKED),
     {"hello", "", "0123456789abcdef0"},
     "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
     "5\r\nhello\r\n11\r\n0123456789abcdef0\r\n0\r\n\r\n",
     RESPONSE_THEN_NEXT},
    {"no chunks",
     plain,
     answer(200, RESPONSE_CHUNKED),
     {},
     "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
     RESPONSE_THEN_NEXT},
    {"until close", plain, answer(200, RESPONSE_UNTIL_CLOSE), HELLO,
     "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nhello", RESPONSE_THEN_CLOSE},
    {"HTTP/1.0 has no chunks", old_kept, answer(200, RESPONSE_CHUNKED), HELLO,
     "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nhello", RESPONSE_THEN_CLOSE},
    {"HTTP/1.0 closes", old, answer(200, RESPONSE_BY_LENGTH, 5), HELLO,
     "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nConnection: close\r\n\r\nhello",
     RESPONSE_THEN_CLOSE},
    {"HTTP/1.0 is told that the connection is kept", old_kept,
     answer(200, RESPONSE_BY_LENGTH, 5), HELLO,
     "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nConnection: keep-alive\r\n\r\n"
     "hello",
     RESPONSE_THEN_NEXT},
    {"the client closes", unkept, answer(200, RESPONSE_BY_LENGTH, 5), HELLO,
     "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nConnection: close\r\n\r\nhello",
     RESPONSE_THEN_CLOSE},
    {"the server closes", plain, answer(200, RESPONSE_BY_LENGTH, 5, true),
     HELLO,
     "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nConnection: close\r\n\r\nhello",
     RESPONSE_THEN_CLOSE},
    {"a part of the request is unread", unread,
     answer(413, RESPONSE_BY_LENGTH, 5), HELLO,
     "HTTP/1.1 413 Content Too Large\r\nContent-Length: 5\r\n"
     "Connection: close\r\n\r\nhello",
     RESPONSE_THEN_DRAIN},
    {"HEAD says the length", to_head, answer(200, RESPONSE_BY_LENGTH, 5), HELLO,
     "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n", RESPONSE_THEN_NEXT},
    {"HEAD, no body given",
     to_head,
     answer(200, RESPONSE_BY_LENGTH, 5),
     {},
     "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n",
     RESPONSE_THEN_NEXT},
    {"HEAD says that there are chunks", to_head, answer(200, RESPONSE_CHUNKED),
     HELLO, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
     RESPONSE_THEN_NEXT},
    {"HEAD needs no close", to_head, answer(200, RESPONSE_UNTIL_CLOSE), HELLO,
     "HTTP/1.1 200 OK\r\n\r\n", RESPONSE_THEN_NEXT},
    {"204 has no length", plain, answer(204, RESPONSE_BY_LENGTH, 5), HELLO,
     "HTTP/1.1 204 No Content\r\n\r\n", RESPONSE_THEN_NEXT},
    {"204 has no chunks", plain, answer(204, RESPONSE_CHUNKED), HELLO,
     "HTTP/1.1 204 No Content\r\n\r\n", RESPONSE_THEN_NEXT},
    {"304 has no body", plain, answer(304, RESPONSE_UNTIL_CLOSE), HELLO,
     "HTTP/1.1 304 Not Modified\r\n\r\n", RESPONSE_THEN_NEXT},
    {"205 has a length of 0", plain, answer(205, RESPONSE_CHUNKED), HELLO,
     "HTTP/1.1 205 Reset Content\r\nContent-Length: 0\r\n\r\n",
     RESPONSE_THEN_NEXT},
    {"101 ends HTTP",
     plain,
     answer(101, RESPONSE_BY_LENGTH),
     {},
     "HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\n\r\n",
     RESPONSE_THEN_SWITCH},
    {"a reason of one's own",
     plain,
     answer(200, RESPONSE_BY_LENGTH, 0, false, "Fine"),
     {},
     "HTTP/1.1 200 Fine\r\nContent-Length: 0\r\n\r\n",
     RESPONSE_THEN_NEXT},
    {"no reason, but the space before it",
     plain,
     answer(299, RESPONSE_BY_LENGTH),
     {},
     "HTTP/1.1 299 \r\nContent-Length: 0\r\n\r\n",
     RESPONSE_THEN_NEXT},
};

TEST_F(Response, EachRowsWireIsTheSameWhereverASendStopped)
{
    for (const row &row : rows) {
        given_response given = {row.terms, row.head, row.pieces};
        EXPECT_EQ(wire_of(given), row.wire) << row.name;
        EXPECT_EQ(response_then(&writer), row.then) << row.name;
        EXPECT_EQ(writer.keep_alive, row.then == RESPONSE_THEN_NEXT ||
                                         row.then == RESPONSE_THEN_SWITCH)
            << row.name;
        EXPECT_EQ(wire_of(given, {true}), row.wire) << row.name;
        for (size_t step = 1; step <= row.wire.size(); step++)
            for (size_t window : {size_t{1}, size_t{2}, SIZE_MAX}) {
                EXPECT_EQ(wire_of(given, {false, step, window}), row.wire)
                    << row.name << " " << step << " " << window;
                EXPECT_EQ(wire_of(given, {true, step}), row.wire)
                    << row.name << " " << step;
            }
    }
}

TEST_F(Response, OurParserReadsWhatIsWritten)
{
    feeder feeder(MESSAGE_RESPONSE);
    for (const given_response &given : all_responses()) {
        std::string wire = wire_of(given, {false, 7});
        outcome read = feeder.feed(wire, {}, given.terms.head_only);
        std::string about = wire.substr(0, wire.find("\r\n\r\n"));
        EXPECT_EQ(read.error, MESSAGE_FINE) << about;
        EXPECT_EQ(read.status, given.head.status) << about;
        EXPECT_EQ(read.body, given.has_body() ? given.body() : "") << about;
        EXPECT_EQ(read.taken, wire.size()) << about;
        EXPECT_EQ(read.keep_alive, writer.keep_alive) << about;
        EXPECT_EQ(read.by_end, given.has_body() && !writer.keep_alive &&
                                   writer.framing == RESPONSE_UNTIL_CLOSE)
            << about;
    }
}

/* ---- heads ---- */

TEST_F(Response, FieldsStandInTheirOrder)
{
    add_field("Location", "/next");
    add_field("Set-Cookie", "a=b");
    add_field("Set-Cookie", "c=d");
    add_field("X-Empty", "");
    given_response given;
    given.head.status = 302;
    given.head.fields = &fields;
    EXPECT_EQ(wire_of(given), "HTTP/1.1 302 Found\r\nLocation: /next\r\n"
                              "Set-Cookie: a=b\r\nSet-Cookie: c=d\r\n"
                              "X-Empty: \r\nContent-Length: 0\r\n\r\n");
}

TEST_F(Response, FieldsAboutFramingAreTheWritersOwn)
{
    for (const char *name :
         {"content-length", "Transfer-Encoding", "CONNECTION"}) {
        headers_clear(&fields);
        add_field("X", "y");
        add_field(name, "1");
        head.fields = &fields;
        EXPECT_EQ(response_start(&writer, &terms, &head), -EINVAL) << name;
        EXPECT_FALSE(response_wants_write(&writer)) << name;
        EXPECT_EQ(response_interim(&writer, 103, &fields), -EINVAL) << name;
        EXPECT_FALSE(response_wants_write(&writer)) << name;
    }
}

TEST_F(Response, WhatIsNotAResponseIsRefused)
{
    for (int status : {-1, 0, 100, 103, 199, 600}) {
        head.status = status;
        EXPECT_EQ(response_start(&writer, &terms, &head), -EINVAL) << status;
    }
    head.status = 200;
    for (const char *reason : {"a\nb", "a\rb", "\r\nX: y"}) {
        head.reason = reason;
        EXPECT_EQ(response_start(&writer, &terms, &head), -EINVAL) << reason;
    }
    EXPECT_FALSE(response_wants_write(&writer));
}

TEST_F(Response, InterimHeadsComeFirst)
{
    add_field("Link", "</style.css>");
    ASSERT_EQ(response_interim(&writer, 100, nullptr), 0);
    ASSERT_EQ(response_interim(&writer, 103, &fields), 0);
    std::string wire;
    send_some(&writer, {nullptr, 0}, 10, &wire);
    EXPECT_FALSE(response_is_done(&writer));
    given_response given;
    given.head.length = 5;
    given.pieces = {"hello"};
    ASSERT_EQ(write_response(&writer, given, {false, 3}, &wire), 0);
    EXPECT_EQ(wire, "HTTP/1.1 100 Continue\r\n\r\n"
                    "HTTP/1.1 103 Early Hints\r\nLink: </style.css>\r\n\r\n"
                    "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello");
}

/* ---- bodies ---- */

TEST_F(Response, ALengthIsKept)
{
    head.length = 5;
    ASSERT_EQ(response_start(&writer, &terms, &head), 0);
    EXPECT_EQ(response_append(&writer, slice_of("123456")), -EMSGSIZE);
    EXPECT_EQ(response_append(&writer, slice_of("123")), 0);
    EXPECT_EQ(response_frame(&writer, 3), -EMSGSIZE);
    EXPECT_EQ(response_frame(&writer, UINT64_MAX), -EMSGSIZE);
    EXPECT_TRUE(writer.keep_alive);
    EXPECT_EQ(response_end(&writer), -EMSGSIZE);
    EXPECT_FALSE(writer.keep_alive) << "the client would wait for the rest";
    EXPECT_EQ(response_then(&writer), RESPONSE_THEN_CLOSE);
}

TEST_F(Response, OnePieceIsOnItsWayAtATime)
{
    head.framing = RESPONSE_CHUNKED;
    ASSERT_EQ(response_start(&writer, &terms, &head), 0);
    ASSERT_EQ(response_frame(&writer, 2), 0);
    EXPECT_EQ(response_piece_left(&writer), 2u);
    EXPECT_CONTRACT(response_frame(&writer, 1), "one announced piece");
    EXPECT_CONTRACT(response_append(&writer, slice_of("x")),
                    "one announced piece");
    ASSERT_EQ(response_end(&writer), 0) << "but it may be the last one";
    EXPECT_CONTRACT(response_start(&writer, &terms, &head),
                    "response_start: once the last response has ended");
    EXPECT_FALSE(response_is_done(&writer));
    std::string wire;
    drain(&writer, "ab", {}, &wire);
    EXPECT_TRUE(response_is_done(&writer));
    EXPECT_EQ(wire.substr(wire.find("\r\n\r\n") + 4), "2\r\nab\r\n0\r\n\r\n");
}

TEST_F(Response, NothingIsSaidOutOfTurn)
{
    EXPECT_CONTRACT(response_append(&writer, slice_of("x")),
                    "between start and end");
    EXPECT_CONTRACT(response_end(&writer), "once, after response_start");
    for (int status : {99, 101, 200})
        EXPECT_CONTRACT(response_interim(&writer, status, nullptr),
                        "an interim status");
    ASSERT_EQ(response_start(&writer, &terms, &head), 0);
    EXPECT_CONTRACT(response_start(&writer, &terms, &head),
                    "once the last response has ended");
    EXPECT_CONTRACT(response_interim(&writer, 100, nullptr),
                    "before the response starts");
    ASSERT_EQ(response_end(&writer), 0);
    EXPECT_CONTRACT(response_frame(&writer, 1), "between start and end");
    EXPECT_CONTRACT(response_end(&writer), "once, after response_start");
}

TEST_F(Response, APieceOfAnySizeNeedsNoMemory)
{
    head.length = UINT64_MAX;
    ASSERT_EQ(response_start(&writer, &terms, &head), 0);
    ASSERT_EQ(response_frame(&writer, UINT64_MAX), 0);
    slice parts[RESPONSE_PARTS];
    ASSERT_EQ(response_output(&writer, slice_of("window"), parts), 2u);
    EXPECT_EQ(parts[1].size, 6u);
    response_sent(&writer, parts[0].size + 6);
    EXPECT_EQ(response_piece_left(&writer), UINT64_MAX - 6);
    EXPECT_LT(writer.out.capacity, 1024u);
}

TEST_F(Response, TheNextOneMayStandBehindTheLast)
{
    std::string wire;
    for (const char *text : {"one", "two"}) {
        head.length = 3;
        ASSERT_EQ(response_start(&writer, &terms, &head), 0);
        ASSERT_EQ(response_append(&writer, slice_of(text)), 0);
        ASSERT_EQ(response_end(&writer), 0);
    }
    drain(&writer, "", {false, 5}, &wire);
    const std::string each = "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n";
    EXPECT_EQ(wire, each + "one" + each + "two");
}

TEST_F(Response, EveryReasonHasNoLineEnd)
{
    EXPECT_STREQ(response_reason(404), "Not Found");
    EXPECT_STREQ(response_reason(299), "");
    for (int status = 0; status < 1000; status++)
        EXPECT_EQ(std::string(response_reason(status)).find_first_of("\r\n"),
                  std::string::npos);
}

} // namespace
