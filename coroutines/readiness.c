/* SPDX-License-Identifier: MIT */
#include "coroutines/readiness.h"

#include "callbacks/handle_name.h"
#include "callbacks/wait_shape.h"

#include <stdlib.h>

struct readiness {
    struct future future;
    struct watch watch;
};

static struct readiness *readiness_of(struct future *future)
{
    return container_of(future, struct readiness, future);
}

static void stop_watching(struct future *future)
{
    loop_watch(future->loop, &readiness_of(future)->watch, 0);
}

static void on_ready(struct handle *handle)
{
    struct future *future =
        &container_of(handle, struct readiness, watch.handle)->future;
    stop_watching(future);
    future->cancel = NULL;
    future_set_result(future, outcome_none());
}
HANDLE_NAME(on_ready, "a descriptor that is waited for", NULL);
WAIT_SHAPE_BY(on_ready, "a descriptor", struct readiness, watch.handle,
              WAIT_PART(WAIT_ENDS, struct readiness, future));

static bool readiness_cancel(struct future *future)
{
    stop_watching(future);
    future->cancel = NULL;
    return future_cancel(future);
}

static void readiness_release(struct future *future)
{
    stop_watching(future);
    free(readiness_of(future));
}
WAIT_SHAPE_BY(readiness_release, "a descriptor", struct readiness, future,
              WAIT_PART(WAIT_WATCH, struct readiness, watch));

struct outcome ready_for(struct loop *loop, int fd, unsigned interest)
{
    struct readiness *made = calloc(1, sizeof *made);
    if (!made)
        return outcome_failure(&failure_no_memory);
    future_init(&made->future, loop);
    made->future.cancel = readiness_cancel;
    made->future.release = readiness_release;
    made->watch.handle.run = on_ready;
    made->watch.fd = fd;
    int error = loop_watch(loop, &made->watch, interest);
    if (error) {
        future_unref(&made->future);
        return outcome_errno(error);
    }
    return outcome_pending(&made->future.awaitable);
}
