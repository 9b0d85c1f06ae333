/* SPDX-License-Identifier: MIT */
/* From a Task down to what it waits for. */
#include "harness/ps/look.h"

#include "callbacks/moment.h"
#include "coroutines/task.h"
#include "coroutines/wait_queue.h"
#include "deferreds/deferred.h"

#include <string.h>

enum { WAITERS_MAX = 100000 };

static void trouble(struct look *look, const char *why)
{
    if (!look->trouble)
        look->trouble = why;
}

static const char lost_waker[] =
    "its waker is lost: nothing that is scheduled or watched will wake it";
static const char for_ever[] =
    "waits for ever: no other code has this Future and could finish it";

/* What the Task awaits is waited for by its own handle; what that in turn waits
 * for, by a handle that is not known here. */
static void check_waiter(struct look *look, place awaitable, place waiter)
{
    if (awaitable == look->awaits ? waiter != look->handle : !waiter)
        trouble(look, lost_waker);
}

/* Does the Task's handle wait there? A Future has a list of waiting handles. */
static bool is_in_list(struct look *look, const struct future *future)
{
    place at = (uintptr_t)future->first;
    for (int i = 0; at && i < WAITERS_MAX; i++) {
        if (at == look->handle)
            return true;
        at = target_pointer(look->target, at + offsetof(struct handle, next));
    }
    return false;
}

static void look_future(struct look *look, place at, unsigned depth)
{
    struct future future;
    struct wait_shape shape;
    char what[32];
    if (depth >= LOOK_DEPTH_MAX ||
        !target_read(look->target, at, &future, sizeof future))
        return;
    target_text(look->target, (uintptr_t)future.what, what, sizeof what);
    if (!strcmp(what, "Task")) {
        look_say_task(look, depth, at - offsetof(struct task, future));
    } else if (look_shape(look->target, (uintptr_t)future.release, &shape) ||
               look_shape(look->target, (uintptr_t)future.cancel, &shape)) {
        if (future_done(&future)) /* its outcome has been taken */
            look_say_wait(look, depth, "%s, done",
                          target_text(look->target, (uintptr_t)shape.name, what,
                                      sizeof what));
        else if (!look_parts(look, at, &shape, depth))
            trouble(look, lost_waker);
    } else {
        look_say_wait(look, depth, "a %s, %s", what,
                      future_done(&future) ? "done" : "pending");
    }
}

/* For a Future that this Task itself waits for. */
static void check_future(struct look *look, place at)
{
    struct future future;
    struct wait_shape shape;
    if (!target_read(look->target, at, &future, sizeof future) ||
        future_done(&future))
        return;
    if (!look->target->foreign[TARGET_FUTURE] && !is_in_list(look, &future))
        trouble(look, lost_waker);
    else if (future.references == 1 && !future.cancel &&
             !look_shape(look->target, (uintptr_t)future.release, &shape))
        trouble(look, for_ever);
}

static void look_deferred(struct look *look, place at, unsigned depth)
{
    struct deferred deferred;
    struct wait_shape shape;
    char rungs[SHOWN_TEXT];
    if (!target_read(look->target, at, &deferred, sizeof deferred))
        return;
    look_say_on(look, depth,
                deferred.fired ? "a Deferred, fired" : "a Deferred");
    look_rungs(look->target, at, rungs);
    if (*rungs)
        look_say(look, depth + 1, "then %s", rungs);
    if (deferred.inner)
        look_on(look, (uintptr_t)deferred.inner, depth + 1);
    else if (look_shape(look->target, (uintptr_t)deferred.canceller, &shape) ||
             look_shape(look->target, (uintptr_t)deferred.release, &shape))
        look_parts(look, at, &shape, depth + 1);
}

/* A place in the line for a lock, an event, a queue. */
static void look_line(struct look *look, place at, unsigned depth)
{
    struct queued_wait wait;
    struct wait_queue queue;
    struct wait_queue_ops ops;
    char name[32];
    size_t before = 0;
    target_read(look->target, at, &wait, sizeof wait);
    target_read(look->target, (uintptr_t)wait.queue, &queue, sizeof queue);
    target_read(look->target, (uintptr_t)queue.ops, &ops, sizeof ops);
    target_text(look->target, (uintptr_t)ops.name, name, sizeof name);
    for (place other = (uintptr_t)wait.previous; other && before < WAITERS_MAX;
         before++)
        other = target_pointer(look->target,
                               other + offsetof(struct queued_wait, previous));
    if (wait.state == QUEUED_WAITS)
        look_say_wait(look, depth, "%s at %#llx, number %zu in line", name,
                      (unsigned long long)(uintptr_t)wait.queue, before + 1);
    else
        look_say_wait(look, depth, "%s, its turn has come", name);
    if (wait.state == QUEUED_WAITS)
        check_waiter(look, at + offsetof(struct queued_wait, awaitable),
                     (uintptr_t)wait.waiter);
}

