/* SPDX-License-Identifier: MIT */
/* A second opinion: the parser of Node.js reads what ours reads. What we
 * accept it must accept and understand alike; where it accepts what we refuse,
 * ours is the stricter one, for a reason that is in a table below. */
#include "message_feeding.h"
#include "message_rows.h"
#include "response_rows.h"

#include <gtest/gtest.h>

#ifndef WAITLAB_LLHTTP

TEST(Oracle, IsMissing)
{
    GTEST_SKIP() << "no second parser to compare with: apt install "
                    "libllhttp-dev (or node-llhttp)";
}

#else

#include <llhttp.h>

#include <algorithm>
#include <map>
#include <random>
#include <string>
#include <vector>

struct opinion {
    bool accepted = false;
    bool interim = false; /* a 1xx came before the answer */
    bool to_head = false;
    std::string reason;
    int status = 0;
    std::string body, target;
    bool keep_alive = false;
    size_t taken = 0;
};

/* ---- how llhttp tells what it sees ---- */

static opinion *opinion_of(llhttp_t *parser)
{
    return static_cast<opinion *>(parser->data);
}

static int on_body(llhttp_t *parser, const char *at, size_t size)
{
    opinion_of(parser)->body.append(at, size);
    return 0;
}

static int on_url(llhttp_t *parser, const char *at, size_t size)
{
    opinion_of(parser)->target.append(at, size);
    return 0;
}

/* 1 says that no body follows; llhttp leaves it to its user to know. */
static int on_headers_complete(llhttp_t *parser)
{
    if (parser->type == HTTP_REQUEST)
        return 0;
    int status = parser->status_code;
    return opinion_of(parser)->to_head || status / 100 == 1 || status == 204 ||
           status == 304;
}

static int on_message_complete(llhttp_t *parser)
{
    opinion *opinion = opinion_of(parser);
    opinion->status = parser->status_code;
    opinion->keep_alive = llhttp_should_keep_alive(parser);
    bool interim = parser->type == HTTP_RESPONSE && opinion->status / 100 == 1;
    if (interim && opinion->status != 101) {
        opinion->interim = true;
        return 0;
    }
    opinion->accepted = true;
    return HPE_PAUSED;
}

static opinion ask_llhttp(enum message_kind kind, std::string_view text,
                          bool to_head)
{
    llhttp_settings_t settings;
    llhttp_settings_init(&settings);
    settings.on_body = on_body;
    settings.on_url = on_url;
    settings.on_headers_complete = on_headers_complete;
    settings.on_message_complete = on_message_complete;
    llhttp_t parser;
    llhttp_init(&parser, kind == MESSAGE_REQUEST ? HTTP_REQUEST : HTTP_RESPONSE,
                &settings);
    opinion opinion;
    opinion.to_head = to_head;
    parser.data = &opinion;
    llhttp_errno_t error = llhttp_execute(&parser, text.data(), text.size());
    opinion.taken = text.size();
    if (error == HPE_OK)
        error = llhttp_finish(&parser);
    else if (opinion.accepted)
        opinion.taken =
            static_cast<size_t>(llhttp_get_error_pos(&parser) - text.data());
    opinion.reason = llhttp_errno_name(error);
    return opinion;
}

/* ---- where the two differ, and why ---- */

/* What we refuse and llhttp accepts. A refusal that is not listed here must be
 * llhttp's too. */
static const std::map<enum message_error, const char *> stricter = {
    {MESSAGE_BAD_START_LINE, "it skips any number of empty lines and spaces, "
                             "and reads HTTP/0.9 and CONNECT"},
    {MESSAGE_BAD_VERSION, "it reads HTTP/0.9 and 2.0 as if they were 1.1"},
    {MESSAGE_BAD_STATUS, "it takes any number for a status"},
    {MESSAGE_BAD_LINE_END, "it takes a bare LF for a line's end in places"},
    {MESSAGE_NUL, "it does not look into reasons and extensions"},
    {MESSAGE_BAD_FIELD_NAME, "it accepts empty names, and what was folded"},
    {MESSAGE_FOLDED,
     "it unfolds also what decides on the framing (HT2), and in "
     "requests (HT1)"},
    {MESSAGE_BAD_LENGTH, "it unfolds, so a length may be on the next line"},
    {MESSAGE_BAD_CODING, "it reads other codings until the connection closes, "
                         "and gives them undecoded to its user"},
    {MESSAGE_OLD_CODING, "it reads chunks in HTTP/1.0"},
    {MESSAGE_BAD_EXTENSION, "it accepts empty values and open quotes"},
    {MESSAGE_SWITCHED, "it leaves 101 to its user"},
    {MESSAGE_NO_HOST, "it leaves Host to its user"},
};

