/* SPDX-License-Identifier: MIT */
/* What the demos of Tulip's talk watch: two producers, foo and bar, each of
 * which makes ten widgets, one after the other, and takes its time for each. In
 * the talk a browser shows them arrive; here each has a lane of its own, and a
 * colour where colours are wanted. The times look random and are the same every
 * time. */
#ifndef TALKS_WIDGETS_H
#define TALKS_WIDGETS_H

#include "callbacks/mailbox.h"
#include "coroutines/run_in_executor.h"
#include "talks/coroutine.h"

#include <semaphore.h>

enum { WIDGETS = 10 };

struct widgets {
    struct frame frame;
    struct handle show; /* a call that makes one widget, at once */

    /* private */
    struct talk *talk;
    const char *name;
    int lane, made;
    unsigned dice;
    sem_t done; /* for threads: all were made, or the one of the call */
};

/* A generator, which makes the widgets. It returns the name. `lane` is 0 or 1.
 */
struct generator *widgets_make(struct widgets *widgets, struct talk *talk,
                               const char *name, int lane);

/* On another thread: blocks until all are made, or the next one of the call. */
void widgets_wait(struct widgets *widgets);

#endif
