/* SPDX-License-Identifier: MIT */
#include "nonblocking/monster.h"

#include "base/clock.h"
#include "nonblocking/conn_internal.h"

#include <errno.h>
#include <stdlib.h>

enum { EVENTS_AT_ONCE = 256, LOOKUP_THREADS = 4 };

static int turn(struct monster *monster)
{
    struct client_batch *clients = &monster->clients;
    struct selected events[EVENTS_AT_ONCE];
    nanos timeout = nanos_until(clients->wake_at, clients->now);
    int count =
        selector_wait(monster->selector, timeout, events, EVENTS_AT_ONCE);
    clients->now = monotonic_now();
    for (int i = 0; i < count; i++) {
        if (events[i].data == clients->batch->cancel)
            client_batch_fail_all(clients, FETCH_CANCELLED, 0);
        else if (events[i].data == clients)
            client_batch_take_lookups(clients);
        else
            conn_step(events[i].data, events[i].ready);
    }
    if (count < 0) {
        client_batch_fail_all(clients, fetch_error_from_errno(count), count);
        return count;
    }
    client_batch_wake_due(clients);
    return 0;
}

/* Everything that waits in the selector beside the connections. */
static int watch_the_rest(struct monster *monster)
{
    struct selector *selector = monster->selector;
    struct client_batch *clients = &monster->clients;
    struct cancel *cancel = clients->batch->cancel;
    int error = selector_add(selector, completions_fd(clients->lookups),
                             SELECT_READ, clients);
    if (!error && cancel)
        error = selector_add(selector, cancel->fd, SELECT_READ, cancel);
    return error == -EINVAL ? -EMFILE : error; /* select() and its limit */
}

static int monster_init(struct monster *monster, struct batch *batch,
                        const struct selector_ops *selector)
{
    *monster = (struct monster){0};
    int error = client_batch_init(&monster->clients, batch, &conn_ops);
    monster->scratch = malloc(CONN_SCRATCH_SIZE);
    if (!error && !monster->scratch)
        error = -ENOMEM;
    if (!error)
        error = selector->open(&monster->selector);
    if (!error)
        error = client_batch_open_lookups(&monster->clients, LOOKUP_THREADS);
    return error ? error : watch_the_rest(monster);
}

/* The clients first: each of them takes its descriptor out of the selector. */
static void monster_deinit(struct monster *monster)
{
    client_batch_deinit(&monster->clients);
    if (monster->selector)
        selector_close(monster->selector);
    free(monster->scratch);
}

int monster_run(struct batch *batch, const struct selector_ops *selector)
{
    struct monster monster;
    int error = monster_init(&monster, batch, selector);
    if (!error)
        client_batch_fill(&monster.clients);
    while (!error && monster.clients.busy) {
        error = turn(&monster);
        if (!error)
            client_batch_fill(&monster.clients);
    }
    monster_deinit(&monster);
    return error;
}

enum {
    MONSTER_CAN = CAN_OVERLAP | CAN_KEEP_ALIVE | CAN_TIME_OUT |
                  CAN_TIME_OUT_LOOKUP | CAN_REDIRECT | CAN_CANCEL |
                  CAN_CANCEL_LOOKUP | CAN_START_LATER
};

static int select_run(struct batch *batch)
{
    return monster_run(batch, &select_selector);
}

static int poll_run(struct batch *batch)
{
    return monster_run(batch, &poll_selector);
}

static int epoll_run(struct batch *batch)
{
    return monster_run(batch, &epoll_selector);
}

const struct model select_model = {
    .name = "select",
    .family = "nonblocking",
    .summary = "one thread asks select() about all of its sockets",
    .can = MONSTER_CAN,
    .run = select_run,
};

const struct model poll_model = {
    .name = "poll",
    .family = "nonblocking",
    .summary = "one thread asks poll() about all of its sockets",
    .can = MONSTER_CAN,
    .run = poll_run,
};

const struct model epoll_model = {
    .name = "epoll",
    .family = "nonblocking",
    .summary = "one thread lets epoll tell which of its sockets are ready",
    .can = MONSTER_CAN,
    .run = epoll_run,
};
