/* SPDX-License-Identifier: MIT */
/* Standard outputs that do not take what they are given. */
#ifndef TESTS_SUPPORT_SINKS_H
#define TESTS_SUPPORT_SINKS_H

#include "support/program.h"

#include <csignal>
#include <fcntl.h>
#include <string>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>
#include <vector>

/* In the child: becomes its standard output. `file`: a path that may be used.
 */
struct Sink {
    const char *name;
    void (*become)(const std::string &file);
};

inline void full_device(const std::string &)
{
    dup2(open("/dev/full", O_WRONLY | O_CLOEXEC), STDOUT_FILENO);
}

inline void closed(const std::string &)
{
    close(STDOUT_FILENO);
}

/* There is room for five bytes more; other files may grow as they need. */
inline void limited_file(const std::string &file)
{
    enum { MOST = 64 << 20, ROOM = 5 };
    struct rlimit most = {MOST, MOST}, none = {0, 0};
    int fd = open(file.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    if (lseek(fd, MOST - ROOM, SEEK_SET) < 0)
        _exit(126);
    dup2(fd, STDOUT_FILENO);
    setrlimit(RLIMIT_CORE, &none);
    setrlimit(RLIMIT_FSIZE, &most);
}

/* And the signal that would end the program is ignored by the program that
 * started it. */
inline void abandoned_pipe(const std::string &)
{
    int ends[2];
    signal(SIGPIPE, SIG_IGN);
    if (pipe(ends))
        _exit(126);
    close(ends[0]);
    dup2(ends[1], STDOUT_FILENO);
    close(ends[1]);
}

const Sink sinks[] = {
    {"a full device", full_device},
    {"closed", closed},
    {"a file with a limit", limited_file},
    {"a pipe that is not read any more", abandoned_pipe},
};

/* Runs it with a standard output that takes little and does not block, and is
 * read only when no more goes into it, or the program has ended. */
inline Ran run_unblocked(const std::vector<std::string> &words,
                         const Before &before = {},
                         const std::string &program_path = WAITLAB_PROGRAM)
{
    Program program(
        words,
        [&] {
            if (before)
                before();
            fcntl(STDOUT_FILENO, F_SETPIPE_SZ, 4096);
            fcntl(STDOUT_FILENO, F_SETFL, O_NONBLOCK);
        },
        program_path);
    int inside = 0;
    siginfo_t ended = {};
    while (inside < 4096 && !ended.si_pid &&
           !ioctl(program.output(), FIONREAD, &inside) &&
           !waitid(P_PID, static_cast<id_t>(program.number()), &ended,
                   WEXITED | WNOHANG | WNOWAIT))
        usleep(1000);
    int code = program.wait();
    return {code, program.out, program.err};
}

#endif
