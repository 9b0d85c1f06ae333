/* SPDX-License-Identifier: MIT */
/* Failures that no code has looked at. What holds one at its end reports it
 * here: "Unhandled error in Deferred" (DF11), "Task exception was never
 * retrieved" (FU4), an exception in a generator that is closed (GE5).
 */
#ifndef CALLBACKS_UNHANDLED_H
#define CALLBACKS_UNHANDLED_H

#include "callbacks/outcome.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Reports the outcome to this thread's exception handler (exception_handler.h)
 * if it is a failure; a value was merely not needed. `what` is one line that
 * says what held the failure. Takes nothing over. */
void unhandled_report(const char *what, const struct outcome *outcome);

#ifdef __cplusplus
}
#endif

#endif
