/* SPDX-License-Identifier: MIT */
/* /hold: requests that wait for each other. Those of the same run with the same
 * `until` belong together. */
#ifndef HARNESS_ORIGIN_HOLD_H
#define HARNESS_ORIGIN_HOLD_H

#include "harness/origin/asked.h"

struct connection;
struct origin;

/* So many groups at a time; a request that would need one more is refused. */
enum { HOLDS_MAX = 64 };

struct hold {
    struct run *run;
    int until;
    int present; /* 0: the place is free */
    int most;    /* present at once: who gives up says so many arrived */
};

/* What a held request needs to be answered later. */
struct held {
    struct hold *hold;  /* NULL: all have arrived */
    struct asked asked; /* its slices are not good any more */
};

/* The request waits in its group, until asked->give_up at the latest; or all
 * have arrived with it, and every one is answered. 0 or -ENOMEM. */
int hold_join(struct connection *connection, struct asked *asked);

/* Time is up, or all have arrived: makes the answer. 0 or -ENOMEM. */
int hold_finish(struct connection *connection);

/* The client went, or the answer is made. Harmless when nothing is held. */
void hold_leave(struct connection *connection);

#endif
