/* SPDX-License-Identifier: MIT */
/* /hold: requests that wait for each other. Those of the same run with the same
 * `until` belong together. And /gate: requests that wait until they are let go,
 * however many have come. */
#ifndef HARNESS_ORIGIN_HOLD_H
#define HARNESS_ORIGIN_HOLD_H

#include "harness/origin/asked.h"

struct connection;
struct origin;

/* How many groups at a time; a request that would need one more is refused. */
enum { HOLDS_MAX = 64 };

struct hold {
    struct run *run;
    int until;
    int present; /* 0: the place is free */
    int most;    /* the most that were present at once, for a hold that gives
                  * up */
};

/* The value of asked->until for a gate: no number of requests opens it. */
enum { HOLD_UNTIL_OPENED = 0 };

/* Sets up the answer to a held request once `arrived` have arrived, which may
 * be fewer than asked->until; at a gate more than that when it stayed shut, and
 * 0 when it was opened. 0 or -ENOMEM. */
typedef int hold_answer(struct connection *connection, struct asked *asked,
                        int arrived);

/* The request waits in its group, until asked->give_up at the latest; or all
 * have arrived with it, and every one is answered. 0; -ENOSPC when there are
 * too many groups; -ENOMEM. */
int hold_join(struct connection *connection, struct asked *asked,
              hold_answer *answer);

/* Opens the gate of that run to the requests that wait there now, and returns
 * how many there are. */
int hold_open_gate(struct origin *origin, const struct run *run);

#endif
