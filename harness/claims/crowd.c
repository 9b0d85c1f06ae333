/* SPDX-License-Identifier: MIT */
#include "harness/claims/crowd.h"

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

struct crowd {
    atomic_size_t waiting_for; /* so many have not had their turn yet */
    sem_t all_had_it;
    size_t turns;
};

struct member {
    struct crowd *crowd;
    sem_t turn;
};

static void had_turn(struct crowd *crowd)
{
    if (atomic_fetch_sub(&crowd->waiting_for, 1) == 1)
        sem_post(&crowd->all_had_it);
}

/* The first of its turns tells that it is there. */
static void *take_turns(void *argument)
{
    struct member *member = argument;
    for (size_t i = 0; i <= member->crowd->turns; i++) {
        while (sem_wait(&member->turn))
            continue;
        had_turn(member->crowd);
    }
    return NULL;
}

static void wait_for_all(struct crowd *crowd)
{
    while (sem_wait(&crowd->all_had_it))
        continue;
}

static void give_turn_to_all(struct crowd *crowd, struct member *members,
                             size_t count)
{
    atomic_store(&crowd->waiting_for, count);
    for (size_t i = 0; i < count; i++)
        sem_post(&members[i].turn);
    wait_for_all(crowd);
}

/* On a stack of the usual size, as any program has that does not ask for
 * another one. How many there are. */
static size_t start_all(struct crowd *crowd, struct member *members,
                        pthread_t *threads, size_t count)
{
    size_t started = 0;
    while (started < count) {
        struct member *member = &members[started];
        member->crowd = crowd;
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

static int measure(const struct crowd_size *size, struct crowd *crowd,
                   struct member *members, pthread_t *threads, double *values)
{
    int64_t before = memory_pss(getpid());
    size_t started = start_all(crowd, members, threads, size->threads);
    values[CROWD_STARTED] = (double)started;
    if (started < size->threads)
        return 0; /* its end ends those that wait */
    give_turn_to_all(crowd, members, started);
    int64_t after = memory_pss(getpid());
    nanos began = cpu_of_all();
    for (size_t i = 0; i < size->turns; i++)
        give_turn_to_all(crowd, members, started);
    values[CROWD_TURN] =
        (double)(cpu_of_all() - began) / 1e3 / (double)(started * size->turns);
    values[CROWD_KIB] = (double)(after - before) / 1024 / (double)started;
    for (size_t i = 0; i < started; i++)
        pthread_join(threads[i], NULL);
    return before < 0 || after < 0 ? -EIO : 0;
}

int crowd_sample(void *context, double *values)
{
    const struct crowd_size *size = context;
    struct crowd crowd = {.turns = size->turns};
    int error = processors_pin(0, processors_from_last(0));
    if (error)
        return error;
    sem_init(&crowd.all_had_it, 0, 0);
    struct member *members = calloc(size->threads, sizeof *members);
    pthread_t *threads = calloc(size->threads, sizeof *threads);
    error = members && threads ? measure(size, &crowd, members, threads, values)
                               : -ENOMEM;
    if (values[CROWD_STARTED] == (double)size->threads) {
        free(members);
        free(threads);
    }
    return error;
}
