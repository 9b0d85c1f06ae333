/* SPDX-License-Identifier: MIT */
/* Tasks are started and not kept. The coroutine that has started them returns,
 * the loop ends with it, and they are cut off. */
#include "lessons/E5/virtual_loop.h"

#include "coroutines/frame.h"
#include "coroutines/sleep.h"

enum { LETTERS = 3 };

struct letter {
    struct frame frame;
    struct task task;
    struct loop *loop;
    bool sent;
};

struct sender {
    struct frame frame;
    struct letter letters[LETTERS];
    struct loop *loop;
    bool keeps;
    int i;
};

/* It takes a second. */
static struct outcome send_letter(struct generator *self, struct outcome got)
{
    CO_FRAME(struct letter, f);
    CO_BEGIN;
    CO_AWAIT(sleep_for(f->loop, NANOS_PER_SECOND));
    f->sent = true;
    CO_END;
}

static void begin_to_send(struct letter *letter, struct loop *loop)
{
    letter->loop = loop;
    task_init(&letter->task, loop, frame_init(&letter->frame, send_letter));
}

static struct outcome work(struct generator *self, struct outcome got)
{
    CO_FRAME(struct sender, f);
    CO_BEGIN;
    for (f->i = 0; f->i < LETTERS; f->i++)
        begin_to_send(&f->letters[f->i], f->loop);
    for (f->i = 0; f->keeps && f->i < LETTERS; f->i++)
        CO_AWAIT(task_await(&f->letters[f->i].task));
    CO_END;
}

static long never_sent(bool keeps)
{
    struct virtual_loop time;
    struct sender sender = {.keeps = keeps};
    long missing = 0;
    virtual_loop_init(&time);
    sender.loop = time.loop;
    struct outcome came =
        run_until_complete(time.loop, frame_init(&sender.frame, work));
    wrong_need(outcome_is_none(&came), "run_until_complete");
    for (int i = 0; i < LETTERS; i++) {
        missing += !sender.letters[i].sent;
        task_close(&sender.letters[i].task);
        task_unref(&sender.letters[i].task);
    }
    loop_free(time.loop);
    return missing;
}

static long make(void)
{
    return never_sent(false);
}

static long mend(void)
{
    return never_sent(true);
}

int main(void)
{
    static const struct wrong unkept_task = {
        .mistake = "Tasks are started, and not kept to be waited for",
        .damage = "letters of three that were never sent",
        .make = make,
        .mend = mend,
        .why = "a Task runs by itself only for as long as the loop does. The "
               "coroutine that had started them returned, that ended the "
               "loop, and they stayed where they were. In Python one may go "
               "even earlier, as garbage: the loop does not keep it alive.",
        .instead = "keep every Task, and wait for it before you return: one "
                   "by one, or by gather. A failure that is not asked for is "
                   "reported as never retrieved, and Python tells of a Task "
                   "that was destroyed but is pending.",
    };
    return wrong_show(&unkept_task);
}
