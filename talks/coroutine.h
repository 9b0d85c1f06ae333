/* SPDX-License-Identifier: MIT */
/* What the programs with coroutines share and no slide shows. */
#ifndef TALKS_COROUTINE_H
#define TALKS_COROUTINE_H

#include "coroutines/frame.h"
#include "coroutines/future.h"
#include "coroutines/sleep.h"
#include "coroutines/task.h"
#include "talks/talk.h"

#include <errno.h>
#include <stdio.h>

/* Takes it over. */
void talk_print_outcome(struct outcome outcome);

/* Prints what it yields, at most `most` values, in a line; and, if it is over
 * by then, what it returns. */
void talk_print_values(struct generator *generator, int most);

/* asyncio's run_until_complete, of a Task that returns nothing. 0; or the code
 * of the failure, which is printed. */
int talk_complete(struct talk *talk, struct generator *generator);

/* asyncio.sleep, on the virtual clock. */
OUTCOME_OWNED struct outcome talk_sleep(struct talk *talk, double seconds);

#endif
