/* SPDX-License-Identifier: MIT */
#include "nonblocking/lookups.h"

#include "base/container_of.h"
#include "base/wakeup.h"
#include "blocking/lookup.h"
#include "threads/executor.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct lookup {
    struct work work;
    struct lookups *lookups;
    struct endpoint endpoint;
    struct addresses addresses;
    int code;

    /* lookups->lock must be held */
    void *owner; /* NULL: abandoned */
    bool finished;
    struct lookup *next;
};

struct lookups {
    struct executor *executor;
    int fd;
    pthread_mutex_t lock;

    /* lock must be held */
    struct lookup *first, **last; /* finished, oldest first */
};

static void lookup_free(struct lookup *lookup)
{
    endpoint_deinit(&lookup->endpoint);
    free(lookup);
}

/* ---- on a thread of the executor ---- */

static void look_up(struct work *work)
{
    struct lookup *lookup = container_of(work, struct lookup, work);
    lookup->code = lookup_host(&lookup->addresses, &lookup->endpoint);
}

static void hand_back(struct work *work)
{
    struct lookup *lookup = container_of(work, struct lookup, work);
    struct lookups *lookups = lookup->lookups;
    pthread_mutex_lock(&lookups->lock);
    bool wanted = lookup->owner != NULL;
    lookup->finished = true;
    if (wanted) {
        *lookups->last = lookup;
        lookups->last = &lookup->next;
        wakeup_set(lookups->fd);
    }
    pthread_mutex_unlock(&lookups->lock);
    if (!wanted)
        lookup_free(lookup);
}

/* ---- on the thread that waits ---- */

int lookups_new(struct lookups **out, size_t threads)
{
    struct lookups *lookups = calloc(1, sizeof *lookups);
    if (!lookups)
        return -ENOMEM;
    pthread_mutex_init(&lookups->lock, NULL);
    lookups->last = &lookups->first;
    lookups->fd = wakeup_open();
    int error = lookups->fd < 0 ? lookups->fd : 0;
    if (!error)
        error = executor_new(&lookups->executor, threads, 0);
    if (error) {
        lookups_free(lookups);
        return error;
    }
    *out = lookups;
    return 0;
}

void lookups_free(struct lookups *lookups)
{
    if (!lookups)
        return;
    if (lookups->executor)
        executor_shutdown(lookups->executor, true, true);
    executor_free(lookups->executor);
    while (lookups->first) {
        struct lookup *lookup = lookups->first;
        lookups->first = lookup->next;
        lookup_free(lookup);
    }
    if (lookups->fd >= 0)
        close(lookups->fd);
    pthread_mutex_destroy(&lookups->lock);
    free(lookups);
}

int lookups_fd(const struct lookups *lookups)
{
    return lookups->fd;
}

int lookups_start(struct lookups *lookups, const struct endpoint *endpoint,
                  void *owner, struct lookup **out)
{
    struct lookup *lookup = calloc(1, sizeof *lookup);
    if (!lookup)
        return -ENOMEM;
    lookup->work.run = look_up;
    lookup->work.done = hand_back;
    lookup->lookups = lookups;
    lookup->owner = owner;
    int error = endpoint_copy(&lookup->endpoint, endpoint);
    if (!error)
        error = executor_submit(lookups->executor, &lookup->work);
    if (error) {
        lookup_free(lookup);
        return error;
    }
    *out = lookup;
    return 0;
}

/* Takes a finished look-up out of the list. With the last one the descriptor
 * goes quiet. The lock is held. */
static void unlist(struct lookups *lookups, struct lookup *lookup)
{
    struct lookup **link = &lookups->first;
    while (*link != lookup)
        link = &(*link)->next;
    *link = lookup->next;
    if (!*link)
        lookups->last = link;
    if (!lookups->first)
        wakeup_clear(lookups->fd);
}

void lookups_abandon(struct lookups *lookups, struct lookup *lookup)
{
    pthread_mutex_lock(&lookups->lock);
    bool finished = lookup->finished;
    if (finished)
        unlist(lookups, lookup);
    lookup->owner = NULL; /* else its thread frees it */
    pthread_mutex_unlock(&lookups->lock);
    if (finished)
        lookup_free(lookup);
}

void *lookups_take(struct lookups *lookups, int *code,
                   struct addresses *addresses)
{
    pthread_mutex_lock(&lookups->lock);
    struct lookup *lookup = lookups->first;
    if (lookup)
        unlist(lookups, lookup);
    pthread_mutex_unlock(&lookups->lock);
    if (!lookup)
        return NULL;
    void *owner = lookup->owner;
    *code = lookup->code;
    *addresses = lookup->addresses;
    lookup_free(lookup);
    return owner;
}
