/* SPDX-License-Identifier: MIT */
/* Signals for a test's children. A fork() that failed leaves -1, and kill(-1)
 * means every process there is; 0 is the test's own group. These functions fail
 * the test instead. */
#ifndef SUPPORT_CHILD_H
#define SUPPORT_CHILD_H

#include "base/contract.h"

#include <csignal>
#include <sys/wait.h>
#include <unistd.h>

inline void signal_child(pid_t pid, int number)
{
    REQUIRE(pid > 0, "signal_child: the pid of one child, never 0 or less");
    kill(pid, number);
}

/* And all processes of its group, which it must have made its own. */
inline void signal_group(pid_t pid, int number)
{
    REQUIRE(pid > 1 && getpgid(pid) == pid && pid != getpgrp(),
            "signal_group: a child that has a group of its own");
    kill(-pid, number);
}

/* Kills a child and waits for it. */
inline void end_child(pid_t pid)
{
    REQUIRE(pid > 0, "end_child: the pid of one child, never 0 or less");
    kill(pid, SIGKILL);
    waitpid(pid, nullptr, 0);
}

#endif
