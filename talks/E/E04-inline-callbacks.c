/* SPDX-License-Identifier: MIT */
/* E4 (coroutines): The same page by inlineCallbacks
 *
 * The Agent of E1, and its Deferreds; but the function yields each of them, and
 * goes on with what it fires with. Beside E2 nothing differs but what is waited
 * for, and what moves the function on.
 *
 * Python: @inlineCallbacks, yield agent.request(...), yield readBody(...). */
#include "talks/download.h"

const char *const talk_sites[] = {"/status/200", NULL};

static struct outcome download(struct generator *self, struct outcome got)
{
    CO_FRAME(struct download, f);
    CO_BEGIN;
    CO_AWAIT(talk_outcome(download_agent(f)));
    demo_print_head(outcome_response(&got));
    CO_AWAIT(talk_outcome(agent_read_body(got)));
    printf("body: %s", outcome_bytes(&got)->data);
    outcome_drop(got);
    CO_END;
}

static struct outcome begin(struct download *f)
{
    return talk_outcome(inline_callbacks_new(frame_init(&f->frame, download)));
}

int talk_run(struct talk *talk)
{
    return download_run(talk, begin);
}
