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

/* One Task, or one handle, that is looked at. */
struct look {
    struct snapshot *snapshot;
    struct target *target;
    struct shown_lines *lines; /* what is found */
    char where[SHOWN_TEXT];    /* its innermost frame */
    char waits[SHOWN_TEXT];    /* what it waits for first, in short */
    bool waits_on;             /* the next wait is said there, too */
    const char *trouble;       /* as in shown_task */
    place handle;              /* by which the Task waits, ... */
    place awaits;              /* ... and for what; 0: not a Task */
    place function;            /* of the innermost generator, ... */
    place frame;               /* ... and where that is */
};

/* The deepest that is followed, because a circle of waits has no end. */
enum { LOOK_DEPTH_MAX = 64 };

/* The most that is said of one, because circles may meet in each other. */
enum { LOOK_LINES_MAX = 20000 };

/* ---- lines.c ---- */

__attribute__((format(printf, 3, 4))) void
look_say(struct look *look, unsigned depth, const char *format, ...);

/* Adds a wait: the first one is look->waits. With look_say_on the next one is a
 * part of it: "shield: drain: fd 5 writable". */
__attribute__((format(printf, 3, 4))) void
look_say_wait(struct look *look, unsigned depth, const char *format, ...);

void look_say_on(struct look *look, unsigned depth, const char *name);

/* Adds a wait for that Task, which is shown in place of the line. */
void look_say_task(struct look *look, unsigned depth, place task);

/* ---- descriptor.c ---- */

/* What a descriptor is: "socket:[1234]", "/dev/null", "process 17". Returns
 * `text`. */
const char *look_descriptor(struct target *target, int fd,
                            char text[SHOWN_NAME]);

/* ---- call.c ---- */

/* What a thread waits for in its system call, "fd 5 readable (socket:[1234])";
 * or "". Returns `text`. */
const char *look_call(struct target *target, const struct thread_state *state,
                      char text[SHOWN_TEXT]);

/* ---- names.c: what is at a place, in words ---- */

/* "on_ready, bytes of a page", or the function alone. Returns `text`. */
const char *look_handle_name(struct target *target, place run,
                             char text[SHOWN_TEXT]);

/* "hop (hop.c:55)"; `line` 0: none is known. Returns `text`. */
const char *look_function(struct target *target, place function, int line,
                          char text[SHOWN_TEXT]);

/* Finds the shape with this key. False when there is none. */
bool look_shape(struct target *target, place key, struct wait_shape *shape);

/* The same of an address inside it, to which a call returns: with its line, if
 * addr2line knows that. Returns `text`. */
const char *look_return(struct target *target, place address,
                        char text[SHOWN_TEXT]);

/* ---- stacks.c: greenlets, and threads ---- */

enum { STACK_FRAMES_MAX = 32 };

/* The return addresses of the calls on a stack that does not run, from the
 * inside out, without those of its engine. Returns how many were found. */
size_t look_stack(struct target *target, const struct stack *stack,
                  place frames[STACK_FRAMES_MAX]);

/* The return addresses of the calls of a thread that waits in a system call,
 * from the inside out, without those of libraries, as far as it is certain that
 * each calls the next. Returns how many were found. */
size_t look_thread_stack(struct target *target,
                         const struct thread_state *state,
                         place frames[STACK_FRAMES_MAX]);

/* ---- chain.c: Deferreds ---- */

/* The rungs that are still to be run, "parse | give_up, print". Returns
 * `text`. */
const char *look_rungs(struct target *target, place deferred,
                       char text[SHOWN_TEXT]);

/* The same for it and for those that wait for it, as what happens when it is
 * fired. Returns the handle that waits for the last of them, or 0. */
place look_chain(struct target *target, place deferred, char text[SHOWN_TEXT]);

/* ---- generators.c ---- */

/* From the outermost frame to the innermost one, a line each. Returns the depth
 * below the last of them. */
unsigned look_generator(struct look *look, place generator, unsigned depth);

/* Adds the generator of a Runner, and what it waits for. Nothing when it is
 * over. */
void look_runner(struct look *look, place runner, unsigned depth);

/* The innermost frame of a Task, "hop (hop.c:55)". Returns `text`. */
const char *look_where(struct target *target, place task,
                       char text[SHOWN_TEXT]);

/* ---- parts.c ---- */

/* Adds what the thing waits for whose key is at `at`. False: it should wait for
 * a descriptor or a timer, and there is none. */
bool look_parts(struct look *look, place at, const struct wait_shape *shape,
                unsigned depth);

/* ---- await.c: from a Task down ---- */

/* Adds what an awaitable, or another thing with a shape, waits for. */
void look_on(struct look *look, place at, unsigned depth);

/* Fills in everything about a Task except its place. `current`: it is in its
 * step. */
void look_task(struct snapshot *snapshot, struct target *target,
               struct shown_task *task, bool current);

/* ---- handles.c: what loops have scheduled ---- */

/* False: no memory, which is noted. */
bool look_add_handle(struct snapshot *snapshot, struct target *target,
                     struct shown_handle handle, place run);

void look_loop(struct snapshot *snapshot, struct target *target, place loop,
               struct shown_thread *thread);

/* ---- watches.c: what they watch ---- */

/* A selector of select or poll, which keeps its list itself. */
void look_selector(struct snapshot *snapshot, struct target *target,
                   place selector);

/* All epolls, whose lists the kernel keeps. */
void look_epolls(struct snapshot *snapshot, struct target *target);

/* ---- then.c: and what goes on when they are called ---- */

/* To be called once all Tasks are known. */
void look_then(struct snapshot *snapshot, struct target *target,
               struct shown_handle *handle);

#ifdef __cplusplus
}
#endif

#endif
