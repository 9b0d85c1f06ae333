/* SPDX-License-Identifier: MIT */
/* The client that does not wait: a chain with a rung for each step. */
#include "deferreds/client_creator.h"
#include "deferreds/connector.h"
#include "deferreds/line_receiver.h"
#include "deferreds/rung_name.h"
#include "deferreds/timeout.h"
#include "talks/smtp.h"

#include <errno.h>
#include <stdlib.h>

struct sending;

/* What a rung is given: which step it is. */
struct spoken {
    struct sending *sending;
    enum smtp_step step;
};

/* Until the chain has ended, and the connection. */
struct sending {
    struct line_receiver lines;
    const struct mail *mail;
    struct smtp_reply reply;
    struct deferred waits; /* for the reply to `step` */
    enum smtp_step step;
    bool waiting;
    bool chained, connected; /* what it lives for */
    struct spoken steps[SMTP_STEPS];
};

static void end_if_done(struct sending *sending)
{
    if (!sending->chained && !sending->connected)
        free(sending);
}

/* ---- a reply ---- */

static void answer(struct sending *sending, struct outcome outcome)
{
    sending->waiting = false;
    deferred_fire(&sending->waits, outcome);
}

static void line_received(struct line_receiver *lines, struct slice line)
{
    struct sending *sending = container_of(lines, struct sending, lines);
    int error = smtp_reply_line(&sending->reply, line);
    if (!sending->waiting || (!error && !sending->reply.whole))
        return;
    answer(sending, error
                        ? outcome_errno(error)
                        : smtp_judge(sending->step, sending->reply.code, line));
}

static void connection_made(struct line_receiver *lines)
{
    container_of(lines, struct sending, lines)->connected = true;
}

static void connection_lost(struct line_receiver *lines, int error)
{
    struct sending *sending = container_of(lines, struct sending, lines);
    if (sending->waiting)
        answer(sending, connection_reason(error ? error : -ECONNRESET));
    sending->connected = false;
    end_if_done(sending);
}

/* ---- the chain ---- */

/* Too late: the server is not waited for any more. */
static bool give_up(struct deferred *waits)
{
    struct sending *sending = container_of(waits, struct sending, waits);
    sending->waiting = false;
    transport_abort(sending->lines.transport, 0);
    return false;
}

/* Says what is to be said in this step, and waits for the reply. */
static struct outcome say(void *context, struct outcome outcome)
{
    struct spoken *spoken = context;
    struct sending *sending = spoken->sending;
    struct buffer words = {0};
    outcome_drop(outcome);
    if (!sending->lines.transport)
        return connection_reason(-ECONNRESET);
    int error = smtp_say(spoken->step, sending->mail, &words);
    if (!error)
        transport_write(sending->lines.transport, buffer_slice(&words));
    buffer_deinit(&words);
    if (error)
        return outcome_errno(error);
    deferred_init(&sending->waits, give_up);
    sending->step = spoken->step;
    sending->waiting = true;
    return outcome_deferred(&sending->waits);
}
RUNG_NAME(say);

/* Well or badly, it is over. */
static struct outcome disconnect(void *context, struct outcome outcome)
{
    struct sending *sending = context;
    sending->chained = false;
    if (sending->lines.transport)
        transport_close(sending->lines.transport);
    end_if_done(sending);
    return outcome;
}
RUNG_NAME(disconnect);

static int add_steps(struct sending *sending, struct deferred *chain)
{
    int error = 0;
    for (int i = 0; i < SMTP_STEPS && !error; i++) {
        sending->steps[i] = (struct spoken){sending, (enum smtp_step)i};
        error = deferred_add_callback(chain, say, &sending->steps[i]);
    }
    return error ? error : deferred_add_both(chain, disconnect, sending);
}

struct deferred *smtp_send(struct reactor *reactor, uint16_t port,
                           const struct mail *mail, nanos timeout)
{
    static const struct line_receiver_ops ops = {
        .connection_made = connection_made,
        .line_received = line_received,
        .connection_lost = connection_lost,
    };
    struct sending *sending = calloc(1, sizeof *sending);
    if (!sending)
        return NULL;
    line_receiver_init(&sending->lines, &ops);
    sending->mail = mail;
    sending->chained = true;
    struct deferred *chain = client_connect_tcp(
        reactor, "127.0.0.1", port, &sending->lines.protocol, timeout);
    if (!chain) {
        free(sending);
        return NULL;
    }
    int error = add_steps(sending, chain);
    bool ends_itself = !error;
    if (!error)
        error = deferred_add_timeout(chain, reactor->loop, timeout);
    if (!error)
        return chain;
    deferred_drop(chain); /* which was not connected yet */
    if (!ends_itself)
        free(sending);
    return NULL;
}
