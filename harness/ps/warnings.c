/* SPDX-License-Identifier: MIT */
#include "harness/ps/warnings.h"

#include "nonblocking/selector.h"

#include <poll.h>
#include <stdarg.h>
#include <string.h>
#include <sys/ioctl.h>
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

/* True if the same callback ran in the same turn in all snapshots. */
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

static const struct shown_task *task_that_runs(const struct snapshot *snapshot,
                                               pid_t thread)
{
    for (size_t i = 0; i < snapshot->task_count; i++)
        if (snapshot->tasks[i].runs && snapshot->tasks[i].thread == thread)
            return &snapshot->tasks[i];
    return NULL;
}

static void find_held(const struct finding *finding,
                      const struct shown_thread *thread)
{
    const struct snapshot *now = last(finding);
    const struct shown_task *task = task_that_runs(now, thread->thread);
    char call[32];
    nanos since = thread->real_time && thread->turn ? thread->turn
                                                    : finding->snapshots[0].now;
    double span = seconds_from(since, now->now);
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

/* ---- a loop that spins ---- */

/* Did the loop of this thread begin a new turn between any two snapshots? */
static bool has_turned(const struct finding *finding, pid_t thread)
{
    for (size_t i = 1; i < finding->count; i++) {
        const struct snapshot *a = &finding->snapshots[i - 1], *b = a + 1;
        const struct shown_thread *then = thread_in(a, thread);
        const struct shown_thread *now = thread_in(b, thread);
        if (!then || !now || then->turn == now->turn)
            return false;
    }
    return true;
}

/* The loop of a watch is not known. But no loop sleeps while one of its
 * descriptors is ready. So if no loop is stuck in a callback, and one turns, it
 * is the loop of this descriptor. */
static bool watches_have_turned(const struct finding *finding)
{
    const struct snapshot *now = last(finding);
    bool any = false;
    for (size_t i = 0; i < now->thread_count; i++) {
        if (is_held(finding, &now->threads[i]))
            return false;
        any |= has_turned(finding, now->threads[i].thread);
    }
    return any;
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

/* True if it was ready in each snapshot, with the same number of unread bytes:
 * if it were read while more comes, the number would change. If the kernel
 * gives no number, or it is watched for writing only, this cannot be known. */
static void find_unread(const struct finding *finding,
                        const struct shown_handle *watch)
{
    for (size_t i = 0; i < finding->count; i++) {
        const struct shown_handle *then =
            watch_in(&finding->snapshots[i], watch->at);
        if (!then || !then->was_ready || !then->ready_now || then->unread < 0 ||
            then->unread != watch->unread)
            return;
    }
    tell(finding,
         "%.*s is woken for nothing: fd %lld stays ready, whatever it does",
         (int)strcspn(watch->text, ","), watch->text, (long long)watch->order);
}

/* Only a Task that is not in its step can be seen to wait for nothing. */
static void find_restless(const struct finding *finding,
                          const struct shown_task *task)
{
    bool yields = false;
    if (!has_turned(finding, task->thread))
        return;
    for (size_t i = 0; i < finding->count; i++) {
        const struct shown_task *then =
            snapshot_task(&finding->snapshots[i], task->at);
        if (!then || then->fingerprint)
            return;
        yields |= !then->runs;
    }
    if (!yields)
        return;
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
    bool turn = watches_have_turned(&finding);
    for (size_t i = 0; i < now->thread_count; i++)
        find_held(&finding, &now->threads[i]);
    for (size_t i = 0; turn && i < now->handle_count; i++)
        if (now->handles[i].kind == SHOWN_WATCHED)
            find_unread(&finding, &now->handles[i]);
    for (size_t i = 0; i < now->task_count; i++) {
        find_restless(&finding, &now->tasks[i]);
        find_forgotten(&finding, &now->tasks[i]);
    }
}

/* A copy of one of its descriptors; -1 when it is gone, or copying is
 * forbidden. */
static int copy_of(const struct target *target, int fd)
{
    int copy = -1;
#if defined(SYS_pidfd_open) && defined(SYS_pidfd_getfd)
    int process = (int)syscall(SYS_pidfd_open, target->pid, 0);
    if (process < 0)
        return -1;
    copy = (int)syscall(SYS_pidfd_getfd, process, fd, 0);
    close(process);
#else
    (void)target, (void)fd;
#endif
    return copy;
}

void watch_look_again(const struct target *target, struct shown_handle *watch)
{
    int copy = copy_of(target, (int)watch->order);
    struct pollfd asked = {.fd = copy};
    watch->ready_now = false;
    watch->unread = -1;
    if (copy < 0)
        return;
    asked.events = (short)((watch->interest & SELECT_READ ? POLLIN : 0) |
                           (watch->interest & SELECT_WRITE ? POLLOUT : 0));
    watch->ready_now = poll(&asked, 1, 0) == 1;
    if (watch->interest & SELECT_READ && (asked.revents & ~POLLOUT) != 0 &&
        ioctl(copy, FIONREAD, &watch->unread))
        watch->unread = -1;
    close(copy);
}
