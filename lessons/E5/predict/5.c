/* SPDX-License-Identifier: MIT */
/* gather of three, two of which fail. The clock of this program jumps instead
 * of waiting. */
#include "coroutines/frame.h"
#include "coroutines/gather.h"
#include "coroutines/sleep.h"
#include "coroutines/task.h"
#include "support/scripted_selector.h"

#include <errno.h>
#include <stdio.h>

struct work {
    struct frame frame;
    struct loop *loop;
    int seconds;
    bool fails;
};

static struct virtual_clock clock_of_this;
static nanos begin;

static void say(const char *what)
{
    printf("%g s  %s\n", (double)(clock_of_this.now - begin) / NANOS_PER_SECOND,
           what);
}

static struct outcome work(struct generator *self, struct outcome got)
{
    CO_FRAME(struct work, f);
    CO_BEGIN;
    CO_AWAIT(sleep_for(f->loop, f->seconds * NANOS_PER_SECOND));
    say(f->fails ? "one fails" : "one is done");
    CO_RETURN(f->fails ? outcome_fail(&system_type, -EIO, "no")
                       : outcome_none());
    CO_END;
}

static void on_end(struct handle *handle)
{
    (void)handle;
    say("gather has ended");
}

int main(void)
{
    static const int seconds[] = {1, 2, 4};
    struct script script;
    struct loop *loop;
    struct work works[3];
    struct task tasks[3];
    struct future *futures[3];
    struct handle end = {.run = on_end};
    const struct outcome *outcome;
    virtual_clock_init(&clock_of_this);
    begin = clock_of_this.now;
    script_init(&script, &clock_of_this);
    if (loop_new(&loop, &scripted_selector, &clock_of_this.clock))
        return 1;
    for (int i = 0; i < 3; i++) {
        works[i] =
            (struct work){.loop = loop, .seconds = seconds[i], .fails = i < 2};
        task_init(&tasks[i], loop, frame_init(&works[i].frame, work));
        futures[i] = task_future(&tasks[i]);
    }
    struct future *all = future_gather(loop, futures, 3, false);
    if (!all)
        return 1;
    future_add_done_callback(all, &end);
    loop_run(loop);
    if (!future_result(all, &outcome))
        future_unref(all);
    loop_free(loop);
    return 0;
}
