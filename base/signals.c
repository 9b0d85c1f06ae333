/* SPDX-License-Identifier: MIT */
#include "base/signals.h"

#include <stddef.h>

void signals_from_outside(sigset_t *set)
{
    /* SIGPROF: a profiler counts where the time is spent, here as well. */
    static const int own[] = {SIGABRT, SIGBUS,  SIGFPE, SIGILL,
                              SIGSEGV, SIGTRAP, SIGSYS, SIGPROF};
    sigfillset(set);
    for (size_t i = 0; i < sizeof own / sizeof own[0]; i++)
        sigdelset(set, own[i]);
}
