/* SPDX-License-Identifier: MIT */
/* The tool at a terminal: what it says, and keys. */
#ifndef LESSONS_TEST_TERMINAL_H
#define LESSONS_TEST_TERMINAL_H

#include "support/child.h"
#include "tool.h"

#include <gtest/gtest.h>

#include <chrono>
#include <csignal>
#include <functional>
#include <poll.h>
#include <pty.h>
#include <termios.h>
#include <unistd.h>

/* A command of the tool, with a word behind it or none, on a terminal of its
 * own. */
class Terminal
{
  public:
    explicit Terminal(const Tool &tool, unsigned short rows = 24,
                      unsigned short columns = 80,
                      const char *command = "learn", const char *word = nullptr,
                      const std::function<void()> &before = {})
    {
        struct winsize size = {rows, columns, 0, 0};
        pid = forkpty(&fd, nullptr, nullptr, &size);
        if (pid == 0) {
            setenv("NO_COLOR", "1", 1);
            if (before)
                before();
            if (chdir(tool.path("").c_str()) == 0)
                execl(LEARN_PROGRAM, "learn", "--build", LEARN_BUILD,
                      "--lessons", tool.path("lessons").c_str(), command, word,
                      nullptr);
            _exit(127);
        }
    }
    ~Terminal()
    {
        if (pid > 0)
            signal_child(pid, SIGKILL);
        wait();
        close(fd);
    }
    Terminal(const Terminal &) = delete;
    Terminal &operator=(const Terminal &) = delete;

    void press(char key) const
    {
        EXPECT_EQ(write(fd, &key, 1), 1);
    }

    void type(const std::string &words) const
    {
        EXPECT_EQ(write(fd, words.data(), words.size()),
                  static_cast<ssize_t>(words.size()));
    }

    bool echoes() const
    {
        struct termios now = {};
        tcgetattr(fd, &now);
        return (now.c_lflag & ECHO) != 0;
    }

    /* Reads on until it says so. What it said before is forgotten. */
    bool says(const std::string &words)
    {
        auto until = std::chrono::steady_clock::now() + std::chrono::minutes(1);
        size_t at;
        while ((at = said.find(words)) == std::string::npos) {
            struct pollfd ready = {fd, POLLIN, 0};
            char bytes[4096];
            if (std::chrono::steady_clock::now() > until)
                return false;
            if (poll(&ready, 1, 1000) <= 0)
                continue;
            ssize_t count = read(fd, bytes, sizeof bytes);
            if (count <= 0)
                return false;
            said.append(bytes, static_cast<size_t>(count));
        }
        kept = said.substr(0, at + words.size());
        said.erase(0, at + words.size());
        return true;
    }

    int wait()
    {
        int status = -1;
        if (pid > 0)
            waitpid(pid, &status, 0);
        pid = -1;
        return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    }

    void signal(int number) const
    {
        signal_child(pid, number);
    }

    /* The process that reads the keys, by what the kernel says of ours. */
    pid_t child() const
    {
        std::string own = std::to_string(pid);
        std::ifstream list("/proc/" + own + "/task/" + own + "/children");
        pid_t found = -1;
        list >> found;
        return found;
    }

    /* The signal by which it has ended or stopped. */
    int wait_for_signal()
    {
        int status = 0;
        waitpid(pid, &status, WUNTRACED);
        if (WIFSTOPPED(status))
            return WSTOPSIG(status);
        pid = -1;
        return WIFSIGNALED(status) ? WTERMSIG(status) : 0;
    }

    std::string said;
    std::string kept; /* what it said last, up to what was waited for */

  private:
    pid_t pid;
    int fd;
};

#endif
