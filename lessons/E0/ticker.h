/* SPDX-License-Identifier: MIT */
/* Something that happens every now and then, told by the loop. */
#ifndef LESSONS_E0_TICKER_H
#define LESSONS_E0_TICKER_H

#include "callbacks/loop.h"

#ifdef __cplusplus
extern "C" {
#endif

struct ticker {
    struct handle handle; /* runs ticker_tick */
    struct loop *loop;
    nanos due; /* the moment at which the handle was, or is, to run */
    nanos period;
    int ticks; /* how many there were */
    int last;  /* the one after which the loop is stopped */
};

/* The handle's function. Yours, in step 5. */
void ticker_tick(struct handle *handle);

#ifdef __cplusplus
}
#endif

#endif