static bool contains(std::string_view text, std::string_view piece)
{
    return text.find(piece) != text.npos;
}

static bool has_fold(std::string_view text)
{
    return contains(text, "\n ") || contains(text, "\n\t");
}

/* Is there a good reason that only we accept this? */
static bool is_accepted_knowingly(std::string_view text, const outcome &mine,
                                  const opinion &theirs)
{
    /* It knows a list of methods; to a server an unknown one is a 501. It takes
     * PRI for the beginning of HTTP/2. */
    if (theirs.reason == "HPE_INVALID_METHOD" || mine.method == "PRI")
        return true;
    /* Release 9 unfolds no more (HT1). */
    if (theirs.reason == "HPE_INVALID_HEADER_TOKEN")
        return has_fold(text);
    /* It heeds "Connection: close" in a 1xx; only the answer decides. */
    if (theirs.reason == "HPE_CLOSED_CONNECTION")
        return theirs.interim;
    /* A length or a coding in a trailer says nothing: RFC 9110, 6.5.1. */
    if (theirs.reason == "HPE_INVALID_CONTENT_LENGTH" ||
        theirs.reason == "HPE_INVALID_TRANSFER_ENCODING")
        return mine.trailers;
    /* The same length twice: RFC 9110, 8.6 leaves it to us. */
    if (theirs.reason == "HPE_UNEXPECTED_CONTENT_LENGTH")
        return mine.lengths > 1 || mine.trailers;
    /* Blanks around an extension: RFC 9112, 7.1.1 obliges us to read them. And
     * blanks behind a size, HT5. */
    if (theirs.reason == "HPE_INVALID_CHUNK_SIZE" ||
        theirs.reason == "HPE_STRICT")
        return contains(text, ";") || contains(text, " \r\n") ||
               contains(text, "\t\r\n");
    /* The host in an absolute target is the server's to check. */
    return theirs.reason == "HPE_INVALID_URL" &&
           contains(mine.target.substr(0, 7), "://");
}

/* llhttp takes a tab for a blank in some places only (RFC 9110, 5.6.3 says in
 * all), so it is asked with spaces in their stead. */
static std::string without_tabs(std::string_view text)
{
    std::string changed(text);
    std::replace(changed.begin(), changed.end(), '\t', ' ');
    return changed;
}

class comparison
{
  public:
    explicit comparison(enum message_kind of) : kind(of), ours(of)
    {
    }

    void compare(std::string_view text, bool to_head)
    {
        SCOPED_TRACE(text);
        outcome mine = ours.feed(text, {}, to_head);
        opinion theirs = ask_llhttp(kind, without_tabs(text), to_head);
        if (mine.complete && theirs.accepted) {
            accepted++;
            expect_same(text, mine, theirs);
        } else if (mine.complete) {
            EXPECT_TRUE(is_accepted_knowingly(text, mine, theirs))
                << "only we accept it; llhttp says " << theirs.reason;
        } else if (theirs.accepted) {
            EXPECT_TRUE(stricter.count(mine.error))
                << "only we refuse it: " << message_error_sentence(mine.error);
        }
    }

    size_t accepted = 0; /* by both */

  private:
    void expect_same(std::string_view text, const outcome &mine,
                     const opinion &theirs)
    {
        if (kind == MESSAGE_RESPONSE) {
            EXPECT_EQ(mine.status, theirs.status);
        } else {
            EXPECT_EQ(mine.target, theirs.target);
        }
        EXPECT_EQ(without_tabs(mine.body), theirs.body);
        EXPECT_EQ(mine.taken, theirs.taken);
        if (!differs_knowingly(text, mine)) {
            EXPECT_EQ(mine.keep_alive, theirs.keep_alive);
        }
    }

    bool differs_knowingly(std::string_view text, const outcome &mine) const
    {
        /* It reads each line of a folded Connection by itself (HT2). */
        if (ours.message.has_connection && has_fold(text))
            return true;
        /* In HTTP/1.0 it lets keep-alive win over close: RFC 9112, 9.3 says the
         * opposite. And it heeds "Connection: close" in a trailer. */
        bool both = ours.message.says_close && ours.message.says_keep_alive;
        return (both && mine.minor_version == 0) || mine.trailers;
    }

