/* SPDX-License-Identifier: MIT */
/* The parts of snapshot_take: one for each kind of thing that is looked at. */
#ifndef HARNESS_PS_LOOK_H
#define HARNESS_PS_LOOK_H

#include "callbacks/inspected.h"
#include "callbacks/wait_shape.h"
#include "harness/ps/snapshot.h"

#ifdef __cplusplus
extern "C" {
#endif

/* ---- names.c: what stands at a place, in words ---- */

/* "on_ready, bytes of a page", or the function alone. Returns `text`. */
const char *look_handle_name(struct target *target, place run,
                             char text[SHOWN_TEXT]);

/* "hop (hop.c:55)"; `line` 0: none is known. Returns `text`. */
const char *look_function(const struct target *target, place function, int line,
                          char text[SHOWN_TEXT]);

/* The shape that has this key. False: there is none. */
bool look_shape(struct target *target, place key, struct wait_shape *shape);

/* ---- await.c: from a Task down ---- */

/* Fills in all about one Task but its place. `current`: it is in its step. */
void look_task(struct snapshot *snapshot, struct target *target,
               struct shown_task *task, bool current);

/* Its innermost frame, "hop (hop.c:55)". Returns `text`. */
const char *look_where(struct target *target, place task,
                       char text[SHOWN_TEXT]);

/* ---- handles.c: what loops have scheduled and watch ---- */

void look_loop(struct snapshot *snapshot, struct target *target, place loop,
               struct shown_thread *thread);
void look_watches(struct snapshot *snapshot, struct target *target);

#ifdef __cplusplus
}
#endif

#endif
