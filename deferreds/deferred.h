/* SPDX-License-Identifier: MIT */
/* A Deferred is an outcome that is not there yet, and what is to be done with
 * it. Episode 2; Twisted's, with its rules (DF1 to DF15 in the tests).
 *
 *            fire(outcome)
 *                 v
 *        callback | errback      a rung: one of the two is called with the
 *        ---------+---------     outcome so far, and what it returns goes on
 *        callback | errback      to the next rung. A value goes down on the
 *        ---------+---------     left, a failure on the right; NULL lets it
 *           ...   |   ...        pass.
 *
 * A rung may return outcome_pending(...): the Deferred then waits for that
 * awaitable, and goes on with its outcome (DF5). Rungs run inside
 * deferred_fire. A rung that is added later runs inside
 * deferred_add_callbacks; one that a running rung adds runs behind those that
 * are there (DF3). Nothing recurses, however many Deferreds wait for each
 * other (DF6), and to wait for another Deferred takes no memory. To wait for
 * anything else does: without memory the next rung gets failure_no_memory.
 *
 * Ownership: the code that makes a Deferred owns it, until it is handed on in
 * an outcome_pending. The owner gives it up in one of two ways: by
 * deferred_detach, after which it goes on by itself, as a Twisted Deferred does
 * that no variable holds any more; or by deferred_drop, when its outcome is not
 * needed. One without an owner ends when all of its rungs have run, and then
 * its release() is called. A failure that is left at its end is reported
 * (DF11).
 *
 * The functions above the line "beside the core" are the core, deferred.c:
 * lesson E2 puts the learner's in its place. A rung takes a function and a
 * context, unlike a handle, which is embedded: Deferreds keep lists of rungs,
 * and most of them have no storage of their own to be embedded in.
 *
 * A Deferred belongs to one thread.
 */
#ifndef DEFERREDS_DEFERRED_H
#define DEFERREDS_DEFERRED_H

#include "callbacks/awaitable.h"

