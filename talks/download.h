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
    const char *target;
    struct future *finished; /* what the program waits for */
};

/* The target: first the response (deferreds/agent.h), and then its body as
 * bytes (deferreds/page.h), for which the response is taken over. */
struct deferred *download_agent(struct download *download);
struct future *download_request(struct download *download);
struct future *download_read(struct download *download,
                             struct outcome response);

/* The response, if it has this status; else a failure. */
OUTCOME_OWNED struct outcome download_expect(struct outcome response,
                                             int status);

/* Runs a program as Twisted's task.react does, on a loop that really waits,
 * until what `begin` returns has come; the target is the talk's first site. 0,
 * or -EIO after a failure, which is reported. */
int download_run(struct talk *talk,
                 struct outcome (*begin)(struct download *download));

/* The same for one coroutine, and a download of each of the first sites. */
int downloads_run(struct talk *talk, struct download *each, size_t count,
                  struct generator *coroutine);

/* A Task for each of them, with a frame that is the download's. */
void downloads_start(struct download *each, size_t count,
                     generator_resume *coroutine, struct future **tasks);

/* Prints the sets that asyncio's wait returns: what has come of those that are
 * done, and how many are pending. */
void downloads_print(struct future *const *tasks, size_t count);

/* They are not wanted any more. */
void downloads_end(struct future *const *tasks, size_t count);

#endif
