/* SPDX-License-Identifier: MIT */
#include "lessons/check/processes.h"

#include "harness/system_call.h"

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
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

/* What is in /proc/PID/stat behind the name, which may be anything. */
struct Status {
    char state = 0;
    pid_t parent = 0, group = 0;
    unsigned long user = 0, system = 0; /* ticks that it has computed */
};

Status status_of(const std::string &folder)
{
    Status status;
    std::string text = read_file(folder + "/stat");
    size_t end = text.rfind(')');
    if (end != std::string::npos)
        sscanf(text.c_str() + end + 1,
               " %c %d %d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu",
               &status.state, &status.parent, &status.group, &status.user,
               &status.system);
    return status;
}

/* As the C library calls it, where the kernel does otherwise. */
std::string call_name(long number)
{
    static const char *const names[][2] = {
        {"accept4", "accept"},
        {"clock_nanosleep", "nanosleep"},
        {"epoll_pwait", "epoll_wait"},
        {"exit_group", "exit"},
        {"ppoll", "poll"},
        {"pselect6", "select"},
        {"recvfrom", "recv"},
        {"sendto", "send"},
        {"wait4", "waitpid"},
    };
    const char *word = system_call_word(number);
    if (!word)
        return "system call " + std::to_string(number);
    for (auto &name : names)
        if (strcmp(name[0], word) == 0)
            return name[1];
    return word;
}

/* Calls whose first argument is the descriptor that they wait for. */
bool waits_for_descriptor(long number)
{
    return number == SYS_read || number == SYS_write || number == SYS_connect ||
           number == SYS_accept || number == SYS_accept4 ||
           number == SYS_sendto || number == SYS_recvfrom;
}

struct doing {
    bool computes = false; /* in no system call */
    long number = -1;      /* of the call, or -1: it cannot be seen */
    long first = 0;        /* argument */
};

struct doing doing_of(pid_t pid, pid_t thread)
{
    struct doing doing;
    std::string call = read_file("/proc/" + std::to_string(pid) + "/task/" +
                                 std::to_string(thread) + "/syscall");
    doing.computes = call.empty() || call.rfind("running", 0) == 0;
    sscanf(call.c_str(), "%ld %lx", &doing.number,
           reinterpret_cast<unsigned long *>(&doing.first));
    return doing;
}

/* There are seldom any, and to look for them is to read all of /proc. */
bool has_children()
{
    siginfo_t info;
    return waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) == 0 ||
           errno != ECHILD;
}

} // namespace

/* The first of its threads that does not wait for another one. */
static pid_t busy_thread(pid_t pid)
{
    for (pid_t thread : threads_of(pid))
        if (doing_of(pid, thread).number != SYS_futex)
            return thread;
    return pid;
}

std::string what_it_does(pid_t pid, bool computes)
{
    const struct doing doing = doing_of(pid, computes ? busy_thread(pid) : pid);
    if (doing.computes)
        return "it still runs in a circle and waits for nothing";
    if (doing.number < 0)
        return "it has not ended";
    if (computes)
        return "it still runs in a circle, in which it calls " +
               call_name(doing.number);
    std::string text = "it still waits in " + call_name(doing.number);
    if (waits_for_descriptor(doing.number))
        text += ", on descriptor " + std::to_string(doing.first);
    if (doing.number == SYS_futex)
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

double group_has_computed(pid_t group)
{
    unsigned long ticks = 0;
    for (pid_t pid : numbers_in("/proc")) {
        Status status = status_of("/proc/" + std::to_string(pid));
        if (status.group == group)
            ticks += status.user + status.system;
    }
    return (double)ticks / (double)sysconf(_SC_CLK_TCK);
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
