/* SPDX-License-Identifier: MIT */
/* A batch on a loop of its own: the run() of every contestant that waits in the
 * loop, in whatever form. */
#ifndef CALLBACKS_LOOP_BATCH_H
#define CALLBACKS_LOOP_BATCH_H

#include "callbacks/client_call.h"
#include "callbacks/loop_asked.h"
#include "nonblocking/client_batch.h"

#ifdef __cplusplus
extern "C" {
#endif

struct loop_batch {
    struct client_batch clients;
    struct client_calls calls;

    /* private */
    const struct clock *clock;
    struct handle wake; /* the time of a job has come */
    struct watch cancel;
    struct loop_asked asked;
};

/* Works through the batch with clients of this kind. Returns what run() of a
 * model returns. */
int loop_batch_run(struct batch *batch, const struct client_ops *ops,
                   const struct selector_ops *selector,
                   const struct clock *clock);

/* For the ops: jobs begin by the loop's clock, read anew. The time of the turn
 * may be old, because done() may take long: a reader of its output may wait. */
nanos loop_batch_time(const struct client_batch *clients);

/* For init: what the call of this client shares with the others. */
struct client_calls *loop_batch_calls(const struct client *client);

/* For a client whose call is done and that waits for nothing: hands the result
 * over, and jobs to idle clients. So when this returns, the client may already
 * be working on its next job. */
void loop_batch_done(struct client *client);

#ifdef __cplusplus
}
#endif

#endif