    enum message_kind kind;
    feeder ours;
};

/* ---- messages to compare ---- */

struct sample {
    std::string text;
    bool to_head;
};

template <class Rows>
static void add(std::vector<sample> *samples, const Rows &rows)
{
    for (const auto &row : rows)
        samples->push_back({std::string(row.text), (row.flags & TO_HEAD) != 0});
}

/* Changes that a table would not think of, from a seed: the same each time. */
class mutator
{
  public:
    explicit mutator(unsigned seed) : random(seed)
    {
    }

    std::string mutate(const std::vector<sample> &samples, std::string text)
    {
        for (size_t i = below(2) + 1; i > 0; i--)
            change(samples, &text);
        return text;
    }

    size_t below(size_t limit)
    {
        return limit ? random() % limit : 0;
    }

  private:
    void change(const std::vector<sample> &samples, std::string *text)
    {
        static const std::string_view pieces[] = {
            "\r"sv,
            "\n"sv,
            "\r\n"sv,
            "\r\n\r\n"sv,
            " "sv,
            "\t"sv,
            "\0"sv,
            ":"sv,
            ";"sv,
            ","sv,
            "0"sv,
            "1"sv,
            "5"sv,
            "a"sv,
            "F"sv,
            "-"sv,
            "+"sv,
            "\x7f"sv,
            "\x80"sv,
            "\xff"sv,
            "\""sv,
            "="sv,
            "chunked"sv,
            "close"sv,
            "keep-alive"sv,
            "Content-Length: 5\r\n"sv,
            "Transfer-Encoding: chunked\r\n"sv,
            "Connection: close\r\n"sv,
            "Host: a\r\n"sv,
            "A: b\r\n"sv,
            "\r\n c"sv,
            "0\r\n\r\n"sv};
        size_t at = below(text->size() + 1);
        size_t count = below(4);
        switch (below(5)) {
        case 0:
            text->erase(at, count);
            break;
        case 1:
            text->insert(at, pieces[below(std::size(pieces))]);
            break;
        case 2:
            text->replace(at, count, pieces[below(std::size(pieces))]);
            break;
        case 3:
            text->insert(at, text->substr(below(text->size()), below(30)));
            break;
        default: {
            const std::string &other = samples[below(samples.size())].text;
            text->replace(at, std::string::npos,
                          other.substr(std::min(at, other.size())));
            break;
        }
        }
    }

    std::mt19937 random;
};

/* Every row as it is; then changes of the good ones, with pieces of all. */
template <class Good, class Bad>
static void compare_many(enum message_kind kind, const Good &good,
                         const Bad &bad)
{
    std::vector<sample> samples;
    add(&samples, good);
    add(&samples, bad);
    comparison comparison(kind);
    for (const auto &sample : samples)
        comparison.compare(sample.text, sample.to_head);
    mutator mutator(2026);
    for (int i = 0; i < 20000; i++) {
        const sample &sample = samples[mutator.below(std::size(good))];
        comparison.compare(mutator.mutate(samples, sample.text),
                           sample.to_head);
    }
    EXPECT_GT(comparison.accepted, 2000u) << "too few to say anything";
}

TEST(Oracle, ResponsesAreUnderstoodAlike)
{
    compare_many(MESSAGE_RESPONSE, good_responses, bad_responses);
}

TEST(Oracle, RequestsAreUnderstoodAlike)
{
    compare_many(MESSAGE_REQUEST, good_requests, bad_requests);
}

TEST(Oracle, WhatOurServersWriteIsUnderstoodAsItWasMeant)
{
    response writer = {};
    for (const given_response &given : all_responses()) {
        std::string wire;
        ASSERT_EQ(write_response(&writer, given, {}, &wire), 0);
        opinion read =
            ask_llhttp(MESSAGE_RESPONSE, wire, given.terms.head_only);
        EXPECT_TRUE(read.accepted) << read.reason << ": " << wire;
        EXPECT_EQ(read.status, given.head.status) << wire;
        EXPECT_EQ(read.body, given.has_body() ? given.body() : "") << wire;
        EXPECT_EQ(read.taken, wire.size()) << wire;
        EXPECT_EQ(read.keep_alive, writer.keep_alive) << wire;
    }
    response_deinit(&writer);
}

#endif
