/* SPDX-License-Identifier: MIT */
/* The contract of a model: what every way of waiting is given, and what it
 * owes. A model is one function, run(), that works through a batch:
 *
 *     while there is a job to be had and fewer than batch_most are in flight
 *         batch_next, and fetch it
 *     for each that has ended, well or badly
 *         batch_done
 *     until batch_next has nothing more and nothing is in flight
 *
 * A model with a queue may take jobs ahead, if it says so (TAKES_AHEAD).
 *
 * Every job that batch_next handed out comes back through batch_done, once,
 * in any order. One that fails does no harm to the others.
 *
 * This machine may have no more descriptors, ports, processes or threads than
 * some of the jobs need. Then a model goes on with fewer in flight, to the end
 * of the batch: a job that was refused one is held, and begins again when there
 * is room (batch_do_with_fewer). Only a job that is refused although it is
 * alone fails for that reason.
 *
 * Memory is not among these: it may be refused when half of an answer is there,
 * for which the one page may be to blame, and what others give back is not sure
 * to suffice. Such a job fails, and the others go on.
 *
 * batch_next, batch_done and batch_cancelled are called on the thread that
 * called run(), and on no other.
 */
#ifndef HTTP_MODEL_H
#define HTTP_MODEL_H

#include "base/cancel.h"
#include "http/call.h"

#ifdef __cplusplus
extern "C" {
#endif

/* What a model can do. The suite proves what is declared, and that what is not
 * declared is really absent; the race and the charts show it. A learner's first
 * model declares nothing. */
enum ability {
    CAN_OVERLAP = 1 << 0,         /* more than one request in flight */
    CAN_KEEP_ALIVE = 1 << 1,      /* uses a connection again */
    CAN_TIME_OUT = 1 << 2,        /* connect_timeout and total_timeout */
    CAN_TIME_OUT_LOOKUP = 1 << 3, /* …also while a name is looked up */
    CAN_REDIRECT = 1 << 4,        /* follows redirects */
    CAN_CANCEL = 1 << 5,          /* stops in mid-flight, from any thread */
    CAN_START_LATER = 1 << 6,     /* keeps a job's earliest start */
    TAKES_AHEAD = 1 << 7,         /* queues more jobs than are in flight */
    CAN_CANCEL_LOOKUP = 1 << 8, /* …CAN_CANCEL also while a name is looked up:
                                 * run() returns, and does not wait for it */
};

struct batch;

struct model {
    const char *name;    /* as given to --model */
    const char *family;  /* the folder it lives in */
    const char *summary; /* one line: how does it wait? */
    unsigned can;
    /* Works through the batch. 0; or a negative errno when it could not be set
     * up, and then the jobs not handed out stay with the batch. */
    int (*run)(struct batch *batch);
    /* NULL: always there. Else returns NULL when the model can run on this
     * machine, or a sentence that says why it cannot. */
    const char *(*unavailable)(void);
};

/* One request of a batch. */
struct job {
    size_t index;                  /* the batch's number for it: any number,
                                      and each job of a batch has another */
    const struct request *request; /* borrowed until batch_done */
    nanos earliest;                /* not to be sent before; 0: at once */
};

/* Code that wants pages sets this up: `fetch`, the race, a test. A model uses
 * the functions below and `concurrency`, `options` and `cancel`. */
struct batch {
    size_t concurrency; /* most in flight that are wanted, at least 1: what a
                         * model makes room for */
    const struct call_options *options; /* borrowed */
    struct cancel *cancel;              /* NULL: cannot be cancelled */
    const int *asked; /* a wake-up (base/wakeup.h) by which a person asks what
                       * the model waits for: one that waits in a loop prints
                       * that, loop_asked.h. NULL: never asked */

    bool (*next)(struct batch *batch, struct job *job);
    void (*done)(struct batch *batch, size_t index, struct result *result);
    /* Called once, at the first refusal: from then on fewer are in flight than
     * were wanted. May be NULL. */
    void (*fewer)(struct batch *batch, enum fetch_error why);

    /* private */
    size_t most; /* see batch_most; 0: as many as are wanted */
    bool told;   /* of fewer */
};

/* The next job: true, or false when there are no more or the batch has been
 * cancelled. */
static inline bool batch_next(struct batch *batch, struct job *job)
{
    return !cancel_requested(batch->cancel) && batch->next(batch, job);
}

/* Hands a result over. The batch may move its contents away; what it leaves
 * stays the model's, to be used again or deinitialised. */
static inline void batch_done(struct batch *batch, size_t index,
                              struct result *result)
{
    batch->done(batch, index, result);
}

/* How many may be in flight now. */
static inline size_t batch_most(const struct batch *batch)
{
    return batch->most ? batch->most : batch->concurrency;
}

/* Did the job fail because this machine had no more descriptors, ports,
 * processes or threads? */
bool result_is_refusal(const struct result *result);

/* May a job that was refused something begin again? Not if its request must not
 * be sent twice, its time was up meanwhile (its detail is -ETIMEDOUT), or the
 * batch is cancelled. */
bool batch_may_begin_again(const struct batch *batch, const struct job *job,
                           const struct result *result);

/* To be asked of each result, before batch_done. True: the machine refused the
 * job something. The model must hold the job and begin it again, before any
 * other, when fewer than batch_most are in flight; batch_most is one less now.
 * False: the job is done, because nothing was refused, or it was alone in
 * flight, or its request must not be sent twice. */
bool batch_do_with_fewer(struct batch *batch, const struct job *job,
                         const struct result *result);

/* For a model with workers that is refused another worker: no job is held,
 * because the workers that it has do the job. */
void batch_tell_fewer(struct batch *batch, enum fetch_error why);

/* Once true it stays true: end what is in flight with FETCH_CANCELLED. */
static inline bool batch_cancelled(const struct batch *batch)
{
    return cancel_requested(batch->cancel);
}

#ifdef __cplusplus
}
#endif

#endif
