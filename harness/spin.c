/* SPDX-License-Identifier: MIT */
#include "harness/spin.h"

#include <time.h>

nanos spin_cpu(void)
{
    struct timespec now;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return nanos_from_timespec(now);
}

void spin_for(nanos cpu)
{
    nanos until = nanos_after(spin_cpu(), cpu);
    while (spin_cpu() < until)
        continue;
}
