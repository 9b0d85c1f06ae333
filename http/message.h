/* SPDX-License-Identifier: MIT */
/* The parser of RFC 9112: it is fed bytes as they come, in pieces of any size,
 * and says when the message is whole. It waits for nothing and owns no input.
 *
 * Responses are what a client reads; requests are what the origin server reads.
 * Framing that two readers could understand differently is refused, each kind
 * with an error of its own, and never guessed at (RFC 9112, 6.3 and 11). What
 * is forgiven, and to which side, is listed in RULES.md: HT1 to HT16.
 *
 *     head: start line, fields     message_lines.c gathers the lines
 *           what they mean         message_head.c reads them, decides framing
 *     body: length, chunks, close  message_body.c
 */
#ifndef HTTP_MESSAGE_H
#define HTTP_MESSAGE_H

#include "http/headers.h"

#include <stdint.h>
#include <sys/types.h>

#ifdef __cplusplus
extern "C" {
#endif

#define MESSAGE_ERRORS(X)                                                      \
    X(MESSAGE_FINE, "the message is fine")                                     \
    X(MESSAGE_TRUNCATED, "the message ends before it is complete")             \
    X(MESSAGE_BAD_START_LINE, "the first line is not HTTP")                    \
    X(MESSAGE_BAD_VERSION, "the version is neither HTTP/1.0 nor HTTP/1.1")     \
    X(MESSAGE_BAD_STATUS, "the status is not three digits from 100 to 999")    \
    X(MESSAGE_BAD_LINE_END,                                                    \
      "a line feed or a carriage return comes without the other")              \
    X(MESSAGE_NUL, "there is a NUL or a control character outside the body")   \
    X(MESSAGE_BAD_FIELD_NAME, "a header name is empty or not a token")         \
    X(MESSAGE_SPACE_BEFORE_COLON, "there is a space before a header's colon")  \
    X(MESSAGE_FOLDED, "a header is folded over two lines")                     \
    X(MESSAGE_BAD_LENGTH, "the content-length is not a plain decimal number")  \
    X(MESSAGE_LENGTH_OVERFLOW, "the content-length is too large a number")     \
    X(MESSAGE_LENGTHS_DIFFER, "there are two different content-lengths")       \
    X(MESSAGE_LENGTH_AND_CODING,                                               \
      "there are both a content-length and a transfer-encoding")               \
    X(MESSAGE_BAD_CODING, "the transfer-encoding is not exactly 'chunked'")    \
    X(MESSAGE_OLD_CODING,                                                      \
      "there is a transfer-encoding in HTTP/1.0, which has none")              \
    X(MESSAGE_BAD_CHUNK_SIZE, "a chunk size is not a hexadecimal number")      \
    X(MESSAGE_BAD_EXTENSION,                                                   \
      "a chunk extension is not a list of names and values")                   \
    X(MESSAGE_CHUNK_OVERFLOW, "a chunk size is too large a number")            \
    X(MESSAGE_BAD_CHUNK_END, "a chunk does not end where its size says")       \
    X(MESSAGE_SWITCHED, "the server switches protocols without being asked")   \
    X(MESSAGE_NO_HOST, "the request has no host field, or more than one")      \
    X(MESSAGE_LINE_TOO_LONG, "a line is longer than the limit")                \
    X(MESSAGE_TOO_MUCH_FRAMING,                                                \
      "the lines with the chunk sizes are too long for so little data")        \
    X(MESSAGE_HEAD_TOO_LARGE, "the headers are larger than the limit")         \
    X(MESSAGE_BODY_TOO_LARGE, "the body is larger than the limit")             \
    X(MESSAGE_NO_MEMORY, "out of memory while reading the message")

enum message_error {
#define X(name, sentence) name,
    MESSAGE_ERRORS(X)
#undef X
};

const char *message_error_sentence(enum message_error error);

enum message_kind { MESSAGE_RESPONSE, MESSAGE_REQUEST };

/* In bytes. */
struct message_limits {
    size_t line;   /* one line of the head, or with a chunk size */
    size_t head;   /* with all 1xx before it; the trailers have the same
                    * limit, and so has what chunk sizes take too much (HT5) */
    uint64_t body; /* after decoding */
};

/* What real servers need (HT7), and some more. */
#define MESSAGE_LINE_DEFAULT ((size_t)64 * 1024)
#define MESSAGE_HEAD_DEFAULT ((size_t)256 * 1024)
#define MESSAGE_BODY_DEFAULT (UINT64_C(1) << 30)

enum message_state {
    MESSAGE_IN_START_LINE,
    MESSAGE_IN_FIELDS,
    MESSAGE_IN_BODY_LENGTH,
    MESSAGE_IN_BODY_UNTIL_CLOSE,
    MESSAGE_IN_CHUNK_SIZE,
    MESSAGE_IN_CHUNK_DATA,
    MESSAGE_IN_CHUNK_END,
    MESSAGE_IN_TRAILERS,
    MESSAGE_COMPLETE,
    MESSAGE_FAILED,
};

struct message {
    /* What has been read: good from the end of the head on. */
    int status;        /* response: 200 …; 1xx other than 101 is skipped */
    int minor_version; /* HTTP/1.minor_version */
    enum message_error error;
    bool keep_alive;        /* may the connection serve another message? */
    struct headers headers; /* trailers are checked, then dropped */
    uint64_t body_bytes;    /* of the body, decoded, so far */

    /* The parser's own. */
    enum message_kind kind;
    enum message_state state;
    struct buffer start; /* request: "method target" */
    size_t method_size;  /* of that */
    bool to_head;        /* it answers a HEAD request, so it has no body */
    bool started;        /* a byte of this message has been read */
    bool may_fold;       /* the next line may go on with the field before it */
    bool has_length, is_chunked, has_connection, says_close, says_keep_alive;
    int hosts;
    uint64_t remaining;   /* of the body, or of the current chunk */
    size_t head_bytes;    /* of the head or the trailers, so far */
    size_t framing_bytes; /* of lines with chunk sizes: too much, so far */
    struct buffer line;   /* a line that came in pieces; empty otherwise */
    struct buffer *body;  /* where the body goes; NULL: it is only counted */
    const struct message_limits *limits;
};

/* `limits` is borrowed for the life of the message. */
void message_init(struct message *message, enum message_kind kind,
                  const struct message_limits *limits);
void message_deinit(struct message *message);

/* Ready for the next message of the same kind; keeps the memory it has.
 * `to_head`: it answers a HEAD request. `body`: where body bytes are appended,
 * owned by the caller and untouched when NULL. */
void message_reset(struct message *message, bool to_head, struct buffer *body);

/* Hands over bytes. Takes only what belongs to this message, and returns how
 * many that were: fewer than `size` means that it is complete and the rest is
 * the beginning of something else. Returns -EBADMSG when the message is
 * refused; message->error says why, and stays. */
ssize_t message_feed(struct message *message, const char *data, size_t size);

/* The same, but takes nothing after the head, so that a server can look at the
 * head before it reads the body. */
ssize_t message_feed_head(struct message *message, const char *data,
                          size_t size);

/* The peer closed. 0 if that completes the message (or it was complete), else
 * -EBADMSG with MESSAGE_TRUNCATED. */
int message_end(struct message *message);

/* The method and target of a request; empty until its first line has been read,
 * and for a response. They are good as long as the message is not touched. */
struct slice message_method(const struct message *message);
struct slice message_target(const struct message *message);

static inline bool message_is_complete(const struct message *message)
{
    return message->state == MESSAGE_COMPLETE;
}

/* Has the head been read, so that status, fields and framing are known? */
static inline bool message_has_head(const struct message *message)
{
    return message->state >= MESSAGE_IN_BODY_LENGTH &&
           message->state <= MESSAGE_COMPLETE;
}

#ifdef __cplusplus
}
#endif

#endif
