/* SPDX-License-Identifier: MIT */
/* A wait that only the loop ends, and that is used again and again: the
 * smallest awaitable. A Task waits with it for anything that calls back, such
 * as a descriptor or a timer.
 *
 *     to wait:   return moment_next(&connection->readable);
 *     callback:  moment_come(&connection->readable);
 *
 * A Future would wake the waiting code one turn later, and that turn costs one
 * more epoll_wait. A moment wakes it inside the callback that says it has come,
 * so only a function that the loop called may say so.
 *
 * The storage is its owner's, usually a member of the connection. Taking or
 * dropping the awaitable gives nothing back but the right to wait.
 */
#ifndef CALLBACKS_MOMENT_H
#define CALLBACKS_MOMENT_H

#include "callbacks/awaitable.h"

#ifdef __cplusplus
extern "C" {
#endif

struct moment {
    struct awaitable awaitable;
    struct loop *loop;
    struct handle *waiter; /* NULL: no code waits for it */
    bool come, cancelled;
};

void moment_init(struct moment *moment, struct loop *loop);

/* Begins to wait for the next one: pending, then None; or failure_cancelled
 * when it was cancelled before it came. One at a time: the last one is over. */
OUTCOME_OWNED struct outcome moment_next(struct moment *moment);

/* Says that it has come; from a callback of the loop only. Harmless when no
 * code waits. */
void moment_come(struct moment *moment);

#ifdef __cplusplus
}
#endif

#endif
