/* SPDX-License-Identifier: MIT */
/* The calls that a learner's code makes, watched.
 *
 * In the learner's object, and nowhere else, the names of calls.def are changed
 * before it is linked: its `close` is yours_close, here. The check, the lab and
 * the libraries call the system as ever. So these rules hold in every test of
 * every lesson, whatever it looks at, and the first call that breaks one ends
 * the test, with its line:
 *
 *     nothing looks again after a while where it could wait: no sleep, no
 *     yield, no time limit of a poll or a condition, no WNOHANG, no trylock
 *
 *     in a lesson whose code must not wait (calls_may_wait), nothing waits:
 *     no connect or recv on a descriptor that blocks either
 *
 *     a descriptor is closed once, by the code that has opened it; whatever is
 *     opened is closed on exec; and closed in the end
 *
 *     a socket has the family of the address to which it connects; sending
 *     raises no SIGPIPE; no recv waits until its buffer is full
 *
 *     no process is killed that is not a child of one's own
 *
 * A call that works may change errno, and here each does: to CALLS_ERRNO.
 *
 * Code that uses sendto, sendmsg, write or writev on a connection has called
 * send as far as a script is concerned, and recv with the others. */
#ifndef LESSONS_CHECK_CALLS_H
#define LESSONS_CHECK_CALLS_H

#include <errno.h>

#ifdef __cplusplus
extern "C" {
#endif

enum watched_call {
    CALLS_NONE,
#define CALL(name) CALL_##name,
#include "lessons/check/calls.def"
#undef CALL
    CALLS_COUNT
};

/* The value of errno after a call that has worked; no call reports this one. */
enum { CALLS_ERRNO = EDOTDOT };

/* From now on only this call may wait, for as long as it likes; CALLS_NONE:
 * none may. Before, every call may that waits until something happens. */
void calls_may_wait(enum watched_call call);

/* This descriptor, which others have opened, is the learner's to close. */
void calls_give(int fd);

/* The call number `which` of this kind from now on, 1 being the next, fails
 * with this error, and has done nothing. */
void calls_fail(enum watched_call call, unsigned which, int error);

/* How often it was called so far, in this process. */
unsigned calls_seen(enum watched_call call);

/* How often a descriptor with this number was opened, and how often it was used
 * so far: connected, sent to, received from, or asked for its state. */
unsigned calls_opens(int fd);
unsigned calls_uses(int fd);

/* The timeout of the last poll. */
int calls_poll_timeout(void);

#ifdef __cplusplus
}
#endif

#endif
