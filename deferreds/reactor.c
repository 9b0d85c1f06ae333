/* SPDX-License-Identifier: MIT */
#include "deferreds/reactor.h"

#include "base/container_of.h"
#include "callbacks/handle_name.h"

#include <errno.h>

/* The events of a reactor need no context. */
static void on_over(struct system_event *shutdown)
{
    struct reactor *reactor = container_of(shutdown, struct reactor, shutdown);
    reactor->over = true;
    if (reactor->running)
        loop_stop(reactor->loop);
}

static void on_stop(struct handle *turn)
{
    event_fire(&container_of(turn, struct reactor, turn)->shutdown);
}
HANDLE_NAME(on_stop, "the shutdown of a reactor", NULL);

int reactor_init(struct reactor *reactor, struct loop *loop)
{
    *reactor = (struct reactor){
        .loop = loop, .shutdown.over = on_over, .turn.run = on_stop};
    int error = transports_init(&reactor->transports, loop);
    if (error)
        return error;
    error = client_calls_init(&reactor->calls, loop);
    if (error)
        transports_deinit(&reactor->transports);
    return error;
}

void reactor_deinit(struct reactor *reactor)
{
    client_calls_deinit(&reactor->calls);
    transports_deinit(&reactor->transports);
}

static int run_loop(struct reactor *reactor)
{
    reactor->running = true;
    int error = loop_run(reactor->loop);
    reactor->running = false;
    return error;
}

/* A loop with nothing left to do ends by itself, which is a shutdown, too. The
 * triggers of the shutdown may have to be waited for, so the loop runs
 * again. */
int reactor_run(struct reactor *reactor)
{
    event_fire(&reactor->startup);
    int error = run_loop(reactor);
    if (reactor->over)
        return error;
    reactor->stopping = true;
    loop_cancel(reactor->loop, &reactor->turn);
    event_fire(&reactor->shutdown);
    if (!reactor->over && !error)
        error = run_loop(reactor);
    return error;
}

int reactor_stop(struct reactor *reactor)
{
    if (reactor->stopping)
        return -EALREADY;
    reactor->stopping = true;
    loop_call_soon(reactor->loop, &reactor->turn);
    return 0;
}
