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

/* Takes the outcome over. */
void talk_print_outcome(struct outcome outcome);

/* Prints what it yields, at most `most` values, in a line; and, if it is over
 * by then, what it returns. */
void talk_print_values(struct generator *generator, int most);

/* asyncio's run_until_complete, of a Task that returns nothing. 0; or the code
 * of the failure, which is printed. */
int talk_complete(struct talk *talk, struct generator *generator);

/* asyncio.create_task: pending until it is over. */
OUTCOME_OWNED struct outcome talk_task(struct loop *loop,
                                       struct generator *generator);

/* Pending until the Future is done; its one reference goes with the wait. NULL:
 * a failure, as there was no memory. */
OUTCOME_OWNED struct outcome talk_future(struct future *future);

/* Prints what a name means, behind the time. Only looks. */
void talk_say_value(const struct talk *talk, const char *name,
                    const struct outcome *value);

/* Future.add_done_callback, with a function that is given the Future. */
void talk_add_done_callback(struct future *future,
                            void (*done)(void *context, struct future *future),
                            void *context);

/* loop.call_later, on the virtual clock. */
void talk_call_later(struct talk *talk, double seconds,
                     void (*call)(void *context), void *context);

/* A library's function that calls back, in the next turn: 42 divided by that,
 * or an error, which else is NULL. */
void true_async_function(struct talk *talk, int by,
                         void (*cb)(void *context, int result,
                                    const char *error),
                         void *context);

struct offloader;

/* The same with an offloader, which is there as long: for run_in_executor. */
int talk_complete_with_threads(struct talk *talk, struct generator *generator,
                               struct offloader **threads);

/* asyncio.sleep, on the virtual clock. */
OUTCOME_OWNED struct outcome talk_sleep(struct talk *talk, double seconds);

#endif
