/* SPDX-License-Identifier: MIT */
/* A descriptor by which a thread is woken from poll, select or epoll: readable
 * from wakeup_set until wakeup_clear, however often it was set. It is an
 * eventfd; Twisted and asyncio keep a pipe or a socket pair to themselves for
 * the same purpose.
 *
 * What there is to do after waking is elsewhere, for example in a list with a
 * lock. The thread that wakes first adds to the list, then calls wakeup_set;
 * the thread that is woken first calls wakeup_clear, then looks at the list.
 * The other way round, what is added in between would lie there unseen. */
#ifndef BASE_WAKEUP_H
#define BASE_WAKEUP_H

#ifdef __cplusplus
extern "C" {
#endif

/* A new descriptor, not readable yet; close() ends it. Or a negative errno. */
int wakeup_open(void);

/* Makes it readable. Safe from any thread and from a signal handler: errno
 * stays as it was. Never waits. */
void wakeup_set(int fd);

/* It is not readable any more, until the next wakeup_set. Never waits. */
void wakeup_clear(int fd);

#ifdef __cplusplus
}
#endif

#endif
