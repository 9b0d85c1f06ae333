/* SPDX-License-Identifier: MIT */
#include "talks/download.h"

struct deferred *download_agent(struct download *download)
{
    struct buffer url = {0};
    struct deferred *d = NULL;
    if (!talk_url(download->talk, talk_sites[0], &url))
        d = agent_request(download->reactor, METHOD_GET, url.data);
    buffer_deinit(&url);
    return d;
}

/* ---- as Futures ---- */

static struct outcome set_future(void *future, struct outcome got)
{
    future_finish(future, got);
    future_unref(future);
    return outcome_none();
}
RUNG_NAME(set_future);

static struct future *future_for(struct download *download, struct deferred *d)
{
    struct future *future = future_new(download->reactor->loop);
    if (d && future) {
        deferred_add_both(d, set_future, future_ref(future));
        deferred_detach(d);
    }
    return future;
}

struct future *download_request(struct download *download)
{
    return future_for(download, download_agent(download));
}

struct future *download_read(struct download *download, struct outcome response)
{
    return future_for(download, agent_read_body(response));
}

/* ---- the program ---- */

struct program {
    struct download download;
    struct outcome (*begin)(struct download *download);
};

static struct outcome begin(struct reactor *reactor, void *context)
{
    struct program *program = context;
    program->download.reactor = reactor;
    return program->begin(&program->download);
}

int download_run(struct talk *talk,
                 struct outcome (*begin_with)(struct download *download))
{
    struct program program = {.download.talk = talk, .begin = begin_with};
    return task_react(begin, &program) ? -EIO : 0;
}
