/* SPDX-License-Identifier: MIT */
#include "threads/future.h"
#include "threads/future_watch_internal.h"
#include "threads/thread.h"

#include <errno.h>
#include <stdlib.h>

struct concurrent_future *concurrent_future_new(void)
{
    struct concurrent_future *future = calloc(1, sizeof *future);
    if (!future)
        return NULL;
    if (thread_condition_init(&future->changed)) {
        free(future);
        return NULL;
    }
    pthread_mutex_init(&future->lock, NULL);
    future->references = 1;
    future->last_callback = &future->callbacks;
    return future;
}

struct concurrent_future *
concurrent_future_ref(struct concurrent_future *future)
{
    pthread_mutex_lock(&future->lock);
    future->references++;
    pthread_mutex_unlock(&future->lock);
    return future;
}

void concurrent_future_unref(struct concurrent_future *future)
{
    if (!future)
        return;
    pthread_mutex_lock(&future->lock);
    bool last = !--future->references;
    pthread_mutex_unlock(&future->lock);
    if (!last)
        return;
    if (future->drop)
        future->drop(future->result);
    pthread_cond_destroy(&future->changed);
    pthread_mutex_destroy(&future->lock);
    free(future);
}

/* ---- states: the lock is held ---- */

static bool is_cancelled(const struct concurrent_future *future)
{
    return future->state == CONCURRENT_CANCELLED ||
           future->state == CONCURRENT_CANCELLED_AND_NOTIFIED;
}

static bool is_done(const struct concurrent_future *future)
{
    return is_cancelled(future) || future->state == CONCURRENT_FINISHED;
}

/* Code that waits for several futures learns of a cancellation only when the
 * worker has seen it, so that it does not take work for ended that a worker may
 * still touch. */
static bool is_told(const struct concurrent_future *future)
{
    return future->state == CONCURRENT_FINISHED ||
           future->state == CONCURRENT_CANCELLED_AND_NOTIFIED;
}

static void tell_watch(struct future_watch *watch)
{
    struct future_watcher *watcher = watch->watcher;
    pthread_mutex_lock(&watcher->lock);
    watch->next_done = NULL;
    *watcher->last_done = watch;
    watcher->last_done = &watch->next_done;
    watcher->done++;
    watcher->failed += watch->future->error != 0;
    pthread_cond_signal(&watcher->changed);
    pthread_mutex_unlock(&watcher->lock);
}

static void tell_watches(struct concurrent_future *future)
{
    for (struct future_watch *watch = future->watches; watch;
         watch = watch->next)
        tell_watch(watch);
}

static bool is_watching(const struct concurrent_future *future,
                        const struct future_watcher *watcher)
{
    const struct future_watch *watch = future->watches;
    while (watch && watch->watcher != watcher)
        watch = watch->next;
    return watch;
}

bool future_watch_add(struct future_watch *watch,
                      struct concurrent_future *future,
                      struct future_watcher *watcher)
{
    *watch = (struct future_watch){.future = future, .watcher = watcher};
    pthread_mutex_lock(&future->lock);
    bool fresh = !is_watching(future, watcher);
    if (fresh) {
        watch->next = future->watches;
        future->watches = watch;
        if (is_told(future))
            tell_watch(watch);
    }
    pthread_mutex_unlock(&future->lock);
    return fresh;
}

void future_watch_remove(struct future_watch *watch)
{
    pthread_mutex_lock(&watch->future->lock);
    struct future_watch **at = &watch->future->watches;
    while (*at && *at != watch)
        at = &(*at)->next;
    if (*at)
        *at = watch->next;
    pthread_mutex_unlock(&watch->future->lock);
}

bool future_is_told(struct concurrent_future *future)
{
    pthread_mutex_lock(&future->lock);
    bool told = is_told(future);
    pthread_mutex_unlock(&future->lock);
    return told;
}

/* ---- callbacks ---- */

/* With the lock held; releases it, because a callback may call functions of
 * this future. */
