/* SPDX-License-Identifier: MIT */
#include "harness/race/calls.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

static _Noreturn void become(const char *program, char *const *arguments)
{
    int nowhere = open("/dev/null", O_WRONLY);

    setpgid(0, 0);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    dup2(nowhere, STDOUT_FILENO);
    if (ptrace(PTRACE_TRACEME, 0, NULL, NULL) < 0)
        _exit(126);
    raise(SIGSTOP);
    execv(program, arguments);
    _exit(127);
}

/* True when the task has just begun a system call. */
static bool begins_call(pid_t task)
{
    struct __ptrace_syscall_info info;
    long size = ptrace(PTRACE_GET_SYSCALL_INFO, task, (void *)sizeof info,
                       (void *)&info);
    return size > 0 && info.op == PTRACE_SYSCALL_INFO_ENTRY;
}

/* Which signal a stopped task is to get when it goes on. Those by which
 * tracing itself stops it are not its own: a new thread begins with SIGSTOP. */
static int signal_of(int status)
{
    int signal = WSTOPSIG(status);
    bool is_ours =
        signal == (SIGTRAP | 0x80) || signal == SIGTRAP || signal == SIGSTOP;
    return is_ours ? 0 : signal;
}

/* Until the last task of the group has ended; its exit code is the child's. */
static int follow(pid_t child, uint64_t *count)
{
    int status, code = -EIO;
    pid_t task;

    while ((task = waitpid(-child, &status, __WALL)) > 0 || errno == EINTR) {
        if (task < 0)
            return -EINTR;
        if (!WIFSTOPPED(status)) {
            if (task == child)
                code = WIFEXITED(status) && !WEXITSTATUS(status) ? 0 : -EIO;
            continue;
        }
        if (WSTOPSIG(status) == (SIGTRAP | 0x80))
            *count += begins_call(task);
        ptrace(PTRACE_SYSCALL, task, NULL, (void *)(long)signal_of(status));
    }
    return code;
}

static int trace(pid_t child, uint64_t *count)
{
    long options = PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACECLONE |
                   PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK | PTRACE_O_EXITKILL;
    int status;

    if (waitpid(child, &status, __WALL) != child || !WIFSTOPPED(status))
        return -EPERM;
    if (ptrace(PTRACE_SETOPTIONS, child, NULL, (void *)options) < 0 ||
        ptrace(PTRACE_SYSCALL, child, NULL, NULL) < 0)
        return -errno;
    return follow(child, count);
}

int calls_count(const char *program, char *const *arguments, uint64_t *count)
{
    *count = 0;
    pid_t child = fork();
    if (child == 0)
        become(program, arguments);
    if (child < 0)
        return -errno;
    setpgid(child, child); /* whoever comes first */
    int error = trace(child, count);
    if (error) {
        kill(-child, SIGKILL);
        while (waitpid(-child, NULL, __WALL) > 0)
            continue;
    }
    return error;
}
