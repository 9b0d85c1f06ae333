/* SPDX-License-Identifier: MIT */
#include "deferreds/agent.h"

#include "callbacks/wait_shape.h"
#include "deferreds/connector.h"
#include "http/call.h"
#include "http/message.h"

#include <errno.h>
#include <stdlib.h>

const struct failure_type response_failed_type = {"ResponseFailed", NULL};

/* One request, until its Deferred has ended, its connection is over, and its
 * response was given back. */
struct asked {
    struct deferred deferred;
    struct client_factory factory;
    struct protocol protocol;
    struct agent_response response;
    unsigned references;

    struct connector *connector; /* NULL: it is over */
    struct transport *transport; /* NULL: not connected */
    struct request request;
    struct message message;
    struct buffer body;      /* received, and not yet delivered */
    struct protocol *reader; /* NULL: the response was not delivered */
    bool answered;           /* the Deferred has been fired */
    bool ended;              /* the response has ended, with `error` */
    int error;
};

static void unref(struct asked *asked)
{
    if (--asked->references > 0)
        return;
    message_deinit(&asked->message);
    request_deinit(&asked->request);
    buffer_deinit(&asked->body);
    free(asked);
}

/* ---- the response ---- */

static struct asked *asked_of(const struct outcome *response)
{
    return container_of(response->pointer, struct asked, response);
}

static void response_drop(struct outcome response)
{
    struct asked *asked = asked_of(&response);
    if (asked->transport)
        transport_abort(asked->transport, 0);
    unref(asked);
}

static void response_print(const struct outcome *outcome, struct buffer *out)
{
    buffer_print(out, "<Response %d>", outcome_response(outcome)->status);
}

const struct kind response_kind = {
    .name = "response", .drop = response_drop, .print = response_print};

/* Delivers to the reader what there is, and the end once that has come. */
static void tell_reader(struct asked *asked)
{
    struct protocol *reader = asked->reader;
    if (!reader)
        return;
    if (asked->body.size > 0)
        reader->ops->data_received(reader, buffer_slice(&asked->body));
    buffer_clear(&asked->body);
    if (!asked->ended)
        return;
    asked->reader = NULL;
    reader->ops->connection_lost(reader, asked->error);
    unref(asked);
}

void agent_deliver_body(struct outcome response, struct protocol *reader)
{
    struct asked *asked = asked_of(&response);
    asked->reader = reader;
    if (asked->transport && !asked->ended)
        transport_resume_reading(asked->transport);
    tell_reader(asked);
}

/* ---- its coming ---- */

static void answer_asked(struct asked *asked, struct outcome outcome)
{
    asked->answered = true;
    deferred_fire(&asked->deferred, outcome);
}

/* The head is there. The code that gets it may ask for the body in here. */
static void tell_head(struct asked *asked)
{
    asked->response =
        (struct agent_response){asked->message.status, &asked->message.headers};
    asked->references++;
    transport_pause_reading(asked->transport);
    answer_asked(asked, outcome_value(&response_kind, &asked->response));
}

static void end_response(struct asked *asked, int error)
{
    if (asked->ended)
        return;
    asked->ended = true;
    asked->error = error;
    tell_reader(asked);
}

static struct asked *asker_of(struct protocol *protocol)
{
    return container_of(protocol, struct asked, protocol);
}

static void on_made(struct protocol *protocol, struct transport *transport)
{
    struct asked *asked = asker_of(protocol);
    const struct request *request = &asked->request;
    asked->transport = transport;
    transport_write(transport, buffer_slice(&request->wire[0]));
}

static void on_data(struct protocol *protocol, struct slice data)
{
    struct asked *asked = asker_of(protocol);
    ssize_t count = message_feed(&asked->message, data.data, data.size);
    if (count < 0) {
        transport_abort(asked->transport, -EBADMSG);
        return;
    }
    if (message_is_complete(&asked->message)) {
        asked->ended = true;
        transport_close(asked->transport);
    }
    if (message_has_head(&asked->message) && !asked->answered)
        tell_head(asked);
    tell_reader(asked);
}

