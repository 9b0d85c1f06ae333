/* SPDX-License-Identifier: MIT */
/* What coroutine_cost measures: each function does it `times` times. */
#ifndef COROUTINES_COST_COSTS_H
#define COROUTINES_COST_COSTS_H

#include "base/nanos.h"

/* ---- generators.c: resumed, and a yield ---- */

void cost_of_switch(long times); /* written by hand, in standard C */
void cost_of_frame(long times);  /* the same with the macros of frame.h */
void cost_of_one_level(long times);
void cost_of_three_levels(long times);

/* ---- stacks.c: there and back ---- */

enum { HAND_OVERS = 250 }; /* in one time: a thread has to be started first */

void cost_of_stack_switch(long times);
void cost_of_ucontext(long times);
void cost_of_stack(long times); /* a generator with a stack of its own */
void cost_of_hand_over(long times);

/* ---- steps.c: 64 Tasks that yield 100 times each ---- */

enum { TASKS = 64, TURNS = 100 };

/* The loop of all of them. 0 or a negative errno. */
int steps_open(void);
void steps_close(void);
void cost_of_step(long times);
void cost_of_turn(long times); /* the same by callbacks alone */

/* ---- asyncio.c: the same 64 in Python, with one loop or the other ---- */

/* Starts the two programs; what is not installed is not there. */
void asyncio_open(void);
void asyncio_close(void);

/* The CPU time that it took; negative: it is not there. */
nanos cost_of_asyncio(long times);
nanos cost_of_uvloop(long times);

/* ---- frames.c ---- */

/* Prints how much memory `count` frames take with two words of locals, all
 * alive at once. 0 or a negative errno. */
int frames_alive(int count);

#endif
