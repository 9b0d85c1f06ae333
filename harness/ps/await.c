/* SPDX-License-Identifier: MIT */
#include "harness/ps/look.h"

#include "callbacks/moment.h"
#include "coroutines/frame.h"
#include "coroutines/stack.h"
#include "coroutines/task.h"
#include "coroutines/wait_queue.h"
#include "deferreds/deferred.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { DEPTH_MAX = 64, FUTURES_MAX = 10000, WAITERS_MAX = 100000 };

/* One Task that is looked at. */
struct look {
    struct snapshot *snapshot;
    struct target *target;
    struct shown_task *task;
    place handle;   /* by which the Task waits */
    place function; /* of the innermost generator, ... */
    place frame;    /* ... and where that is */
};

/* ---- lines ---- */

/* NULL: no memory. */
static const char *put(struct look *look, unsigned depth, const char *format,
                       va_list arguments)
{
    struct shown_line *line =
        snapshot_append(&look->task->lines, &look->task->count,
                        &look->task->capacity, sizeof *line);
    if (!line) {
        look->snapshot->cut = true;
        return NULL;
    }
    line->depth = depth;
    vsnprintf(line->text, sizeof line->text, format, arguments);
    return line->text;
}

__attribute__((format(printf, 3, 4))) static void
say(struct look *look, unsigned depth, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    put(look, depth, format, arguments);
    va_end(arguments);
}

/* A wait; the outermost one is what the Task waits for, in short. */
__attribute__((format(printf, 3, 4))) static void
say_wait(struct look *look, unsigned depth, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    const char *text = put(look, depth, format, arguments);
    va_end(arguments);
    if (text && !*look->task->waits)
        snprintf(look->task->waits, sizeof look->task->waits, "%s", text);
}

static void look_awaitable(struct look *look, place at, unsigned depth);

/* ---- generators ---- */

/* A label in its function is where a frame stands; anything else that is a
 * generator has another struct. */
static bool is_frame(struct target *target, place at, struct frame *frame)
{
    if (!target_read(target, at, frame, sizeof *frame))
        return false;
    if (!frame->at)
        return frame->generator.state == GENERATOR_NEW || frame->line == 0;
    const struct symbol *function =
        target_symbol(target, (uintptr_t)frame->generator.resume);
    place label = (uintptr_t)frame->at - target->base;
    return function && label >= function->address &&
           label - function->address < function->size;
}

static bool is_stack(struct target *target, place resume)
{
    const struct symbol *symbol = target_symbol(target, resume);
    return symbol && symbol->file && !strcmp(symbol->file, "stack.c");
}

/* In words; the next one inside it, or 0. */
static place describe_generator(struct target *target, place at,
                                place *function, char text[SHOWN_TEXT])
{
    struct frame frame;
    struct generator generator;
    char name[SHOWN_NAME];
    bool unstable = target->unstable;
    if (!target_read(target, at, &generator, sizeof generator)) {
        snprintf(text, SHOWN_TEXT, "(it has changed)");
        return 0;
    }
    *function = (uintptr_t)generator.resume;
    if (is_stack(target, *function)) {
        struct stack stack;
        target_read(target, at - offsetof(struct stack, generator), &stack,
                    sizeof stack);
        *function = (uintptr_t)stack.body;
        look_function(target, *function, 0, text);
        size_t used = strlen(text);
        snprintf(text + used, SHOWN_TEXT - used, ", on a stack of its own");
        return 0;
    }
    if (is_frame(target, at - offsetof(struct frame, generator), &frame)) {
        look_function(target, *function, frame.line, text);
        return (uintptr_t)frame.inner;
    }
    target->unstable = unstable;
    snprintf(text, SHOWN_TEXT, "%s",
             target_text(target, (uintptr_t)generator.name, name, sizeof name));
    return 0;
}

/* The calls on a stack, a line each; the body is the first of them, unless it
 * ended in a jump to another function. */
static unsigned look_calls(struct look *look, place at, unsigned depth)
{
    struct stack stack;
    place frames[STACK_FRAMES_MAX];
    char *where = look->task->where;
    target_read(look->target, at - offsetof(struct stack, generator), &stack,
                sizeof stack);
    look->function = (uintptr_t)stack.body;
    look_function(look->target, look->function, 0, where);
    size_t count = look_stack(look->target, &stack, frames);
    if (count && target_symbol(look->target, frames[count - 1]) ==
                     target_symbol(look->target, look->function))
        look_return(look->target, frames[--count], where);
    say(look, depth++, "%s, on a stack of its own", where);
    while (count > 0) {
        look_return(look->target, frames[--count], where);
        say(look, depth++, "%s", where);
    }
    return depth;
}

/* From the outermost frame to the innermost one, a line each. */
static unsigned look_generator(struct look *look, place at, unsigned depth)
{
    char text[SHOWN_TEXT];
    while (at && depth < DEPTH_MAX) {
        look->frame = at;
        if (is_stack(look->target, target_pointer(look->target, at)))
            return look_calls(look, at, depth);
        at = describe_generator(look->target, at, &look->function, text);
        say(look, depth++, "%s", text);
        snprintf(look->task->where, sizeof look->task->where, "%s", text);
    }
    return depth;
}

