/* SPDX-License-Identifier: MIT */
/* E2 (coroutines): The same page by a coroutine
 *
 * The demo of E1 again, but it reads from top to bottom: ask, print the head,
 * read the body, print that. Nothing in it is a callback, and the order of its
 * lines is that of what happens.
 *
 * Python: yield from tulip.http.request('GET', url), and response.read(). */
#include "talks/download.h"

const char *const talk_sites[] = {"/status/200", NULL};

static struct outcome download(struct generator *self, struct outcome got)
{
    CO_FRAME(struct download, f);
    CO_BEGIN;
    CO_AWAIT(talk_future(download_request(f)));
    demo_print_head(outcome_response(&got));
    CO_AWAIT(talk_future(download_read(f, got)));
    printf("body: %s", outcome_bytes(&got)->data);
    outcome_drop(got);
    CO_END;
}

static struct outcome begin(struct download *f)
{
    return talk_task(f->reactor->loop, frame_init(&f->frame, download));
}

int talk_run(struct talk *talk)
{
    return download_run(talk, begin);
}
