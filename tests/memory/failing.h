/* SPDX-License-Identifier: MIT */
/* A program whose memory runs out, at each of its allocations in turn: each
 * time once, and then there is memory again. */
#ifndef TESTS_MEMORY_FAILING_H
#define TESTS_MEMORY_FAILING_H

#include "preloaded_malloc.h"

#include "support/program.h"

#include <functional>
#include <string>
#include <vector>

/* The variable WAITLAB_LONG, which ./lab test --long sets: nothing is left
 * out. */
bool memory_test_is_long();

/* One allocation of one process. */
struct Failure {
    uint32_t process;
    uint64_t number;
};

/* Does it say that memory, or what needs some, was missing? */
bool says_so(const std::string &err);

class Failing
{
  public:
    Failing();
    ~Failing();
    Failing(const Failing &) = delete;

    /* What a program does before it begins, to fail there; at number 0 it fails
     * nowhere, and is counted. It is ended by SIGALRM if it hangs. */
    Before before(const Failure &failure);

    /* Where the program that has just run can fail: one in `divisor` of all
     * places, or all when the test is a long one; of these, the part with that
     * index when they are shared out among several tests. */
    std::vector<Failure> places(unsigned divisor, unsigned part = 0,
                                unsigned parts = 1) const;

    /* Has it failed? Threads take turns in an order of their own, so that it
     * may have needed less than when it was counted. */
    bool failed() const
    {
        return counts_->failed != 0;
    }

  private:
    int fd_;
    struct preloaded_malloc *counts_;
};

#endif
