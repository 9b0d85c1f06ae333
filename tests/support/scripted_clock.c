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

struct scripted_time {
    nanos begun, jumped; /* atomically */
};

/* Shared with the processes that are forked later. Once there it stays: a
 * thread that was left behind may look at it when the script has ended. */
static struct scripted_time *scripted_time;
static bool is_on; /* atomically; false: time is real */

static nanos real_now(void)
{
    struct timespec now;
    __real_clock_gettime(CLOCK_MONOTONIC, &now);
    return nanos_from_timespec(now);
}

int scripted_clock_begin(void)
{
    if (!scripted_time) {
        void *memory = mmap(NULL, sizeof *scripted_time, PROT_READ | PROT_WRITE,
                            MAP_SHARED | MAP_ANONYMOUS, -1, 0);
        if (memory == MAP_FAILED)
            return -errno;
        scripted_time = memory;
    }
    __atomic_store_n(&scripted_time->begun, real_now(), __ATOMIC_RELEASE);
    __atomic_store_n(&scripted_time->jumped, 0, __ATOMIC_RELEASE);
    __atomic_store_n(&is_on, true, __ATOMIC_RELEASE);
    return 0;
}

void scripted_clock_end(void)
{
    __atomic_store_n(&is_on, false, __ATOMIC_RELEASE);
}

bool scripted_clock_is_on(void)
{
    return __atomic_load_n(&is_on, __ATOMIC_ACQUIRE);
}

nanos scripted_clock_jumped(void)
{
    return scripted_clock_is_on()
               ? __atomic_load_n(&scripted_time->jumped, __ATOMIC_ACQUIRE)
               : 0;
}

void scripted_clock_jump(nanos span)
{
    __atomic_add_fetch(&scripted_time->jumped, span, __ATOMIC_ACQ_REL);
}

static nanos scripted_now(void)
{
    return __atomic_load_n(&scripted_time->begun, __ATOMIC_ACQUIRE) +
           __atomic_load_n(&scripted_time->jumped, __ATOMIC_ACQUIRE);
}

int __wrap_clock_gettime(clockid_t which, struct timespec *now)
{
    if (which != CLOCK_MONOTONIC || !scripted_clock_is_on())
        return __real_clock_gettime(which, now);
    *now = nanos_to_timespec(scripted_now());
    return 0;
}

/* The conditions of the C library know only the real clock. */
int __wrap_pthread_cond_timedwait(pthread_cond_t *condition,
                                  pthread_mutex_t *lock,
                                  const struct timespec *until)
{
    if (!scripted_clock_is_on())
        return __real_pthread_cond_timedwait(condition, lock, until);
    nanos span = nanos_until(nanos_from_timespec(*until), scripted_now());
    struct timespec real = nanos_to_timespec(nanos_after(real_now(), span));
    return __real_pthread_cond_timedwait(condition, lock, &real);
}
