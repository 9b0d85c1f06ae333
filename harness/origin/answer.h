/* SPDX-License-Identifier: MIT */
/* An answer on its way out.
 *
 * It is a text (the head, and a body that is short) and behind that a body that
 * is made up while it is sent. What stands at any place of the wire is known
 * from the place alone, so nothing that was made up is ever kept: what the
 * kernel did not take is made again. An answer of any size needs a few hundred
 * bytes.
 *
 *     text ……………… | made-up body, plain or in chunks ……………… |
 *               sent ^        limit ^ (a drip)           end ^ (or cut off)
 */
#ifndef HARNESS_ORIGIN_ANSWER_H
#define HARNESS_ORIGIN_ANSWER_H

#include "harness/origin/asked.h"

#ifdef __cplusplus
extern "C" {
#endif

/* What becomes of the connection when the answer is out. */
enum finish {
    FINISH_KEEP,
    FINISH_CLOSE,
    FINISH_DRAIN, /* close, but read a while what the client still sends, so
                   * that a reset does not overtake the answer */
    FINISH_RESET,
    FINISH_VANISH,      /* close, without having said so */
    FINISH_VANISH_NEXT, /* the same, when the next request comes */
};

struct answer {
    struct buffer text;
    uint64_t seed;
    uint64_t body;  /* bytes made up */
    uint64_t chunk; /* 0: plain */
    bool dripping;  /* `limit` holds */

    uint64_t sent, limit, end; /* places on the wire */
    enum finish finish;
};

/* What is to be said; how it is framed is up to what was asked. */
struct reply {
    int status;
    const char *type; /* of the content; NULL: none is said */
    const char
        *fields;       /* more lines for the head, each with its end; or NULL */
    struct slice text; /* the body, unless `made_up` */
    uint64_t made_up;
    enum finish finish; /* FINISH_KEEP: what the client wants */
};

/* 0 or -ENOMEM; `answer` is all zero before. `seed`: unless one is asked for.
 */
int answer_make(struct answer *answer, const struct asked *asked,
                const struct reply *reply, uint64_t seed);

/* Bytes as they are, without a head, and then `finish`. */
int answer_make_raw(struct answer *answer, struct slice text, uint64_t body,
                    uint64_t seed, enum finish finish);

/* Ends the answer after `count` bytes of the wire, unless it is shorter. */
void answer_cut(struct answer *answer, uint64_t count);

/* Ends it in the middle of its body. */
void answer_cut_half(struct answer *answer);

/* From now on the body comes byte by byte, one for each answer_drip. */
void answer_start_drip(struct answer *answer);
void answer_drip(struct answer *answer);

enum sending {
    SENT_ALL,
    SENT_UP_TO_LIMIT,
    SEND_BLOCKED, /* go on when the socket is writable */
    SEND_FAILED,
};

/* Large enough for a piece of a body. */
enum { ANSWER_SCRATCH = 64 * 1024 };

/* Sends what it can, a few pieces at most. `*count` is how many bytes that
 * were. */
enum sending answer_send(struct answer *answer, int fd, char *scratch,
                         uint64_t *count);

void answer_deinit(struct answer *answer);

#ifdef __cplusplus
}
#endif

#endif