#ifdef __cplusplus
extern "C" {
#endif

struct deferred;

/* Takes over the outcome and returns the next one. */
typedef struct outcome deferred_fn(void *context, struct outcome outcome);

/* Stops what was begun. It may fire the Deferred in here, or return true if the
 * work that is stopping fires it later. Otherwise the Deferred fails with
 * failure_cancelled now (DF14). */
typedef bool deferred_canceller(struct deferred *deferred);

struct rung {
    deferred_fn *callback, *errback; /* NULL lets the outcome pass */
    void *context;
};

/* The first rungs need no memory of their own. */
enum { DEFERRED_RUNGS = 4 };

/* No code waits for its outcome. */
#define DEFERRED_NO_OUTLET UINT32_MAX

struct deferred {
    struct awaitable awaitable; /* so that anything can wait for it */

    /* yours, after deferred_init */
    deferred_canceller *canceller;
    /* It has ended: the storage is its owner's again. May be NULL. */
    void (*release)(struct deferred *deferred);

    /* the core's; inspectors may read */
    struct outcome outcome;  /* what the next rung will get */
    struct awaitable *inner; /* what it waits for */
    struct deferred *outer;  /* the Deferred that waits for this one, ... */
    struct handle *waiter;   /* ... or the handle; both NULL: none does */
    uint32_t next;           /* the rung to be run next */
    uint32_t count;
    uint32_t paused;
    uint32_t outlet; /* before this rung the outcome goes to what waits */
    /* Not in one word with `paused`: a compiler would test both with one read,
     * which stalls until the last write of a part is in the cache. */
    bool fired : 1;
    bool offered : 1;  /* the outcome is there for the waiter to take */
    bool stopping : 1; /* its canceller was asked, and it will be fired */
    bool unneeded : 1; /* dropped: its cancellation is not an error */
    bool running : 1;
    bool unowned : 1;       /* detached, dropped, or handed over */
    bool held : 1;          /* its canceller runs: it does not end before */
    bool forgives : 1;      /* cancelled: the next fire comes too late (DF13) */
    uint32_t capacity;      /* of `rungs`; 0: the core keeps them elsewhere */
    struct rung *rungs;     /* `own`, or from malloc */
    struct deferred *below; /* while it runs: the one that goes on after it */
    struct rung own[DEFERRED_RUNGS];
};

/* Initialises storage that is the caller's: a Deferred usually is a member of
 * the operation whose end it is, and its release() gives that back.
 * `canceller` may be NULL. Cannot fail. */
void deferred_init(struct deferred *deferred, deferred_canceller *canceller);

/* Adds a rung. 0 or -ENOMEM; the first four cannot fail. */
int deferred_add_callbacks(struct deferred *deferred, deferred_fn *callback,
                           deferred_fn *errback, void *context);

/* Fires it with an outcome that is not pending, and runs the rungs. 0; or
 * -EALREADY when it was fired before, and then the outcome is dropped (DF1). */
int deferred_fire(struct deferred *deferred, struct outcome outcome);

/* If it is not fired, calls the canceller; if that neither fires it nor says
 * that it will be fired, it fails with failure_cancelled (DF13, DF14). If it
 * waits for another one, cancels that (DF15). If it is over, does nothing. */
void deferred_cancel(struct deferred *deferred);

/* No rung runs until there are as many unpauses as pauses (DF9). */
void deferred_pause(struct deferred *deferred);
void deferred_unpause(struct deferred *deferred);

/* Ends the ownership: from now on it goes on, and ends, by itself. */
void deferred_detach(struct deferred *deferred);

/* Has it been fired, has all been run, and does nothing hold it up? */
static inline bool deferred_is_over(const struct deferred *deferred)
{
    return deferred->fired && !deferred->paused && !deferred->running &&
           deferred->next == deferred->count;
}

/* ---- for inspection: see notes.h ---- */

/* A rung, from 0 to count. NULL: it is kept where only the core knows. */
static inline const struct rung *deferred_rung(const struct deferred *deferred,
                                               uint32_t number)
{
    return number < deferred->capacity ? &deferred->rungs[number] : NULL;
}

/* What happens to a Deferred; the object itself says the rest. */
enum deferred_event {
    DEFERRED_MADE,        /* it is initialised */
    DEFERRED_FIRED,       /* with `outcome` */
    DEFERRED_FIRED_AGAIN, /* and that outcome is dropped */
    DEFERRED_ENTERS,      /* a rung: the one before `next` gets `outcome` */
    DEFERRED_LEFT,        /* a rung, which returned `outcome` */
    DEFERRED_ENDS,        /* its storage is about to be its owner's again */
};

/* An onlooker, embedded in whatever looks on and found again with container_of.
 * It must not change what it sees. */
struct deferred_probe {
    void (*note)(struct deferred_probe *probe, enum deferred_event event,
                 const struct deferred *deferred);
    /* Appends, in lines, what it knows of where the Deferred was made and
     * fired. */
    void (*tell)(struct deferred_probe *probe, const struct deferred *deferred,
                 struct buffer *out);
};

/* Each thread's own; NULL: nothing is noted. */
extern __thread struct deferred_probe *deferred_probe;

/* The core says what happens. */
static inline void deferred_note(enum deferred_event event,
                                 const struct deferred *deferred)
{
    if (__builtin_expect(deferred_probe != NULL, 0))
        deferred_probe->note(deferred_probe, event, deferred);
}

/* ---- beside the core ---- */

extern const struct awaitable_ops deferred_ops;

/* For the core, at the end of a Deferred: reports a failure that is left,
 * unless it is the cancellation of a Deferred that was dropped (DF11). */
void deferred_report(const struct deferred *deferred);

/* A Deferred alone, which frees itself at its end. NULL: no memory. */
struct deferred *deferred_new(deferred_canceller *canceller);

/* Ends the ownership, and cancels it if it is not over. Neither its outcome nor
 * its cancellation is reported. */
void deferred_drop(struct deferred *deferred);

/* For a rung that waits for another Deferred. Hands the ownership on. */
static inline struct outcome outcome_deferred(struct deferred *deferred)
{
    return outcome_pending(&deferred->awaitable);
}

static inline int deferred_callback(struct deferred *deferred,
                                    struct outcome value)
{
    return deferred_fire(deferred, value);
}

/* Takes over one reference. */
static inline int deferred_errback(struct deferred *deferred,
                                   const struct failure *failure)
{
    struct outcome outcome;
    outcome.kind = &failure_kind;
    outcome.failure = failure;
    return deferred_fire(deferred, outcome);
}

static inline int deferred_add_callback(struct deferred *deferred,
                                        deferred_fn *callback, void *context)
{
    return deferred_add_callbacks(deferred, callback, NULL, context);
}

static inline int deferred_add_errback(struct deferred *deferred,
                                       deferred_fn *errback, void *context)
{
    return deferred_add_callbacks(deferred, NULL, errback, context);
}

static inline int deferred_add_both(struct deferred *deferred, deferred_fn *fn,
                                    void *context)
{
    return deferred_add_callbacks(deferred, fn, fn, context);
}

#ifdef __cplusplus
}
#endif

#endif
