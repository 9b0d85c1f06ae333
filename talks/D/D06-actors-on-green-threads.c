/* SPDX-License-Identifier: MIT */
/* D6 (coroutines): Other forms of concurrency: actors, on green threads
 *
 * An actor has a mailbox, and a balance that no other code sees or locks. Each
 * has a stack of its own, so a wait is a call like any other.
 *
 * Python: gevent's Greenlet and Queue. Erlang has nothing but actors. */
#include "talks/actors.h"

const char *const talk_sites[] = {NULL};

static struct outcome account(struct stack *self, struct outcome got)
{
    struct actor *me = container_of(self, struct actor, stack);
    for (int balance = 0; balance < 10;) {
        got = actor_hear(me);
        if (outcome_is_failure(&got))
            return got;
        balance += (int)got.number;
        got = outcome_number(balance);
        talk_say_value(me->talk, "balance", &got);
    }
    return got;
}

static struct outcome customer(struct stack *self, struct outcome got)
{
    struct actor *me = container_of(self, struct actor, stack);
    for (int i = 0; i < 2 && !outcome_is_failure(&got); i++) {
        got = stack_await(talk_sleep(me->talk, me->amount));
        if (!outcome_is_failure(&got))
            got = actor_tell(me->to, me->amount);
    }
    return got;
}

int talk_run(struct talk *talk)
{
    struct actor actors[] = {
        {.body = account},
        {.body = customer, .to = &actors[0], .amount = 2},
        {.body = customer, .to = &actors[0], .amount = 3},
    };
    return actors_run(talk, actors, 3);
}
