/* SPDX-License-Identifier: MIT */
#include "blocking/worker.h"
#include "base/clock.h"
#include "blocking/lookup.h"

#include <errno.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

int blocking_worker_init(struct blocking_worker *worker,
                         const struct call_options *options,
                         struct cancel *cancel, unsigned slot)
{
    *worker = (struct blocking_worker){.cancel = cancel, .fd = -1};
    worker->scratch = malloc(BLOCKING_SCRATCH);
    if (!worker->scratch)
        return -ENOMEM;
    call_init(&worker->call, options);
    worker->call.doer.slot = slot;
    blocking_worker_enter(worker);
    return 0;
}

void blocking_worker_enter(struct blocking_worker *worker)
{
    worker->call.doer.pid = getpid();
    worker->call.doer.thread = gettid();
}

static void worker_disconnect(struct blocking_worker *worker)
{
    if (worker->fd >= 0)
        close(worker->fd);
    worker->fd = -1;
    kept_connection_deinit(&worker->kept);
}

void blocking_worker_deinit(struct blocking_worker *worker)
{
    worker_disconnect(worker);
    call_deinit(&worker->call);
    free(worker->scratch);
}

/* ---- waiting ---- */

/* The long wait: for the socket and for a cancellation, until `when` at the
 * latest. Returns what the socket is ready for; 0 if it is not, and then the
 * caller asks gave_up(). poll leaves out a negative descriptor. */
static short wait_for(struct blocking_worker *worker, int fd, short events,
                      nanos when)
{
    struct pollfd who[2] = {
        {.fd = fd, .events = events},
        {.fd = worker->cancel ? worker->cancel->fd : -1, .events = POLLIN},
    };
    struct timespec span = nanos_to_timespec(nanos_until(when, worker->now));
    int count = ppoll(who, 2, when == NEVER ? NULL : &span, NULL);
    worker->now = monotonic_now();
    return count > 0 ? who[0].revents : 0;
}

/* Was the batch cancelled, or has a deadline passed? Then the call is ended
 * here. */
static bool gave_up(struct blocking_worker *worker)
{
    if (cancel_requested(worker->cancel)) {
        call_fail(&worker->call, FETCH_CANCELLED, 0, worker->now);
        return true;
    }
    return call_expire(&worker->call, worker->now);
}

static void wait_until_due(struct blocking_worker *worker, nanos when)
{
    worker->now = monotonic_now();
    while (worker->now < when && !cancel_requested(worker->cancel))
        wait_for(worker, -1, 0, when);
}

/* ---- resolve ---- */

static void blocking_resolve(struct blocking_worker *worker)
{
    struct addresses found;
    int error = lookup_host(&found, call_endpoint(&worker->call));
    worker->now = monotonic_now();
    if (gave_up(worker))
        return;
    if (error)
        call_fail(&worker->call, FETCH_NO_HOST, error, worker->now);
    else
        call_resolved(&worker->call, &found, worker->now);
}

/* ---- connect ---- */

static int set_timeout(int fd, int which, nanos span)
{
    /* A timeout of zero would mean none. */
    struct timeval value = nanos_to_timeval(span > 0 ? span : 1);
    return setsockopt(fd, SOL_SOCKET, which, &value, sizeof value);
}

/* A request leaves in one write, or in a few large ones, so nothing is gained
 * by holding a small one back (TCP_NODELAY). */
static int set_options(const struct blocking_worker *worker, int fd)
{
    nanos left = nanos_until(call_attempt_deadline(&worker->call), worker->now);
    if (setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &(int){1}, sizeof(int)) ||
        set_timeout(fd, SO_SNDTIMEO, nanos_earlier(left, BLOCKING_PATIENCE)) ||
        set_timeout(fd, SO_RCVTIMEO, BLOCKING_PATIENCE))
        return -errno;
    return 0;
}

/* The connection is under way, but a signal or our patience ended the connect()
 * that made it. Calling connect() again is not portable, polling is. Waits
 * until this address has had its share of the time. */
static int await_connection(struct blocking_worker *worker, int fd)
{
    for (;;) {
        worker->now = monotonic_now();
        if (gave_up(worker))
            return -ECANCELED;
        nanos deadline = call_attempt_deadline(&worker->call);
        if (worker->now >= deadline)
            return -ETIMEDOUT;
        if (wait_for(worker, fd, POLLOUT, deadline))
            break;
    }
    int error = 0;
    if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &(socklen_t){sizeof(int)}))
        return -errno;
    return -error;
}

