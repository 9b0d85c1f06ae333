/* SPDX-License-Identifier: MIT */
#include "threads/completions.h"
#include "base/container_of.h"
#include "base/contract.h"
#include "base/wakeup.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

struct completions {
    struct executor *executor;
    int fd;

    pthread_mutex_t lock;
    /* The lock must be held for these. */
    struct completion *first, **last; /* finished, oldest first */
    size_t holders; /* the owner, and each piece of work on a thread */
    bool closed;    /* nothing will be taken any more */
};

/* The last holder frees it. */
static void completions_release(struct completions *completions)
{
    pthread_mutex_lock(&completions->lock);
    bool last = --completions->holders == 0;
    pthread_mutex_unlock(&completions->lock);
    if (!last)
        return;
    pthread_mutex_destroy(&completions->lock);
    free(completions);
}

/* ---- on a thread of the executor ---- */

/* With the lock held. */
static bool is_wanted(const struct completion *completion)
{
    return completion->state == COMPLETION_UNDER_WAY &&
           !completion->completions->closed;
}

static void run_work(struct work *work)
{
    struct completion *completion = container_of(work, struct completion, work);
    struct completions *completions = completion->completions;
    pthread_mutex_lock(&completions->lock);
    bool wanted = is_wanted(completion);
    pthread_mutex_unlock(&completions->lock);
    if (wanted)
        completion->run(completion);
}

/* With the lock held. The descriptor is set and cleared under the same lock, so
 * it is readable exactly while the list is not empty. */
static void append_completion(struct completions *completions,
                              struct completion *completion)
{
    if (!completions->first)
        wakeup_set(completions->fd);
    completion->state = COMPLETION_FINISHED;
    completion->next = NULL;
    *completions->last = completion;
    completions->last = &completion->next;
}

/* The end of a piece of work: it is put into the list, or dropped. The executor
 * drops work only after completions_free has set `closed`, so work that did not
 * run never gets into the list. */
static void hand_back(struct work *work)
{
    struct completion *completion = container_of(work, struct completion, work);
    struct completions *completions = completion->completions;
    pthread_mutex_lock(&completions->lock);
    bool wanted = is_wanted(completion);
    if (wanted)
        append_completion(completions, completion);
    pthread_mutex_unlock(&completions->lock);
    if (!wanted)
        completion->drop(completion);
    completions_release(completions);
}

/* ---- on the thread that waits ---- */

int completions_new(struct completions **completions, size_t threads)
{
    struct completions *made = calloc(1, sizeof *made);
    if (!made)
        return -ENOMEM;
    int error = executor_new(&made->executor, threads, 0);
    made->fd = error ? error : wakeup_open();
    if (made->fd < 0) {
        error = made->fd;
        executor_free(made->executor);
        free(made);
        return error;
    }
    pthread_mutex_init(&made->lock, NULL);
    made->last = &made->first;
    made->holders = 1;
    *completions = made;
    return 0;
}

void completions_free(struct completions *completions)
{
    if (!completions)
        return;
    pthread_mutex_lock(&completions->lock);
    completions->closed = true;
    struct completion *next = completions->first;
    pthread_mutex_unlock(&completions->lock);
    while (next) {
        struct completion *finished = next;
        next = finished->next;
        finished->drop(finished);
    }
    executor_leave(completions->executor);
    close(completions->fd);
    completions_release(completions);
}

int completions_fd(const struct completions *completions)
{
    return completions->fd;
}

int completions_start(struct completions *completions,
                      struct completion *completion)
{
    completion->work.run = run_work;
    completion->work.done = hand_back;
    completion->completions = completions;
    completion->state = COMPLETION_UNDER_WAY;
    pthread_mutex_lock(&completions->lock);
    completions->holders++;
    pthread_mutex_unlock(&completions->lock);
    int error = executor_submit(completions->executor, &completion->work);
    if (error)
        completions_release(completions);
    return error;
}

/* With the lock held: removes a finished one from the list. */
static void unlink_finished(struct completions *completions,
                            struct completion *completion)
{
    struct completion **link = &completions->first;
    while (*link != completion)
        link = &(*link)->next;
    *link = completion->next;
    if (!*link)
        completions->last = link;
    if (!completions->first)
        wakeup_clear(completions->fd);
}

struct completion *completions_take(struct completions *completions)
{
    pthread_mutex_lock(&completions->lock);
    struct completion *completion = completions->first;
    if (completion) {
        unlink_finished(completions, completion);
        completion->state = COMPLETION_TAKEN;
    }
    pthread_mutex_unlock(&completions->lock);
    return completion;
}

void completion_abandon(struct completion *completion)
{
    struct completions *completions = completion->completions;
    pthread_mutex_lock(&completions->lock);
    REQUIRE(completion->state <= COMPLETION_FINISHED,
            "completion_abandon: one that was neither taken nor abandoned");
    bool finished = completion->state == COMPLETION_FINISHED;
    if (finished)
        unlink_finished(completions, completion);
    completion->state = COMPLETION_ABANDONED; /* its thread drops it at the
                                               * end */
    pthread_mutex_unlock(&completions->lock);
    if (finished)
        completion->drop(completion);
}
