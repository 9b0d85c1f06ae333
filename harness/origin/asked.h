/* SPDX-License-Identifier: MIT */
/* What a request asks for: its target taken apart, with each number checked.
 * Which paths there are is defined in paths.h. */
#ifndef HARNESS_ORIGIN_ASKED_H
#define HARNESS_ORIGIN_ASKED_H

#include "base/nanos.h"
#include "http/server_request.h"

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

struct behaviour;

#define ASKED_UNSAID UINT64_MAX
#define ASKED_SPAN_MAX (600 * NANOS_PER_SECOND)
#define ASKED_BYTES_MAX (UINT64_C(1) << 50)

/* Slices point into the request. */
struct asked {
    struct slice method, path;
    const struct behaviour *behaviour; /* NULL: there is no such path */
    uint64_t number;                   /* in the path */
    nanos span;                        /* in the path */

    struct response_terms terms; /* once the request has been read */

    /* Parameters; a number that was not given is ASKED_UNSAID. */
    bool framing_said; /* else the path may choose its framing */
    enum response_framing framing;
    uint64_t status, bytes, after, until, seed, reset;
    nanos delay, every, give_up, work;
    struct slice run, to, when;
    struct slice query; /* all of it, as it came */

    /* 0, or the status and the sentence with which it is refused. */
    int refused;
    char sentence[160];
};

/* Splits the target of a request whose head is complete into path and query.
 * All else gets its default. */
void asked_start(struct asked *asked, const struct message *message);

/* Reads the parameters, and checks the method. */
void asked_parse(struct asked *asked);

/* Refuses the request with 400 and one sentence, or with the status that is set
 * afterwards. */
void asked_refuse(struct asked *asked, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* "20ms", "1.5", "2s", "300us". False when it is not a time, or too long. */
bool asked_span(struct slice text, nanos *span);

/* A plain decimal number. */
bool asked_number(struct slice text, uint64_t *number);

/* Appends `text` with its %XX decoded. -EINVAL for a bad one, and for a
 * control character, which has no place in a header. */
int asked_decode(struct slice text, struct buffer *out);

#ifdef __cplusplus
}
#endif

#endif