/* Returns a socket connected to where the call wants to go, or a negative
 * errno. */
static int blocking_connect(struct blocking_worker *worker)
{
    const struct address *to = call_address(&worker->call);
    int fd = socket(to->socket.any.sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return -errno;
    int error = set_options(worker, fd);
    if (!error && connect(fd, &to->socket.any, to->size))
        error = -errno;
    if (error == -EINPROGRESS || error == -EINTR)
        error = await_connection(worker, fd);
    if (!error)
        return fd;
    close(fd);
    return error;
}

static void connect_somewhere(struct blocking_worker *worker)
{
    struct call *call = &worker->call;
    while (call_need(call) == CALL_NEEDS_CONNECTION && !gave_up(worker)) {
        int fd = blocking_connect(worker);
        worker->now = monotonic_now();
        if (fd >= 0) {
            worker->fd = fd;
            call_connected(call, &worker->kept, worker->now);
        } else if (call_need(call) != CALL_IS_DONE) {
            call_connect_failed(call, fd, worker->now);
        }
    }
}

/* Uses the kept connection if the call accepts it; else closes it. */
static bool use_kept(struct blocking_worker *worker)
{
    bool serves =
        call_accepts_kept(&worker->call, &worker->kept) &&
        kept_connection_is_silent(&worker->kept, worker->fd, worker->now);
    if (serves)
        call_connected(&worker->call, &worker->kept, worker->now);
    else
        worker_disconnect(worker);
    return serves;
}

/* ---- transfer ---- */

/* Sends what the socket takes at once; the rest stays with the call. */
static void blocking_send(struct blocking_worker *worker)
{
    struct slice rest = call_output(&worker->call);
    ssize_t count =
        send(worker->fd, rest.data, rest.size, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (count < 0)
        count = -errno;
    worker->now = monotonic_now();
    if (count != -EAGAIN && count != -EINTR)
        call_sent(&worker->call, count, worker->now);
}

/* Waits for bytes, with the socket's patience. False when that ran out. */
static bool blocking_receive(struct blocking_worker *worker)
{
    ssize_t count = recv(worker->fd, worker->scratch, BLOCKING_SCRATCH, 0);
    if (count < 0)
        count = -errno;
    worker->now = monotonic_now();
    if (count == -EAGAIN)
        return false;
    if (count != -EINTR)
        call_received(&worker->call, worker->scratch, count, worker->now);
    return true;
}

/* May recv() do the waiting? Not if the last one waited for BLOCKING_PATIENCE
 * in vain (`patient` is false), if less time than that is left until the
 * deadline, or if there is something to send. */
static bool may_block(const struct blocking_worker *worker, bool patient)
{
    nanos left = nanos_until(call_deadline(&worker->call), worker->now);
    return patient && left >= BLOCKING_PATIENCE &&
           !(call_wants(&worker->call) & WANTS_WRITE);
}

/* Moves bytes both ways until the call needs something else. An answer may come
 * before everything is sent, so it is waited for at the same time. */
static void blocking_drive(struct blocking_worker *worker)
{
    struct call *call = &worker->call;
    bool patient = true;
    while (call_need(call) == CALL_NEEDS_TRANSFER && !gave_up(worker)) {
        if (call_wants(call) & WANTS_WRITE)
            blocking_send(worker);
        short ready = POLLIN;
        if (!may_block(worker, patient)) {
            bool more = call_wants(call) & WANTS_WRITE;
            ready = wait_for(worker, worker->fd,
                             (short)(more ? POLLIN | POLLOUT : POLLIN),
                             call_deadline(call));
        }
        if (ready & ~POLLOUT)
            patient = blocking_receive(worker);
    }
}

/* ---- the whole of it ---- */

struct result *blocking_fetch(struct blocking_worker *worker,
                              const struct job *job)
{
    struct call *call = &worker->call;
    wait_until_due(worker, job->earliest);
    call_start(call, job->request, job->index, worker->now);
    while (call_need(call) != CALL_IS_DONE && !gave_up(worker)) {
        if (!use_kept(worker)) {
            if (call_need(call) == CALL_NEEDS_ADDRESSES)
                blocking_resolve(worker);
            connect_somewhere(worker);
        }
        blocking_drive(worker);
        if (call_may_reuse(call))
            kept_connection_rest(&worker->kept, worker->now);
        else
            worker_disconnect(worker);
    }
    return call_result(call);
}
