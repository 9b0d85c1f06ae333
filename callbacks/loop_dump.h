/* SPDX-License-Identifier: MIT */
/* What does this loop wait for? CPython 3.14 answers that for a running program
 * with `python -m asyncio ps`, Rust's tokio-console and curio's monitor with a
 * screen of their own; Plan 9's libthread printed its list of threads on
 * request.
 */
#ifndef CALLBACKS_LOOP_DUMP_H
#define CALLBACKS_LOOP_DUMP_H

#include "callbacks/loop.h"

#include <stdio.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Prints what is ready, in the order in which it will run; what waits for its
 * time, the earliest first; and what is watched, by descriptor. Each with its
 * name (handle_name.h); in debug builds also with its age: how long ago it was
 * scheduled, put on watch or last ready.
 *
 *     2 ready, 1 timed, 1 watched
 *       ready         on_end, a page that ends
 *       in 0.796 s    on_deadline, the deadline of a page
 *       fd 7 read     on_ready, bytes of a page (since 1.204 s)
 *
 * On the loop's thread, also from inside a callback. It needs loop_each and
 * loop_selector alone: of a loop that lacks them, as a learner's older one may,
 * it says so. */
void loop_dump(struct loop *loop, FILE *out);

#ifdef __cplusplus
}
#endif

#endif
