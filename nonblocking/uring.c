/* SPDX-License-Identifier: MIT */
#include "nonblocking/uring.h"

#include "base/clock.h"
#include "nonblocking/uring_conn_internal.h"

#include <errno.h>
#include <stdlib.h>

enum { LOOKUP_THREADS = 4 };

/* The kernel may end a watch at any time; it is then set again. */
static void readable(struct uring_run *run, const struct uring_event *event)
{
    struct client_batch *clients = &run->clients;
    if (event->owner != clients) {
        client_batch_fail_all(clients, FETCH_CANCELLED, 0);
        return;
    }
    client_batch_take_lookups(clients);
    run->unwatched |= !event->more;
}

/* Queues what the ring had no room for. False: there is still no room, but
 * there may be once completions have been read. */
static bool catch_up(struct uring_run *run)
{
    struct client_batch *clients = &run->clients;
    if (run->unwatched)
        run->unwatched =
            uring_watch(&run->ring, completions_fd(clients->lookups),
                        clients) != 0;
    uring_conns_drain(run);
    return !run->unwatched && !run->undrained;
}

static int turn(struct uring_run *run)
{
    struct client_batch *clients = &run->clients;
    nanos timeout = nanos_until(clients->wake_at, clients->now);
    /* No event may be on its way that makes room: so this wait only looks. */
    if (!catch_up(run))
        timeout = 0;
    int error = uring_wait(&run->ring, timeout);
    clients->now = monotonic_now();
    struct uring_event event;
    while (uring_next(&run->ring, &event)) {
        if (event.operation == URING_READABLE)
            readable(run, &event);
        else if (event.operation != URING_CANCEL)
            uring_conn_complete(event.owner, &event);
        /* The bytes of the event are in this buffer until they are used. */
        uring_release(&run->ring, &event);
    }
    if (error)
        client_batch_fail_all(clients, fetch_error_from_errno(error), error);
    else
        client_batch_wake_due(clients);
    return error;
}

static int watch_the_rest(struct uring_run *run)
{
    struct client_batch *clients = &run->clients;
    struct cancel *cancel = clients->batch->cancel;
    int error =
        uring_watch(&run->ring, completions_fd(clients->lookups), clients);
    if (!error && cancel)
        error = uring_watch(&run->ring, cancel->fd, cancel);
    return error;
}

static int work_through(struct uring_run *run)
{
    int error = client_batch_open_lookups(&run->clients, LOOKUP_THREADS);
    if (!error)
        error = watch_the_rest(run);
    if (!error)
        client_batch_fill(&run->clients);
    while (!error && run->clients.busy) {
        error = turn(run);
        if (!error)
            client_batch_fill(&run->clients);
    }
    return error;
}

/* The ring is closed first: the kernel then has nothing of ours any more. After
 * an error clients may still be draining, and could not be freed before. */
static int uring_run(struct batch *batch)
{
    struct uring_run run = {0};
    int error = uring_ring_init(&run.ring, batch->concurrency);
    if (error)
        return error;
    error = client_batch_init(&run.clients, batch, &uring_conn_ops);
    if (!error)
        error = work_through(&run);
    uring_ring_deinit(&run.ring);
    client_batch_deinit(&run.clients);
    return error;
}

static const char *why_not(void)
{
    struct uring_ring ring;
    int error = uring_ring_init(&ring, 1);
    switch (-error) {
    case 0:
        uring_ring_deinit(&ring);
        return NULL;
    case ENOSYS:
    case EPERM:
    case EACCES:
        return "this kernel or container does not allow io_uring";
    case EMFILE:
    case ENFILE:
    case ENOMEM:
        return "no descriptor or no memory is free for io_uring: raise "
               "ulimit -n or ulimit -l";
    default:
        return "this kernel's io_uring is too old: Linux 6.1 is needed";
    }
}

const struct model uring_model = {
    .name = "uring",
    .family = "nonblocking",
    .summary = "one thread tells the kernel what to do, and hears what became "
               "of it",
    .can = CAN_OVERLAP | CAN_KEEP_ALIVE | CAN_TIME_OUT | CAN_TIME_OUT_LOOKUP |
           CAN_REDIRECT | CAN_CANCEL | CAN_CANCEL_LOOKUP | CAN_START_LATER,
    .run = uring_run,
    .unavailable = why_not,
};
