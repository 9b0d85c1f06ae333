/* SPDX-License-Identifier: MIT */
#include "http/message.h"

#include "message_feeding.h"
#include "message_rows.h"

#include <gtest/gtest.h>

#include <cerrno>
#include <string>

/* Whole, cut once at every place, cut twice around every place, and byte by
 * byte: it must come to the same. */
static outcome feed_in_every_way(feeder *feeder, std::string_view text,
                                 unsigned flags)
{
    bool to_head = flags & TO_HEAD;
    outcome whole = feeder->feed(text, {}, to_head);
    for (size_t i = 0; i <= text.size(); i++) {
        EXPECT_EQ(feeder->feed(text, {i}, to_head), whole) << "cut at " << i;
        if (i + 2 <= text.size()) {
            EXPECT_EQ(feeder->feed(text, {i, i + 1, i + 2}, to_head), whole)
                << "cut thrice at " << i;
        }
    }
    EXPECT_EQ(feeder->feed_bytes(text, to_head), whole) << "byte by byte";
    return whole;
}

template <class Row>
static void expect_good(const outcome &outcome, const Row &row)
{
    EXPECT_EQ(outcome.error, MESSAGE_FINE)
        << message_error_sentence(outcome.error);
    EXPECT_TRUE(outcome.complete);
    EXPECT_EQ(outcome.body, row.body);
    EXPECT_EQ(outcome.keep_alive, (row.flags & KEPT) != 0);
    EXPECT_EQ(outcome.by_end, (row.flags & UNTIL_CLOSE) != 0);
    EXPECT_EQ(outcome.taken, row.text.size() - row.rest);
}

TEST(Message, GoodResponsesAreReadHoweverTheyAreCut)
{
    feeder feeder(MESSAGE_RESPONSE);
    for (const auto &row : good_responses) {
        SCOPED_TRACE(row.text);
        outcome outcome = feed_in_every_way(&feeder, row.text, row.flags);
        expect_good(outcome, row);
        EXPECT_EQ(outcome.status, row.status);
    }
}

TEST(Message, BadResponsesAreRefusedByNameHoweverTheyAreCut)
{
    feeder feeder(MESSAGE_RESPONSE);
    for (const auto &row : bad_responses) {
        SCOPED_TRACE(row.text);
        EXPECT_EQ(feed_in_every_way(&feeder, row.text, row.flags).error,
                  row.error);
    }
}

TEST(Message, GoodRequestsAreReadHoweverTheyAreCut)
{
    feeder feeder(MESSAGE_REQUEST);
    for (const auto &row : good_requests) {
        SCOPED_TRACE(row.text);
        outcome outcome = feed_in_every_way(&feeder, row.text, row.flags);
        expect_good(outcome, row);
        EXPECT_EQ(outcome.method, row.method);
        EXPECT_EQ(outcome.target, row.target);
    }
}

TEST(Message, BadRequestsAreRefusedByNameHoweverTheyAreCut)
{
    feeder feeder(MESSAGE_REQUEST);
    for (const auto &row : bad_requests) {
        SCOPED_TRACE(row.text);
        EXPECT_EQ(feed_in_every_way(&feeder, row.text, row.flags).error,
                  row.error);
    }
}

TEST(Message, FieldsAreKeptInOrderAndTrimmed)
{
    feeder feeder(MESSAGE_RESPONSE);
    outcome outcome = feeder.feed("HTTP/1.1 200 OK\r\nB:  x y\t\r\nA:\r\n"
                                  "Content-Length: 0\r\nb: z\r\n\r\n",
                                  {});
    EXPECT_EQ(outcome.headers, "B\0x y\0A\0\0Content-Length\0"
                               "0\0b\0z\0"sv);
    EXPECT_EQ(feeder.message.headers.count, 4u);
    EXPECT_STREQ(headers_find(&feeder.message.headers, "b"), "x y");
}

TEST(Message, HT1_AFoldedLineIsReadAsASpace)
{
    feeder feeder(MESSAGE_RESPONSE);
    outcome outcome = feeder.feed_bytes("HTTP/1.1 200 OK\r\nA: b \r\n\t c\r\n"
                                        " \r\n d\r\nB:\r\n  e\r\nC:\r\n \r\n"
                                        "Content-Length: 0\r\n\r\n");
    EXPECT_EQ(outcome.headers, "A\0b c d\0B\0e\0C\0\0Content-Length\0"
                               "0\0"sv);
    EXPECT_EQ(feeder.message.headers.count, 4u);
}

TEST(Message, TrailersAndInterimFieldsAreDropped)
{
    feeder feeder(MESSAGE_RESPONSE);
    outcome outcome = feeder.feed(
        "HTTP/1.1 103 Early Hints\r\nX: 1\r\n\r\nHTTP/1.1 200 OK\r\n"
        "Transfer-Encoding: chunked\r\n\r\n0\r\nY: 1\r\n\r\n",
        {});
    EXPECT_EQ(outcome.headers, "Transfer-Encoding\0chunked\0"sv);
}

