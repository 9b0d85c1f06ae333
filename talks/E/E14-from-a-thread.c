/* SPDX-License-Identifier: MIT */
/* E14 (coroutines): Demo: a thread talks to the event loop
 *
 * A thread has the loop show ten widgets. It lays a call into a mailbox for it.
 *
 * Python: loop.call_soon_threadsafe(show) in run_in_executor. */
#include "talks/widgets.h"

const char *const talk_sites[] = {NULL};

struct demo {
    struct frame frame;
    struct widgets bar;
    struct mailbox *mailbox;
    struct offloader *threads;
};

static struct outcome from_a_thread(void *context)
{
    struct demo *demo = context;
    for (int i = 0; i < WIDGETS; i++, widgets_wait(&demo->bar))
        mailbox_post(demo->mailbox, &demo->bar.show);
    return outcome_none();
}

static struct outcome run(struct generator *self, struct outcome got)
{
    CO_FRAME(struct demo, f);
    CO_BEGIN;
    mailbox_hold(f->mailbox);
    CO_AWAIT(run_in_executor(f->threads, from_a_thread, f));
    CO_END;
}

int talk_run(struct talk *talk)
{
    struct demo demo = {.mailbox = NULL};
    int error = mailbox_new(&demo.mailbox, talk->loop);
    widgets_make(&demo.bar, talk, "bar", 1);
    if (!error)
        error = talk_complete_with_threads(talk, frame_init(&demo.frame, run),
                                           &demo.threads);
    mailbox_free(demo.mailbox);
    return error;
}
