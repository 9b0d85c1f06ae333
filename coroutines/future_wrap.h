/* SPDX-License-Identifier: MIT */
/* asyncio.wrap_future: a Future between threads (threads/future.h), awaited on
 * the loop. */
#ifndef COROUTINES_FUTURE_WRAP_H
#define COROUTINES_FUTURE_WRAP_H

#include "callbacks/mailbox.h"
#include "coroutines/future.h"
#include "threads/future.h"

#ifdef __cplusplus
extern "C" {
#endif

/* .pointer: a concurrent Future that has finished with a result, and so
 * concurrent_future_result of it does not wait. */
extern const struct kind concurrent_kind;

/* A Future that ends, on the loop's thread, when `source` does: with a
 * concurrent_kind, with OSError, or cancelled. Cancelled or dropped, it cancels
 * `source`, if that has not begun (FU6). While it is pending the mailbox is
 * held open, so the loop does not end.
 *
 * The reference of `source` is handed over. NULL: no memory, and it is given
 * back. The mailbox is borrowed for as long as `source` is not done. On the
 * loop's thread. */
struct future *future_wrap(struct loop *loop, struct mailbox *mailbox,
                           struct concurrent_future *source);

#ifdef __cplusplus
}
#endif

#endif