TEST(Message, ControlCharactersAreFoundInEveryPlace)
{
    feeder feeder(MESSAGE_RESPONSE);
    for (int c = 0; c < 256; c++) {
        for (size_t at = 0; at < 20; at++) {
            std::string value(20, 'x');
            value[at] = static_cast<char>(c);
            outcome outcome =
                feeder.feed("HTTP/1.1 200 OK\r\nA: " + value + "\r\n\r\n", {});
            enum message_error expected = MESSAGE_FINE;
            if (c == '\r' || c == '\n')
                expected = MESSAGE_BAD_LINE_END;
            else if ((c < ' ' && c != '\t') || c == 0x7f)
                expected = MESSAGE_NUL;
            EXPECT_EQ(outcome.error, expected) << c << " at " << at;
        }
    }
}

/* ---- limits ---- */

static enum message_error error_with(struct message_limits limits,
                                     enum message_kind kind,
                                     const std::string &text)
{
    feeder feeder(kind, &limits);
    return feed_in_every_way(&feeder, text, 0).error;
}

TEST(Message, HT7_ALineIsLimitedToTheByte)
{
    const std::string text = "HTTP/1.1 200 OK\r\nA: 34567890\r\n"
                             "Content-Length: 0\r\n\r\n";
    EXPECT_EQ(error_with({19, 1000, 1000}, MESSAGE_RESPONSE, text),
              MESSAGE_FINE);
    EXPECT_EQ(error_with({18, 1000, 1000}, MESSAGE_RESPONSE, text),
              MESSAGE_LINE_TOO_LONG);
    /* It is noticed before the line ends, or a line without end would be
     * collected. */
    EXPECT_EQ(
        error_with({18, 1000, 1000}, MESSAGE_RESPONSE, std::string(100, 'x')),
        MESSAGE_LINE_TOO_LONG);
}

TEST(Message, HT7_AHeadIsLimitedToTheByte)
{
    const std::string head = "HTTP/1.1 200 OK\r\nA: b\r\n"
                             "Content-Length: 4\r\n\r\n";
    const std::string text = head + "body";
    size_t size = head.size();
    EXPECT_EQ(error_with({1000, size, 1000}, MESSAGE_RESPONSE, text),
              MESSAGE_FINE);
    EXPECT_EQ(error_with({1000, size - 1, 1000}, MESSAGE_RESPONSE, text),
              MESSAGE_HEAD_TOO_LARGE);
    EXPECT_EQ(error_with({1000, 3, 1000}, MESSAGE_RESPONSE, text),
              MESSAGE_HEAD_TOO_LARGE);
    EXPECT_EQ(error_with({0, 0, 0}, MESSAGE_RESPONSE, text),
              MESSAGE_LINE_TOO_LONG);
}

TEST(Message, HT7_InterimAnswersWithoutEndAreTooLarge)
{
    std::string text;
    for (int i = 0; i < 20; i++)
        text += "HTTP/1.1 100 Continue\r\n\r\n";
    EXPECT_EQ(error_with({100, 400, 1000}, MESSAGE_RESPONSE, text),
              MESSAGE_HEAD_TOO_LARGE);
}

TEST(Message, ABodyIsLimitedToTheByteInEveryFraming)
{
    const std::string ok = "HTTP/1.1 200 OK\r\n";
    const std::string coded = ok + "Transfer-Encoding: chunked\r\n\r\n";
    const std::string bodies[] = {
        ok + "Content-Length: 6\r\n\r\nfoobar",
        ok + "\r\nfoobar",
        coded + "6\r\nfoobar\r\n0\r\n\r\n",
        coded + "3\r\nfoo\r\n3\r\nbar\r\n0\r\n\r\n",
    };
    for (const auto &text : bodies) {
        EXPECT_EQ(error_with({100, 100, 6}, MESSAGE_RESPONSE, text),
                  MESSAGE_FINE);
        EXPECT_EQ(error_with({100, 100, 5}, MESSAGE_RESPONSE, text),
                  MESSAGE_BODY_TOO_LARGE);
    }
}

static const std::string chunked = "HTTP/1.1 200 OK\r\n"
                                   "Transfer-Encoding: chunked\r\n\r\n";

