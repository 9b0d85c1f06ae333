/* SPDX-License-Identifier: MIT */
/* A6 (deferreds): Twisted's protocol, factory and reactor
 *
 * The slide's HttpClient sends a line when it is connected, and is told of each
 * line of the answer. Its factory has a Deferred, and that ends the program.
 *
 * Python: LineReceiver, ClientFactory, connectTCP and task.react. The slide's
 * Deferred never fires; here it does, when the connection is over. */
#include "talks/line_client.h"

const char *const talk_sites[] = {"/status/200", NULL};

static void connection_made(struct line_receiver *client)
{
    line_receiver_send_line(client, slice_of("GET /status/200 HTTP/1.0\r\n"));
}

static void line_received(struct line_receiver *client, struct slice line)
{
    (void)client;
    if (line.size > 0)
        printf("%.*s\n", (int)line.size, line.data);
}

static const struct line_receiver_ops http_client = {
    .connection_made = connection_made,
    .line_received = line_received,
    .raw_data_received = NULL,
    .connection_lost = line_client_done,
};

static struct outcome bootstrap(struct reactor *reactor, void *context)
{
    struct talk *talk = context;
    struct line_client_factory *factory = line_client_factory_new(&http_client);
    if (!factory)
        return outcome_failure(&failure_no_memory);
    return line_client_connect(factory, reactor, talk->origin.port);
}

int talk_run(struct talk *talk)
{
    return talk_react(talk, bootstrap);
}
