/* SPDX-License-Identifier: MIT */
/* A loop whose seconds pass at once: so a mistake that costs time can be
 * counted in seconds, and takes none. */
#ifndef LESSONS_E5_VIRTUAL_LOOP_H
#define LESSONS_E5_VIRTUAL_LOOP_H

#include "coroutines/task.h"
#include "lessons/wrong.h"
#include "support/scripted_selector.h"

#include <string.h>

struct virtual_loop {
    struct virtual_clock clock;
    struct script script;
    struct loop *loop;
    nanos began;
};

static inline void virtual_loop_init(struct virtual_loop *time)
{
    memset(time, 0, sizeof *time);
    virtual_clock_init(&time->clock);
    script_init(&time->script, &time->clock);
    time->began = time->clock.now;
    wrong_need(!loop_new(&time->loop, &scripted_selector, &time->clock.clock),
               "loop_new");
}

/* Runs a coroutine to its end, which is not a failure; and ends the loop. How
 * many seconds it took. */
static inline long virtual_loop_complete(struct virtual_loop *time,
                                         struct generator *generator)
{
    struct outcome came = run_until_complete(time->loop, generator);
    wrong_need(!outcome_is_failure(&came), "run_until_complete");
    outcome_drop(came);
    loop_free(time->loop);
    return (long)((time->clock.now - time->began) / NANOS_PER_SECOND);
}

#endif
