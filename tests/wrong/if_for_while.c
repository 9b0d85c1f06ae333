/* SPDX-License-Identifier: MIT */
/* Threads: `if` instead of `while` around a condition. */
#include "wrong.h"

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>

enum { PLACES = 2, WAITERS = 2 };

/* Only N may fetch at once; a thread that comes later waits for a place. */
struct gate {
    /* The lock must be held for all of these. */
    pthread_mutex_t lock;
    pthread_cond_t place_free, changed;
    int in_flight, most;
    int waiting, woken;
    bool closing;
    void (*await_place)(struct gate *gate);
};

static void wait_for_news(struct gate *gate)
{
    gate->waiting++;
    pthread_cond_signal(&gate->changed);
    pthread_cond_wait(&gate->place_free, &gate->lock);
    gate->waiting--;
    gate->woken++;
}

static void await_place_with_if(struct gate *gate)
{
    if (gate->in_flight >= PLACES)
        wait_for_news(gate);
}

static void await_place_with_while(struct gate *gate)
{
    while (gate->in_flight >= PLACES)
        wait_for_news(gate);
}

static void enter(struct gate *gate)
{
    gate->await_place(gate);
    gate->in_flight++;
    if (gate->in_flight > gate->most)
        gate->most = gate->in_flight;
    pthread_cond_signal(&gate->changed);
}

static void leave(struct gate *gate)
{
    gate->in_flight--;
    pthread_cond_broadcast(&gate->place_free);
}

/* Fetches until all go home. */
static void *fetch(void *argument)
{
    struct gate *gate = argument;
    pthread_mutex_lock(&gate->lock);
    enter(gate);
    while (!gate->closing)
        pthread_cond_wait(&gate->place_free, &gate->lock);
    leave(gate);
    pthread_mutex_unlock(&gate->lock);
    return NULL;
}

/* Both places are taken and two more wait; then one place becomes free. */
static void one_leaves(struct gate *gate)
{
    pthread_mutex_lock(&gate->lock);
    while (gate->waiting < WAITERS)
        pthread_cond_wait(&gate->changed, &gate->lock);
    leave(gate);
    while (gate->woken < WAITERS || gate->in_flight + gate->waiting < 3)
        pthread_cond_wait(&gate->changed, &gate->lock);
    gate->closing = true;
    leave(gate);
    pthread_mutex_unlock(&gate->lock);
}

static long most_in_flight(void (*await_place)(struct gate *gate))
{
    struct gate gate = {
        .lock = PTHREAD_MUTEX_INITIALIZER,
        .place_free = PTHREAD_COND_INITIALIZER,
        .changed = PTHREAD_COND_INITIALIZER,
        .in_flight = PLACES,
        .most = PLACES,
        .await_place = await_place,
    };
    pthread_t threads[WAITERS];
    for (int i = 0; i < WAITERS; i++)
        wrong_need(!pthread_create(&threads[i], NULL, fetch, &gate),
                   "pthread_create");
    one_leaves(&gate);
    for (int i = 0; i < WAITERS; i++)
        pthread_join(threads[i], NULL);
    return gate.most;
}

static long make(void)
{
    return most_in_flight(await_place_with_if);
}

static long mend(void)
{
    return most_in_flight(await_place_with_while);
}

int main(void)
{
    static const struct wrong if_for_while = {
        .mistake = "a thread that is woken takes it that a place is free",
        .damage = "in flight at once, where 2 are allowed",
        .make = make,
        .mend = mend,
        .why = "a condition says that something changed, not that it is still "
               "so. One place became free, two were woken, and both went in "
               "without looking again.",
        .instead = "while (!what you need) pthread_cond_wait(…): look again "
                   "after every wake-up. It also covers those that POSIX "
                   "allows to come for no reason at all.",
    };
    return wrong_show(&if_for_while);
}
