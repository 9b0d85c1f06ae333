/* SPDX-License-Identifier: MIT */
#include "coroutines/as_completed.h"

#include "callbacks/handle_name.h"
#include "coroutines/future_set.h"
#include "coroutines/queue.h"

#include <errno.h>
#include <stdlib.h>

struct completed_futures {
    struct loop *loop;
    struct future_set set;
    struct handle timer;
    struct queue outcomes;
    size_t count, come;
};

/* Cannot fail: there is room for all of them. */
static void comes(struct completed_futures *it, struct outcome outcome)
{
    (void)queue_put_nowait(&it->outcomes, outcome);
    if (++it->come == it->count)
        loop_cancel(it->loop, &it->timer);
}

static void on_done(struct future_set *set, struct future *future)
{
    struct completed_futures *it =
        container_of(set, struct completed_futures, set);
    if (it->come == it->count)
        return;
    comes(it, future_share(future));
}

static void on_time(struct handle *handle)
{
    struct completed_futures *it =
        container_of(handle, struct completed_futures, timer);
    while (it->come < it->count)
        comes(it, outcome_fail(&timeout_type, -ETIMEDOUT, NULL));
}
HANDLE_NAME(on_time, "the timeout of as_completed", NULL);

/* ---- making one ---- */

/* Takes a reference of each Future, once. Returns how many there are. */
static size_t pick(struct future **picked, struct future *const *futures,
                   size_t count)
{
    size_t different = 0;
    for (size_t i = 0; i < count; i++) {
        size_t before = 0;
        while (before < different && picked[before] != futures[i])
            before++;
        if (before == different)
            picked[different++] = future_ref(futures[i]);
    }
    return different;
}

static int watch_futures(struct completed_futures *it,
                         struct future *const *futures, size_t count)
{
    struct future **picked = malloc((count ? count : 1) * sizeof *picked);
    if (!picked)
        return -ENOMEM;
    it->count = pick(picked, futures, count);
    int error = future_set_init(&it->set, picked, it->count, on_done);
    free(picked);
    return error ? error : queue_reserve(&it->outcomes, it->count);
}

struct completed_futures *futures_as_completed(struct loop *loop,
                                               struct future *const *futures,
                                               size_t count, nanos timeout)
{
    struct completed_futures *it = malloc(sizeof *it);
    if (!it)
        return NULL;
    *it = (struct completed_futures){.loop = loop, .timer.run = on_time};
    queue_init(&it->outcomes, loop, 0);
    if (watch_futures(it, futures, count)) {
        completed_free(it);
        return NULL;
    }
    if (timeout != NEVER)
        loop_call_at(loop, &it->timer, nanos_after(loop_time(loop), timeout));
    return it;
}

void completed_free(struct completed_futures *it)
{
    if (!it)
        return;
    loop_cancel(it->loop, &it->timer);
    future_set_deinit(&it->set);
    queue_deinit(&it->outcomes);
    free(it);
}

size_t completed_count(const struct completed_futures *it)
{
    return it->count;
}

struct outcome completed_next(struct completed_futures *it)
{
    if (it->come == it->count && queue_empty(&it->outcomes))
        return outcome_fail(&misuse_type, -EINVAL, "all of them have come");
    return queue_get(&it->outcomes);
}
