/* SPDX-License-Identifier: MIT */
/* The one door for blocking work: threads do it, and a descriptor becomes
 * readable when some of it is finished. A program that waits for descriptors
 * can wait for that too, in select, poll, epoll or io_uring. Look-ups are
 * handed over here (nonblocking/lookups.h); so is whatever a program on the
 * loop must not wait for itself (callbacks/offload.h).
 *
 * Work that hangs holds no other code up. Blocking work cannot be interrupted,
 * so a piece that is no longer waited for is abandoned: its thread goes on with
 * it, and calls drop() when it ends. That is why a piece of work must own all
 * that it touches.
 *
 * All functions belong to the thread that waits.
 */
#ifndef THREADS_COMPLETIONS_H
#define THREADS_COMPLETIONS_H

#include "threads/executor.h"

#ifdef __cplusplus
extern "C" {
#endif

struct completions;

enum completion_state {
    COMPLETION_UNDER_WAY,
    COMPLETION_FINISHED,
    COMPLETION_TAKEN,
    COMPLETION_ABANDONED,
};

/* A piece of work. It is embedded in what it is about, which lies on the heap,
 * and found again with container_of.
 *
 * Ownership: the list's, from completions_start until completions_take returns
 * it, or until drop() is called. */
struct completion {
    /* yours */
    void (*run)(struct completion *completion);  /* on another thread */
    void (*drop)(struct completion *completion); /* on any thread, instead of
                                                  * being taken: frees it */

    /* the list's */
    struct work work;
    struct completions *completions;
    enum completion_state state;
    struct completion *next; /* finished later */
};

/* At most `threads` at a time; they are started when there is work. 0 or a
 * negative errno. */
int completions_new(struct completions **completions, size_t threads);

/* Abandons all that is under way and drops all that is finished. Does not wait
 * for work: threads that are at work are left behind (executor_leave). NULL is
 * harmless. */
void completions_free(struct completions *completions);

/* Readable exactly while completions_take has something to give. */
int completions_fd(const struct completions *completions);

/* Hands the work to a thread. 0; or a negative errno, and then it is still the
 * caller's: -EAGAIN when no thread can be started, or too many have been left
 * behind. */
int completions_start(struct completions *completions,
                      struct completion *completion);

/* Returns the next finished piece, in the order of finishing, which is the
 * caller's from then on; NULL when there is none. */
struct completion *completions_take(struct completions *completions);

/* Abandons a piece of work: it will be dropped, at once or when it ends, and
 * does not begin if it has not begun. Not for one that was taken. */
void completion_abandon(struct completion *completion);

#ifdef __cplusplus
}
#endif

#endif
