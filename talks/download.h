/* SPDX-License-Identifier: MIT */
/* What rows E2 to E4 need and do not show: the request of row E1 by Twisted's
 * Agent, and the same as Futures. */
#ifndef TALKS_DOWNLOAD_H
#define TALKS_DOWNLOAD_H

#include "coroutines/inline_callbacks.h"
#include "talks/coroutine.h"
#include "talks/demo.h"

struct download {
    struct frame frame;
    struct talk *talk;
    struct reactor *reactor;
    struct future *finished; /* what the program waits for */
};

/* The talk's first site: first the response (deferreds/agent.h), and then its
 * body as bytes (deferreds/page.h), for which the response is taken over. */
struct deferred *download_agent(struct download *download);
struct future *download_request(struct download *download);
struct future *download_read(struct download *download,
                             struct outcome response);

/* Runs a program as Twisted's task.react does, on a loop that really waits,
 * until what `begin` returns has come. 0, or -EIO after a failure, which is
 * reported. */
int download_run(struct talk *talk,
                 struct outcome (*begin)(struct download *download));

#endif
