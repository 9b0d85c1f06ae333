/* SPDX-License-Identifier: MIT */
/* Two threads, a counter, 100,000 times + 1 each, no lock. By itself it comes
 * out differently each time; here the two are told which loads and stores when,
 * so that it comes out as it is wanted. */
#include <pthread.h>
#include <semaphore.h>
#include <stdio.h>
#include <stdlib.h>

enum { TIMES = 100000 };

/* Loads and stores are atomic, adding is not: this is what `counter++` is. */
static long counter;

static long load(void)
{
    return __atomic_load_n(&counter, __ATOMIC_RELAXED);
}

static void store(long value)
{
    __atomic_store_n(&counter, value, __ATOMIC_RELAXED);
}

/* What is in the counter after both. */
static long run(void *(*one)(void *), void *(*other)(void *))
{
    pthread_t threads[2];
    store(0);
    if (pthread_create(&threads[0], NULL, one, NULL) ||
        pthread_create(&threads[1], NULL, other, NULL))
        exit(1);
    pthread_join(threads[0], NULL);
    pthread_join(threads[1], NULL);
    return load();
}

static pthread_barrier_t start; /* both at once */

static void *add(void *argument)
{
    (void)argument;
    pthread_barrier_wait(&start);
    for (int i = 0; i < TIMES; i++)
        store(load() + 1);
    return NULL;
}

static long as_it_comes(void)
{
    pthread_barrier_init(&start, NULL, 2);
    long sum = run(add, add);
    pthread_barrier_destroy(&start);
    return sum;
}

/* ---- the worst that can come ---- */

static sem_t turn[2];

static void pass_turn_to(int who)
{
    sem_post(&turn[who]);
    sem_wait(&turn[!who]);
}

static void *first(void *argument)
{
    (void)argument;
    long seen = load(); /* 0 */
    pass_turn_to(1);    /* … which adds 99,999 times */
    store(seen + 1);    /* 1: all that is gone */
    pass_turn_to(1);    /* … which loads this 1 */
    for (int i = 1; i < TIMES; i++)
        store(load() + 1);
    sem_post(&turn[1]);
    return NULL;
}

static void *second(void *argument)
{
    (void)argument;
    sem_wait(&turn[1]);
    for (int i = 1; i < TIMES; i++)
        store(load() + 1);
    pass_turn_to(0);
    long seen = load(); /* 1 */
    pass_turn_to(0);    /* … which adds its other 99,999 */
    store(seen + 1);    /* 2 */
    return NULL;
}

static long the_worst(void)
{
    sem_init(&turn[0], 0, 0);
    sem_init(&turn[1], 0, 0);
    return run(first, second);
}

int main(void)
{
    printf("as it comes:");
    for (int i = 0; i < 4; i++)
        printf(" %8ld", as_it_comes());
    printf("\nat worst:    %8ld\n", the_worst());
    return 0;
}
