/* SPDX-License-Identifier: MIT */
#include "processes/child.h"

#include "base/contract.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

/* Everything but what a process does to itself: blocked, those would end it
 * without a word to a debugger or a sanitizer. */
static void fill_with_foreign_signals(sigset_t *set)
{
    static const int own[] = {SIGSEGV, SIGBUS,  SIGFPE, SIGILL,
                              SIGTRAP, SIGABRT, SIGSYS};
    sigfillset(set);
    for (size_t i = 0; i < sizeof own / sizeof own[0]; i++)
        sigdelset(set, own[i]);
}

static void become_a_child(int channel, pid_t parent)
{
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent)
        _exit(1); /* it died before we could ask to be told */
    if (channel != CHILD_CHANNEL && dup3(channel, CHILD_CHANNEL, O_CLOEXEC) < 0)
        _exit(1);
    closefrom(CHILD_CHANNEL + 1);
}

pid_t child_fork(int channel)
{
    sigset_t foreign, before;
    fill_with_foreign_signals(&foreign);
    pid_t parent = getpid();
    /* Blocked before the fork, or a handler could run in the child before it
     * has had its first word. */
    pthread_sigmask(SIG_BLOCK, &foreign, &before);
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
    /* Still ours, so the number cannot have been given to anybody else. */
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

int child_write(int channel, struct slice bytes)
{
    while (bytes.size) {
        ssize_t count = write(channel, bytes.data, bytes.size);
        if (count < 0 && errno != EINTR)
            return -errno;
        if (count > 0) {
            bytes.data += count;
            bytes.size -= (size_t)count;
        }
    }
    return 0;
}