TEST(Message, TrailersAreLimitedAsAHeadIs)
{
    const std::string trailers = "0\r\nA: 123456789012345\r\n"
                                 "B: 123456789012345\r\n"
                                 "C: 123456789012345\r\n\r\n";
    EXPECT_EQ(error_with({50, 62, 9}, MESSAGE_RESPONSE, chunked + trailers),
              MESSAGE_FINE);
    EXPECT_EQ(error_with({50, 61, 9}, MESSAGE_RESPONSE, chunked + trailers),
              MESSAGE_HEAD_TOO_LARGE);
    /* What chunk lines have taken is not taken from the trailers. */
    const std::string padded = "1" + std::string(40, ' ') + "\r\nx\r\n";
    EXPECT_EQ(
        error_with({50, 62, 9}, MESSAGE_RESPONSE, chunked + padded + trailers),
        MESSAGE_FINE);
}

TEST(Message, HT5_AChunkLineIsLimitedAsALineIs)
{
    for (char padding : {' ', '0'}) {
        bool blank = padding == ' ';
        for (size_t size : {50U, 51U}) {
            std::string line(size - 3, padding);
            line.insert(blank ? 0 : line.size(), "1");
            EXPECT_EQ(error_with({50, 74, 9}, MESSAGE_RESPONSE,
                                 chunked + line + "\r\nx\r\n0\r\n\r\n"),
                      size == 50 ? MESSAGE_FINE : MESSAGE_LINE_TOO_LONG);
        }
    }
}

static std::string repeated(size_t count, const std::string &chunk)
{
    std::string text = chunked;
    for (size_t i = 0; i < count; i++)
        text += chunk;
    return text + "0\r\n\r\n";
}

static enum message_error error_by_default(const std::string &text)
{
    static const struct message_limits limits = {
        MESSAGE_LINE_DEFAULT, MESSAGE_HEAD_DEFAULT, MESSAGE_BODY_DEFAULT};
    struct message message;
    message_init(&message, MESSAGE_RESPONSE, &limits);
    message_feed(&message, text.data(), text.size());
    message_end(&message);
    enum message_error error = message.error;
    message_deinit(&message);
    return error;
}

TEST(Message, HT5_ManyPaddedChunksMeetNoLimit)
{
    EXPECT_EQ(error_by_default(repeated(50000, "1      \r\nx\r\n")),
              MESSAGE_FINE);
    EXPECT_EQ(error_by_default(repeated(50000, "00000001;a=b\r\nx\r\n")),
              MESSAGE_FINE);
    /* As long as a line may be, and more data than that */
    const std::string data(0x8000, 'x');
    const std::string full =
        "8000" + std::string(0xfff0, ' ') + "\r\n" + data + "\r\n";
    EXPECT_EQ(error_by_default(repeated(100, full)), MESSAGE_FINE);
}

TEST(Message, HT5_MuchPaddingForLittleDataIsRefused)
{
    for (std::string chunk :
         {"1" + std::string(1000, ' '), std::string(1000, '0') + "1",
          "1;a=" + std::string(1000, 'b')}) {
        chunk += "\r\nx\r\n";
        EXPECT_EQ(error_by_default(repeated(100, chunk)), MESSAGE_FINE);
        EXPECT_EQ(error_by_default(repeated(1000, chunk)),
                  MESSAGE_TOO_MUCH_FRAMING);
    }
    EXPECT_EQ(std::string(message_error_sentence(MESSAGE_TOO_MUCH_FRAMING))
                  .find("header"),
              std::string::npos);
}

/* Of a line, 32 bytes are free, and two more for each byte of its chunk; the
 * line ends count. */
TEST(Message, HT5_WhatIsSpentOnChunkLinesIsCountedToTheByte)
{
    const std::string six = "1;name=\"01234567890123456789012345678\"\r\nx\r\n";
    ASSERT_EQ(six.size(), 32U + 2 + 6 + 3);
    EXPECT_EQ(error_with({50, 48, 90}, MESSAGE_RESPONSE, repeated(8, six)),
              MESSAGE_FINE);
    EXPECT_EQ(error_with({50, 48, 90}, MESSAGE_RESPONSE, repeated(9, six)),
              MESSAGE_TOO_MUCH_FRAMING);
    /* Data pays it back, and is not kept for later. */
    const std::string paying = "20\r\n" + std::string(32, 'x') + "\r\n";
    std::string text = repeated(8, six);
    text.resize(text.size() - 5);
    text += paying;
    for (int i = 0; i < 9; i++)
        text += six;
    EXPECT_EQ(error_with({50, 48, 90}, MESSAGE_RESPONSE, text + "0\r\n\r\n"),
              MESSAGE_TOO_MUCH_FRAMING);
    text.resize(text.size() - six.size());
    EXPECT_EQ(error_with({50, 48, 90}, MESSAGE_RESPONSE, text + "0\r\n\r\n"),
              MESSAGE_FINE);
    /* The next message on the connection begins with nothing spent. */
    struct message_limits limits = {50, 48, 90};
    feeder feeder(MESSAGE_RESPONSE, &limits);
    for (int i = 0; i < 3; i++)
        EXPECT_EQ(feeder.feed(repeated(8, six), {}).error, MESSAGE_FINE);
}

