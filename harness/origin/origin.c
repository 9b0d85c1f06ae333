/* SPDX-License-Identifier: MIT */
#include "harness/origin/origin.h"

#include "callbacks/handle_name.h"
#include "callbacks/loop_asked.h"
#include "harness/interrupt.h"
#include "harness/origin/connection_internal.h"
#include "harness/origin/fixed.h"
#include "harness/origin/hold.h"
#include "harness/origin/listener.h"
#include "harness/origin/requests.h"
#include "harness/origin/server_internal.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/signalfd.h>
#include <unistd.h>

static const struct message_limits limits = {
    .line = 8 * 1024 + 256,
    .head = 16 * 1024,
    .body = UINT64_C(1) << 30,
};

static const nanos IDLE_TIMEOUT = 60 * NANOS_PER_SECOND;

/* The whole origin. What connections share is its first member. */
struct whole {
    struct origin origin;
    struct watch stop;
    struct loop_asked asked;
    struct handle sweep; /* looks for idle connections, now and then */
    struct listener listener;
    struct fixed fixed;
    struct hold holds[HOLDS_MAX];
};

/* ---- idle connections ---- */

/* Connections in a delay, a hold or a drip have a timer of their own. */
static bool is_idle(const struct connection *connection, nanos now)
{
    return connection->timer.state == HANDLE_IDLE &&
           nanos_after(connection->since,
                       connection->origin->options.idle_timeout) <= now;
}

/* One timer for all connections, so that a request costs no timer. It runs four
 * times in the time that is allowed, so a connection may be idle for a quarter
 * longer. */
static void plan_sweep(struct whole *whole)
{
    struct loop *loop = whole->origin.loop;
    nanos span = whole->origin.options.idle_timeout / 4;
    loop_call_at(loop, &whole->sweep, nanos_after(loop_time(loop), span + 1));
}

static void sweep(struct handle *handle)
{
    struct whole *whole = container_of(handle, struct whole, sweep);
    nanos now = loop_time(whole->origin.loop);
    struct connection *next;
    for (struct connection *c = whole->origin.connections; c; c = next) {
        next = c->next;
        if (is_idle(c, now)) {
            wire_end(&c->wire);
            connection_free(c);
        }
    }
    plan_sweep(whole);
}
HANDLE_NAME(sweep, "the next look for idle connections", NULL);

/* ---- being told to stop ---- */

static void on_stop(struct handle *handle)
{
    struct watch *watch = container_of(handle, struct watch, handle);
    struct whole *whole = container_of(watch, struct whole, stop);
    loop_stop(whole->origin.loop);
}
HANDLE_NAME(on_stop, "signals to the origin", NULL);

/* SIGINT and SIGTERM, unless ignored, as a descriptor; `*before` is the mask to
 * restore. */
static int open_signals(sigset_t *before)
{
    sigset_t ends;
    sigemptyset(&ends);
    /* A blocked signal is kept for the descriptor even if it is ignored. */
    if (!interrupt_is_ignored(SIGINT))
        sigaddset(&ends, SIGINT);
    if (!interrupt_is_ignored(SIGTERM))
        sigaddset(&ends, SIGTERM);
    int error = pthread_sigmask(SIG_BLOCK, &ends, before);
    if (error)
        return -error;
    int fd = signalfd(-1, &ends, SFD_NONBLOCK | SFD_CLOEXEC);
    return fd < 0 ? -errno : fd;
}

/* A signal that came must not be delivered when it is unblocked. */
static void close_signals(int fd, const sigset_t *before)
{
    struct signalfd_siginfo taken;
    while (read(fd, &taken, sizeof taken) > 0)
        ;
    close(fd);
    pthread_sigmask(SIG_SETMASK, before, NULL);
}

/* ---- from beginning to end ---- */

static void origin_init(struct whole *whole,
                        const struct origin_options *options)
{
    struct origin *origin = &whole->origin;
    origin->options = *options;
    if (origin->options.idle_timeout <= 0)
        origin->options.idle_timeout = IDLE_TIMEOUT;
    int room = listener_room();
    int max = options->connections_max;
    origin->open_max = max > 0 && max < room ? max : room;
    origin->readers.limits = &limits;
    origin->fixed = &whole->fixed;
    origin->holds = whole->holds;
    origin->take = requests_take;
}

static int whole_init(struct whole *whole, const struct origin_options *options,
                      int stop_fd)
{
    struct origin *origin = &whole->origin;
    origin_init(whole, options);
    whole->sweep = (struct handle){.run = sweep};
    whole->stop = (struct watch){.handle.run = on_stop, .fd = stop_fd};
    int error = loop_new(&origin->loop, &epoll_selector, &monotonic_clock);
    if (!error)
        error = fixed_init(&whole->fixed, options->seed);
    if (!error)
        error = loop_watch(origin->loop, &whole->stop, SELECT_READ);
    if (!error && options->asked)
        error = loop_asked_start(&whole->asked, origin->loop, *options->asked,
                                 "serve");
    if (!error)
        error = listener_open(&whole->listener, origin);
    return error;
}

static void whole_free(struct whole *whole)
{
    struct origin *origin = &whole->origin;
    while (origin->connections)
        connection_free(origin->connections);
    listener_close(&whole->listener);
    readers_deinit(&origin->readers);
    loop_free(origin->loop);
    free(whole);
}

static int serve(const struct origin_options *options, int stop_fd,
                 int (*listening)(void *context, uint16_t port), void *context)
{
    struct whole *whole = calloc(1, sizeof *whole);
    if (!whole)
        return -ENOMEM;
    int error = whole_init(whole, options, stop_fd);
    if (!error) {
        stats_init(&whole->origin.stats, loop_time(whole->origin.loop));
        plan_sweep(whole);
        if (listening)
            error = listening(context, whole->listener.port);
        if (!error)
            error = loop_run(whole->origin.loop);
    }
    whole_free(whole);
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
