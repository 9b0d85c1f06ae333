/* SPDX-License-Identifier: MIT */
/* A26 (coroutines): App: two pages, and wait for both
 *
 * A Task for each page asks for it, sees to the status, and reads the body. To
 * wait splits them into those that are done and those that are pending.
 *
 * Python: aiohttp.request, and asyncio.wait(tasks): two sets. */
#include "coroutines/wait.h"
#include "talks/download.h"

const char *const talk_sites[] = {"/status/200", "/delay/50ms", NULL};
struct pages {
    struct frame frame;
    struct download each[2];
    struct future *tasks[2];
};

static struct outcome fetch_page(struct generator *self, struct outcome got)
{
    CO_FRAME(struct download, f);
    CO_BEGIN;
    CO_AWAIT(talk_future(download_request(f)));
    CO_AWAIT(download_expect(got, 200));
    CO_AWAIT(talk_future(download_read(f, got)));
    CO_RETURN(got);
    CO_END;
}
static struct outcome wait_for_both(struct generator *self, struct outcome got)
{
    CO_FRAME(struct pages, f);
    struct loop *const loop = f->each[0].reactor->loop;
    CO_BEGIN;
    downloads_start(f->each, 2, fetch_page, f->tasks);
    CO_AWAIT(futures_wait(loop, f->tasks, 2, WAIT_ALL_COMPLETED, 0));
    downloads_print(f->tasks, 2);
    CO_AWAIT(futures_wait(loop, f->tasks, 2, WAIT_ALL_COMPLETED, NEVER));
    downloads_print(f->tasks, 2);
    downloads_end(f->tasks, 2);
    CO_END;
}
int talk_run(struct talk *talk)
{
    struct pages f;
    return downloads_run(talk, f.each, 2, frame_init(&f.frame, wait_for_both));
}
