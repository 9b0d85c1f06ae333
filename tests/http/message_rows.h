/* SPDX-License-Identifier: MIT */
/* Messages, good and bad, a line each. The parser's tests cut them in every
 * way, the oracle's tests change them, the fuzzer starts from them. */
#ifndef TESTS_HTTP_MESSAGE_ROWS_H
#define TESTS_HTTP_MESSAGE_ROWS_H

#include "http/message.h"

#include <string_view>

using namespace std::string_view_literals;

/* What is special about a row. */
enum {
    TO_HEAD = 1,     /* the response to a HEAD request */
    UNTIL_CLOSE = 2, /* complete only when the peer closes */
    KEPT = 4,        /* the connection may serve another message */
};

struct good_response {
    std::string_view text;
    int status;
    std::string_view body;
    unsigned flags;
    size_t rest = 0; /* how many bytes at the end belong to something else */
};

#define OK11 "HTTP/1.1 200 OK\r\n"
#define OK10 "HTTP/1.0 200 OK\r\n"
#define CHUNKED "Transfer-Encoding: chunked\r\n\r\n"

inline constexpr good_response good_responses[] = {
    /* lengths; HT6: the same one twice */
    {OK11 "Content-Length: 5\r\n\r\nhello"sv, 200, "hello", KEPT},
    {OK11 "Content-Length: 0\r\n\r\n"sv, 200, "", KEPT},
    {OK11 "content-LENGTH:5\r\n\r\nhello"sv, 200, "hello", KEPT},
    {OK11 "Content-Length: \t 5 \t\r\n\r\nhello"sv, 200, "hello", KEPT},
    {OK11 "Content-Length: 005\r\n\r\nhello"sv, 200, "hello", KEPT},
    {OK11 "Content-Length: 2\r\nContent-Length: 2\r\n\r\nhi"sv, 200, "hi",
     KEPT},
    {OK11 "Content-Length: 5\r\n\r\na\0\r\n\xff"sv, 200, "a\0\r\n\xff"sv, KEPT},
    {OK11 "Content-Length: 2\r\n\r\nhiHTTP/1.1 200"sv, 200, "hi", KEPT, 12},
    {OK11 "Content-Length: 0\r\n\r\n\r\n"sv, 200, "", KEPT, 2},
    /* until close */
    {OK11 "\r\nhello"sv, 200, "hello", UNTIL_CLOSE},
    {OK11 "\r\n"sv, 200, "", UNTIL_CLOSE},
    {OK10 "\r\nhello"sv, 200, "hello", UNTIL_CLOSE},
    {OK11 "Connection: keep-alive\r\n\r\nx"sv, 200, "x", UNTIL_CLOSE},
    /* chunks */
    {OK11 CHUNKED "0\r\n\r\n"sv, 200, "", KEPT},
    {OK11 CHUNKED "5\r\nhello\r\n0\r\n\r\n"sv, 200, "hello", KEPT},
    {OK11 CHUNKED "1\r\na\r\n2\r\nbc\r\n00\r\n\r\n"sv, 200, "abc", KEPT},
    {OK11 CHUNKED "00000000000000000000a\r\n0123456789\r\n0\r\n\r\n"sv, 200,
     "0123456789", KEPT},
    {OK11 CHUNKED "A\r\n0123456789\r\n0\r\n\r\nHTTP"sv, 200, "0123456789", KEPT,
     4},
    {OK11 CHUNKED "2\r\n\r\n\r\n0\r\n\r\n"sv, 200, "\r\n", KEPT},
    {OK11 "transfer-encoding:\tCHUNKED \r\n\r\n1\r\nx\r\n0\r\n\r\n"sv, 200, "x",
     KEPT},
    {OK11 CHUNKED "1;a\r\nx\r\n0;b=c\r\n\r\n"sv, 200, "x", KEPT},
    {OK11 CHUNKED "1 ; a = \"b;\\\"\" ;c=d\r\nx\r\n0\r\n\r\n"sv, 200, "x",
     KEPT},
    {OK11 CHUNKED "1\r\nx\r\n0\r\nA: b\r\nC:\r\n\r\n"sv, 200, "x", KEPT},
    {OK11 CHUNKED "1\r\nx\r\n0\r\nContent-Length: 9\r\n\r\n"sv, 200, "x", KEPT},
    /* no body */
    {OK11 "Content-Length: 5\r\n\r\n"sv, 200, "", TO_HEAD | KEPT},
    {OK11 CHUNKED ""sv, 200, "", TO_HEAD | KEPT},
    {OK11 "\r\n"sv, 200, "", TO_HEAD | KEPT},
    {OK11 "Content-Length: 18446744073709551615\r\n\r\n"sv, 200, "",
     TO_HEAD | KEPT},
    {"HTTP/1.1 204 No Content\r\n\r\n"sv, 204, "", KEPT},
    {"HTTP/1.1 204 No Content\r\nContent-Length: 3\r\n\r\nabc"sv, 204, "", KEPT,
     3},
    {"HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n"sv, 304, "", KEPT},
    {"HTTP/1.0 204 No Content\r\n\r\n"sv, 204, "", 0},
    /* keep-alive */
    {OK11 "Connection: close\r\nContent-Length: 1\r\n\r\nx"sv, 200, "x", 0},
    {OK11 "Connection: CLOSE\r\nContent-Length: 1\r\n\r\nx"sv, 200, "x", 0},
    {OK11 "Connection: x, close ,y\r\nContent-Length: 1\r\n\r\nx"sv, 200, "x",
     0},
    {OK11 "Connection: closed\r\nContent-Length: 1\r\n\r\nx"sv, 200, "x", KEPT},
    {OK11 "Connection: keep-alive\r\nConnection: close\r\n"
          "Content-Length: 1\r\n\r\nx"sv,
     200, "x", 0},
    {OK11 "Connection: close, keep-alive\r\nContent-Length: 1\r\n\r\nx"sv, 200,
     "x", 0},
    {OK11 "Connection: ,,\r\nContent-Length: 1\r\n\r\nx"sv, 200, "x", KEPT},
    {OK11 "Connection:\r\nContent-Length: 1\r\n\r\nx"sv, 200, "x", KEPT},
    {OK10 "Content-Length: 1\r\n\r\nx"sv, 200, "x", 0},
    {OK10 "Connection: Keep-Alive\r\nContent-Length: 1\r\n\r\nx"sv, 200, "x",
     KEPT},
    {OK10 "Connection: keep-alive\r\n\r\nx"sv, 200, "x", UNTIL_CLOSE},
    /* interim answers */
    {"HTTP/1.1 100 Continue\r\n\r\n" OK11 "Content-Length: 1\r\n\r\nx"sv, 200,
     "x", KEPT},
    {"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\nConnection: close\r\n\r\n"
     "HTTP/1.1 102 Processing\r\n\r\n" OK11 "Content-Length: 1\r\n\r\nx"sv,
     200, "x", KEPT},
    {"HTTP/1.1 199 x\r\n\r\nHTTP/1.1 204 x\r\n\r\n"sv, 204, "", KEPT},
    /* first lines; HT12: no reason; HT4: an empty line before it */
    {"HTTP/1.1 200 \r\nContent-Length: 0\r\n\r\n"sv, 200, "", KEPT},
    {"HTTP/1.1 200\r\nContent-Length: 0\r\n\r\n"sv, 200, "", KEPT},
    {"HTTP/1.1 599 What Else\tCaf\xe9\r\nContent-Length: 0\r\n\r\n"sv, 599, "",
     KEPT},
    {"\r\n" OK11 "Content-Length: 1\r\n\r\nx"sv, 200, "x", KEPT},
    /* HT3: statuses that no registry has */
    {"HTTP/1.1 600 Odd\r\nContent-Length: 1\r\n\r\nx"sv, 600, "x", KEPT},
    {"HTTP/1.1 999 Denied\r\nContent-Length: 1\r\n\r\nx"sv, 999, "x", KEPT},
    /* HT1: folded lines */
    {OK11 "A: b\r\n c\r\nContent-Length: 1\r\n\r\nx"sv, 200, "x", KEPT},
    {OK11 "A:\r\n\t\r\n b \r\nContent-Length: 1\r\n\r\nx"sv, 200, "x", KEPT},
    {OK11 "Content-Length: 1\r\nA: b\r\n Content-Length: 5\r\n\r\nx"sv, 200,
     "x", KEPT},
    {OK11 CHUNKED "1\r\nx\r\n0\r\nA: b\r\n c\r\n\td\r\n\r\n"sv, 200, "x", KEPT},
    /* HT2: Connection frames nothing; what it says is read when it is whole */
    {OK11 "Connection: keep-alive,\r\n close\r\nContent-Length: 1\r\n\r\nx"sv,
     200, "x", 0},
    {OK11 "Connection:\r\n\tclose\r\nContent-Length: 1\r\n\r\nx"sv, 200, "x",
     0},
    {OK11 "Connection: close\r\n d\r\nContent-Length: 1\r\n\r\nx"sv, 200, "x",
     KEPT},
    {OK11 "Connection: x\r\nConnection: clo\r\n se\r\n"
          "Content-Length: 1\r\n\r\nx"sv,
     200, "x", KEPT},
    {OK10 "Content-Length: 1\r\nConnection: x,\r\n keep-alive\r\n\r\nx"sv, 200,
     "x", KEPT},
    {"HTTP/1.1 100 Continue\r\nConnection: x,\r\n close\r\n\r\n" OK11
     "Content-Length: 1\r\n\r\nx"sv,
     200, "x", KEPT},
    /* HT5: chunk sizes that are filled up with blanks */
    {OK11 CHUNKED "1 \r\nx\r\n0 \t \r\n\r\n"sv, 200, "x", KEPT},
    {OK11 CHUNKED "1;a=b \r\nx\r\n0\r\n\r\n"sv, 200, "x", KEPT},
    /* fields */
    {OK11 "A:\r\nB: \r\n!#$%&'*+-.^_`|~09azAZ: x\r\nD: a:b : c\r\n"
          "E: caf\xc3\xa9\ttab\r\nContent-Length: 0\r\n\r\n"sv,
     200, "", KEPT},
    {OK11 "Host: a\r\nHost: b\r\nDate: x\r\nKeep-Alive: 5\r\n"
          "Content-Length: 0\r\n\r\n"sv,
     200, "", KEPT},
};

