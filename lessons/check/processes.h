/* SPDX-License-Identifier: MIT */
/* What /proc says of a process that is watched over. */
#ifndef LESSONS_CHECK_PROCESSES_H
#define LESSONS_CHECK_PROCESSES_H

#include <string>
#include <vector>

#include <sys/types.h>

/* What a process that does not end is doing: "it still waits in recv, on
 * descriptor 5". For one that computes, a call is only where it was a moment
 * ago. */
std::string what_it_does(pid_t pid, bool computes);

/* For how many seconds it has had a processor. */
double has_computed(pid_t pid);

/* For how many seconds all processes of the group that are there have had one,
 * to a hundredth. */
double group_has_computed(pid_t group);

/* All threads of all processes of the group, with how often each has slept, if
 * all of them sleep; else empty. Twice the same text: none has done anything
 * meanwhile. */
std::string how_they_sleep(pid_t group);

/* Its threads. */
std::vector<pid_t> threads_of(pid_t pid);

/* Kills and reaps all that the caller, which reaps orphans, has left. */
void kill_all_children();

#endif
