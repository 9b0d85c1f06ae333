/* SPDX-License-Identifier: MIT */
#include "lessons/tool/shown_child.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

static void become(int out, int columns, int (*run)(void *data), void *data)
{
    char width[16];
    sigset_t none;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    setpgid(0, 0);
    /* The loop takes some signals as callbacks, and blocks them. */
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    snprintf(width, sizeof width, "%d", columns);
    setenv("COLUMNS", width, 1);
    setenv("CLICOLOR_FORCE", "1", 1);
    dup2(out, STDOUT_FILENO);
    dup2(out, STDERR_FILENO);
    int status = run(data);
    fflush(stdout);
    _exit(status);
}

int shown_child_start(struct shown_child *child, int columns,
                      int (*run)(void *data), void *data)
{
    int ends[2], error = 0;
    if (pipe2(ends, O_CLOEXEC))
        return -errno;
    fflush(stdout);
    pid_t pid = fork();
    if (pid == 0) {
        close(ends[0]);
        become(ends[1], columns, run, data);
    }
    if (pid < 0)
        error = -errno;
    close(ends[1]);
    if (error) {
        close(ends[0]);
        return error;
    }
    setpgid(pid, pid);
    *child = (struct shown_child){.pid = pid, .output = ends[0]};
    return 0;
}

bool shown_child_read(const struct shown_child *child, struct buffer *said,
                      size_t most)
{
    static char bytes[1 << 16];
    ssize_t count = read(child->output, bytes, sizeof bytes);
    if (count < 0)
        return errno == EAGAIN || errno == EINTR;
    if (count > 0 && said->size < most)
        buffer_append(said, bytes, (size_t)count);
    return count > 0;
}

int shown_child_end(struct shown_child *child, bool at_once)
{
    siginfo_t ended;
    int status = -1;
    if (!child->pid)
        return status;
    close(child->output);
    if (!at_once)
        waitid(P_PID, (id_t)child->pid, &ended, WEXITED | WNOWAIT);
    kill(-child->pid, SIGKILL); /* it, or what it has left behind */
    waitpid(child->pid, &status, 0);
    child->pid = 0;
    return status;
}
