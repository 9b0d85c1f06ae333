/* SPDX-License-Identifier: MIT */
/* asyncio.run: a program that is one coroutine, and the end of the others. */
#ifndef COROUTINES_RUN_MAIN_H
#define COROUTINES_RUN_MAIN_H

#include "coroutines/task.h"

#ifdef __cplusplus
extern "C" {
#endif

/* run_until_complete, then all_tasks_end. Returns the outcome of the first. */
OUTCOME_OWNED struct outcome run_main(struct loop *loop,
                                      struct generator *generator);

/* Cancels every Task of the loop that is not over, and runs the loop until they
 * have ended. One that still waits when nothing can happen any more waits for
 * ever: it is reported ("Task was destroyed but it is pending!", TA7) and
 * closed. A failure during a cancellation is reported as usual.
 *
 * Contract: the loop does not run. */
void all_tasks_end(struct loop *loop);

#ifdef __cplusplus
}
#endif

#endif
