/* SPDX-License-Identifier: MIT */
/* Work in the queue, and a timer in 5 s. The select of this program only writes
 * down how long it was asked to sleep; its clock jumps instead of waiting. */
#include "callbacks/loop.h"
#include "support/scripted_selector.h"

#include <stdio.h>

static void work(struct handle *handle)
{
    (void)handle;
}

int main(void)
{
    struct virtual_clock clock;
    struct script script;
    struct loop *loop;
    virtual_clock_init(&clock);
    script_init(&script, &clock);
    if (loop_new(&loop, &scripted_selector, &clock.clock))
        return 1;
    struct handle now = {.run = work}, later = {.run = work};
    loop_call_at(loop, &later, clock.now + 5 * NANOS_PER_SECOND);
    loop_call_soon(loop, &now);
    loop_run(loop);
    for (int i = 0; i < script.waits; i++)
        printf("turn %d: select may sleep %lld ms\n", i + 1,
               (long long)(script.timeouts[i] / NANOS_PER_MILLISECOND));
    loop_free(loop);
    return 0;
}