/* ---- the life of a message ---- */

TEST(Message, OneAfterTheOtherOnOneConnection)
{
    const std::string first = "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc";
    const std::string second = "HTTP/1.0 404 No\r\nX: y\r\n\r\n";
    const std::string both = first + second;
    struct message message;
    struct buffer body = {};
    message_init(&message, MESSAGE_RESPONSE, &wide_limits);
    message_reset(&message, false, &body);
    ssize_t taken = message_feed(&message, both.data(), both.size());
    ASSERT_EQ(taken, static_cast<ssize_t>(first.size()));
    EXPECT_TRUE(message_is_complete(&message));
    EXPECT_EQ(text_of(body), "abc");
    /* A complete message takes nothing more, and a close does no harm. */
    EXPECT_EQ(message_feed(&message, "x", 1), 0);
    EXPECT_EQ(message_end(&message), 0);
    EXPECT_TRUE(message.keep_alive);

    buffer_clear(&body);
    message_reset(&message, true, &body);
    EXPECT_EQ(message.headers.count, 0u);
    EXPECT_FALSE(message.started);
    EXPECT_FALSE(message_has_head(&message));
    taken = message_feed(&message, both.data() + taken, second.size());
    EXPECT_EQ(taken, static_cast<ssize_t>(second.size()));
    EXPECT_EQ(message.status, 404);
    EXPECT_FALSE(message.keep_alive);
    EXPECT_EQ(body.size, 0u);
    message_deinit(&message);
    buffer_deinit(&body);
}

TEST(Message, KnowsWhenItHasStartedAndWhenTheHeadIsThere)
{
    const std::string head = "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n";
    struct message message;
    message_init(&message, MESSAGE_RESPONSE, &wide_limits);
    EXPECT_EQ(message_feed(&message, nullptr, 0), 0);
    EXPECT_FALSE(message.started);
    EXPECT_EQ(message_feed(&message, head.data(), head.size() - 1),
              static_cast<ssize_t>(head.size() - 1));
    EXPECT_TRUE(message.started);
    EXPECT_FALSE(message_has_head(&message));
    EXPECT_EQ(message_feed(&message, "\n", 1), 1);
    EXPECT_TRUE(message_has_head(&message));
    EXPECT_FALSE(message_is_complete(&message));
    /* Without a buffer the body is only counted. */
    EXPECT_EQ(message_feed(&message, "x", 1), 1);
    EXPECT_TRUE(message_is_complete(&message));
    EXPECT_EQ(message.body_bytes, 1u);
    message_deinit(&message);
}

TEST(Message, ARefusedMessageStaysRefused)
{
    struct message message;
    message_init(&message, MESSAGE_RESPONSE, &wide_limits);
    EXPECT_EQ(message_feed(&message, "x\r\n", 3), -EBADMSG);
    EXPECT_EQ(message_feed(&message, "HTTP/1.1 200 OK\r\n", 17), -EBADMSG);
    EXPECT_EQ(message_end(&message), -EBADMSG);
    EXPECT_EQ(message.error, MESSAGE_BAD_START_LINE);
    EXPECT_FALSE(message_has_head(&message));
    message_deinit(&message);
}

TEST(Message, WaitingItHoldsNoBytesOfALine)
{
    struct message message;
    message_init(&message, MESSAGE_RESPONSE, &wide_limits);
    const std::string text = "HTTP/1.1 204 No Content\r\n\r\n";
    EXPECT_GT(message_feed(&message, text.data(), text.size()), 0);
    EXPECT_EQ(message.line.data, nullptr) << "whole lines are not copied";
    message_reset(&message, false, nullptr);
    for (char c : text)
        EXPECT_EQ(message_feed(&message, &c, 1), 1);
    EXPECT_TRUE(message_is_complete(&message));
    EXPECT_EQ(message.line.size, 0u);
    message_deinit(&message);
}

TEST(Message, ALengthIsAPromiseForWhichLittleMemoryIsTaken)
{
    struct message message;
    struct buffer body = {};
    message_init(&message, MESSAGE_RESPONSE, &wide_limits);
    message_reset(&message, false, &body);
    const std::string text = "HTTP/1.1 200 OK\r\nContent-Length: 1000000000"
                             "\r\n\r\n";
    EXPECT_GT(message_feed(&message, text.data(), text.size()), 0);
    EXPECT_LE(body.capacity, 65536u);
    message_deinit(&message);
    buffer_deinit(&body);
}

TEST(Message, EveryErrorHasASentence)
{
    for (int error = MESSAGE_FINE; error <= MESSAGE_NO_MEMORY; error++)
        EXPECT_GT(
            strlen(message_error_sentence(static_cast<message_error>(error))),
            8u);
}