struct bad_message {
    std::string_view text;
    enum message_error error;
    unsigned flags = 0;
};

inline constexpr bad_message bad_responses[] = {
    /* first lines */
    {"\r\n\r\n" OK11 "\r\n"sv, MESSAGE_BAD_START_LINE},
    {" " OK11 "\r\n"sv, MESSAGE_BAD_START_LINE},
    {"http/1.1 200 OK\r\n\r\n"sv, MESSAGE_BAD_START_LINE},
    {"ICY 200 OK\r\n\r\n"sv, MESSAGE_BAD_START_LINE},
    {"HTTX/1.1 200 OK\r\n\r\n"sv, MESSAGE_BAD_START_LINE},
    {"<html>\r\n"sv, MESSAGE_BAD_START_LINE},
    {"HTTP\r\n"sv, MESSAGE_BAD_START_LINE},
    {"HTTP/2 200\r\n\r\n"sv, MESSAGE_BAD_VERSION},
    {"HTTP/0.9 200 OK\r\n\r\n"sv, MESSAGE_BAD_VERSION},
    {"HTTP/1.2 200 OK\r\n\r\n"sv, MESSAGE_BAD_VERSION},
    {"HTTP/1.10 200 OK\r\n\r\n"sv, MESSAGE_BAD_VERSION},
    {"HTTP/01.1 200 OK\r\n\r\n"sv, MESSAGE_BAD_VERSION},
    {"HTTP/ 200 OK\r\n\r\n"sv, MESSAGE_BAD_VERSION},
    {"HTTP/1.1\t200 OK\r\n\r\n"sv, MESSAGE_BAD_VERSION},
    {"HTTP/1.1\r\n\r\n"sv, MESSAGE_BAD_STATUS},
    {"HTTP/1.1 \r\n\r\n"sv, MESSAGE_BAD_STATUS},
    {"HTTP/1.1  200 OK\r\n\r\n"sv, MESSAGE_BAD_STATUS},
    {"HTTP/1.1 20 OK\r\n\r\n"sv, MESSAGE_BAD_STATUS},
    {"HTTP/1.1 2000 OK\r\n\r\n"sv, MESSAGE_BAD_STATUS},
    {"HTTP/1.1 200OK\r\n\r\n"sv, MESSAGE_BAD_STATUS},
    {"HTTP/1.1 2x0 OK\r\n\r\n"sv, MESSAGE_BAD_STATUS},
    {"HTTP/1.1 +20 OK\r\n\r\n"sv, MESSAGE_BAD_STATUS},
    {"HTTP/1.1 099 OK\r\n\r\n"sv, MESSAGE_BAD_STATUS},
    {"HTTP/1.1 000 OK\r\n\r\n"sv, MESSAGE_BAD_STATUS},
    {"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n"sv,
     MESSAGE_SWITCHED},
    /* HT10: line ends; HT15: control characters */
    {"HTTP/1.1 200 OK\nContent-Length: 0\r\n\r\n"sv, MESSAGE_BAD_LINE_END},
    {"\n" OK11 "\r\n"sv, MESSAGE_BAD_LINE_END},
    {OK11 "Content-Length: 0\n\r\n"sv, MESSAGE_BAD_LINE_END},
    {OK11 "Content-Length: 0\r\n\n"sv, MESSAGE_BAD_LINE_END},
    {OK11 "A: b\rc\r\n\r\n"sv, MESSAGE_BAD_LINE_END},
    {OK11 "A: b\r\r\n\r\n"sv, MESSAGE_BAD_LINE_END},
    {"HTTP/1.1 200 O\rK\r\n\r\n"sv, MESSAGE_BAD_LINE_END},
    {"HTTP/1.1 200 O\0K\r\n\r\n"sv, MESSAGE_NUL},
    {OK11 "A: b\0c\r\n\r\n"sv, MESSAGE_NUL},
    {OK11 "A\0: b\r\n\r\n"sv, MESSAGE_NUL},
    {OK11 "A: \x01\r\n\r\n"sv, MESSAGE_NUL},
    {OK11 "A: \x7f\r\n\r\n"sv, MESSAGE_NUL},
    {OK11 "A: 0123456789\x1f"
          "0123456789\r\n\r\n"sv,
     MESSAGE_NUL},
    {OK11 "A: \v\r\n\r\n"sv, MESSAGE_NUL},
    /* names; HT14: a blank before the colon */
    {OK11 ": b\r\n\r\n"sv, MESSAGE_BAD_FIELD_NAME},
    {OK11 "A\r\n\r\n"sv, MESSAGE_BAD_FIELD_NAME},
    {OK11 "A b: c\r\n\r\n"sv, MESSAGE_BAD_FIELD_NAME},
    {OK11 "A(b): c\r\n\r\n"sv, MESSAGE_BAD_FIELD_NAME},
    {OK11 "Caf\xc3\xa9: c\r\n\r\n"sv, MESSAGE_BAD_FIELD_NAME},
    {OK11 "A : b\r\n\r\n"sv, MESSAGE_SPACE_BEFORE_COLON},
    {OK11 "Content-Length \t: 5\r\n\r\nhello"sv, MESSAGE_SPACE_BEFORE_COLON},
    /* HT1, HT2: no field can go on in them, or it decides on the framing */
    {OK11 " A: b\r\n\r\n"sv, MESSAGE_FOLDED},
    {OK11 "Content-Length:\r\n 5\r\n\r\nhello"sv, MESSAGE_BAD_LENGTH},
    {OK11 "Content-Length: 5\r\n \r\n\r\nhello"sv, MESSAGE_FOLDED},
    {OK11 "Transfer-Encoding: chunked\r\n\t\r\n\r\n0\r\n\r\n"sv,
     MESSAGE_FOLDED},
    {"HTTP/1.1 100 Continue\r\nA: b\r\n\r\n" OK11 " c\r\n\r\n"sv,
     MESSAGE_FOLDED},
    /* lengths */
    {OK11 "Content-Length:\r\n\r\n"sv, MESSAGE_BAD_LENGTH},
    {OK11 "Content-Length: +5\r\n\r\nhello"sv, MESSAGE_BAD_LENGTH},
    {OK11 "Content-Length: -5\r\n\r\nhello"sv, MESSAGE_BAD_LENGTH},
    {OK11 "Content-Length: 5 5\r\n\r\nhello"sv, MESSAGE_BAD_LENGTH},
    {OK11 "Content-Length: 5, 5\r\n\r\nhello"sv, MESSAGE_BAD_LENGTH},
    {OK11 "Content-Length: 0x5\r\n\r\nhello"sv, MESSAGE_BAD_LENGTH},
    {OK11 "Content-Length: 5.0\r\n\r\nhello"sv, MESSAGE_BAD_LENGTH},
    {OK11 "Content-Length: five\r\n\r\nhello"sv, MESSAGE_BAD_LENGTH},
    {OK11 "Content-Length: 99999999999999999999x\r\n\r\n"sv,
     MESSAGE_BAD_LENGTH},
    {OK11 "Content-Length: 18446744073709551616\r\n\r\n"sv,
     MESSAGE_LENGTH_OVERFLOW},
    {OK11 "Content-Length: 99999999999999999999999\r\n\r\n"sv,
     MESSAGE_LENGTH_OVERFLOW},
    {OK11 "Content-Length: 18446744073709551615\r\n\r\n"sv,
     MESSAGE_BODY_TOO_LARGE},
    {OK11 "Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello"sv,
     MESSAGE_LENGTHS_DIFFER},
    {OK11 "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"sv,
     MESSAGE_LENGTH_AND_CODING},
    {OK11 "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n"sv,
     MESSAGE_LENGTH_AND_CODING},
    {OK11 "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n"sv,
     MESSAGE_LENGTH_AND_CODING, TO_HEAD},
    {OK11 "Content-Length: x\r\n\r\n"sv, MESSAGE_BAD_LENGTH, TO_HEAD},
    /* HT11: codings */
    {OK11 "Transfer-Encoding: gzip\r\n\r\n"sv, MESSAGE_BAD_CODING},
    {OK11 "Transfer-Encoding: gzip, chunked\r\n\r\n"sv, MESSAGE_BAD_CODING},
    {OK11 "Transfer-Encoding: chunked, chunked\r\n\r\n"sv, MESSAGE_BAD_CODING},
    {OK11 "Transfer-Encoding: chunked\r\n" CHUNKED ""sv, MESSAGE_BAD_CODING},
    {OK11 "Transfer-Encoding: identity\r\n\r\n"sv, MESSAGE_BAD_CODING},
    {OK11 "Transfer-Encoding: xchunked\r\n\r\n"sv, MESSAGE_BAD_CODING},
    {OK11 "Transfer-Encoding: chunked;q=1\r\n\r\n"sv, MESSAGE_BAD_CODING},
    {OK11 "Transfer-Encoding: \"chunked\"\r\n\r\n"sv, MESSAGE_BAD_CODING},
    {OK11 "Transfer-Encoding:\r\n\r\n"sv, MESSAGE_BAD_CODING},
    {OK10 CHUNKED "0\r\n\r\n"sv, MESSAGE_OLD_CODING},
    /* chunks; HT13: blanks before a size */
    {OK11 CHUNKED "\r\n"sv, MESSAGE_BAD_CHUNK_SIZE},
    {OK11 CHUNKED "g\r\n"sv, MESSAGE_BAD_CHUNK_SIZE},
    {OK11 CHUNKED "0x1\r\nx\r\n0\r\n\r\n"sv, MESSAGE_BAD_CHUNK_SIZE},
    {OK11 CHUNKED "-1\r\nx\r\n0\r\n\r\n"sv, MESSAGE_BAD_CHUNK_SIZE},
    {OK11 CHUNKED "+1\r\nx\r\n0\r\n\r\n"sv, MESSAGE_BAD_CHUNK_SIZE},
    {OK11 CHUNKED " 1\r\nx\r\n0\r\n\r\n"sv, MESSAGE_BAD_CHUNK_SIZE},
    {OK11 CHUNKED "1x\r\nx\r\n0\r\n\r\n"sv, MESSAGE_BAD_CHUNK_SIZE},
    {OK11 CHUNKED ";a\r\n"sv, MESSAGE_BAD_CHUNK_SIZE},
    {OK11 CHUNKED "1\nx\r\n0\r\n\r\n"sv, MESSAGE_BAD_LINE_END},
    {OK11 CHUNKED "1\r\nx\r\n0\n\r\n"sv, MESSAGE_BAD_LINE_END},
    {OK11 CHUNKED "1\0\r\nx\r\n0\r\n\r\n"sv, MESSAGE_NUL},
    {OK11 CHUNKED "10000000000000000\r\n"sv, MESSAGE_CHUNK_OVERFLOW},
    {OK11 CHUNKED "fffffffffffffffff\r\n"sv, MESSAGE_CHUNK_OVERFLOW},
    {OK11 CHUNKED "ffffffffffffffff\r\n"sv, MESSAGE_BODY_TOO_LARGE},
    {OK11 CHUNKED "1\r\nx\r\nffffffffffffffff\r\n"sv, MESSAGE_BODY_TOO_LARGE},
    {OK11 CHUNKED "1\r\nxy\r\n0\r\n\r\n"sv, MESSAGE_BAD_CHUNK_END},
    {OK11 CHUNKED "1\r\nx\n0\r\n\r\n"sv, MESSAGE_BAD_CHUNK_END},
    {OK11 CHUNKED "1\r\nx\r0\r\n\r\n"sv, MESSAGE_BAD_CHUNK_END},
    {OK11 CHUNKED "1\r\nx0\r\n\r\n"sv, MESSAGE_BAD_CHUNK_END},
    {OK11 CHUNKED "3\r\nx\r\n0\r\n\r\n"sv, MESSAGE_BAD_CHUNK_END},
    {OK11 CHUNKED " \r\nx\r\n0\r\n\r\n"sv, MESSAGE_BAD_CHUNK_SIZE},
    {OK11 CHUNKED "1;a; \r\nx\r\n0\r\n\r\n"sv, MESSAGE_BAD_EXTENSION},
    {OK11 CHUNKED "1 a\r\nx\r\n0\r\n\r\n"sv, MESSAGE_BAD_EXTENSION},
    {OK11 CHUNKED "1;\r\nx\r\n0\r\n\r\n"sv, MESSAGE_BAD_EXTENSION},
    {OK11 CHUNKED "1;a=\r\nx\r\n0\r\n\r\n"sv, MESSAGE_BAD_EXTENSION},
    {OK11 CHUNKED "1;a=\"b\r\nx\r\n0\r\n\r\n"sv, MESSAGE_BAD_EXTENSION},
    {OK11 CHUNKED "1;a=\"b\\\"\r\nx\r\n0\r\n\r\n"sv, MESSAGE_BAD_EXTENSION},
    {OK11 CHUNKED "1;a b\r\nx\r\n0\r\n\r\n"sv, MESSAGE_BAD_EXTENSION},
    /* trailers */
    {OK11 CHUNKED "0\r\nA\r\n\r\n"sv, MESSAGE_BAD_FIELD_NAME},
    {OK11 CHUNKED "0\r\nA : b\r\n\r\n"sv, MESSAGE_SPACE_BEFORE_COLON},
    {OK11 CHUNKED "0\r\n c\r\n\r\n"sv, MESSAGE_FOLDED},
    {OK11 CHUNKED "0\r\nA: b\nB: c\r\n\r\n"sv, MESSAGE_BAD_LINE_END},
    {OK11 CHUNKED "0\r\n\n"sv, MESSAGE_BAD_LINE_END},
    /* the peer closes too early */
    {""sv, MESSAGE_TRUNCATED},
    {"HTTP/1.1 200"sv, MESSAGE_TRUNCATED},
    {OK11 "Content-Length: 0\r\n"sv, MESSAGE_TRUNCATED},
    {OK11 "Content-Length: 5\r\n\r\nhell"sv, MESSAGE_TRUNCATED},
    {OK11 CHUNKED "5\r\nhello"sv, MESSAGE_TRUNCATED},
    {OK11 CHUNKED "5\r\nhello\r\n"sv, MESSAGE_TRUNCATED},
    {OK11 CHUNKED "0\r\n"sv, MESSAGE_TRUNCATED},
    {OK11 CHUNKED "0\r\nA: b\r\n"sv, MESSAGE_TRUNCATED},
    {"HTTP/1.1 100 Continue\r\n\r\n"sv, MESSAGE_TRUNCATED},
    {"\r\n"sv, MESSAGE_TRUNCATED},
};