const char *look_generator_text(struct target *target, place generator,
                                char text[SHOWN_TEXT])
{
    place function;
    *text = '\0';
    for (int i = 0; generator && i < DEPTH_MAX; i++)
        generator = describe_generator(target, generator, &function, text);
    return text;
}

const char *look_where(struct target *target, place task, char text[SHOWN_TEXT])
{
    place generator =
        target_pointer(target, task + offsetof(struct task, generator));
    if (!generator)
        snprintf(text, SHOWN_TEXT, "a Task that ends");
    else
        look_generator_text(target, generator, text);
    return text;
}

/* ---- the parts of something that is waited for ---- */

/* The process that a pidfd stands for: a line in what the kernel tells of it.
 */
static int process_of(const struct target *target, int fd)
{
    char line[64];
    int pid = 0;
    snprintf(line, sizeof line, "/proc/%d/fdinfo/%d", (int)target->pid, fd);
    FILE *about = fopen(line, "re");
    while (about && !pid && fgets(line, sizeof line, about))
        if (sscanf(line, "Pid: %d", &pid) != 1)
            pid = 0;
    if (about)
        fclose(about);
    return pid;
}

/* What a descriptor is: "socket:[1234]", "/dev/null", "process 17". */
static void describe_fd(const struct target *target, int fd, char leads[64])
{
    char path[64];
    snprintf(path, sizeof path, "/proc/%d/fd/%d", (int)target->pid, fd);
    ssize_t size = readlink(path, leads, 63);
    leads[size > 0 ? size : 0] = '\0';
    if (!strcmp(leads, "anon_inode:[pidfd]"))
        snprintf(leads, 64, "process %d", process_of(target, fd));
}

static bool look_timer(struct look *look, place at, const char *name,
                       unsigned depth)
{
    struct handle handle;
    target_read(look->target, at, &handle, sizeof handle);
    double left =
        (double)(handle.when - look->snapshot->now) / (double)NANOS_PER_SECOND;
    if (handle.state == HANDLE_TIMED)
        say_wait(look, depth, "%s: timer, %.3f s left", name, left);
    else if (handle.state == HANDLE_READY)
        say_wait(look, depth, "%s: its time has come", name);
    return handle.state == HANDLE_TIMED || handle.state == HANDLE_READY;
}

static bool look_watch(struct look *look, place at, const char *name,
                       unsigned depth)
{
    struct watch watch;
    char leads[64];
    target_read(look->target, at, &watch, sizeof watch);
    if (!watch.interest)
        return false;
    describe_fd(look->target, watch.fd, leads);
    say_wait(look, depth, "%s: fd %d %s%s%s, %s", name, watch.fd,
             watch.interest & SELECT_READ ? "readable" : "",
             watch.interest == (SELECT_READ | SELECT_WRITE) ? " or " : "",
             watch.interest & SELECT_WRITE ? "writable" : "", leads);
    return true;
}

static void look_future(struct look *look, place at, unsigned depth);

static void look_futures(struct look *look, place whole,
                         const struct wait_part *part, const char *name,
                         unsigned depth)
{
    size_t count = 0, pending = 0;
    place array = target_pointer(look->target, whole + part->offset);
    target_read(look->target, whole + part->count, &count, sizeof count);
    if (count > FUTURES_MAX)
        count = 0;
    say_wait(look, depth, "%s of %zu", name, count);
    for (size_t i = 0; i < count; i++) {
        place at = target_pointer(look->target,
                                  array + i * part->stride + part->member);
        struct future future;
        if (!target_read(look->target, at, &future, sizeof future) ||
            future_done(&future))
            continue;
        pending++;
        look_future(look, at, depth + 1);
    }
    if (!pending)
        say(look, depth + 1, "all of them are done");
}

/* Is one of its parts going to end it? */
static bool look_part(struct look *look, place whole, const char *name,
                      const struct wait_part *part, unsigned depth)
{
    char text[SHOWN_NAME];
    place at = whole + part->offset;
    switch (part->kind) {
    case WAIT_TIMER:
        return look_timer(look, at, name, depth);
    case WAIT_WATCH:
        return look_watch(look, at, name, depth);
    case WAIT_TEXT:
        say_wait(look, depth, "%s: %s", name,
                 target_text(look->target, target_pointer(look->target, at),
                             text, sizeof text));
        return true;
    case WAIT_GENERATOR:
        say_wait(look, depth, "%s", name);
        look_generator(look, target_pointer(look->target, at), depth + 1);
        return true;
    case WAIT_AWAITABLE:
        look_awaitable(look, target_pointer(look->target, at), depth + 1);
        return true;
    case WAIT_FUTURES:
        look_futures(look, whole, part, name, depth);
        return true;
    case WAIT_DEFERRED: /* these belong to callbacks */
    case WAIT_FRAME:
    case WAIT_NOTHING:
        break;
    }
    return false;
}

