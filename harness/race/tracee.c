/* SPDX-License-Identifier: MIT */
#include "harness/race/tracee.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

/* In the environment of a run that is measured (launch.h). */
static _Noreturn void become(const char *program, char *const *arguments)
{
    int nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);

    setpgid(0, 0);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    dup2(nowhere, STDOUT_FILENO);
    if (ptrace(PTRACE_TRACEME, 0, NULL, NULL) < 0)
        _exit(126);
    raise(SIGSTOP);
    alarm(TRACEE_PATIENCE); /* which execv() does not cancel */
    execv(program, arguments);
    _exit(127);
}

/* Signals by which tracing itself stops a task are not passed on: a new thread
 * begins with SIGSTOP. */
int tracee_signal(int status)
{
    int signal = WSTOPSIG(status);
    bool is_ours =
        signal == (SIGTRAP | 0x80) || signal == SIGTRAP || signal == SIGSTOP;
    return is_ours ? 0 : signal;
}

void tracee_end(pid_t child)
{
    kill(-child, SIGKILL);
    while (waitpid(-child, NULL, __WALL) > 0 || errno == EINTR)
        continue;
}

int tracee_start(const char *program, char *const *arguments, pid_t *child)
{
    long options = PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACECLONE |
                   PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK | PTRACE_O_EXITKILL;
    int status = 0, error = 0;

    *child = fork();
    if (*child == 0)
        become(program, arguments);
    if (*child < 0)
        return -errno;
    setpgid(*child, *child); /* whichever comes first */
    if (waitpid(*child, &status, __WALL) != *child || !WIFSTOPPED(status))
        error = -EPERM;
    else if (ptrace(PTRACE_SETOPTIONS, *child, NULL, (void *)options) < 0)
        error = -errno;
    if (error)
        tracee_end(*child);
    return error;
}
