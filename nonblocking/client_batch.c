/* SPDX-License-Identifier: MIT */
#include "nonblocking/client_batch.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

int client_batch_init(struct client_batch *clients, struct batch *batch,
                      const struct client_ops *ops)
{
    *clients =
        (struct client_batch){.batch = batch, .ops = ops, .wake_at = NEVER};
    clients->clients = calloc(batch->concurrency, ops->size);
    return clients->clients ? 0 : -ENOMEM;
}

static struct client *client_at(const struct client_batch *clients, size_t i)
{
    return (struct client *)(void *)(clients->clients + i * clients->ops->size);
}

static void forget_lookup(struct client *client)
{
    if (client->lookup)
        lookup_abandon(client->lookup);
    client->lookup = NULL;
}

void client_batch_deinit(struct client_batch *clients)
{
    clients->closed = true; /* so that no job is held any more */
    for (size_t i = 0; i < clients->made; i++) {
        struct client *client = client_at(clients, i);
        if (client->state != CLIENT_IDLE)
            client_done(client);
        forget_lookup(client);
        clients->ops->deinit(client);
    }
    completions_free(clients->lookups);
    free(clients->clients);
}

/* ---- jobs in, results out ---- */

static void put_last(struct client **list, struct client *client)
{
    while (*list)
        list = &(*list)->next;
    client->next = NULL;
    *list = client;
}

/* A held job comes first. It goes to an idle client that may have a connection,
 * so the client that held it is put last among the idle ones. */
static bool next_job(struct client_batch *clients, struct job *job)
{
    struct client *client = clients->holding;
    if (!client)
        return batch_next(clients->batch, job);
    clients->holding = client->next;
    *job = client->job;
    client->state = CLIENT_IDLE;
    put_last(&clients->idle, client);
    return true;
}

static struct client *idle_client(struct client_batch *clients)
{
    struct client *client = clients->idle;
    if (client) {
        clients->idle = client->next;
        return client;
    }
    client = client_at(clients, clients->made);
    client->batch = clients;
    client->wake_at = NEVER;
    clients->ops->init(client);
    client->call->doer = (struct doer){
        .pid = getpid(), .thread = gettid(), .slot = (unsigned)clients->made++};
    return client;
}

static void wake_at(struct client *client, nanos when)
{
    client->wake_at = when;
    client->batch->wake_at = nanos_earlier(client->batch->wake_at, when);
}

static void start_client(struct client *client)
{
    struct client_batch *clients = client->batch;
    client->state = CLIENT_WORKS;
    call_start(client->call, client->job.request, client->job.index,
               clients->now);
    clients->ops->hop(client);
}

static void start_when_due(struct client *client)
{
    struct client_batch *clients = client->batch;
    if (client->job.earliest <= clients->now) {
        start_client(client);
    } else {
        client->state = CLIENT_WAITS;
        wake_at(client, client->job.earliest);
    }
}

/* A loop, not a recursion, so that a thousand jobs that fail at once need no
 * deep stack. If a client is free, the batch has been called since the clock
 * was read and may have taken long. So the clock is read again: that time is
 * not the next job's. */
void client_batch_fill(struct client_batch *clients)
{
    struct job job;
    if (clients->busy < batch_most(clients->batch))
        clients->now = clients->ops->time(clients);
    while (clients->busy < batch_most(clients->batch) && !clients->closed &&
           next_job(clients, &job)) {
        struct client *client = idle_client(clients);
        clients->busy++;
        client->job = job;
        start_when_due(client);
    }
}

void client_done(struct client *client)
{
    struct client_batch *clients = client->batch;
    struct result *result = call_result(client->call);
    bool held = !clients->closed &&
                batch_do_with_fewer(clients->batch, &client->job, result);
    struct client **list = held ? &clients->holding : &clients->idle;
    client->state = held ? CLIENT_HOLDS : CLIENT_IDLE;
    client->wake_at = NEVER;
    client->next = *list;
    *list = client;
    clients->busy--;
    if (!held)
        batch_done(clients->batch, client->job.index, result);
}

/* ---- time ---- */

static void give_up(struct client *client)
{
    forget_lookup(client);
    client->batch->ops->give_up(client);
}

void client_heed_deadline(struct client *client)
{
    wake_at(client, nanos_earlier(call_deadline(client->call),
                                  call_next_attempt(client->call)));
}

/* The moment may have been that of an earlier deadline: a call that has
 * connected since has a later one, so the deadline is asked for again. */
static void heed_time(struct client *client)
{
    struct client_batch *clients = client->batch;
    if (call_expire(client->call, clients->now)) {
        give_up(client);
        return;
    }
    if (call_next_attempt(client->call) <= clients->now)
        clients->ops->try_another(client);
    if (call_need(client->call) != CALL_IS_DONE)
        client_heed_deadline(client);
}

/* The client's moment has come: begins its job, or heeds a deadline. */
static void wake(struct client *client)
{
    client->wake_at = NEVER;
    if (client->state == CLIENT_WAITS)
        start_client(client);
    else
        heed_time(client);
}

/* Looks at all clients only when the nearest moment has come. At every wake-up
 * this would be work for each client each time. */
void client_batch_wake_due(struct client_batch *clients)
{
    if (clients->now < clients->wake_at)
        return;
    clients->wake_at = NEVER;
    for (size_t i = 0; i < clients->made; i++) {
        struct client *client = client_at(clients, i);
        if (client->wake_at <= clients->now)
            wake(client);
        else
            clients->wake_at = nanos_earlier(clients->wake_at, client->wake_at);
    }
}

void client_batch_fail_all(struct client_batch *clients, enum fetch_error error,
                           int detail)
{
    clients->closed = true;
    for (size_t i = 0; i < clients->made; i++) {
        struct client *client = client_at(clients, i);
        if (client->state == CLIENT_IDLE)
            continue;
        if (client->state == CLIENT_HOLDS)
            clients->busy++;
        if (client->state != CLIENT_WORKS)
            call_start(client->call, client->job.request, client->job.index,
                       clients->now);
        client->state = CLIENT_WORKS;
        call_fail(client->call, error, detail, clients->now);
        give_up(client);
    }
}

/* ---- look-ups ---- */

int client_batch_open_lookups(struct client_batch *clients, size_t threads)
{
    return completions_new(&clients->lookups, threads);
}

bool client_look_up(struct client *client)
{
    int error =
        lookup_start(client->batch->lookups, call_endpoint(client->call),
                     client, &client->lookup);
    if (error)
        call_fail(client->call, fetch_error_from_errno(error), error,
                  client->batch->now);
    return !error;
}

void client_batch_take_lookups(struct client_batch *clients)
{
    int code;
    struct addresses addresses;
    struct client *client;
    while ((client = lookup_take(clients->lookups, &code, &addresses))) {
        client->lookup = NULL;
        if (code)
            call_fail(client->call, FETCH_NO_HOST, code, clients->now);
        else
            call_resolved(client->call, &addresses, clients->now);
        clients->ops->hop(client);
    }
}