struct good_request {
    std::string_view text;
    std::string_view method, target, body;
    unsigned flags;
    size_t rest = 0;
};

#define POST "POST / HTTP/1.1\r\nHost: a\r\n"

inline constexpr good_request good_requests[] = {
    {"GET / HTTP/1.1\r\nHost: a\r\n\r\n"sv, "GET", "/", "", KEPT},
    {"GET /x?y#z HTTP/1.1\r\nhost:\r\n\r\n"sv, "GET", "/x?y#z", "", KEPT},
    {"HEAD / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"sv, "HEAD", "/",
     "", 0},
    {"GET / HTTP/1.0\r\n\r\n"sv, "GET", "/", "", 0},
    {"GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n"sv, "GET", "/", "",
     KEPT},
    {"OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n"sv, "OPTIONS", "*", "", KEPT},
    {"GET http://a/b HTTP/1.1\r\nHost: a\r\n\r\n"sv, "GET", "http://a/b", "",
     KEPT},
    {"BREW /pot HTTP/1.1\r\nHost: a\r\n\r\n"sv, "BREW", "/pot", "", KEPT},
    {"\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n"sv, "GET", "/", "", KEPT},
    {POST "Content-Length: 3\r\n\r\nabc"sv, "POST", "/", "abc", KEPT},
    {POST "Content-Length: 3\r\n\r\nabcGET /"sv, "POST", "/", "abc", KEPT, 5},
    {POST "\r\n"sv, "POST", "/", "", KEPT},
    {POST CHUNKED "3\r\nabc\r\n0\r\n\r\n"sv, "POST", "/", "abc", KEPT},
    {"GET / HTTP/1.1\r\nHost: a\r\n\r\nGET / HTTP/1.1\r\n"sv, "GET", "/", "",
     KEPT, 16},
};

