/* SPDX-License-Identifier: MIT */
#include "support/program.h"
#include "support/child.h"

#include <cstdlib>
#include <fcntl.h>
#include <poll.h>
#include <stdexcept>
#include <sys/wait.h>
#include <unistd.h>

/* Pointers to the strings, with NULL behind them, as exec wants them. */
static std::vector<char *> pointers(std::vector<std::string> &strings)
{
    std::vector<char *> all;
    for (std::string &string : strings)
        all.push_back(&string[0]);
    all.push_back(nullptr);
    return all;
}

/* In the child: becomes the program, or ends. A test may have threads, so
 * nothing is allocated here: in the child of an address sanitizer's program
 * that waits for ever for what another thread held. */
[[noreturn]] static void become(char *const *argv, char **environment,
                                const Before &before, int out, int err)
{
    dup2(open("/dev/null", O_RDONLY), STDIN_FILENO);
    dup2(out, STDOUT_FILENO);
    dup2(err, STDERR_FILENO);
    environ = environment;
    if (before)
        before();
    execv(argv[0], argv);
    _exit(127);
}

Program::Program(const std::vector<std::string> &arguments,
                 const Before &before, const std::string &program)
{
    std::vector<std::string> words = {program}, variables;
    words.insert(words.end(), arguments.begin(), arguments.end());
    for (char **variable = environ; *variable; variable++)
        variables.push_back(*variable);
    /* How busy this machine is, no test is about. */
    if (!getenv("WAITLAB_SLOW_CALL_MS"))
        variables.push_back("WAITLAB_SLOW_CALL_MS=0");
    std::vector<char *> argv = pointers(words),
                        environment = pointers(variables);
    int out_pipe[2], err_pipe[2];
    if (pipe2(out_pipe, O_CLOEXEC) || pipe2(err_pipe, O_CLOEXEC))
        throw std::runtime_error("no pipe");
    pid = fork();
    if (pid < 0)
        throw std::runtime_error("no process");
    if (pid == 0)
        become(argv.data(), environment.data(), before, out_pipe[1],
               err_pipe[1]);
    close(out_pipe[1]);
    close(err_pipe[1]);
    out_fd = out_pipe[0];
    err_fd = err_pipe[0];
}

Program::~Program()
{
    if (pid > 0)
        end_child(pid);
    close(out_fd);
    close(err_fd);
}

static bool read_some(int fd, std::string &into)
{
    char bytes[4096];
    ssize_t count = read(fd, bytes, sizeof bytes);
    if (count > 0)
        into.append(bytes, static_cast<size_t>(count));
    return count > 0;
}

std::string Program::line()
{
    size_t end;
    while ((end = out.find('\n', read_until)) == std::string::npos)
        if (!read_some(out_fd, out))
            return "";
    std::string line = out.substr(read_until, end - read_until);
    read_until = end + 1;
    return line;
}

bool Program::reads_error()
{
    return read_some(err_fd, err);
}

void Program::signal(int number)
{
    signal_child(pid, number);
}

int Program::wait()
{
    struct pollfd ends[2] = {{out_fd, POLLIN, 0}, {err_fd, POLLIN, 0}};
    while (ends[0].fd >= 0 || ends[1].fd >= 0) {
        poll(ends, 2, -1);
        if (ends[0].revents && !read_some(out_fd, out))
            ends[0].fd = -1;
        if (ends[1].revents && !read_some(err_fd, err))
            ends[1].fd = -1;
    }
    int status = 0;
    waitpid(pid, &status, 0);
    pid = 0;
    return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

Ran run(const std::vector<std::string> &arguments, const Before &before,
        const std::string &program)
{
    Program running(arguments, before, program);
    int code = running.wait();
    return {code, running.out, running.err};
}
