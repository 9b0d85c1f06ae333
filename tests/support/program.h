/* SPDX-License-Identifier: MIT */
/* The program under test, run as a user runs it: in its own process, with its
 * output caught and its exit code read. */
#ifndef TESTS_SUPPORT_PROGRAM_H
#define TESTS_SUPPORT_PROGRAM_H

#include <functional>
#include <string>
#include <sys/types.h>
#include <vector>

/* What the child does before it becomes the program: puts something else in the
 * place of standard output, sets limits, variables, its folder. Where a test
 * has threads, such as a TinyServer's, it must not allocate, as setenv() does:
 * then a ServerProcess serves. */
using Before = std::function<void()>;

/* Under way; ended and reaped when it goes out of scope. */
class Program
{
  public:
    explicit Program(const std::vector<std::string> &arguments,
                     const Before &before = {},
                     const std::string &program = WAITLAB_PROGRAM);
    ~Program();
    Program(const Program &) = delete;
    Program &operator=(const Program &) = delete;

    /* The next line of its standard output, without the end of line; empty when
     * there are no more. */
    std::string line();

    /* Reads what has come on standard error, or waits for it. False at its
     * end. */
    bool reads_error();

    /* Contract: before wait(), after which there is nothing to signal. */
    void signal(int number);

    pid_t number() const
    {
        return pid;
    }

    /* Standard output, to be read by hand. */
    int output() const
    {
        return out_fd;
    }

    /* Reads what is left of both outputs, waits for the end and returns the
     * exit code, or minus the signal that killed it. */
    int wait();

    std::string out, err; /* all of it, after wait() */

  private:
    pid_t pid;
    int out_fd, err_fd;
    size_t read_until = 0;
};

/* Runs it from beginning to end. */
struct Ran {
    int code;
    std::string out, err;
};

Ran run(const std::vector<std::string> &arguments, const Before &before = {},
        const std::string &program = WAITLAB_PROGRAM);

#endif
