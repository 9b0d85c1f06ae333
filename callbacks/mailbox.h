/* SPDX-License-Identifier: MIT */
/* How another thread, or a signal handler, schedules a call on the loop:
 * asyncio's call_soon_threadsafe, Twisted's callFromThread (LO6).
 *
 * The loop knows nothing of threads. A mailbox is a pile on which any thread
 * puts handles by compare-and-swap, and a descriptor that the loop watches:
 * posting makes it readable. The loop counts a watched descriptor as something
 * left to do, so the mailbox is watched only while it is held open.
 */
#ifndef CALLBACKS_MAILBOX_H
#define CALLBACKS_MAILBOX_H

#include "callbacks/loop.h"

#ifdef __cplusplus
extern "C" {
#endif

struct mailbox;

/* On the loop's thread. 0 or a negative errno. */
int mailbox_new(struct mailbox **mailbox, struct loop *loop);

/* On the loop's thread, when no thread can post any more. Handles that were
 * posted and have not run are forgotten. NULL is harmless. Contract: not from
 * inside a posted call. */
void mailbox_free(struct mailbox *mailbox);

/* On the loop's thread, counted: while it is held open the loop does not end,
 * and what is posted is called. 0 or a negative errno. Contract: each release
 * ends one hold. */
int mailbox_hold(struct mailbox *mailbox);
void mailbox_release(struct mailbox *mailbox);

/* From any thread, and from a signal handler: handle->run is called on the
 * loop's thread, in the order of posting. Posting a handle that has not run
 * since is harmless. The handle is the caller's, as in loop_call_soon; until it
 * runs it can be neither scheduled nor cancelled. Contract: it has a run(), and
 * it is not scheduled on a loop: one that is ready or timed is the loop's. */
void mailbox_post(struct mailbox *mailbox, struct handle *handle);

#ifdef __cplusplus
}
#endif

#endif
