/* SPDX-License-Identifier: MIT */
/* What the files behind calls.h share. */
#ifndef LESSONS_CHECK_CALLS_INTERNAL_H
#define LESSONS_CHECK_CALLS_INTERNAL_H

#include "lessons/check/calls.h"

#include <stdbool.h>
#include <sys/types.h>

/* Where in the learner's code a watched call is: in the function that replaces
 * it. */
#define PLACE __builtin_return_address(0)

/* Every one of them begins with this. False: it has to fail (calls_fail) with
 * the error in errno. */
bool calls_begin(enum watched_call call, void *place);

const char *call_name(enum watched_call call);

/* The rule was broken: notes what was done and where, and ends the test. */
_Noreturn void calls_break(void *place, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Is this the process of the test, and not a child of it? */
bool calls_in_test(void);

/* Notes how the learner's code ends the test's process, in which it is, and
 * what it has printed so far. */
void calls_leave(void *place, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* A call that waits until something happens: breaks the rule where it may not.
 * `why` says why it waits; NULL: it always does. */
void calls_wait(enum watched_call call, void *place, const char *why);

/* A call that does not wait but looks again, or after a while: always breaks
 * the rule. */
void calls_nap(enum watched_call call, void *place, const char *what);

/* The same, of bytes that a descriptor that blocks would have waited for. */
void calls_wait_for(enum watched_call call, void *place, int fd, int flags);

/* Counts a use of the descriptor. */
void calls_use(int fd);

/* What a call has returned; one that has worked leaves no errno behind it. */
ssize_t calls_done(ssize_t result);

#endif
