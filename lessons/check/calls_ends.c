/* SPDX-License-Identifier: MIT */
/* How a process ends itself, or another one. A child of the test ends as it
 * likes. */
#include "lessons/check/calls_yours.h"

#include <string.h>

/* Of the test's process: without what exit() would do, for nothing of the check
 * is to be cleaned up behind its back. */
static void leave_test(enum watched_call call, void *place, int status)
{
    calls_begin(call, place);
    if (!calls_in_test())
        return;
    calls_leave(place, "%s(%d) was called", call_name(call), status);
    _exit(status);
}

void yours_exit(int status)
{
    leave_test(CALL_exit, PLACE, status);
    exit(status);
}

void yours__exit(int status)
{
    leave_test(CALL__exit, PLACE, status);
    _exit(status);
}

void yours__Exit(int status)
{
    leave_test(CALL__Exit, PLACE, status);
    _Exit(status);
}

void yours_quick_exit(int status)
{
    leave_test(CALL_quick_exit, PLACE, status);
    quick_exit(status);
}

void yours_abort(void)
{
    calls_begin(CALL_abort, PLACE);
    if (calls_in_test()) {
        calls_leave(PLACE, "abort() was called");
        _exit(1);
    }
    abort();
}

/* ---- what a child inherits ---- */

int yours_fflush(FILE *file)
{
    calls_begin(CALL_fflush, PLACE);
    if (!calls_in_test())
        calls_break(PLACE,
                    "fflush in a child writes what was in the buffers of "
                    "its parent, and the parent will write it again.");
    return fflush(file);
}

/* ---- signals ---- */

static void note_signal(enum watched_call call, void *place, int number)
{
    const char *name = sigabbrev_np(number);
    if (number && calls_in_test())
        calls_leave(place, "%s was called, with SIG%s", call_name(call),
                    name ? name : "?");
}

int yours_raise(int number)
{
    if (!calls_begin(CALL_raise, PLACE))
        return -1;
    note_signal(CALL_raise, PLACE, number);
    return raise(number);
}

static bool is_child(pid_t pid)
{
    siginfo_t info;
    int saved = errno;
    bool is = pid > 0 &&
              !waitid(P_PID, (id_t)pid, &info, WEXITED | WNOHANG | WNOWAIT);
    errno = saved;
    return is;
}

int yours_kill(pid_t pid, int number)
{
    if (!calls_begin(CALL_kill, PLACE))
        return -1;
    if (pid == getpid())
        note_signal(CALL_kill, PLACE, number);
    else if (number && !is_child(pid))
        calls_break(PLACE, "kill(%d, …): that is not a child of this process.",
                    (int)pid);
    return (int)calls_done(kill(pid, number));
}

int yours_killpg(pid_t group, int number)
{
    (void)number;
    calls_begin(CALL_killpg, PLACE);
    calls_break(PLACE,
                "killpg(%d, …): there is more in that group than a "
                "child of this process.",
                (int)group);
}
