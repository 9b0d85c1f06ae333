/* SPDX-License-Identifier: MIT */
/* What goes on when the loop calls a handle: up from a descriptor or a timer to
 * the coroutine or the Deferred that waits for it. */
#include "harness/ps/look.h"

#include "callbacks/moment.h"
#include "coroutines/runner.h"
#include "coroutines/task.h"

enum { WAITERS_SHOWN = 8 };

static void goes_on(struct look *look, place at, unsigned depth);

/* Adds all that wait for a Future, in their order. */
static void look_waiters(struct look *look, place future, unsigned depth)
{
    place at =
        target_pointer(look->target, future + offsetof(struct future, first));
    for (int i = 0; at && i < WAITERS_SHOWN; i++) {
        goes_on(look, at, depth);
        at = target_pointer(look->target, at + offsetof(struct handle, next));
    }
}

static void look_fired(struct look *look, place deferred, unsigned depth)
{
    char text[SHOWN_TEXT];
    place waiter = look_chain(look->target, deferred, text);
    look_say(look, depth, "%s", text);
    if (waiter)
        goes_on(look, waiter, depth);
}

static void look_next(struct look *look, const struct wait_part *part, place at,
                      unsigned depth)
{
    struct target *target = look->target;
    switch (part->kind) {
    case WAIT_FIRES:
        look_fired(look, at, depth);
        break;
    case WAIT_COMES:
        goes_on(look,
                target_pointer(target, at + offsetof(struct moment, waiter)),
                depth);
        break;
    case WAIT_ENDS:
        look_waiters(look, at, depth);
        break;
    case WAIT_CALLS:
        at = target_pointer(target, at);
        if (at)
            look_runner(
                look,
                target_pointer(target,
                               at + offsetof(struct runner_callback, runner)),
                depth);
        break;
    case WAIT_RUNNER:
        look_runner(look, target_pointer(target, at), depth);
        break;
    case WAIT_TELLS:
        goes_on(look, target_pointer(target, at), depth);
        break;
    case WAIT_GENERATOR:
        look_generator(look, target_pointer(target, at), depth);
        break;
    case WAIT_ON:
        at = target_pointer(target, at);
        if (at)
            look_on(look, at, depth);
        break;
    default: /* says what it waits for, not what waits for it */
        break;
    }
}

static const struct shown_task *task_of(const struct snapshot *snapshot,
                                        place handle)
{
    return snapshot_task(snapshot, handle - offsetof(struct task, handle));
}

/* The thing there begins with its key: a handle with the function that is run,
 * a protocol with its ops. */
static void goes_on(struct look *look, place at, unsigned depth)
{
    struct wait_shape shape;
    if (!at || depth >= LOOK_DEPTH_MAX || look->lines->count == LOOK_LINES_MAX)
        return;
    const struct shown_task *task = task_of(look->snapshot, at);
    if (task) {
        look_say(look, depth, "the Task %s", task->name);
        return;
    }
    if (!look_shape(look->target, target_pointer(look->target, at), &shape))
        return;
    for (int i = 0; i < WAIT_PARTS_MAX; i++)
        look_next(look, &shape.parts[i],
                  at - shape.member + shape.parts[i].offset, depth);
}

void look_then(struct snapshot *snapshot, struct target *target,
               struct shown_handle *handle)
{
    struct look look = {
        .snapshot = snapshot, .target = target, .lines = &handle->then};
    goes_on(&look, handle->at, 0);
}
