/* SPDX-License-Identifier: MIT */
#include "threads/futures.h"
#include "base/container_of.h"
#include "threads/future_watch_internal.h"
#include "threads/thread.h"

#include <errno.h>
#include <stdlib.h>

/* ---- submit and map ---- */

/* A call on its way. */
struct task {
    struct work work;
    struct concurrent_future *future;
    concurrent_call *call;
    void *argument;
    void (*drop)(void *result);
};

static void run_task(struct work *work)
{
    struct task *task = container_of(work, struct task, work);
    if (!concurrent_future_set_running(task->future))
        return;
    void *result = NULL;
    int error = task->call(task->argument, &result);
    if (error)
        concurrent_future_set_error(task->future, error);
    else
        concurrent_future_set_result(task->future, result, task->drop);
}

static void end_task(struct work *work)
{
    struct task *task = container_of(work, struct task, work);
    if (work->dropped == -ECANCELED)
        concurrent_future_cancel(task->future);
    /* Work that the executor dropped for another reason has failed: no thread
     * could be initialised. */
    if (work->dropped && concurrent_future_set_running(task->future))
        concurrent_future_set_error(task->future, work->dropped);
    concurrent_future_unref(task->future);
    free(task);
}

int concurrent_submit(struct executor *executor, concurrent_call *call,
                      void *argument, void (*drop)(void *result),
                      struct concurrent_future **future)
{
    struct task *task = calloc(1, sizeof *task);
    struct concurrent_future *made = concurrent_future_new();
    if (!task || !made) {
        concurrent_future_unref(made);
        free(task);
        return -ENOMEM;
    }
    *task = (struct task){
        .work = {.run = run_task, .done = end_task},
        .future = concurrent_future_ref(made),
        .call = call,
        .argument = argument,
        .drop = drop,
    };
    int error = executor_submit(executor, &task->work);
    if (error) {
        concurrent_future_unref(made);
        concurrent_future_unref(made);
        free(task);
        return error;
    }
    *future = made;
    return 0;
}

int concurrent_map_init(struct concurrent_map *map, struct executor *executor,
                        concurrent_call *call, void *const *arguments,
                        size_t count, void (*drop)(void *result),
                        nanos deadline)
{
    *map = (struct concurrent_map){.deadline = deadline};
    map->futures = calloc(count + 1, sizeof *map->futures);
    int error = map->futures ? 0 : -ENOMEM;
    while (!error && map->count < count) {
        error = concurrent_submit(executor, call, arguments[map->count], drop,
                                  &map->futures[map->count]);
        if (!error)
            map->count++;
    }
    if (error)
        concurrent_map_deinit(map);
    return error;
}

int concurrent_map_next(struct concurrent_map *map, void **result, int *error)
{
    if (map->taken == map->count)
        return 0;
    struct concurrent_future *future = map->futures[map->taken++];
    int missing = concurrent_future_error(future, error, map->deadline);
    if (missing == -ECANCELED)
        *error = missing;
    else if (!missing)
        concurrent_future_result(future, result, 0);
    if (missing || *error)
        map->taken = map->count;
    return missing == -ETIMEDOUT ? missing : 1;
}

void concurrent_map_deinit(struct concurrent_map *map)
{
    for (size_t i = 0; i < map->count; i++) {
        concurrent_future_cancel(map->futures[i]);
        concurrent_future_unref(map->futures[i]);
    }
    free(map->futures);
    *map = (struct concurrent_map){0};
}

/* ---- waiting for several ---- */

struct as_completed {
    struct future_watcher watcher;
    nanos deadline;
    size_t count; /* of watches: fewer than futures, if one is listed twice */
    size_t given; /* how many were handed out */
    struct future_watch watches[];
};

int as_completed_new(struct as_completed **it,
                     struct concurrent_future *const *futures, size_t count,
                     nanos deadline)
{
    struct as_completed *made =
        calloc(1, sizeof *made + count * sizeof made->watches[0]);
    if (!made)
        return -ENOMEM;
    if (thread_condition_init(&made->watcher.changed)) {
        free(made);
        return -ENOMEM;
    }
    pthread_mutex_init(&made->watcher.lock, NULL);
    made->watcher.last_done = &made->watcher.first_done;
    made->deadline = deadline;
    for (size_t i = 0; i < count; i++)
        if (future_watch_add(&made->watches[made->count], futures[i],
                             &made->watcher))
            made->count++;
    *it = made;
    return 0;
}

void as_completed_free(struct as_completed *it)
{
    if (!it)
        return;
    for (size_t i = 0; i < it->count; i++)
        future_watch_remove(&it->watches[i]);
    pthread_cond_destroy(&it->watcher.changed);
    pthread_mutex_destroy(&it->watcher.lock);
    free(it);
}

int as_completed_next(struct as_completed *it,
                      struct concurrent_future **future)
{
    if (it->given == it->count)
        return -ENODATA;
    int error = 0;
    struct future_watcher *watcher = &it->watcher;
    pthread_mutex_lock(&watcher->lock);
    while (!watcher->first_done && !error)
        error = thread_wait(&watcher->changed, &watcher->lock, it->deadline);
    struct future_watch *watch = watcher->first_done;
    if (watch) {
        error = 0;
        *future = watch->future;
        it->given++;
        watcher->first_done = watch->next_done;
        if (!watcher->first_done)
            watcher->last_done = &watcher->first_done;
    }
    pthread_mutex_unlock(&watcher->lock);
    return error;
}

/* With the watcher's lock held. */
static bool is_enough(const struct as_completed *it,
                      enum concurrent_until until)
{
    const struct future_watcher *watcher = &it->watcher;
    if (watcher->done == it->count)
        return true;
    return (until == CONCURRENT_FIRST_COMPLETED && watcher->done) ||
           (until == CONCURRENT_FIRST_EXCEPTION && watcher->failed);
}

ssize_t concurrent_wait(struct concurrent_future *const *futures, size_t count,
                        enum concurrent_until until, nanos deadline, bool *done)
{
    struct as_completed *it;
    int error = as_completed_new(&it, futures, count, deadline);
    if (error)
        return error;
    pthread_mutex_lock(&it->watcher.lock);
    while (!is_enough(it, until) && !error)
        error = thread_wait(&it->watcher.changed, &it->watcher.lock, deadline);
    pthread_mutex_unlock(&it->watcher.lock);
    as_completed_free(it);
    ssize_t told = 0;
    for (size_t i = 0; i < count; i++) {
        bool is_done = future_is_told(futures[i]);
        told += is_done;
        if (done)
            done[i] = is_done;
    }
    return told;
}
