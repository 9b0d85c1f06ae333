/* SPDX-License-Identifier: MIT */
#include "deferreds/to_thread.h"

#include "callbacks/failure.h"
#include "callbacks/wait_shape.h"

#include <errno.h>
#include <stdlib.h>

/* What the thread works on. It is not part of the Deferred, because long work
 * may outlive that. */
struct thread_job {
    struct offload offload;
    struct threaded *threaded; /* not for the thread */
    thread_fn *fn;
    void *context;
    struct outcome outcome;
};

struct threaded {
    struct deferred deferred;
    struct thread_job *work; /* NULL: none is under way */
};

/* ---- the work ---- */

static void run_work(struct offload *offload)
{
    struct thread_job *work = container_of(offload, struct thread_job, offload);
    work->outcome = work->fn(work->context);
}
WAIT_SHAPE_BY(run_work, "", struct thread_job, offload.run,
              WAIT_PART(WAIT_FUNCTION, struct thread_job, fn));

static void drop_work(struct offload *offload)
{
    struct thread_job *work = container_of(offload, struct thread_job, offload);
    outcome_drop(work->outcome);
    free(work);
}

static void on_done(struct offload *offload)
{
    struct thread_job *work = container_of(offload, struct thread_job, offload);
    struct threaded *threaded = work->threaded;
    struct outcome outcome = work->outcome;
    free(work);
    threaded->work = NULL;
    deferred_fire(&threaded->deferred, outcome);
}

/* ---- the Deferred ---- */

static bool give_up(struct deferred *deferred)
{
    struct threaded *threaded =
        container_of(deferred, struct threaded, deferred);
    if (threaded->work)
        offload_cancel(&threaded->work->offload);
    threaded->work = NULL;
    return false;
}

static void threaded_free(struct deferred *deferred)
{
    free(container_of(deferred, struct threaded, deferred));
}
WAIT_SHAPE_BY(threaded_free, "deferToThread", struct threaded, deferred,
              WAIT_PART(WAIT_BY, struct threaded, work));

static int start_call(struct threaded *threaded, struct offloader *offloader,
                      thread_fn *fn, void *context)
{
    struct thread_job *work = calloc(1, sizeof *work);
    if (!work)
        return -ENOMEM;
    *work = (struct thread_job){
        .offload = {.run = run_work, .done = on_done, .drop = drop_work},
        .threaded = threaded,
        .fn = fn,
        .context = context,
    };
    int error = offload_start(offloader, &work->offload);
    if (error)
        free(work);
    else
        threaded->work = work;
    return error;
}

struct deferred *deferred_to_thread(struct offloader *offloader, thread_fn *fn,
                                    void *context)
{
    struct threaded *threaded = calloc(1, sizeof *threaded);
    if (!threaded)
        return NULL;
    deferred_init(&threaded->deferred, give_up);
    threaded->deferred.release = threaded_free;
    int error = start_call(threaded, offloader, fn, context);
    if (error)
        deferred_fire(&threaded->deferred, outcome_errno(error));
    return &threaded->deferred;
}

int call_in_thread(struct offloader *offloader, thread_fn *fn, void *context)
{
    struct deferred *deferred = deferred_to_thread(offloader, fn, context);
    if (!deferred)
        return -ENOMEM;
    deferred_detach(deferred);
    return 0;
}
