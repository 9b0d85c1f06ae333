/* SPDX-License-Identifier: MIT */
#include "harness/ps/snapshot.h"

#include "base/clock.h"
#include "coroutines/task.h"
#include "harness/ps/look.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { TASKS_MAX = 100000 };

void *snapshot_append(void *list, size_t *count, size_t *capacity, size_t size)
{
    void *old;
    memcpy(&old, list, sizeof old);
    if (*count == *capacity) {
        size_t larger = *capacity ? 2 * *capacity : 16;
        void *made = realloc(old, larger * size);
        if (!made)
            return NULL;
        memcpy(list, &made, sizeof made);
        *capacity = larger;
        old = made;
    }
    return memset((char *)old + (*count)++ * size, 0, size);
}

/* ---- threads ---- */

/* The address of a thread-local variable of that thread, computed from another
 * one whose address the thread has recorded. 0: there is none of this name. */
static place of_thread(struct target *target, place thread, const char *file,
                       const char *name)
{
    const struct symbol *told =
        symbol_named(&target->symbols, NULL, "inspected");
    const struct symbol *wanted = symbol_named(&target->symbols, file, name);
    return told && wanted ? thread - told->address + wanted->address : 0;
}

/* Finds which callback runs, and whose step that is. */
static void look_running(struct target *target, struct shown_thread *thread,
                         place current)
{
    char where[SHOWN_TEXT];
    if (!thread->running)
        return;
    look_function(target, thread->running, 0, thread->call);
    if (!current)
        return;
    look_where(target, current, where);
    size_t used = strlen(thread->call);
    snprintf(thread->call + used, sizeof thread->call - used, ": %s", where);
}

static void look_tasks(struct snapshot *snapshot, struct target *target,
                       pid_t thread, place list, place current)
{
    place at = list ? target_pointer(target, list) : 0;
    for (int i = 0; at && i < TASKS_MAX; i++) {
        struct shown_task *task =
            snapshot_append(&snapshot->tasks, &snapshot->task_count,
                            &snapshot->task_capacity, sizeof *task);
        if (!task) {
            snapshot->cut = true;
            return;
        }
        task->at = at;
        task->thread = thread;
        look_task(snapshot, target, task, at == current);
        at = target_pointer(target, at + offsetof(struct task, next));
    }
}

/* NULL when the thread is gone, or there are too many. */
static struct shown_thread *add_thread(struct snapshot *snapshot,
                                       struct target *target, pid_t number)
{
    struct thread_state state = target_thread(target, number);
    if (!state.letter)
        return NULL;
    if (snapshot->thread_count == SHOWN_THREADS) {
        snapshot->threads_left++;
        return NULL;
    }
    struct shown_thread *thread = &snapshot->threads[snapshot->thread_count++];
    *thread = (struct shown_thread){.thread = number, .state = state};
    return thread;
}

/* Threads that have registered: the main one, and those with loops. */
static void look_thread(struct snapshot *snapshot, struct target *target,
                        place at)
{
    struct inspected inspected_there;
    if (!target_read(target, at, &inspected_there, sizeof inspected_there))
        return;
    struct shown_thread *thread =
        add_thread(snapshot, target, inspected_there.thread);
    if (!thread)
        return;
    thread->running = (uintptr_t)inspected_there.running;
    for (int i = 0; i < INSPECTED_LOOPS_MAX; i++)
        if (inspected_there.loops[i])
            look_loop(snapshot, target, (uintptr_t)inspected_there.loops[i],
                      thread);
    place current = of_thread(target, at, "task_step.c", "current");
    current = current ? target_pointer(target, current) : 0;
    look_running(target, thread, current);
    look_tasks(snapshot, target, thread->thread,
               of_thread(target, at, "all_tasks.c", "first"), current);
}

/* ---- threads that wait without a loop ---- */

/* What a thread waits for, and where. A loop that waits is shown by what it
 * watches. */
