/* SPDX-License-Identifier: MIT */
#include "lessons/check/processes.h"

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <sstream>

#include <dirent.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

namespace
{

std::string read_file(const std::string &path)
{
    std::ifstream file(path);
    std::stringstream text;
    text << file.rdbuf();
    return text.str();
}

/* The folder's names that are numbers. */
std::vector<pid_t> numbers_in(const std::string &path)
{
    std::vector<pid_t> all;
    DIR *folder = opendir(path.c_str());
    while (struct dirent *entry = folder ? readdir(folder) : nullptr)
        if (atoi(entry->d_name) > 0)
            all.push_back(atoi(entry->d_name));
    if (folder)
        closedir(folder);
    return all;
}

/* What stands in /proc/PID/stat behind the name, which may be anything. */
struct Status {
    char state = 0;
    pid_t parent = 0, group = 0;
};

Status status_of(const std::string &folder)
{
    Status status;
    std::string text = read_file(folder + "/stat");
    size_t end = text.rfind(')');
    if (end != std::string::npos)
        sscanf(text.c_str() + end + 1, " %c %d %d", &status.state,
               &status.parent, &status.group);
    return status;
}

std::string call_name(long number)
{
    static const struct {
        long number;
        const char *name;
    } names[] = {
        {SYS_read, "read"},
        {SYS_write, "write"},
        {SYS_poll, "poll"},
        {SYS_select, "select"},
        {SYS_connect, "connect"},
        {SYS_accept, "accept"},
        {SYS_accept4, "accept"},
        {SYS_sendto, "send"},
        {SYS_recvfrom, "recv"},
        {SYS_wait4, "waitpid"},
        {SYS_futex, "futex"},
        {SYS_pause, "pause"},
        {SYS_nanosleep, "nanosleep"},
        {SYS_epoll_wait, "epoll_wait"},
        {SYS_pselect6, "select"},
        {SYS_ppoll, "poll"},
        {SYS_epoll_pwait, "epoll_wait"},
        {SYS_clock_nanosleep, "nanosleep"},
    };
    for (auto &row : names)
        if (row.number == number)
            return row.name;
    return "system call " + std::to_string(number);
}

/* Calls whose first argument is the descriptor that they wait for. */
bool waits_for_descriptor(long number)
{
    return number == SYS_read || number == SYS_write || number == SYS_connect ||
           number == SYS_accept || number == SYS_accept4 ||
           number == SYS_sendto || number == SYS_recvfrom;
}

/* There are seldom any, and to look for them is to read all of /proc. */
bool has_children()
{
    siginfo_t info;
    return waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) == 0 ||
           errno != ECHILD;
}

} // namespace

std::string what_it_does(pid_t pid)
{
    std::string call = read_file("/proc/" + std::to_string(pid) + "/syscall");
    if (call.empty() || call.rfind("running", 0) == 0)
        return "it still runs in a circle and waits for nothing";
    long number = -1, first = 0;
    if (sscanf(call.c_str(), "%ld %lx", &number, (unsigned long *)&first) < 2)
        return "it has not ended";
    std::string text = "it still waits in " + call_name(number);
    if (waits_for_descriptor(number))
        text += ", on descriptor " + std::to_string(first);
    if (number == SYS_futex)
        text += ": for a lock or a condition of another thread";
    return text;
}

double has_computed(pid_t pid)
{
    clockid_t clock;
    struct timespec time;
    if (clock_getcpuclockid(pid, &clock) || clock_gettime(clock, &time))
        return 0;
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

std::vector<pid_t> threads_of(pid_t pid)
{
    return numbers_in("/proc/" + std::to_string(pid) + "/task");
}

std::string how_they_sleep(pid_t group)
{
    std::string all;
    for (pid_t pid : numbers_in("/proc")) {
        std::string folder = "/proc/" + std::to_string(pid);
        if (status_of(folder).group != group)
            continue;
        for (pid_t thread : threads_of(pid)) {
            std::string task = folder + "/task/" + std::to_string(thread);
            char state = status_of(task).state;
            if (state != 'S' && state != 'Z')
                return "";
            std::string status = read_file(task + "/status");
            size_t counts = status.find("voluntary_ctxt_switches");
            all += std::to_string(thread) +
                   status.substr(counts == std::string::npos ? status.size()
                                                             : counts);
        }
    }
    return all;
}

void kill_all_children()
{
    bool any = has_children();
    for (int round = 0; any && round < 1000; round++) {
        any = false;
        for (pid_t pid : numbers_in("/proc"))
            if (status_of("/proc/" + std::to_string(pid)).parent == getpid()) {
                any = true;
                kill(pid, SIGKILL);
                waitpid(pid, nullptr, 0);
            }
    }
}
