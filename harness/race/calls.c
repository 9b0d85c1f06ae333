/* SPDX-License-Identifier: MIT */
#include "harness/race/calls.h"

#include "harness/race/tracee.h"

#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <sys/ptrace.h>
#include <sys/wait.h>

/* True when the task has just begun a system call. */
static bool begins_call(pid_t task)
{
    struct __ptrace_syscall_info info;
    long size = ptrace(PTRACE_GET_SYSCALL_INFO, task, (void *)sizeof info,
                       (void *)&info);
    return size > 0 && info.op == PTRACE_SYSCALL_INFO_ENTRY;
}

/* Runs until the last task of the group has ended. Returns the child's exit
 * code; processes that the child leaves behind are ended with it. */
static int follow(pid_t child, uint64_t *count)
{
    int status, code = -EIO;
    pid_t task;

    while ((task = waitpid(-child, &status, __WALL)) > 0 || errno == EINTR) {
        if (task < 0)
            return -EINTR;
        if (!WIFSTOPPED(status)) {
            if (task != child)
                continue;
            code = WIFEXITED(status) && !WEXITSTATUS(status) ? 0 : -EIO;
            kill(-child, SIGKILL);
            continue;
        }
        if (WSTOPSIG(status) == (SIGTRAP | 0x80))
            *count += begins_call(task);
        ptrace(PTRACE_SYSCALL, task, NULL, (void *)(long)tracee_signal(status));
    }
    return code;
}

int calls_count(const char *program, char *const *arguments, uint64_t *count)
{
    pid_t child;

    *count = 0;
    int error = tracee_start(program, arguments, &child);
    if (error)
        return error;
    if (ptrace(PTRACE_SYSCALL, child, NULL, NULL) < 0)
        error = -errno;
    if (!error)
        error = follow(child, count);
    if (error)
        tracee_end(child);
    return error;
}
