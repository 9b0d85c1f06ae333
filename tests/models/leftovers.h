/* SPDX-License-Identifier: MIT */
/* What this process has: descriptors, threads, children, signal handlers.
 * Taken before and after, it shows what was left behind.
 *
 * One thing may be: a thread that hangs in a look-up which is not wanted any
 * more (executor_leave). It is known by its name, and not counted here. Nothing
 * else is forgiven, and neither is what such a thread leaves when it ends:
 * abandoned_end waits for that. */
#ifndef MODELS_LEFTOVERS_H
#define MODELS_LEFTOVERS_H

#include <map>
#include <set>
#include <signal.h>
#include <string>

class Leftovers
{
  public:
    Leftovers();

    /* Fails the test for each thing that is there now and was not before.
     * What is about to go is given the time to. */
    void expect_none() const;

  private:
    std::map<int, std::string> descriptors; /* and what they lead to */
    size_t threads;
    std::set<pid_t> children;
    std::map<int, struct sigaction> handlers;
    sigset_t blocked;
};

/* Those that were left behind with a look-up excepted. */
size_t count_threads();

/* Waits until those, too, have ended. */
void abandoned_end();

size_t count_descriptors();
std::set<pid_t> children_of_this_process();

#endif
