/* SPDX-License-Identifier: MIT */
#include "harness/ps/warnings.h"

#include "nonblocking/selector.h"

#include <poll.h>
#include <stdarg.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

struct finding {
    const struct target *target;
    const struct snapshot *snapshots;
    size_t count;
    warnings_tell *tell;
    void *context;
};

__attribute__((format(printf, 2, 3))) static void
tell(const struct finding *finding, const char *format, ...)
{
    char sentence[2 * SHOWN_TEXT + SHOWN_NAME];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(sentence, sizeof sentence, format, arguments);
    va_end(arguments);
    finding->tell(finding->context, sentence);
}

static const struct snapshot *last(const struct finding *finding)
{
    return &finding->snapshots[finding->count - 1];
}

/* ---- a callback that does not come back ---- */

static const struct shown_thread *thread_in(const struct snapshot *snapshot,
                                            pid_t thread)
{
    for (size_t i = 0; i < snapshot->thread_count; i++)
        if (snapshot->threads[i].thread == thread)
            return &snapshot->threads[i];
    return NULL;
}

/* The same callback, in the same turn, whenever it was looked at. */
static bool is_held(const struct finding *finding,
                    const struct shown_thread *now)
{
    for (size_t i = 0; i < finding->count; i++) {
        const struct shown_thread *then =
            thread_in(&finding->snapshots[i], now->thread);
        if (!then || !now->running || then->running != now->running ||
            then->turn != now->turn)
            return false;
    }
    return true;
}

static const struct shown_task *task_that_runs(const struct snapshot *snapshot)
{
    for (size_t i = 0; i < snapshot->task_count; i++)
        if (snapshot->tasks[i].runs)
            return &snapshot->tasks[i];
    return NULL;
}

static void find_held(const struct finding *finding,
                      const struct shown_thread *thread)
{
    const struct snapshot *now = last(finding);
    const struct shown_task *task = task_that_runs(now);
    char call[32];
    nanos since = thread->real_time && thread->turn ? thread->turn
                                                    : finding->snapshots[0].now;
    double span = (double)(now->now - since) / (double)NANOS_PER_SECOND;
    const char *doing = "it computes, or spins";
    if (!is_held(finding, thread))
        return;
    if (thread->state.call >= 0)
        doing = system_call_name(thread->state.call, call);
    if (task)
        tell(finding,
             "%s never yields: for %.3f s it has not come back from %s, and "
             "nothing else on its loop could run (%s)",
             task->name, span, task->where, doing);
    else
        tell(finding,
             "%s has blocked its loop for %.3f s: nothing else on it could run "
             "(%s)",
             thread->call, span, doing);
}

/* ---- a loop that turns and turns ---- */

static bool has_turned(const struct finding *finding)
{
    for (size_t i = 1; i < finding->count; i++) {
        const struct snapshot *a = &finding->snapshots[i - 1], *b = a + 1;
        bool any = false;
        for (size_t j = 0; j < b->thread_count; j++) {
            const struct shown_thread *then =
                thread_in(a, b->threads[j].thread);
            any |= then && then->turn != b->threads[j].turn;
        }
        if (!any)
            return false;
    }
    return true;
}

static const struct shown_handle *watch_in(const struct snapshot *snapshot,
                                           place at)
{
    for (size_t i = 0; i < snapshot->handle_count; i++)
        if (snapshot->handles[i].kind == SHOWN_WATCHED &&
            snapshot->handles[i].at == at)
            return &snapshot->handles[i];
    return NULL;
}

static void find_unread(const struct finding *finding,
                        const struct shown_handle *watch)
{
    for (size_t i = 0; i < finding->count; i++) {
        const struct shown_handle *then =
            watch_in(&finding->snapshots[i], watch->at);
        if (!then || !then->was_ready || !then->ready_now)
            return;
    }
    tell(finding,
         "%.*s is woken for nothing: fd %lld stays ready, whatever it does",
         (int)strcspn(watch->text, ","), watch->text, (long long)watch->order);
}

static void find_restless(const struct finding *finding,
                          const struct shown_task *task)
{
    for (size_t i = 0; i < finding->count; i++) {
        const struct shown_task *then =
            snapshot_task(&finding->snapshots[i], task->at);
        if (!then || then->fingerprint)
            return;
    }
    tell(finding,
         "%s is woken for nothing: it is ready in each turn, and waits for "
         "nothing (%s)",
         task->name, task->where);
}

/* ---- a Task that nothing will wake ---- */

static void find_forgotten(const struct finding *finding,
                           const struct shown_task *task)
{
    for (size_t i = 0; i < finding->count; i++) {
        const struct shown_task *then =
            snapshot_task(&finding->snapshots[i], task->at);
        if (!then || then->fingerprint != task->fingerprint || !task->trouble ||
            then->trouble != task->trouble)
            return;
    }
    tell(finding, "%s: %s", task->name, task->trouble);
}

void warnings_find(const struct target *target,
                   const struct snapshot *snapshots, size_t count,
                   warnings_tell *hear, void *context)
{
    struct finding finding = {target, snapshots, count, hear, context};
    if (count < 2)
        return;
    const struct snapshot *now = last(&finding);
    bool turns = has_turned(&finding);
    for (size_t i = 0; i < now->thread_count; i++)
        find_held(&finding, &now->threads[i]);
    for (size_t i = 0; turns && i < now->handle_count; i++)
        if (now->handles[i].kind == SHOWN_WATCHED)
            find_unread(&finding, &now->handles[i]);
    for (size_t i = 0; i < now->task_count; i++) {
        if (turns)
            find_restless(&finding, &now->tasks[i]);
        find_forgotten(&finding, &now->tasks[i]);
    }
}

bool descriptor_is_ready(const struct target *target, int fd, unsigned interest)
{
    bool ready = false;
#if defined(SYS_pidfd_open) && defined(SYS_pidfd_getfd)
    int process = (int)syscall(SYS_pidfd_open, target->pid, 0);
    int copy = process < 0 ? -1 : (int)syscall(SYS_pidfd_getfd, process, fd, 0);
    struct pollfd asked = {.fd = copy};
    asked.events = (short)((interest & SELECT_READ ? POLLIN : 0) |
                           (interest & SELECT_WRITE ? POLLOUT : 0));
    ready = copy >= 0 && poll(&asked, 1, 0) == 1;
    if (copy >= 0)
        close(copy);
    if (process >= 0)
        close(process);
#endif
    return ready;
}
