/* SPDX-License-Identifier: MIT */
#include "harness/origin/origin.h"

#include "harness/origin/connection.h"
#include "harness/origin/server.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/signalfd.h>
#include <unistd.h>

const struct message_limits origin_limits = {
    .line = 8 * 1024 + 256,
    .head = 16 * 1024,
    .body = UINT64_C(1) << 30,
};

static const nanos IDLE_TIMEOUT = 60 * NANOS_PER_SECOND;

void origin_forget_run(void *context, const struct run *run)
{
    struct origin *origin = context;
    if (origin->fixed.run == run)
        origin->fixed.request_size = 0;
}

/* ---- idle connections ---- */

/* A delay, a hold and a drip have a timer of their own that ends them. */
static bool is_idle(const struct connection *connection, nanos now)
{
    return connection->timer.state == HANDLE_IDLE &&
           nanos_after(connection->since,
                       connection->origin->options.idle_timeout) <= now;
}

/* One timer for all: a request costs no timer. It looks four times in the span
 * that is allowed, so a connection is idle for up to a quarter longer. */
static void plan_sweep(struct origin *origin)
{
    nanos span = origin->options.idle_timeout / 4;
    loop_call_at(origin->loop, &origin->sweep,
                 nanos_after(loop_time(origin->loop), span + 1));
}

static void sweep(struct handle *handle)
{
    struct origin *origin = container_of(handle, struct origin, sweep);
    nanos now = loop_time(origin->loop);
    struct connection *next;
    for (struct connection *c = origin->connections; c; c = next) {
        next = c->next;
        if (is_idle(c, now))
            connection_free(c);
    }
    plan_sweep(origin);
}

/* ---- being told to stop ---- */

static void on_stop(struct handle *handle)
{
    struct watch *watch = container_of(handle, struct watch, handle);
    struct origin *origin = container_of(watch, struct origin, stop);
    loop_stop(origin->loop);
}

/* SIGINT and SIGTERM as a descriptor; `*before` is the mask to restore. */
static int open_signals(sigset_t *before)
{
    sigset_t ends;
    sigemptyset(&ends);
    sigaddset(&ends, SIGINT);
    sigaddset(&ends, SIGTERM);
    int error = pthread_sigmask(SIG_BLOCK, &ends, before);
    if (error)
        return -error;
    int fd = signalfd(-1, &ends, SFD_NONBLOCK | SFD_CLOEXEC);
    return fd < 0 ? -errno : fd;
}

/* A signal that was taken as a message must not be delivered once more. */
static void close_signals(int fd, const sigset_t *before)
{
    struct signalfd_siginfo taken;
    while (read(fd, &taken, sizeof taken) > 0)
        ;
    close(fd);
    pthread_sigmask(SIG_SETMASK, before, NULL);
}

/* ---- from beginning to end ---- */

static int origin_init(struct origin *origin,
                       const struct origin_options *options, int stop_fd)
{
    origin->options = *options;
    if (origin->options.idle_timeout <= 0)
        origin->options.idle_timeout = IDLE_TIMEOUT;
    int room = listener_room();
    int max = options->connections_max;
    origin->open_max = max > 0 && max < room ? max : room;
    origin->sweep = (struct handle){.run = sweep};
    origin->stop = (struct watch){.handle.run = on_stop, .fd = stop_fd};
    int error = loop_new(&origin->loop, &epoll_selector, &monotonic_clock);
    if (!error)
        error = fixed_init(&origin->fixed, options->seed);
    if (!error)
        error = loop_watch(origin->loop, &origin->stop, SELECT_READ);
    if (!error)
        error = listener_open(origin);
    return error;
}

static void origin_free(struct origin *origin)
{
    if (origin->loop) {
        while (origin->connections)
            connection_free(origin->connections);
        listener_close(origin);
    }
    reader_free(origin->spare);
    loop_free(origin->loop);
    free(origin);
}

static int serve(const struct origin_options *options, int stop_fd,
                 int (*listening)(void *context, uint16_t port), void *context)
{
    struct origin *origin = calloc(1, sizeof *origin);
    if (!origin)
        return -ENOMEM;
    int error = origin_init(origin, options, stop_fd);
    if (!error) {
        stats_init(&origin->stats, loop_time(origin->loop));
        plan_sweep(origin);
        if (listening)
            error = listening(context, origin->listener.port);
        if (!error)
            error = loop_run(origin->loop);
    }
    origin_free(origin);
    return error;
}

int origin_serve(const struct origin_options *options, int stop_fd,
                 int (*listening)(void *context, uint16_t port), void *context)
{
    if (stop_fd >= 0)
        return serve(options, stop_fd, listening, context);
    sigset_t before;
    int fd = open_signals(&before);
    if (fd < 0)
        return fd;
    int error = serve(options, fd, listening, context);
    close_signals(fd, &before);
    return error;
}
