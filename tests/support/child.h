/* SPDX-License-Identifier: MIT */
/* The end of a test's child. */
#ifndef SUPPORT_CHILD_H
#define SUPPORT_CHILD_H

#include "base/contract.h"

#include <csignal>
#include <sys/wait.h>

/* Kills a child and waits for it. A fork() that failed leaves -1, and to kill
 * that is to kill every process there is: this says so instead. */
inline void end_child(pid_t pid)
{
    REQUIRE(pid > 0, "end_child: the pid of one child, never 0 or less");
    kill(pid, SIGKILL);
    waitpid(pid, nullptr, 0);
}

#endif
