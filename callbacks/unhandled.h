/* SPDX-License-Identifier: MIT */
/* Failures that no code has asked for. Whatever held one at its end reports it
 * here: "Unhandled error in Deferred" (DF11), "Task exception was never
 * retrieved" (FU4), an exception in a generator that is closed (GE5).
 *
 * Reports are counted for each thread. A test that finds one it did not expect
 * has found a lost error.
 */
#ifndef CALLBACKS_UNHANDLED_H
#define CALLBACKS_UNHANDLED_H

#include "callbacks/failure.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Where reports go. Embedded in whatever wants them, and found again with
 * container_of. */
struct reporter {
    /* `what` is one line, and says what held the failure. Only looks. */
    void (*report)(struct reporter *reporter, const char *what,
                   const struct failure *failure);
};

/* An error that happens in a loop would flood the terminal: standard error is
 * shown this many of a thread's reports, and told that there are more. */
enum { UNHANDLED_SHOWN = 20 };

/* Reports the outcome if it is a failure; a value was merely not needed. Only
 * looks. */
void unhandled_report(const char *what, const struct outcome *outcome);

/* Replaces where this thread's reports go, and returns what was there before.
 * NULL is standard error. Borrowed until it is replaced. Begins to count
 * anew. */
struct reporter *unhandled_set_reporter(struct reporter *reporter);

#ifdef __cplusplus
}
#endif

#endif
