/* SPDX-License-Identifier: MIT */
/* C1 (deferreds): An e-mail, and many of them at once
 *
 * To send one, a program connects, waits, says to whom it goes, waits, and so
 * on. While it waits a blocking one does nothing else; fifty chains of
 * callbacks wait side by side.
 *
 * Python: its e-mail function; the server is aiosmtpd. See --draw, too. */
#include "deferreds/list.h"
#include "talks/deferred.h"
#include "talks/smtp.h"
#include "talks/smtp_server.h"

const char *const talk_sites[] = {NULL};

enum { BLOCKING = 5, AT_ONCE = 50 };
static const struct mail mail = {"me@here.test", "you@there.test",
                                 "Subject: hello\n\nHow are you?\n.\n"};

static struct outcome send_all(struct reactor *reactor, void *server)
{
    const uint16_t port = ((struct smtp_server *)server)->port;
    struct deferred *sent[AT_ONCE];
    for (int i = 0; i < AT_ONCE; i++)
        if (!(sent[i] = smtp_send(reactor, port, &mail, 30 * SECOND)))
            return outcome_failure(&failure_no_memory);
    return talk_outcome(deferred_gather(sent, AT_ONCE, CONSUME_ERRORS));
}

int talk_run(struct talk *talk)
{
    struct smtp_server server;
    (void)talk;
    int error = smtp_server_start(&server, 1), code;
    if (error)
        return error == -ENOENT ? 0 : error;
    for (int i = 0; i < BLOCKING; i++)
        outcome_drop(smtp_send_blocking(server.port, &mail));
    smtp_server_stop(&server, "One after another");
    if ((error = smtp_server_start(&server, AT_ONCE)))
        return error;
    code = task_react(send_all, &server);
    smtp_server_stop(&server, "At once");
    return code ? -EIO : 0;
}