static void look_waiting(struct snapshot *snapshot, struct target *target,
                         struct shown_thread *thread)
{
    place frames[STACK_FRAMES_MAX];
    char where[SHOWN_TEXT];
    struct look look = {
        .snapshot = snapshot, .target = target, .lines = &thread->calls};
    if (thread->has_loop && !thread->running)
        return;
    look_call(target, &thread->state, thread->waits);
    size_t count = look_thread_stack(target, &thread->state, frames);
    for (unsigned depth = 0; depth < count; depth++)
        look_say(&look, depth, "%s",
                 look_return(target, frames[count - 1 - depth], where));
}

struct looking {
    struct snapshot *snapshot;
    struct target *target;
};

static void add_other(void *context, pid_t number)
{
    const struct looking *looking = context;
    const struct snapshot *snapshot = looking->snapshot;
    for (size_t i = 0; i < snapshot->thread_count; i++)
        if (snapshot->threads[i].thread == number)
            return;
    add_thread(looking->snapshot, looking->target, number);
}

/* ---- all of it ---- */

static int compare_threads(const void *left, const void *right)
{
    const struct shown_handle *a = left, *b = right;
    if (a->kind != b->kind)
        return a->kind < b->kind ? -1 : 1;
    return a->order < b->order ? -1 : a->order > b->order;
}

static void mark_awaited(const struct snapshot *snapshot)
{
    for (size_t i = 0; i < snapshot->task_count; i++)
        for (size_t j = 0; j < snapshot->tasks[i].lines.count; j++) {
            place at = snapshot->tasks[i].lines.list[j].task;
            struct shown_task *task = at ? snapshot_task(snapshot, at) : NULL;
            if (task)
                task->awaited = true;
        }
}

int snapshot_take(struct snapshot *snapshot, struct target *target)
{
    struct inspected_program program;
    place at = target_variable(target, "inspected_program");
    memset(snapshot, 0, sizeof *snapshot);
    target->unstable = false;
    if (!target_read(target, at, &program, sizeof program))
        return -ESRCH;
    snapshot->now = monotonic_now();
    memcpy(snapshot->foreign, target->foreign, sizeof snapshot->foreign);
    for (int i = 0; i < INSPECTED_THREADS_MAX; i++)
        if (program.threads[i])
            look_thread(snapshot, target, (uintptr_t)program.threads[i]);
    target_each_thread(target, add_other, &(struct looking){snapshot, target});
    for (size_t i = 0; i < snapshot->thread_count; i++)
        look_waiting(snapshot, target, &snapshot->threads[i]);
    look_epolls(snapshot, target);
    if (snapshot->handle_count)
        qsort(snapshot->handles, snapshot->handle_count,
              sizeof *snapshot->handles, compare_threads);
    mark_awaited(snapshot);
    for (size_t i = 0; i < snapshot->handle_count; i++)
        look_then(snapshot, target, &snapshot->handles[i]);
    snapshot->unstable = target->unstable;
    if (!target_read(target, at, &program, sizeof program))
        return -ESRCH;
    return snapshot->cut || target->no_memory ? -ENOMEM : 0;
}

void snapshot_free(struct snapshot *snapshot)
{
    for (size_t i = 0; i < snapshot->task_count; i++)
        free(snapshot->tasks[i].lines.list);
    for (size_t i = 0; i < snapshot->handle_count; i++)
        free(snapshot->handles[i].then.list);
    for (size_t i = 0; i < snapshot->thread_count; i++)
        free(snapshot->threads[i].calls.list);
    free(snapshot->tasks);
    free(snapshot->handles);
    memset(snapshot, 0, sizeof *snapshot);
}

struct shown_task *snapshot_task(const struct snapshot *snapshot, place at)
{
    for (size_t i = 0; i < snapshot->task_count; i++)
        if (snapshot->tasks[i].at == at)
            return &snapshot->tasks[i];
    return NULL;
}
