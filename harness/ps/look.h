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

struct stack;

/* ---- names.c: what stands at a place, in words ---- */

/* "on_ready, bytes of a page", or the function alone. Returns `text`. */
const char *look_handle_name(struct target *target, place run,
                             char text[SHOWN_TEXT]);

/* "hop (hop.c:55)"; `line` 0: none is known. Returns `text`. */
const char *look_function(const struct target *target, place function, int line,
                          char text[SHOWN_TEXT]);

/* The shape that has this key. False: there is none. */
bool look_shape(struct target *target, place key, struct wait_shape *shape);

/* The same of an address inside it, to which a call returns: with its line, if
 * addr2line knows that. Returns `text`. */
const char *look_return(struct target *target, place address,
                        char text[SHOWN_TEXT]);

/* ---- stacks.c: greenlets ---- */

enum { STACK_FRAMES_MAX = 32 };

/* Where the calls on a stack that does not run return to, from the inside out,
 * without those of its engine. Returns how many are found. */
size_t look_stack(struct target *target, const struct stack *stack,
                  place frames[STACK_FRAMES_MAX]);

/* ---- chain.c: Deferreds ---- */

/* Which rungs of it are still to be run, "parse | give_up, print". Returns
 * `text`. */
const char *look_rungs(struct target *target, place deferred,
                       char text[SHOWN_TEXT]);

/* The same of it, and of those that wait for it, as what happens when it is
 * fired. Returns `text`. */
const char *look_chain(struct target *target, place deferred,
                       char text[SHOWN_TEXT]);

/* ---- await.c: from a Task down ---- */

/* Fills in all about one Task but its place. `current`: it is in its step. */
void look_task(struct snapshot *snapshot, struct target *target,
               struct shown_task *task, bool current);

/* The innermost frame of a generator, "hop (hop.c:55)". Returns `text`. */
const char *look_generator_text(struct target *target, place generator,
                                char text[SHOWN_TEXT]);

/* That of a Task. Returns `text`. */
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
