/* SPDX-License-Identifier: MIT */
/* E8 (coroutines): Locks, semaphores and queues for coroutines
 *
 * Three Tasks want a lock for a second each, three a semaphore of two, and
 * three the only item of a queue. Each wants it at once again, and has to wait
 * behind the others.
 *
 * Python: the Lock, Semaphore and Queue of Tulip. */
#include "talks/guests.h"

const char *const talk_sites[] = {NULL};

static struct outcome guest(struct generator *self, struct outcome got)
{
    CO_FRAME(struct guest, f);
    CO_BEGIN;
    while (guest_comes(f)) {
        CO_AWAIT(f->turns ? semaphore_acquire(f->turns) : queue_get(f->queue));
        CO_AWAIT(guest_is_served(f));
        if (f->turns)
            semaphore_release(f->turns);
        else
            CO_AWAIT(queue_put(f->queue, outcome_text("the item")));
    }
    CO_END;
}

int talk_run(struct talk *talk)
{
    struct semaphore lock, two;
    struct queue queue;
    lock_init(&lock, talk->loop);
    semaphore_init(&two, talk->loop, 2);
    queue_init(&queue, talk->loop, 1);
    int error = queue_put_nowait(&queue, outcome_text("the item"));
    if (!error)
        error = guests_run(talk, guest, &lock, &two, &queue);
    queue_deinit(&queue);
    return error;
}
