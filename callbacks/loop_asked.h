/* SPDX-License-Identifier: MIT */
/* A loop that prints what it waits for whenever it is asked. */
#ifndef CALLBACKS_LOOP_ASKED_H
#define CALLBACKS_LOOP_ASKED_H

#include "callbacks/loop.h"

#ifdef __cplusplus
extern "C" {
#endif

struct loop_asked {
    struct watch watch;
    struct loop *loop;
    const char *who;
};

/* From now on, each time the wake-up `fd` (base/wakeup.h) is set, the loop
 * prints what it waits for on standard error: "who: " and loop_dump, in one
 * piece. The watch counts as something left to do. 0 or a negative errno. */
int loop_asked_start(struct loop_asked *asked, struct loop *loop, int fd,
                     const char *who);

/* Stops that. Harmless on one that was not started, which is all zero. */
void loop_asked_stop(struct loop_asked *asked);

#ifdef __cplusplus
}
#endif

#endif
