/* SPDX-License-Identifier: MIT */
/* What Twisted calls the reactor: the loop, and what all connections and pages
 * on it share. Everything else takes the loop alone.
 */
#ifndef DEFERREDS_REACTOR_H
#define DEFERREDS_REACTOR_H

#include "callbacks/client_call.h"
#include "callbacks/transport.h"
#include "deferreds/system_event.h"

#ifdef __cplusplus
extern "C" {
#endif

/* The storage is the caller's. Triggers may be added to the two events. */
struct reactor {
    struct loop *loop;
    struct transports transports;
    struct client_calls calls; /* its offloader: for deferred_to_thread */
    struct system_event startup, shutdown;

    /* private */
    struct handle turn; /* the one in which the shutdown begins */
    bool running, stopping, over;
};

/* The loop is borrowed. 0, or a negative errno and nothing to deinitialise. */
int reactor_init(struct reactor *reactor, struct loop *loop);

/* Call it when all that used the reactor has ended. */
void reactor_deinit(struct reactor *reactor);

/* Fires `startup`, runs the loop until reactor_stop, or until there is nothing
 * left to do, and fires `shutdown`: it returns when its triggers are through.
 * Once. 0 or a negative errno. */
int reactor_run(struct reactor *reactor);

/* Ends reactor_run: `shutdown` is fired in the loop's next turn. 0, or
 * -EALREADY when it was asked to stop before (ReactorNotRunning). */
int reactor_stop(struct reactor *reactor);

/* ---- a program that is one Deferred: Twisted's task.react (TR16) ---- */

/* A failure of this type ends task_react with its code and without a report;
 * Python's SystemExit. */
extern const struct failure_type system_exit_type;

typedef struct outcome react_main(struct reactor *reactor, void *context);

/* Calls main(reactor, context), runs the reactor until what it returned has
 * come, and returns the exit code: 0 for a value, 1 for a failure, which is
 * reported. 0, too, when the reactor is stopped before; what is waited for is
 * dropped then. */
int task_react_on(struct reactor *reactor, react_main *main, void *context);

/* The same with a reactor of its own, on epoll and the monotonic clock. */
int task_react(react_main *main, void *context);

#ifdef __cplusplus
}
#endif

#endif