/* The coroutine that waits for a moment may have a shape that says what ends
 * the moment. */
static void look_moment(struct look *look, place at, unsigned depth)
{
    struct target *target = look->target;
    struct wait_shape shape;
    if (look_shape(look->target, look->function, &shape))
        look_parts(look, look->frame, &shape, depth);
    else
        look_say_wait(look, depth, "a moment");
    if (!target_flag(target, at + offsetof(struct moment, come)) &&
        !target_flag(target, at + offsetof(struct moment, cancelled)))
        check_waiter(
            look, at + offsetof(struct moment, awaitable),
            target_pointer(target, at + offsetof(struct moment, waiter)));
}

/* An awaitable of a kind of which only its shape or its name is known. */
static void look_other(struct look *look, place at, place ops, unsigned depth)
{
    struct wait_shape shape;
    char name[SHOWN_NAME];
    if (look_shape(look->target, ops, &shape)) {
        if (!look_parts(look, at, &shape, depth))
            trouble(look, lost_waker);
        return;
    }
    look_say_wait(
        look, depth, "a %s",
        target_text(look->target,
                    target_pointer(look->target,
                                   ops + offsetof(struct awaitable_ops, name)),
                    name, sizeof name));
}

void look_on(struct look *look, place at, unsigned depth)
{
    if (depth >= LOOK_DEPTH_MAX || !at || look->lines->count == LOOK_LINES_MAX)
        return;
    place ops = target_pointer(look->target, at);
    const struct symbol *symbol = target_symbol(look->target, ops);
    const char *kind = symbol ? symbol->name : "";
    if (!strcmp(kind, "future_ops"))
        look_future(look, at - offsetof(struct future, awaitable), depth);
    else if (!strcmp(kind, "deferred_ops"))
        look_deferred(look, at - offsetof(struct deferred, awaitable), depth);
    else if (!strcmp(kind, "queued_wait_ops"))
        look_line(look, at - offsetof(struct queued_wait, awaitable), depth);
    else if (!strcmp(kind, "moment_ops"))
        look_moment(look, at - offsetof(struct moment, awaitable), depth);
    else
        look_other(look, at, ops, depth);
}

/* ---- a Task ---- */

static const char *state_of(const struct task *task, bool current)
{
    if (current)
        return "runs";
    return task->handle.state == HANDLE_READY || !task->awaits ? "ready"
                                                               : "waits";
}

void look_task(struct snapshot *snapshot, struct target *target,
               struct shown_task *shown, bool current)
{
    struct task task;
    struct look look = {
        .snapshot = snapshot, .target = target, .lines = &shown->lines};
    if (!target_read(target, shown->at, &task, sizeof task))
        return;
    look.handle = shown->at + offsetof(struct task, handle);
    target_text(target, (uintptr_t)task.name, shown->name, sizeof shown->name);
    shown->runs = current;
    shown->state = state_of(&task, current);
    unsigned depth = look_generator(&look, (uintptr_t)task.generator, 1);
    place awaits = look.awaits = (uintptr_t)task.awaits;
    if (awaits && !current) {
        look_on(&look, awaits, depth);
        const struct symbol *ops =
            target_symbol(target, target_pointer(target, awaits));
        if (ops && !strcmp(ops->name, "future_ops"))
            check_future(&look, awaits - offsetof(struct future, awaitable));
    }
    snprintf(shown->where, sizeof shown->where, "%s", look.where);
    snprintf(shown->waits, sizeof shown->waits, "%s", look.waits);
    /* Otherwise it has been woken already, or it is not known how it is
     * woken. */
    if (task.handle.state != HANDLE_READY && !target->foreign[TARGET_TASK])
        shown->trouble = look.trouble;
    shown->fingerprint = target->foreign[TARGET_TASK] ? shown->at : awaits;
}
