/* SPDX-License-Identifier: MIT */
#include "lessons/check/calls_internal.h"

#include "lessons/check/report.h"

#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

/* Global, because the functions that replace calls have no argument for a
 * context. */
static struct report *report;
static bool all_may_wait = true;
static enum watched_call may_wait;
static unsigned seen[CALLS_COUNT];
static struct {
    unsigned which; /* 0: none */
    int error;
} failing[CALLS_COUNT];

static const char *const names[] = {
    "",
#define CALL(name) #name,
#include "lessons/check/calls.def"
#undef CALL
};

const char *call_name(enum watched_call call)
{
    return names[call];
}

void calls_report_to(struct report *to)
{
    report = to;
}

void calls_may_wait(enum watched_call call)
{
    all_may_wait = false;
    may_wait = call;
}

void calls_fail(enum watched_call call, unsigned which, int error)
{
    failing[call].which = calls_seen(call) + which;
    failing[call].error = error;
}

unsigned calls_seen(enum watched_call call)
{
    return __atomic_load_n(&seen[call], __ATOMIC_ACQUIRE);
}

bool calls_in_test(void)
{
    return report && report->test == getpid();
}

bool calls_begin(enum watched_call call, void *place)
{
    unsigned number = __atomic_add_fetch(&seen[call], 1, __ATOMIC_ACQ_REL);
    if (calls_in_test()) {
        __atomic_store_n(&report->last_call, names[call], __ATOMIC_RELAXED);
        __atomic_store_n(&report->last_place, place, __ATOMIC_RELAXED);
    }
    if (number != failing[call].which)
        return true;
    errno = failing[call].error;
    return false;
}

/* Writes the note, unless another thread was quicker. */
static void take_note(struct deed *deed, void *place, const char *format,
                      va_list values)
{
    if (__atomic_exchange_n(&deed->taken, 1, __ATOMIC_ACQ_REL))
        return;
    vsnprintf(deed->text, sizeof deed->text, format, values);
    deed->place = place;
}

/* Shows what was printed. Another thread may hold the stream for ever, so this
 * does not wait for it. */
static void flush_output(void)
{
    if (ftrylockfile(stdout))
        return;
    fflush(stdout);
    funlockfile(stdout);
}

_Noreturn void calls_break(void *place, const char *format, ...)
{
    va_list values;
    va_start(values, format);
    if (report)
        take_note(&report->broken, place, format, values);
    va_end(values);
    flush_output();
    _exit(1);
}

void calls_leave(void *place, const char *format, ...)
{
    va_list values;
    va_start(values, format);
    if (report)
        take_note(&report->left, place, format, values);
    va_end(values);
    flush_output();
}

ssize_t calls_done(ssize_t result)
{
    if (result >= 0)
        errno = CALLS_ERRNO;
    return result;
}

/* ---- may it wait? ---- */

void calls_wait(enum watched_call call, void *place, const char *why)
{
    if (all_may_wait || call == may_wait)
        return;
    calls_break(place, "%s waits%s%s. Nothing here may wait%s%s%s.",
                names[call], why ? ": " : "", why ? why : "",
                may_wait ? ", except for " : "",
                may_wait ? names[may_wait] : "",
                may_wait ? ", which waits for all at once" : "");
}

void calls_nap(enum watched_call call, void *place, const char *what)
{
    if (!all_may_wait && call == may_wait)
        return;
    calls_break(place,
                "%s %s. Code that sleeps and looks again wakes up too late, or "
                "too often: wait for what is to happen.",
                names[call], what);
}

void calls_wait_for(enum watched_call call, void *place, int fd, int flags)
{
    int state = flags & MSG_DONTWAIT ? O_NONBLOCK : fcntl(fd, F_GETFL);
    if (state >= 0 && !(state & O_NONBLOCK))
        calls_wait(call, place, "this descriptor can block (no O_NONBLOCK)");
    if (all_may_wait && flags & MSG_DONTWAIT)
        calls_nap(call, place, "with MSG_DONTWAIT does not wait");
}
