/* SPDX-License-Identifier: MIT */
#include "support/scripted_clock.h"

#include <errno.h>
#include <pthread.h>
#include <stddef.h>
#include <sys/mman.h>
#include <time.h>

int __wrap_clock_gettime(clockid_t which, struct timespec *now);
int __real_clock_gettime(clockid_t which, struct timespec *now);
int __wrap_pthread_cond_timedwait(pthread_cond_t *condition,
                                  pthread_mutex_t *lock,
                                  const struct timespec *until);
int __real_pthread_cond_timedwait(pthread_cond_t *condition,
                                  pthread_mutex_t *lock,
                                  const struct timespec *until);

/* Shared with the processes that are forked later; NULL: time is real. */
static nanos *jumped;

int scripted_clock_begin(void)
{
    void *memory = mmap(NULL, sizeof *jumped, PROT_READ | PROT_WRITE,
                        MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED)
        return -errno;
    jumped = memory;
    return 0;
}

void scripted_clock_end(void)
{
    munmap(jumped, sizeof *jumped);
    jumped = NULL;
}

bool scripted_clock_is_on(void)
{
    return jumped != NULL;
}

nanos scripted_clock_jumped(void)
{
    return jumped ? __atomic_load_n(jumped, __ATOMIC_ACQUIRE) : 0;
}

void scripted_clock_jump(nanos span)
{
    __atomic_add_fetch(jumped, span, __ATOMIC_ACQ_REL);
}

int __wrap_clock_gettime(clockid_t which, struct timespec *now)
{
    int done = __real_clock_gettime(which, now);
    if (!done && which == CLOCK_MONOTONIC && scripted_clock_is_on())
        *now = nanos_to_timespec(nanos_from_timespec(*now) +
                                 scripted_clock_jumped());
    return done;
}

/* The conditions of the C library do not know of these jumps. */
int __wrap_pthread_cond_timedwait(pthread_cond_t *condition,
                                  pthread_mutex_t *lock,
                                  const struct timespec *until)
{
    struct timespec real = nanos_to_timespec(nanos_from_timespec(*until) -
                                             scripted_clock_jumped());
    return __real_pthread_cond_timedwait(condition, lock, &real);
}
