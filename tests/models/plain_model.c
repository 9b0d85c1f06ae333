/* SPDX-License-Identifier: MIT */
#include "plain_model.h"

#include "base/clock.h"
#include "blocking/lookup.h"

#include <errno.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

static void look_up(struct call *call)
{
    struct addresses addresses;
    int code = lookup_host(&addresses, call_endpoint(call));
    if (code)
        call_fail(call, FETCH_NO_HOST, code, monotonic_now());
    else
        call_resolved(call, &addresses, monotonic_now());
}

/* An interrupted connect goes on by itself. */
static int finish_connect(int fd)
{
    struct pollfd wait = {fd, POLLOUT, 0};
    int error = 0;
    socklen_t size = sizeof error;
    while (poll(&wait, 1, -1) < 0 && errno == EINTR)
        ;
    getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size);
    return error;
}

static int open_connection(struct call *call)
{
    const struct address *address = call_address(call);
    int error = 0;
    int fd = socket(address->socket.any.sa_family, SOCK_STREAM, 0);
    if (fd < 0 || connect(fd, &address->socket.any, address->size) < 0)
        error = fd >= 0 && errno == EINTR ? finish_connect(fd) : errno;
    if (!error) {
        call_connected(call, NULL, monotonic_now());
        return fd;
    }
    call_connect_failed(call, -error, monotonic_now());
    if (fd >= 0)
        close(fd);
    return -1;
}

static void transfer(int fd, struct call *call)
{
    char scratch[4096];
    while (call_need(call) == CALL_NEEDS_TRANSFER) {
        struct slice out = call_output(call);
        ssize_t count = out.size ? send(fd, out.data, out.size, MSG_NOSIGNAL)
                                 : recv(fd, scratch, sizeof scratch, 0);
        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0)
            count = -errno;
        if (out.size)
            call_sent(call, count, monotonic_now());
        else
            call_received(call, scratch, count, monotonic_now());
    }
    close(fd);
}

static void fetch(struct call *call, const struct job *job)
{
    call_start(call, job->request, job->index, monotonic_now());
    while (call_need(call) != CALL_IS_DONE) {
        int fd = -1;
        if (call_need(call) == CALL_NEEDS_ADDRESSES)
            look_up(call);
        else
            fd = open_connection(call);
        if (fd >= 0)
            transfer(fd, call);
    }
}

static int plain_run(struct batch *batch)
{
    struct call_options options = *batch->options;
    options.keep_alive = false;
    options.redirects_max = 0;
    options.connect_timeout = options.total_timeout = NEVER;
    struct call call;
    struct job job;
    call_init(&call, &options);
    call.doer = (struct doer){.pid = getpid(), .thread = gettid()};
    while (batch_next(batch, &job)) {
        fetch(&call, &job);
        batch_done(batch, job.index, call_result(&call));
    }
    call_deinit(&call);
    return 0;
}

const struct model plain_model = {
    .name = "plain",
    .family = "tests",
    .summary = "the least that is a model",
    .run = plain_run,
};
