/* SPDX-License-Identifier: MIT */
/* asyncio.run_coroutine_threadsafe (CO7): another thread starts a coroutine on
 * the loop, and waits for what comes of it. */
#ifndef COROUTINES_THREADSAFE_H
#define COROUTINES_THREADSAFE_H

#include "callbacks/mailbox.h"
#include "coroutines/task.h"
#include "threads/future.h"

#ifdef __cplusplus
extern "C" {
#endif

/* From any thread: makes a Task of the generator, which has not
 * begun, on the loop's thread. Cancelling what is returned cancels the Task;
 * and if the Task is cancelled, so is that.
 *
 * The loop's thread holds the mailbox open; from the start until the end of the
 * Task it is held once more. What the generator yields and returns belongs to
 * the loop's thread until its end, and then to the thread that asks for it: a
 * value that is counted must not have another owner by then.
 *
 * The caller owns one reference. NULL: no memory, and the generator is dropped.
 */
struct concurrent_future *run_coroutine_threadsafe(struct loop *loop,
                                                   struct mailbox *mailbox,
                                                   struct generator *generator);

/* Waits for the outcome, until `deadline` at the latest, a moment of the
 * monotonic clock; then it returns a TimeoutError, and the coroutine goes on.
 * The first call gets the outcome, every later one a failure that says so.
 */
OUTCOME_OWNED struct outcome coroutine_result(struct concurrent_future *future,
                                              nanos deadline);

#ifdef __cplusplus
}
#endif

#endif