static bool look_parts(struct look *look, place at,
                       const struct wait_shape *shape, unsigned depth)
{
    char name[SHOWN_NAME];
    place whole = at - shape->member;
    bool any = false, parts = false;
    target_text(look->target, (uintptr_t)shape->name, name, sizeof name);
    for (int i = 0; i < WAIT_PARTS_MAX; i++) {
        parts |= shape->parts[i].kind != WAIT_NOTHING;
        if (shape->parts[i].kind == WAIT_AWAITABLE && !any)
            say_wait(look, depth, "%s", name);
        any |= look_part(look, whole, name, &shape->parts[i], depth);
    }
    if (!any)
        say_wait(look, depth, "%s", name);
    return any || !parts;
}

/* ---- what is waited for, by its kind ---- */

static void trouble(struct look *look, const char *why)
{
    if (!look->task->trouble)
        look->task->trouble = why;
}

static const char lost_waker[] =
    "its waker is lost: nothing that is scheduled or watched will wake it";
static const char for_ever[] =
    "waits for ever: no other code has this Future, so nobody can finish it";

/* Does the Task's handle wait there? A Future has a list of those that do. */
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
    if (depth >= DEPTH_MAX ||
        !target_read(look->target, at, &future, sizeof future))
        return;
    target_text(look->target, (uintptr_t)future.what, what, sizeof what);
    if (!strcmp(what, "Task")) {
        say_wait(look, depth, "a Task");
        if (look->task->count)
            look->task->lines[look->task->count - 1].task =
                at - offsetof(struct task, future);
    } else if (look_shape(look->target, (uintptr_t)future.release, &shape) ||
               look_shape(look->target, (uintptr_t)future.cancel, &shape)) {
        if (!look_parts(look, at, &shape, depth) && !future_done(&future))
            trouble(look, lost_waker);
    } else {
        say_wait(look, depth, "a %s, %s", what,
                 future_done(&future) ? "done" : "pending");
    }
}

/* Of one that this Task itself waits for. */
static void check_future(struct look *look, place at)
{
    struct future future;
    struct wait_shape shape;
    if (!target_read(look->target, at, &future, sizeof future) ||
        future_done(&future))
        return;
    if (!is_in_list(look, &future))
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
    say_wait(look, depth, "a Deferred%s", deferred.fired ? ", fired" : "");
    look_rungs(look->target, at, rungs);
    if (*rungs)
        say(look, depth + 1, "then %s", rungs);
    if (deferred.inner)
        look_awaitable(look, (uintptr_t)deferred.inner, depth + 1);
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
        say_wait(look, depth, "%s at %#llx, number %zu in line", name,
                 (unsigned long long)(uintptr_t)wait.queue, before + 1);
    else
        say_wait(look, depth, "%s, its turn has come", name);
    if (wait.state == QUEUED_WAITS && (uintptr_t)wait.waiter != look->handle)
        trouble(look, lost_waker);
}

/* The coroutine that waits for a moment may have a shape that says what makes
 * it come. */
static void look_moment(struct look *look, place at, unsigned depth)
{
    struct moment moment;
    struct wait_shape shape;
    target_read(look->target, at, &moment, sizeof moment);
    if (look_shape(look->target, look->function, &shape))
        look_parts(look, look->frame, &shape, depth);
    else
        say_wait(look, depth, "a moment");
    if (!moment.come && !moment.cancelled &&
        (uintptr_t)moment.waiter != look->handle)
        trouble(look, lost_waker);
}

/* Of a kind that only its shape describes, or its name. */
static void look_other(struct look *look, place at, place ops, unsigned depth)
{
    struct wait_shape shape;
    char name[SHOWN_NAME];
    if (look_shape(look->target, ops, &shape)) {
        if (!look_parts(look, at, &shape, depth))
            trouble(look, lost_waker);
        return;
    }
    say_wait(
        look, depth, "a %s",
        target_text(look->target,
                    target_pointer(look->target,
                                   ops + offsetof(struct awaitable_ops, name)),
                    name, sizeof name));
}

static void look_awaitable(struct look *look, place at, unsigned depth)
{
    if (depth >= DEPTH_MAX || !at)
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
    struct look look = {snapshot, target, shown, 0, 0, 0};
    if (!target_read(target, shown->at, &task, sizeof task))
        return;
    look.handle = shown->at + offsetof(struct task, handle);
    target_text(target, (uintptr_t)task.name, shown->name, sizeof shown->name);
    shown->runs = current;
    shown->state = state_of(&task, current);
    unsigned depth = look_generator(&look, (uintptr_t)task.generator, 1);
    place awaits = (uintptr_t)task.awaits;
    if (awaits && !current) {
        look_awaitable(&look, awaits, depth);
        const struct symbol *ops =
            target_symbol(target, target_pointer(target, awaits));
        if (ops && !strcmp(ops->name, "future_ops"))
            check_future(&look, awaits - offsetof(struct future, awaitable));
    }
    if (task.handle.state == HANDLE_READY)
        shown->trouble = NULL; /* it is woken already */
    shown->fingerprint = awaits;
}