static void unlock_and_call(struct concurrent_future *future)
{
    struct done_callback *next = future->callbacks;
    future->callbacks = NULL;
    future->last_callback = &future->callbacks;
    pthread_cond_broadcast(&future->changed);
    pthread_mutex_unlock(&future->lock);
    while (next) {
        struct done_callback *callback = next;
        next = callback->next;
        callback->call(callback, future);
    }
}

void concurrent_future_add_done_callback(struct concurrent_future *future,
                                         struct done_callback *callback)
{
    pthread_mutex_lock(&future->lock);
    bool late = is_done(future);
    if (!late) {
        callback->next = NULL;
        *future->last_callback = callback;
        future->last_callback = &callback->next;
    }
    pthread_mutex_unlock(&future->lock);
    if (late)
        callback->call(callback, future);
}

/* ---- for code that waits ---- */

bool concurrent_future_cancel(struct concurrent_future *future)
{
    pthread_mutex_lock(&future->lock);
    if (future->state != CONCURRENT_PENDING) {
        bool cancelled = is_cancelled(future);
        pthread_mutex_unlock(&future->lock);
        return cancelled;
    }
    future->state = CONCURRENT_CANCELLED;
    unlock_and_call(future);
    return true;
}

bool concurrent_future_cancelled(struct concurrent_future *future)
{
    pthread_mutex_lock(&future->lock);
    bool cancelled = is_cancelled(future);
    pthread_mutex_unlock(&future->lock);
    return cancelled;
}

bool concurrent_future_running(struct concurrent_future *future)
{
    pthread_mutex_lock(&future->lock);
    bool running = future->state == CONCURRENT_RUNNING;
    pthread_mutex_unlock(&future->lock);
    return running;
}

bool concurrent_future_done(struct concurrent_future *future)
{
    pthread_mutex_lock(&future->lock);
    bool done = is_done(future);
    pthread_mutex_unlock(&future->lock);
    return done;
}

/* Waits, and leaves with the lock held. 0, -ECANCELED or -ETIMEDOUT. */
static int lock_when_done(struct concurrent_future *future, nanos deadline)
{
    int error = 0;
    pthread_mutex_lock(&future->lock);
    while (!is_done(future) && !error)
        error = thread_wait(&future->changed, &future->lock, deadline);
    if (is_cancelled(future))
        return -ECANCELED;
    return is_done(future) ? 0 : error;
}

int concurrent_future_result(struct concurrent_future *future, void **result,
                             nanos deadline)
{
    int error = lock_when_done(future, deadline);
    if (!error)
        error = future->error;
    if (!error && result)
        *result = future->result;
    pthread_mutex_unlock(&future->lock);
    return error;
}

int concurrent_future_error(struct concurrent_future *future, int *error,
                            nanos deadline)
{
    int why_not = lock_when_done(future, deadline);
    if (!why_not)
        *error = future->error;
    pthread_mutex_unlock(&future->lock);
    return why_not;
}

/* ---- for code that promised the result ---- */

bool concurrent_future_set_running(struct concurrent_future *future)
{
    pthread_mutex_lock(&future->lock);
    bool pending = future->state == CONCURRENT_PENDING;
    if (pending) {
        future->state = CONCURRENT_RUNNING;
    } else if (future->state == CONCURRENT_CANCELLED) {
        future->state = CONCURRENT_CANCELLED_AND_NOTIFIED;
        tell_watches(future);
    }
    pthread_mutex_unlock(&future->lock);
    return pending;
}

static int finish_future(struct concurrent_future *future, void *result,
                         int error, void (*drop)(void *result))
{
    pthread_mutex_lock(&future->lock);
    if (is_done(future)) {
        pthread_mutex_unlock(&future->lock);
        return -EALREADY;
    }
    future->state = CONCURRENT_FINISHED;
    future->result = result;
    future->error = error;
    future->drop = drop;
    tell_watches(future);
    unlock_and_call(future);
    return 0;
}

int concurrent_future_set_result(struct concurrent_future *future, void *result,
                                 void (*drop)(void *result))
{
    return finish_future(future, result, 0, drop);
}

int concurrent_future_set_error(struct concurrent_future *future,
                                int negative_errno)
{
    return finish_future(future, NULL, negative_errno, NULL);
}
