/* SPDX-License-Identifier: MIT */
/* An answer on its way out: a response, of which the body may be made up while
 * it is sent; or bytes that are not a response at all, which are faults.
 *
 * Each byte of a made-up body is a function of its place, so made-up bytes are
 * never kept: what the kernel did not take is made again. An answer of any size
 * needs a few hundred bytes.
 */
#ifndef HARNESS_ORIGIN_ANSWER_H
#define HARNESS_ORIGIN_ANSWER_H

#include "harness/origin/asked.h"
#include "harness/origin/wire_internal.h"
#include "http/response.h"

#ifdef __cplusplus
extern "C" {
#endif

/* What happens to the connection when the answer has been sent. */
enum finish {
    FINISH_KEEP,
    FINISH_CLOSE,
    FINISH_DRAIN, /* close, but read for a while what the client still sends, so
                   * that a reset does not overtake the answer */
    FINISH_RESET,
    FINISH_VANISH,      /* close, without having said so */
    FINISH_VANISH_NEXT, /* the same, when the next request comes */
};

struct answer {
    /* Starts an answer. `answer` may contain an interim response that has not
     * been sent. */
    struct response response;
    enum finish finish;

    /* Bytes instead of a response. */
    bool is_raw;
    struct buffer raw;
    size_t raw_sent;

    /* The body that is made up. */
    uint64_t seed;
    uint64_t body;   /* its size */
    uint64_t framed; /* … how much of it the response was given */
    bool dripping;   /* one byte at a time, each when it is due */
    bool drop_due;

    size_t head; /* its size */
    bool is_cut;
    uint64_t left; /* of the wire, before it is cut off */
};

/* The content of an answer; the request decides how it is framed. */
struct reply {
    int status;
    const char *type;             /* the Content-Type; NULL: none */
    const struct headers *fields; /* more of them; or NULL */
    struct slice text;            /* the body, unless `made_up` */
    uint64_t made_up;
    enum finish finish; /* FINISH_KEEP: what the request allows */
};

/* Before anything was answered. `seed` is used unless the URL has one. 0 or
 * -ENOMEM. */
int answer_make(struct answer *answer, const struct asked *asked,
                const struct reply *reply, uint64_t seed);

/* Bytes as they are, without a head, and then `finish`. */
int answer_make_raw(struct answer *answer, struct slice text, uint64_t body,
                    uint64_t seed, enum finish finish);

/* Ends the answer after `count` bytes from the status line on, unless it is
 * shorter. */
void answer_cut(struct answer *answer, uint64_t count);

/* Ends it in the middle of its made-up body. */
void answer_cut_half(struct answer *answer);

/* From now on the body comes byte by byte, one for each answer_drip. */
void answer_start_drip(struct answer *answer);
void answer_drip(struct answer *answer);

enum sending {
    SENT_ALL,
    SENT_UP_TO_DROP, /* go on after answer_drip */
    SEND_BLOCKED,    /* go on when the socket is writable */
    SEND_FAILED,
};

/* Large enough for a piece of a body. */
enum { ANSWER_SCRATCH = 64 * 1024 };

/* Sends what it can, a few pieces at most; *count is the number of bytes
 * sent. */
enum sending answer_send(struct answer *answer, struct wire *wire,
                         char *scratch, uint64_t *count);

/* The memory that it holds. */
size_t answer_stored(const struct answer *answer);

void answer_deinit(struct answer *answer);

#ifdef __cplusplus
}
#endif

#endif
