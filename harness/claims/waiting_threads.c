/* SPDX-License-Identifier: MIT */
#include "harness/claims/waiting_threads.h"

#include "base/nanos.h"
#include "base/processors.h"
#include "harness/race/memory.h"

#include <errno.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

struct waiting_threads {
    atomic_size_t waiting_for; /* how many threads have not had their turn
                                * yet */
    sem_t all_had_it;
    size_t turns;
};

struct waiting_thread {
    struct waiting_threads *all;
    sem_t turn;
};

static void had_turn(struct waiting_threads *all)
{
    if (atomic_fetch_sub(&all->waiting_for, 1) == 1)
        sem_post(&all->all_had_it);
}

/* The first turn of a thread shows that it is there. */
static void *take_turns(void *argument)
{
    struct waiting_thread *member = argument;
    for (size_t i = 0; i <= member->all->turns; i++) {
        while (sem_wait(&member->turn))
            continue;
        had_turn(member->all);
    }
    return NULL;
}

static void wait_for_all(struct waiting_threads *all)
{
    while (sem_wait(&all->all_had_it))
        continue;
}

static void give_turn_to_all(struct waiting_threads *all,
                             struct waiting_thread *members, size_t count)
{
    atomic_store(&all->waiting_for, count);
    for (size_t i = 0; i < count; i++)
        sem_post(&members[i].turn);
    wait_for_all(all);
}

/* Starts the threads, with the default size of stack, as in any program that
 * does not ask for another. Returns how many there are. */
static size_t start_all(struct waiting_threads *all,
                        struct waiting_thread *members, pthread_t *threads,
                        size_t count)
{
    size_t started = 0;
    while (started < count) {
        struct waiting_thread *member = &members[started];
        member->all = all;
        sem_init(&member->turn, 0, 0);
        if (pthread_create(&threads[started], NULL, take_turns, member))
            break;
        started++;
    }
    return started;
}

static nanos cpu_of_all(void)
{
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    return nanos_from_timeval(usage.ru_utime) +
           nanos_from_timeval(usage.ru_stime);
}

static int measure_memory(const struct waiting_threads_size *size,
                          struct waiting_threads *all,
                          struct waiting_thread *members, pthread_t *threads,
                          double *values)
{
    int64_t before = memory_pss(getpid());
    size_t started = start_all(all, members, threads, size->threads);
    values[WAITING_THREADS_STARTED] = (double)started;
    if (started < size->threads)
        return 0; /* the end of the process ends the waiting threads */
    give_turn_to_all(all, members, started);
    int64_t after = memory_pss(getpid());
    nanos began = cpu_of_all();
    for (size_t i = 0; i < size->turns; i++)
        give_turn_to_all(all, members, started);
    values[WAITING_THREADS_TURN] = nanos_as_microseconds(cpu_of_all() - began) /
                                   (double)(started * size->turns);
    values[WAITING_THREADS_KIB] =
        (double)(after - before) / 1024 / (double)started;
    for (size_t i = 0; i < started; i++)
        pthread_join(threads[i], NULL);
    return before < 0 || after < 0 ? -EIO : 0;
}

int waiting_threads_sample(void *context, double *values)
{
    const struct waiting_threads_size *size = context;
    struct waiting_threads all = {.turns = size->turns};
    int error = processors_pin(0, processors_from_last(0));
    if (error)
        return error;
    sem_init(&all.all_had_it, 0, 0);
    struct waiting_thread *members = calloc(size->threads, sizeof *members);
    pthread_t *threads = calloc(size->threads, sizeof *threads);
    error = members && threads
                ? measure_memory(size, &all, members, threads, values)
                : -ENOMEM;
    /* Threads that are still waiting have them. */
    if (error == -ENOMEM ||
        values[WAITING_THREADS_STARTED] == (double)size->threads) {
        free(members);
        free(threads);
    }
    return error;
}
