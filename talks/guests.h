/* SPDX-License-Identifier: MIT */
/* The guests of row E8: Tasks that all want the same thing, one second each,
 * and come twice. Three want a lock, three a semaphore, and three an item out
 * of a queue. The guest that waits longest is to be served first. */
#ifndef TALKS_GUESTS_H
#define TALKS_GUESTS_H

#include "coroutines/lock.h"
#include "coroutines/queue.h"
#include "talks/coroutine.h"

struct guest {
    struct frame frame;
    struct semaphore *turns; /* what it wants; NULL: an item */
    struct queue *queue;

    /* private */
    struct task task;
    struct talk *talk;
    const char *thing;
    int number, times;
};

/* Once more? True twice. */
bool guest_comes(struct guest *guest);

/* Prints what the guest has, and its number. Pending for a second. */
OUTCOME_OWNED struct outcome guest_is_served(const struct guest *guest);

/* Starts a Task of this body for each guest, in the order of their numbers, and
 * runs the loop until all of them are over. 0 or a negative errno. */
int guests_run(struct talk *talk, generator_resume *body,
               struct semaphore *lock, struct semaphore *semaphore,
               struct queue *queue);

#endif
