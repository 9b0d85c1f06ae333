/* SPDX-License-Identifier: MIT */
/* A loop on which all that its contract (callbacks/loop.h) leaves open is a
 * choice (interleaving.h):
 *
 *   - in which order the descriptors come that are ready in one wait, and which
 *     of them is seen only in the next one
 *   - whether a timer's time is over when a descriptor is ready, and how late a
 *     wait ends
 *   - at which moment other code does something: a cancel, a thread that posts
 *     into a mailbox. It is called by the loop in some turn, before or after
 *     any of its calls and events, but never inside one
 *
 * What is promised is kept: first scheduled, first called; events before the
 * timers of a turn. Time is virtual. Descriptors are real and asked by poll, so
 * a test makes them ready by itself, as with an eventfd. Threads do not really
 * run: one that posts is a call, which is enough where posting is one atomic
 * step. */
#ifndef SUPPORT_INTERLEAVED_LOOP_H
#define SUPPORT_INTERLEAVED_LOOP_H

#include "callbacks/loop.h"
#include "support/interleaving.h"
#include "support/virtual_clock.h"

#ifdef __cplusplus
extern "C" {
#endif

enum {
    OCCURRENCES_MAX = 16,
    INTERLEAVED_STORY_MAX = 4096,
    INTERLEAVED_WAITS_MAX = 1000,
};

/* Something that other code does, at any moment. */
struct occurrence {
    struct watch watch; /* its handle.run is what happens */
    const char *name;   /* for the story */
};

struct interleaved_loop {
    struct loop *loop;
    struct virtual_clock clock;

    /* yours */
    nanos late; /* how late a wait may end that ends by its timeout; 0: never
                 * late */

    /* Looks at what should hold whenever nothing is ready; NULL: nothing. */
    void (*when_quiet)(void *context);
    void *context;

    /* Read it after the run: what happened, "cancel b, fd 5, fd 4". */
    char story[INTERLEAVED_STORY_MAX];

    /* private */
    struct selector_ops ops; /* poll's, but for its wait */
    struct interleaving *interleaving;
    struct occurrence *open[OCCURRENCES_MAX];
    size_t open_count;
    size_t waits;
    struct watch keep; /* what the loop waits for while any of these is open */
    bool held;         /* the last wait did not show all that was ready */
};

/* The choices are borrowed. 0 or a negative errno. */
int interleaved_loop_init(struct interleaved_loop *loop,
                          struct interleaving *interleaving);
void interleaved_loop_deinit(struct interleaved_loop *loop);

/* It happens once, at some moment from the next wait on; at the latest when
 * nothing else can happen. The loop does not end before. The storage is the
 * caller's. */
void interleaved_loop_add(struct interleaved_loop *loop,
                          struct occurrence *occurrence);

#ifdef __cplusplus
}
#endif

#endif
