/* SPDX-License-Identifier: MIT */
/* What callbacks, Deferreds, generators and Futures do, counted: each of these
 * runs the lab's own. */
#ifndef HARNESS_CLAIMS_MECHANISMS_H
#define HARNESS_CLAIMS_MECHANISMS_H

#ifdef __cplusplus
extern "C" {
#endif

/* Steps one after another, of which one fails: once each of them. The author
 * has dealt with errors in one place only, at the end. */
enum { CHORE_STEPS = 5 };

/* Of these failures, how many reach that place? */
int heard_by_callbacks(void);
int heard_by_deferred(void);
int heard_by_generator(void);

/* Two functions want the same result: how many of them get it? -1: there was
 * no memory, or no loop. */
enum { READERS = 2 };
int readers_of_deferred(void);
int readers_of_future(void);

/* Does a callback that returns a Deferred let the next one wait for it? */
int deferred_is_chained(void);

/* Of a caller that comes when it is over already, and one that comes before:
 * how many can still ask what came of it? Twice 1, where something is returned.
 */
int asked_of_deferred(void);

/* What can a generator wait for, of a function with a callback, as they were
 * before it, a Deferred, and a Future? */
enum { KINDS = 3 };
int kinds_of_waits(void);

/* On how many of select, poll and epoll does the same callback run? */
enum { SELECTORS = 3 };
int selectors_that_do(void);

#ifdef __cplusplus
}
#endif

#endif
