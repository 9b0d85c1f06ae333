/* SPDX-License-Identifier: MIT */
#include "threads/thread.h"

#include <signal.h>

/* The kernel gives memory only to the pages that are touched, so a large stack
 * costs address space, not memory; what it costs is time, when it is mapped,
 * and a place under the limit on mappings. Too small is worse: the system's
 * resolver loads modules that the machine's owner chose. */
const size_t thread_stack_size = 256 * 1024;

/* Those that a thread raises by its own mistake must still be reported. */
static void mask_of_workers(sigset_t *mask)
{
    static const int own[] = {SIGABRT, SIGBUS,  SIGFPE, SIGILL,
                              SIGSEGV, SIGTRAP, SIGSYS, SIGPROF};
    sigfillset(mask);
    for (size_t i = 0; i < sizeof own / sizeof *own; i++)
        sigdelset(mask, own[i]);
}

int thread_start(pthread_t *thread, void *(*run)(void *), void *argument)
{
    pthread_attr_t attributes;
    int error = pthread_attr_init(&attributes);
    if (error)
        return -error;
    sigset_t mask;
    mask_of_workers(&mask);
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
