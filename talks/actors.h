/* SPDX-License-Identifier: MIT */
/* Actors: each a Task with a stack and a mailbox of its own. */
#ifndef TALKS_ACTORS_H
#define TALKS_ACTORS_H

#include "coroutines/queue.h"
#include "coroutines/stack.h"
#include "talks/coroutine.h"

struct actor {
    stack_body *body;  /* what it does */
    struct actor *to;  /* the actor to which it writes; NULL: none */
    int amount;        /* what it says there */
    struct talk *talk; /* from here on set by actors_run */
    struct queue mailbox;
    struct stack stack;
    struct task task;
};

/* Runs all of them, until none goes on. 0, or a negative errno: one of them got
 * no stack. */
int actors_run(struct talk *talk, struct actor *actors, int count);

/* Puts a letter into the mailbox of another; the next letter out of one's own.
 * On an actor's stack, and they may wait. */
OUTCOME_OWNED struct outcome actor_tell(struct actor *actor, int number);
OUTCOME_OWNED struct outcome actor_hear(struct actor *actor);

#endif
