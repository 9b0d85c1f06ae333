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

/* Is one of the sentences in it with which these programs say that memory, or
 * what needs some, was missing? */
bool says_so(const std::string &text);

/* Has a sanitizer found something, after memory was missing? */
bool has_report(const std::string &text);

/* Allocations that several tests have in common, because they test programs
 * that begin alike, or have the same servers. Of these, each test takes its
 * part, and all others for itself. */
struct Common {
    std::function<bool(const Failure &)> has;
    unsigned part, parts;
};

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
     * places, or all when the test is a long one. Fails the test if the program
     * has not allocated at all. */
    std::vector<Failure> places(unsigned divisor,
                                const Common &common = {}) const;

    /* How often a process of it allocated. */
    uint64_t seen(uint32_t process) const
    {
        return counts_->seen[process];
    }

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
