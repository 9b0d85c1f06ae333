/* SPDX-License-Identifier: MIT */
/* A Task drives a generator: it waits for what that yields, and sends back the
 * outcome. Episode 5; asyncio's, with its rules (TA1 to TA7 in the tests).
 *
 *     task_init    schedules the first step; the body has not begun (TA1)
 *     a step:      generator_send, and then, if the generator
 *       yields a pending outcome   waits for it; then comes the next step
 *       yields None                the next step comes in the next turn
 *       returns or fails           that is the Task's own outcome
 *
 * A Task is a Future: other code may wait for it, also another Task. Whatever
 * is awaitable may be waited for; a step is made when the loop calls, and never
 * inside the call of other code.
 *
 * The functions above the line "beside the core" are the core, task.c: lesson
 * E5 puts the learner's in its place.
 */
#ifndef COROUTINES_TASK_H
#define COROUTINES_TASK_H

#include "coroutines/future.h"
#include "coroutines/generator.h"

#ifdef __cplusplus
extern "C" {
#endif

struct task {
    struct future future;

    /* yours, after task_init: for inspection. Borrowed */
    const char *name; /* at first that of the generator */

    /* beside the core; all zero at first */
    struct task *next, *previous; /* of this thread, see all_tasks_next */

    /* the core's; inspectors may read */
    struct generator *generator; /* NULL: it is over */
    struct awaitable *awaits;    /* what it waits for; NULL: for its turn */
    struct handle handle;        /* the next step, or the wait for it */
    unsigned cancelling;         /* how often it was asked to stop */
    bool must_cancel;            /* the next step throws CancelledError */
};

/* Initialises storage that is the caller's, and takes over the generator. The
 * caller has one reference; the Task has one itself until it is over, and so
 * its storage must last until then, or until task_close. */
void task_init(struct task *task, struct loop *loop,
               struct generator *generator);

/* CancelledError comes out of what it waits for, or will come out of its next
 * wait, and may be caught (TA4). A Task that has not begun never begins (TA5).
 * False when it is over. */
bool task_cancel(struct task *task);

/* Ends a Task that still waits, when its loop runs no more: it is cancelled,
 * and its generator is closed. Harmless on one that is over. Contract: not from
 * inside its own step. */
void task_close(struct task *task);

/* ---- beside the core ---- */

/* The Task whose step runs on this thread; NULL: none does. */
struct task *task_current(void);

/* For the core: makes a step of its generator, while this is the current
 * Task. */
OUTCOME_OWNED struct outcome task_send(struct task *task, struct outcome sent);

/* For the core: what the generator has yielded, if that can be waited for; else
 * the failure that is to be sent back at once (TA2). */
OUTCOME_OWNED struct outcome task_check_yield(const struct task *task,
                                              struct outcome came);

/* The Tasks of a loop that are not over, in the order in which they were made;
 * NULL: those of every loop on this thread. Begins with `after` NULL, and
 * returns NULL behind the last one. `after` is not over. asyncio's all_tasks.
 */
struct task *all_tasks_next(const struct loop *loop, const struct task *after);

/* For the core: adds a new Task to the list; removes one that is over. Harmless
 * when it was done before. */
void all_tasks_add(struct task *task);
void all_tasks_remove(struct task *task);

/* A Task on the heap, freed with its last reference. NULL: no memory, and then
 * the generator is dropped. */
struct task *task_new(struct loop *loop, struct generator *generator);

/* Starts a Task that runs by itself, without an owner. 0 or -ENOMEM. */
int task_spawn(struct loop *loop, struct generator *generator);

/* Runs the loop until the Future is done, and no longer than loop_run would: so
 * it may not be done afterwards. 0 or a negative errno. */
int run_until_done(struct loop *loop, struct future *future);

/* Runs the loop until a Task around the generator is over: its outcome. A Task
 * that still waits when nothing can happen any more is closed, and the outcome
 * says so. Contract: the loop does not run. */
OUTCOME_OWNED struct outcome run_until_complete(struct loop *loop,
                                                struct generator *generator);

static inline struct future *task_future(struct task *task)
{
    return &task->future;
}

static inline struct outcome task_await(struct task *task)
{
    return future_await(&task->future);
}

static inline void task_unref(struct task *task)
{
    future_unref(&task->future);
}

/* How often it was asked to stop without that being taken back (TA6). Also 0 if
 * the core does not count. */
static inline unsigned task_cancelling(const struct task *task)
{
    return task->cancelling;
}

/* Takes back one task_cancel. Returns how many are left. */
static inline unsigned task_uncancel(struct task *task)
{
    return task->cancelling ? --task->cancelling : 0;
}

#ifdef __cplusplus
}
#endif

#endif
