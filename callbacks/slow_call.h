/* SPDX-License-Identifier: MIT */
/* A note when one call has held up all others. While a callback runs, nothing
 * else on its loop does, so a callback that waits, or computes for long, is the
 * first thing to look for when a loop is slow.
 *
 * The note goes to the exception handler (exception_handler.h) after a call of
 * more than 50 ms in debug builds; in any build after one of more than
 * WAITLAB_SLOW_CALL_MS says. 0 turns it off. asyncio's debug mode has the same:
 * slow_callback_duration.
 */
#ifndef CALLBACKS_SLOW_CALL_H
#define CALLBACKS_SLOW_CALL_H

#include "base/clock.h"

#include <stdbool.h>

#ifdef __cplusplus
extern "C" {
#endif

struct handle;

/* For the whole program, read by handle_run: is there anything to note? */
extern bool slow_calls_are_noted;

/* Calls handle->run, and notes how long that took if it was too long. */
void slow_call_run(struct handle *handle);

/* Instead of what the environment says: notes calls of more than `limit`, by
 * this clock. 0 for none. Not while a loop runs. */
void slow_call_set(nanos limit, const struct clock *clock);

#ifdef __cplusplus
}
#endif

#endif