inline constexpr bad_message bad_requests[] = {
    {"GET /\r\n\r\n"sv, MESSAGE_BAD_START_LINE},
    {"GET\r\n\r\n"sv, MESSAGE_BAD_START_LINE},
    {"GET  / HTTP/1.1\r\nHost: a\r\n\r\n"sv, MESSAGE_BAD_START_LINE},
    {"GET /  HTTP/1.1\r\nHost: a\r\n\r\n"sv, MESSAGE_BAD_START_LINE},
    {" GET / HTTP/1.1\r\nHost: a\r\n\r\n"sv, MESSAGE_BAD_START_LINE},
    {"GET /a b HTTP/1.1\r\nHost: a\r\n\r\n"sv, MESSAGE_BAD_START_LINE},
    {"GET\t/ HTTP/1.1\r\nHost: a\r\n\r\n"sv, MESSAGE_BAD_START_LINE},
    {"G(T / HTTP/1.1\r\nHost: a\r\n\r\n"sv, MESSAGE_BAD_START_LINE},
    {"GET caf HTTP/1.1\r\nHost: a\r\n\r\n"sv, MESSAGE_BAD_START_LINE},
    {"GET /caf\xc3\xa9 HTTP/1.1\r\nHost: a\r\n\r\n"sv, MESSAGE_BAD_START_LINE},
    {"GET http:// HTTP/1.1\r\nHost: a\r\n\r\n"sv, MESSAGE_BAD_START_LINE},
    {"CONNECT a:80 HTTP/1.1\r\nHost: a\r\n\r\n"sv, MESSAGE_BAD_START_LINE},
    {"GET / http/1.1\r\nHost: a\r\n\r\n"sv, MESSAGE_BAD_START_LINE},
    {"GET / HTTP/1.1 \r\nHost: a\r\n\r\n"sv, MESSAGE_BAD_VERSION},
    {"GET / HTTP/2\r\nHost: a\r\n\r\n"sv, MESSAGE_BAD_VERSION},
    {"GET / HTTP/1.2\r\nHost: a\r\n\r\n"sv, MESSAGE_BAD_VERSION},
    {"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"sv, MESSAGE_BAD_VERSION},
    {"GET / HTTP/1.1\r\n\r\n"sv, MESSAGE_NO_HOST},
    {"GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n"sv, MESSAGE_NO_HOST},
    {"GET / HTTP/1.0\r\nHost: a\r\nhost: b\r\n\r\n"sv, MESSAGE_NO_HOST},
    {"GET / HTTP/1.1\nHost: a\n\n"sv, MESSAGE_BAD_LINE_END},
    {"\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n"sv, MESSAGE_BAD_START_LINE},
    {"GET /\0 HTTP/1.1\r\nHost: a\r\n\r\n"sv, MESSAGE_NUL},
    {"\x16\x03\x01\x02\r\n"sv, MESSAGE_NUL},
    {POST "Content-Length: 3\r\n" CHUNKED "0\r\n\r\n"sv,
     MESSAGE_LENGTH_AND_CODING},
    {POST "Content-Length: 3\r\nContent-Length: 4\r\n\r\nabc"sv,
     MESSAGE_LENGTHS_DIFFER},
    {POST "Transfer-Encoding: chunked, identity\r\n\r\n"sv, MESSAGE_BAD_CODING},
    {"POST / HTTP/1.0\r\n" CHUNKED "0\r\n\r\n"sv, MESSAGE_OLD_CODING},
    /* HT1, HT5, HT13, HT14, HT15: from a client none of it is forgiven */
    {"GET / HTTP/1.1\r\nHost: a\r\nA: b\r\n c\r\n\r\n"sv, MESSAGE_FOLDED},
    {"GET / HTTP/1.1\r\nHost: a\r\n c\r\n\r\n"sv, MESSAGE_FOLDED},
    {POST CHUNKED "0\r\nA: b\r\n c\r\n\r\n"sv, MESSAGE_FOLDED},
    /* HT2 */
    {POST "Connection: keep-alive,\r\n close\r\n\r\n"sv, MESSAGE_FOLDED},
    {POST "Content-Length: 3\r\n \r\n\r\nabc"sv, MESSAGE_FOLDED},
    {POST CHUNKED "1 \r\nx\r\n0\r\n\r\n"sv, MESSAGE_BAD_EXTENSION},
    {POST CHUNKED " 1\r\nx\r\n0\r\n\r\n"sv, MESSAGE_BAD_CHUNK_SIZE},
    {POST CHUNKED "\t1\r\nx\r\n0\r\n\r\n"sv, MESSAGE_BAD_CHUNK_SIZE},
    {"GET / HTTP/1.1\r\nHost : a\r\n\r\n"sv, MESSAGE_SPACE_BEFORE_COLON},
    {"GET / HTTP/1.1\r\nHost: a\r\nA: \x01\r\n\r\n"sv, MESSAGE_NUL},
    {"GET / HTTP/1.1\r\nHost: a\r\nA: b\x7f\r\n\r\n"sv, MESSAGE_NUL},
    {POST "Content-Length: 3\r\n\r\nab"sv, MESSAGE_TRUNCATED},
    {"GET / HT"sv, MESSAGE_TRUNCATED},
};

#undef OK11
#undef OK10
#undef CHUNKED
#undef POST

#endif