/* The connection is over. Before the head this is the failure of the request;
 * after it, it may be the end of the body or the failure of the body. */
static void on_lost(struct protocol *protocol, int error)
{
    struct asked *asked = asker_of(protocol);
    asked->transport = NULL;
    if (!error && message_end(&asked->message))
        error = -EBADMSG;
    if (!asked->answered)
        answer_asked(asked,
                     outcome_because(outcome_fail(&response_failed_type, error,
                                                  "no whole answer has come"),
                                     connection_reason(error)));
    else
        end_response(asked, error);
}

static const struct protocol_ops protocol_ops = {
    .connection_made = on_made,
    .data_received = on_data,
    .connection_lost = on_lost,
};
WAIT_SHAPE(protocol_ops, "an answer", struct asked, protocol,
           WAIT_PART(WAIT_FIRES, struct asked, deferred));

/* ---- its connection ---- */

static struct protocol *build_protocol(struct client_factory *factory,
                                       const struct address *address)
{
    (void)address;
    return &container_of(factory, struct asked, factory)->protocol;
}

static void connection_failed(struct client_factory *factory,
                              struct connector *connector,
                              struct outcome reason)
{
    struct asked *asked = container_of(factory, struct asked, factory);
    (void)connector;
    if (asked->answered)
        outcome_drop(reason);
    else
        answer_asked(asked, reason);
}

static void on_stop(struct client_factory *factory)
{
    struct asked *asked = container_of(factory, struct asked, factory);
    asked->connector = NULL;
    unref(asked);
}

static const struct client_factory_ops factory_ops = {
    .stop = on_stop,
    .build_protocol = build_protocol,
    .connection_failed = connection_failed,
};

/* ---- asking ---- */

/* The Deferred fails now, and the outcome of the connection does not matter. */
static bool give_up(struct deferred *deferred)
{
    struct asked *asked = container_of(deferred, struct asked, deferred);
    asked->answered = true;
    if (asked->transport)
        transport_abort(asked->transport, 0);
    else if (asked->connector)
        (void)connector_stop(asked->connector);
    return false;
}

static void asked_release(struct deferred *deferred)
{
    unref(container_of(deferred, struct asked, deferred));
}
WAIT_SHAPE_BY(asked_release, "an answer", struct asked, deferred,
              WAIT_PART(WAIT_BY, struct asked, connector));

static struct outcome start_request(struct asked *asked,
                                    struct reactor *reactor, enum method method,
                                    const char *text)
{
    const struct endpoint *endpoint = &asked->request.url.endpoint;
    struct url url = {0};
    enum url_error bad = url_without_tls(&url, url_parse(&url, text));
    int error = 0;
    if (!bad)
        error = request_init(&asked->request, method, &url, NULL,
                             (struct slice){NULL, 0});
    url_deinit(&url);
    if (bad)
        return outcome_fail(&connect_error_type, -EINVAL, "%s",
                            url_error_sentence(bad));
    message_reset(&asked->message, method == METHOD_HEAD, &asked->body);
    asked->references++;
    if (!error)
        error =
            connect_tcp(reactor, endpoint->host, endpoint->port,
                        &asked->factory, CONNECT_TIMEOUT, &asked->connector);
    if (!error)
        return outcome_none();
    asked->references--;
    return outcome_errno(error);
}

struct deferred *agent_request(struct reactor *reactor, enum method method,
                               const char *url)
{
    struct asked *asked = calloc(1, sizeof *asked);
    if (!asked)
        return NULL;
    deferred_init(&asked->deferred, give_up);
    asked->deferred.release = asked_release;
    asked->factory.ops = &factory_ops;
    asked->protocol.ops = &protocol_ops;
    asked->references = 1;
    message_init(&asked->message, MESSAGE_RESPONSE,
                 &call_default_options.limits);
    struct outcome outcome = start_request(asked, reactor, method, url);
    if (!outcome_is_none(&outcome))
        answer_asked(asked, outcome);
    return &asked->deferred;
}
