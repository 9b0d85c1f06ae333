/* SPDX-License-Identifier: MIT */
/* E13 (coroutines): Demo: code that blocks, in another thread
 *
 * A function blocks until foo is done, and would hold up everything. A thread
 * runs it, and so foo makes its widgets meanwhile.
 *
 * Python: yield from loop.run_in_executor(None, blocks). */
#include "talks/widgets.h"

const char *const talk_sites[] = {NULL};

struct demo {
    struct frame frame;
    struct talk *talk;
    struct widgets foo;
    struct offloader *threads;
};

static struct outcome blocks(void *foo)
{
    widgets_wait(foo);
    return outcome_text("the thread has returned");
}

static struct outcome in_a_thread(struct generator *self, struct outcome got)
{
    CO_FRAME(struct demo, f);
    CO_BEGIN;
    task_spawn(f->talk->loop, widgets_make(&f->foo, f->talk, "foo", 0));
    CO_AWAIT(run_in_executor(f->threads, blocks, &f->foo));
    talk_say(f->talk, got.text);
    CO_END;
}

int talk_run(struct talk *talk)
{
    struct demo demo = {.talk = talk};
    return talk_complete_with_threads(
        talk, frame_init(&demo.frame, in_a_thread), &demo.threads);
}
