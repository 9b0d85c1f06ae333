/* SPDX-License-Identifier: MIT */
/* Two selectors that never sleep, for tests and lessons. Both write down how
 * long they were asked to sleep, and move a virtual clock instead.
 *
 *     scripted_selector      descriptors are mere numbers; a script says which
 *                            are ready at which wait
 *     virtual_time_selector  real descriptors (epoll); when none is ready, the
 *                            clock jumps to the end of the timeout
 */
#ifndef SUPPORT_SCRIPTED_SELECTOR_H
#define SUPPORT_SCRIPTED_SELECTOR_H

#include "nonblocking/selector.h"
#include "support/virtual_clock.h"

#ifdef __cplusplus
extern "C" {
#endif

enum { SCRIPT_EVENTS_MAX = 64, SCRIPT_FDS_MAX = 64, SCRIPT_WAITS_MAX = 256 };

struct script_event {
    int wait; /* at which wait, counted from 0 */
    int fd;
    unsigned ready;
};

/* What a selector is to do, and what it saw. It may be read at any time. */
struct script {
    struct virtual_clock *clock;

    struct script_event events[SCRIPT_EVENTS_MAX];
    int event_count;

    int fail_at; /* this wait fails, with -EBADF, counted from 1; 0: none does
                  */

    /* By how much a wait that ends by its timeout, other than 0, is late: real
     * ones always are. */
    nanos late;

    /* virtual_time_selector: while this says yes, another thread is at work,
     * and a wait really waits for it; NULL: never. */
    bool (*others_work)(void);

    nanos timeouts[SCRIPT_WAITS_MAX]; /* the first ones; all are counted */
    int waits;

    unsigned interest[SCRIPT_FDS_MAX]; /* 0: not watched */
    void *data[SCRIPT_FDS_MAX];
};

/* The next selector of either kind that this thread opens follows `script`,
 * which is borrowed; so is the clock. */
void script_init(struct script *script, struct virtual_clock *clock);

/* At that wait the descriptor is ready, if it is watched for any of that by
 * then. Events of one wait come in the order of these calls. */
void script_ready(struct script *script, int wait, int fd, unsigned ready);

/* A wait at which nothing is ready moves the clock by the timeout. One without
 * an end, and with nothing left in the script, would never return: it fails
 * with -EDEADLK. */
extern const struct selector_ops scripted_selector;

/* A wait without an end really waits: another thread may be at work. */
extern const struct selector_ops virtual_time_selector;

#ifdef __cplusplus
}
#endif

#endif
