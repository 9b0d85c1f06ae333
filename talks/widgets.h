/* SPDX-License-Identifier: MIT */
/* What the demos of Tulip's talk watch: two producers, foo and bar, each of
 * which makes ten widgets, one after the other, and takes its time for each. In
 * the talk a browser shows them arrive; here each has a lane of its own, and a
 * colour where colours are wanted. The times look random and are the same every
 * time. */
#ifndef TALKS_WIDGETS_H
#define TALKS_WIDGETS_H

#include "coroutines/queue.h"
#include "talks/coroutine.h"

enum { WIDGETS = 10 };

struct widgets {
    struct frame frame;
    /* Yours, after widgets_make: where it puts its name when it is done; NULL:
     * nowhere. */
    struct queue *finished;

    /* private */
    struct talk *talk;
    const char *name;
    int lane, made;
    unsigned dice;
};

/* A generator, which makes the widgets. It returns the name. `lane` is 0 or 1.
 */
struct generator *widgets_make(struct widgets *widgets, struct talk *talk,
                               const char *name, int lane);

#endif
