/* SPDX-License-Identifier: MIT */
/* B3 (coroutines): A web handler yields a fetch, and goes on with the page
 *
 * The handler of the slide asks another site before it answers. It reads from
 * top to bottom, and yet the server is not held up: two of them wait here at
 * once, for a page that comes when both have asked for it.
 *
 * Python: @gen.engine, yield gen.Task(http_client.fetch, url). See --stay. */
#include "talks/handler.h"

const char *const talk_sites[] = {"/hold?until=2&for=20s", NULL};

static struct outcome get(struct generator *self, struct outcome got)
{
    CO_FRAME(struct handler, f);
    CO_BEGIN;
    CO_YIELD(gen_task(&f->task, handler_fetch, f));
    handler_render(f, "<h1>%s</h1>", &got);
    outcome_drop(got);
    CO_END;
}

int talk_run(struct talk *talk)
{
    return handler_serve(talk, get);
}
