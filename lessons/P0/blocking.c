/* SPDX-License-Identifier: MIT */
/* The base case: one page after another, and the kernel waits.
 *
 *     1  connect                      blocking_connect
 *     2  send all of the request      blocking_send
 *     3  receive until it is whole    blocking_drive
 *     4  then the next page           sequential_run
 *
 * Each function says above its first line what it has to do. The lab's part is
 * struct call: it knows HTTP and never waits. It says what is to be sent, it is
 * told what came, and it knows when the page is whole: http/call.h. */
#ifndef STEP
#define STEP 4
#define SOLVED 4
#endif

#include "lessons/P0/blocking.h"

#if STEP >= 3
#include "base/clock.h"
#include "blocking/lookup.h"
#endif
#include "lessons/your_code.h"

#include <errno.h>
#include <sys/socket.h>
#include <unistd.h>

/* ---- step 1: connect ---- */

/* socket, then connect. The address knows its own family, and says where it is
 * and how long: address->socket.any.sa_family, &address->socket.any,
 * address->size. The type of socket is SOCK_STREAM | SOCK_CLOEXEC, the protocol
 * 0. Returns the socket. When either call fails: a negative errno (-errno), and
 * no socket is left open. close() may set errno too, so take it first. */
int blocking_connect(const struct address *address)
{
#if SOLVED >= 1
    int family = address->socket.any.sa_family;
    int fd = socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return -errno;
    if (!connect(fd, &address->socket.any, address->size))
        return fd;
    int error = -errno;
    close(fd);
    return error;
#else
    YOUR_CODE(address);
    return -ENOSYS;
#endif
}
#if STEP >= 2

/* ---- step 2: send all ---- */

/* Sends bytes.data[0 … bytes.size - 1], in order, each once. send() returns how
 * many it took, which may be fewer: then the rest follows. A call that a signal
 * has interrupted (EINTR) has sent nothing, and is made again. With the flag
 * MSG_NOSIGNAL a connection that is gone is an error like any other; without
 * it, a signal that ends the program. Returns 0 once all is sent, or the
 * negative errno of the call that failed. */
int blocking_send(int fd, struct slice bytes)
{
#if SOLVED >= 2
    while (bytes.size > 0) {
        ssize_t count = send(fd, bytes.data, bytes.size, MSG_NOSIGNAL);
        if (count < 0 && errno != EINTR)
            return -errno;
        if (count > 0) {
            bytes.data += count;
            bytes.size -= (size_t)count;
        }
    }
    return 0;
#else
    YOUR_CODE(fd, bytes);
    return -ENOSYS;
#endif
}
#endif
#if STEP >= 3

/* ---- step 3: until the page is whole ---- */

/* As long as call_need(call) is CALL_NEEDS_TRANSFER, one of these two:
 *
 *     call_output(call) has bytes:  send them (blocking_send), and report it:
 *                                   call_sent, with their number
 *     it has none:                  recv() some, and report them:
 *                                   call_received, with their number
 *
 * An error is reported in the place of the number, as a negative errno, and so
 * is the end of the connection, as 0: the call knows what that means, and after
 * it needs something else. Only an interrupted recv (EINTR) is not for the
 * call: it is made again. What comes may be of any size, so any array will do
 * to receive it; char bytes[16384] is a good one. The last argument of both
 * reports is the time: monotonic_now(). */
void blocking_drive(struct call *call, int fd)
{
#if SOLVED >= 3
    char bytes[16384];
    while (call_need(call) == CALL_NEEDS_TRANSFER) {
        struct slice output = call_output(call);
        if (output.size > 0) {
            int error = blocking_send(fd, output);
            ssize_t sent = error ? error : (ssize_t)output.size;
            call_sent(call, sent, monotonic_now());
            continue;
        }
        ssize_t count = recv(fd, bytes, sizeof bytes, 0);
        if (count < 0 && errno == EINTR)
            continue;
        call_received(call, bytes, count < 0 ? -errno : count, monotonic_now());
    }
#else
    YOUR_CODE(call, fd);
#endif
}

/* ---- given: one page ---- */

static void resolve(struct call *call)
{
    struct addresses found;
    int error = lookup_host(&found, call_endpoint(call));
    if (error)
        call_fail(call, FETCH_NO_HOST, error, monotonic_now());
    else
        call_resolved(call, &found, monotonic_now());
}

/* A connection for each page; it is closed here, too. */
static void connect_and_drive(struct call *call)
{
    int fd = blocking_connect(call_address(call));
    if (fd < 0) {
        call_connect_failed(call, fd, monotonic_now());
        return;
    }
    call_connected(call, NULL, monotonic_now());
    blocking_drive(call, fd);
    close(fd);
    if (call_need(call) == CALL_NEEDS_TRANSFER) /* it was left in the middle */
        call_fail(call, FETCH_TRUNCATED, 0, monotonic_now());
}

/* Fetches the page of a job. What came of it, also when nothing did, is
 * call_result(call) then, and is the call's until it is started again. */
void blocking_fetch(struct call *call, const struct job *job)
{
    call->doer = (struct doer){.pid = getpid(), .thread = gettid()};
    call_start(call, job->request, job->index, monotonic_now());
    while (call_need(call) != CALL_IS_DONE)
        if (call_need(call) == CALL_NEEDS_ADDRESSES)
            resolve(call);
        else
            connect_and_drive(call);
}
#endif
#if STEP >= 4

/* ---- step 4: many, one after another ---- */

/* As long as batch_next(batch, &job) finds a job: blocking_fetch it, and hand
 * over what came of it, also when that is an error: batch_done, with job.index
 * and call_result(&call). One call serves for all pages: call_init it before
 * the first (with batch->options), call_deinit it after the last. Returns 0. */
int sequential_run(struct batch *batch)
{
#if SOLVED >= 4
    struct call call;
    struct job job;
    call_init(&call, batch->options);
    while (batch_next(batch, &job)) {
        blocking_fetch(&call, &job);
        batch_done(batch, job.index, call_result(&call));
    }
    call_deinit(&call);
    return 0;
#else
    YOUR_CODE(batch);
    return -ENOSYS;
#endif
}
#endif
