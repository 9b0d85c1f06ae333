/* SPDX-License-Identifier: MIT */
/* E6 (coroutines): A coroutine, a Task, and what a Task is good for
 *
 * A coroutine that was called does nothing yet. A Task of it runs, and stops.
 *
 * Python: @tulip.coroutine, @tulip.task, Task.cancel(). */
#include "talks/coroutine.h"

const char *const talk_sites[] = {NULL};
struct work {
    struct frame frame, download;
    struct talk *talk;
    struct task task;
};

static struct outcome download(struct generator *self, struct outcome got)
{
    struct work *work = container_of(self, struct work, download.generator);
    struct frame *const co_frame = &work->download;
    CO_BEGIN;
    talk_say(work->talk, "it begins");
    CO_TRY_AWAIT(talk_sleep(work->talk, 10));
    talk_say(work->talk, outcome_is_failure(&got) ? "cancelled" : "done");
    CO_END;
}

static struct outcome starter(struct generator *self, struct outcome got)
{
    CO_FRAME(struct work, f);
    CO_BEGIN;
    frame_init(&f->download, download);
    CO_AWAIT(talk_sleep(f->talk, 1));
    talk_say(f->talk, "called, it has done nothing");
    task_init(&f->task, f->talk->loop, &f->download.generator);
    CO_AWAIT(talk_sleep(f->talk, 1));
    task_cancel(&f->task);
    CO_TRY_AWAIT(task_await(&f->task));
    CO_END;
}

int talk_run(struct talk *talk)
{
    struct work work = {.talk = talk};
    return talk_complete(talk, frame_init(&work.frame, starter));
}
