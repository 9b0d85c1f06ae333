/* SPDX-License-Identifier: MIT */
#include "threads/thread.h"
#include "base/probe.h"
#include "base/signals.h"

#include <signal.h>
#include <time.h>

/* The deepest that a thread of ours goes is a look-up: getaddrinfo was measured
 * to touch 10 KiB for a name in /etc/hosts and 16 KiB for one in the DNS. Eight
 * times that, because a machine's owner may load other resolvers, and because
 * the caller's work on a page runs here too.
 *
 * Memory is taken only for pages that are touched, so what a larger stack would
 * cost is time: the C library keeps 40 MiB of stacks of ended threads to give
 * them out again. While those in flight fit in there, a thread costs half of
 * what it does when its stack must be mapped anew. This is room for 320. */
const size_t thread_stack_size = 128 * 1024;

int thread_start(pthread_t *thread, void *(*run)(void *), void *argument)
{
    pthread_attr_t attributes;
    int error = pthread_attr_init(&attributes);
    if (error)
        return -error;
    sigset_t mask;
    signals_from_outside(&mask);
    error = pthread_attr_setstacksize(&attributes, thread_stack_size);
    if (!error)
        error = pthread_attr_setsigmask_np(&attributes, &mask);
    if (!error)
        error = pthread_create(thread, &attributes, run, argument);
    pthread_attr_destroy(&attributes);
    return -error;
}

int thread_condition_init(pthread_cond_t *condition)
{
    pthread_condattr_t attributes;
    int error = pthread_condattr_init(&attributes);
    if (error)
        return -error;
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    error = pthread_cond_init(condition, &attributes);
    pthread_condattr_destroy(&attributes);
    return -error;
}

int thread_wait(pthread_cond_t *condition, pthread_mutex_t *lock,
                nanos deadline)
{
    struct timespec when = nanos_to_timespec(deadline);
    probe(PROBE_WAIT_BEGINS, PROBE_FOR_THREAD, 0, 0);
    int error = deadline == NEVER
                    ? pthread_cond_wait(condition, lock)
                    : pthread_cond_timedwait(condition, lock, &when);
    probe(PROBE_WAIT_ENDS, PROBE_FOR_THREAD, 0, 0);
    return -error;
}
