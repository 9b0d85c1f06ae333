/* SPDX-License-Identifier: MIT */
/* Mail by SMTP (RFC 5321), for row C1: what is said, how it is read, and two
 * clients that differ in how they wait. */
#ifndef TALKS_SMTP_H
#define TALKS_SMTP_H

#include "callbacks/failure.h"
#include "deferreds/deferred.h"
#include "deferreds/reactor.h"

#ifdef __cplusplus
extern "C" {
#endif

struct mail {
    const char *from, *to; /* addresses, without brackets */
    const char *text;      /* header, empty line, body; lines end with LF, or
                            * with CR LF */
};

/* ---- the conversation, without waiting ---- */

/* It begins with the server's greeting. What is said before each other reply:
 */
enum smtp_step {
    SMTP_GREETING,
    SMTP_EHLO,
    SMTP_MAIL,
    SMTP_RCPT,
    SMTP_DATA,
    SMTP_TEXT,
    SMTP_QUIT,
    SMTP_STEPS
};

/* Appends what is said in that step; nothing for the greeting. A line of the
 * text that begins with a dot gets another one, each line ends with CR LF, and
 * no LF is alone. 0, -ENOMEM, or -EINVAL for an address with a line end. */
int smtp_say(enum smtp_step step, const struct mail *mail, struct buffer *out);

/* A reply, of one line or several. All zero before the first one. */
struct smtp_reply {
    int code; /* 0: it has not begun */
    bool whole;
};

/* A line of it, without its end. 0, or -EBADMSG: that is not SMTP. */
int smtp_reply_line(struct smtp_reply *reply, struct slice line);

/* 4xx: try again later. 5xx: do not. Anything else that was not asked for is a
 * protocol error. `code` is the reply's. */
extern const struct failure_type smtp_error_type;
extern const struct failure_type smtp_transient_type; /* an smtp_error */
extern const struct failure_type smtp_permanent_type; /* an smtp_error */

/* None if the reply is what the step needs; else a failure with that line. */
OUTCOME_OWNED struct outcome smtp_judge(enum smtp_step step, int code,
                                        struct slice line);

/* ---- two clients ---- */

/* Sends it to a server on this machine, and waits all the while. None, or a
 * failure. */
OUTCOME_OWNED struct outcome smtp_send_blocking(uint16_t port,
                                                const struct mail *mail);

/* The same as a Deferred. All of it may take `timeout`. The mail is borrowed.
 * NULL: no memory. */
OUTCOME_OWNED struct deferred *smtp_send(struct reactor *reactor, uint16_t port,
                                         const struct mail *mail,
                                         nanos timeout);

#ifdef __cplusplus
}
#endif

#endif
