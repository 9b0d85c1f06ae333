/* SPDX-License-Identifier: MIT */
#include "callbacks/inspected.h"

#include "callbacks/loop.h"

#include <sys/prctl.h>
#include <unistd.h>

__thread struct inspected inspected;

struct inspected_program inspected_program = {
    .version = INSPECTED_VERSION,
    .handle_size = sizeof(struct handle),
};

/* ---- threads ---- */

static bool is_listed(const struct inspected *thread)
{
    for (int i = 0; i < INSPECTED_THREADS_MAX; i++)
        if (__atomic_load_n(&inspected_program.threads[i], __ATOMIC_ACQUIRE) ==
            thread)
            return true;
    return false;
}

static void list_thread(void)
{
    if (is_listed(&inspected))
        return;
    inspected.thread = gettid();
    for (int i = 0; i < INSPECTED_THREADS_MAX; i++) {
        struct inspected *none = NULL;
        if (__atomic_compare_exchange_n(&inspected_program.threads[i], &none,
                                        &inspected, false, __ATOMIC_ACQ_REL,
                                        __ATOMIC_RELAXED))
            return;
    }
}

/* Its storage goes with the thread. */
static void unlist_thread(void)
{
    for (int i = 0; i < INSPECTED_THREADS_MAX; i++) {
        struct inspected *mine = &inspected;
        __atomic_compare_exchange_n(&inspected_program.threads[i], &mine, NULL,
                                    false, __ATOMIC_ACQ_REL, __ATOMIC_RELAXED);
    }
}

/* Fails without harm where the system has no such restriction. A child does not
 * inherit the permission, and its thread has another number, so it asks
 * again. */
static void allow_others(void)
{
#ifdef PR_SET_PTRACER
    prctl(PR_SET_PTRACER, PR_SET_PTRACER_ANY, 0, 0, 0);
#endif
}

__attribute__((constructor)) static void begin(void)
{
    list_thread();
    allow_others();
}

/* ---- loops ---- */

static void replace(const struct loop *old, const struct loop *new_one)
{
    for (int i = 0; i < INSPECTED_LOOPS_MAX; i++)
        if (inspected.loops[i] == old) {
            inspected.loops[i] = new_one;
            return;
        }
}

/* In a forked process the main thread has another number. */
void inspected_loop_begins(const struct loop *loop)
{
    pid_t thread = gettid();
    if (inspected.thread && inspected.thread != thread) {
        inspected.thread = thread;
        allow_others();
    }
    list_thread();
    replace(NULL, loop);
}

void inspected_loop_ends(const struct loop *loop)
{
    bool any = false;
    replace(loop, NULL);
    for (int i = 0; i < INSPECTED_LOOPS_MAX; i++)
        any |= inspected.loops[i] != NULL;
    if (!any && inspected.thread != getpid())
        unlist_thread();
}
