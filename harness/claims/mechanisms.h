/* SPDX-License-Identifier: MIT */
/* What callbacks, Deferreds, generators and Futures do, counted on the lab's
 * own. */
#ifndef HARNESS_CLAIMS_MECHANISMS_H
#define HARNESS_CLAIMS_MECHANISMS_H

#ifdef __cplusplus
extern "C" {
#endif

/* Runs a sequence of steps once for each step, which then fails. Errors are
 * handled in one place only, at the end. */
enum { CHORE_STEPS = 5 };

/* How many of these failures reach that place? */
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

/* Of two callers, one that comes before the end and one that comes after it,
 * how many can still get the outcome? 2 where something is returned. */
int asked_of_deferred(void);

/* For how many of these can a generator wait: a function with a callback, as
 * written before there were generators, a Deferred and a Future? */
enum { KINDS = 3 };
int kinds_of_waits(void);

/* On how many of select, poll and epoll does the same callback run? */
enum { SELECTORS = 3 };
int selectors_that_do(void);

#ifdef __cplusplus
}
#endif

#endif
