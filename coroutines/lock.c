/* SPDX-License-Identifier: MIT */
#include "coroutines/lock.h"

#include <errno.h>
#include <limits.h>

static struct semaphore *semaphore_of(struct wait_queue *waiting)
{
    return container_of(waiting, struct semaphore, waiting);
}

/* ---- a permit ---- */

static void permit_drop(struct outcome permit)
{
    semaphore_release(permit.pointer);
}

const struct kind permit_kind = {.name = "permit", .drop = permit_drop};

/* Admits waiting Tasks, in the order in which they came, while there are
 * permits. */
static void admit(struct semaphore *semaphore)
{
    while (semaphore->permits > 0 && wait_queue_admit(&semaphore->waiting)) {
        semaphore->permits--;
        semaphore->admitted++;
    }
}

/* An admitted Task takes its permit. Then the next may be admitted: Tasks that
 * came meanwhile have waited behind this one. */
static struct outcome take_permit(struct wait_queue *waiting,
                                  struct outcome brought)
{
    struct semaphore *semaphore = semaphore_of(waiting);
    outcome_drop(brought);
    semaphore->admitted--;
    admit(semaphore);
    return outcome_value(&permit_kind, semaphore);
}

/* A permit was handed to code that does not want it any more: gives it back. */
static void pass_on(struct wait_queue *waiting)
{
    semaphore_of(waiting)->admitted--;
    semaphore_release(semaphore_of(waiting));
}

/* ---- taking turns ---- */

static void semaphore_set_up(struct semaphore *semaphore, struct loop *loop,
                             size_t permits, long limit)
{
    static const struct wait_queue_ops ops = {
        .name = "Semaphore", .take = take_permit, .pass_on = pass_on};
    *semaphore = (struct semaphore){.permits = (long)permits, .limit = limit};
    wait_queue_init(&semaphore->waiting, loop, &ops);
}

void semaphore_init(struct semaphore *semaphore, struct loop *loop,
                    size_t permits)
{
    semaphore_set_up(semaphore, loop, permits, LONG_MAX);
}

void semaphore_init_bounded(struct semaphore *semaphore, struct loop *loop,
                            size_t permits)
{
    semaphore_set_up(semaphore, loop, permits, (long)permits);
}

static struct outcome permit_of(struct semaphore *semaphore)
{
    semaphore->permits--;
    return outcome_value(&permit_kind, semaphore);
}

struct outcome semaphore_acquire(struct semaphore *semaphore)
{
    return semaphore_locked(semaphore)
               ? wait_queue_join(&semaphore->waiting, outcome_none())
               : permit_of(semaphore);
}

struct outcome semaphore_acquire_in(struct semaphore *semaphore,
                                    struct queued_wait *place)
{
    return semaphore_locked(semaphore)
               ? wait_queue_join_in(&semaphore->waiting, place, outcome_none())
               : permit_of(semaphore);
}

int semaphore_release(struct semaphore *semaphore)
{
    if (!semaphore_is_out(semaphore))
        return -EPERM;
    semaphore->permits++;
    admit(semaphore);
    return 0;
}
