/* SPDX-License-Identifier: MIT */
/* What a request asks for: its target taken apart, each number checked. */
#ifndef HARNESS_ORIGIN_ASKED_H
#define HARNESS_ORIGIN_ASKED_H

#include "base/nanos.h"
#include "http/message.h"

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

struct behaviour;

enum framing {
    FRAMING_UNSAID, /* a length, unless the path says otherwise */
    FRAMING_LENGTH,
    FRAMING_CHUNKED,
    FRAMING_CLOSE,
};

#define ASKED_UNSAID UINT64_MAX
#define ASKED_SPAN_MAX (600 * NANOS_PER_SECOND)
#define ASKED_BYTES_MAX (UINT64_C(1) << 50)

/* Slices point into the request. */
struct asked {
    const struct behaviour *behaviour;
    uint64_t number; /* in the path */
    nanos span;      /* in the path */

    bool head_only, keep_alive;
    int minor_version;

    /* Parameters; a number that was not given is ASKED_UNSAID. */
    enum framing framing;
    uint64_t status, bytes, after, until, seed, reset;
    nanos delay, every, give_up;
    struct slice run, to, when;
    struct slice query; /* all of it, as it came */

    /* 0, or the status and the sentence with which it is refused. */
    int refused;
    char sentence[160];
};

/* Reads a request whose head is complete. What is wrong with it is said in
 * asked->refused. */
void asked_parse(struct asked *asked, const struct message *message);

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
