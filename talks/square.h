/* SPDX-License-Identifier: MIT */
/* What row D2 needs and does not show: the frame of its generator, and what
 * prints what has come. */
#ifndef TALKS_SQUARE_H
#define TALKS_SQUARE_H

#include "coroutines/inline_callbacks.h"
#include "talks/coroutine.h"
#include "talks/deferred.h"

struct square {
    struct frame frame;
    struct talk *talk;
    intptr_t x;
};

/* Has it printed what each of them comes to, and takes it over. */
void talk_print_deferred(struct talk *talk, struct deferred *deferred);
void talk_print_future(struct talk *talk, struct future *future);

#endif
