/* SPDX-License-Identifier: MIT */
#include "processes/child.h"

#include "base/contract.h"
#include "base/signals.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

static void become_a_child(int channel, pid_t parent)
{
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent)
        _exit(1); /* the parent died before the prctl() */
    if (channel != CHILD_CHANNEL && dup3(channel, CHILD_CHANNEL, O_CLOEXEC) < 0)
        _exit(1);
    closefrom(CHILD_CHANNEL + 1);
}

pid_t child_fork(int channel)
{
    sigset_t outside, before;
    signals_from_outside(&outside);
    pid_t parent = getpid();
    /* Signals are blocked before the fork, or a handler could run in the child
     * before its first instruction. */
    pthread_sigmask(SIG_BLOCK, &outside, &before);
    pid_t pid = fork();
    if (pid == 0) {
        become_a_child(channel, parent);
        return 0;
    }
    int error = errno;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return pid < 0 ? -error : pid;
}

int child_reap(pid_t pid)
{
    REQUIRE(pid > 0, "child_reap: the pid of one child, never 0 or less");
    int status;
    pid_t ended = waitpid(pid, &status, WNOHANG);
    /* It has not been waited for, so no other process can have its pid. */
    if (ended == 0)
        kill(pid, SIGKILL);
    while (ended == 0 || (ended < 0 && errno == EINTR))
        ended = waitpid(pid, &status, 0);
    return ended < 0 ? CHILD_STATUS_UNKNOWN : status;
}

int child_explain(int status)
{
    if (status == CHILD_STATUS_UNKNOWN)
        return -256;
    return WIFSIGNALED(status) ? WTERMSIG(status) : -WEXITSTATUS(status);
}
