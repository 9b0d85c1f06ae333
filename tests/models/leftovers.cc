/* SPDX-License-Identifier: MIT */
#include "leftovers.h"

#include "threads/executor.h"

#include <algorithm>
#include <chrono>
#include <cstring>
#include <dirent.h>
#include <fstream>
#include <gtest/gtest.h>
#include <memory>
#include <thread>
#include <unistd.h>

namespace
{

/* The numbers that are the names of a folder's entries. */
std::set<int> numbered_entries(const char *folder)
{
    std::set<int> entries;
    std::unique_ptr<DIR, int (*)(DIR *)> dir(opendir(folder), closedir);
    int own = dir ? dirfd(dir.get()) : -1;
    while (struct dirent *entry = dir ? readdir(dir.get()) : nullptr) {
        int number = atoi(entry->d_name);
        if (entry->d_name[0] != '.' && number != own)
            entries.insert(number);
    }
    return entries;
}

std::map<int, std::string> open_descriptors()
{
    std::map<int, std::string> descriptors;
    for (int fd : numbered_entries("/proc/self/fd")) {
        char target[256] = "";
        std::string link = "/proc/self/fd/" + std::to_string(fd);
        if (readlink(link.c_str(), target, sizeof target - 1) >= 0)
            descriptors[fd] = target;
    }
    return descriptors;
}

const int signals_in_use[] = {SIGCHLD, SIGPIPE, SIGALRM, SIGINT,
                              SIGTERM, SIGUSR1, SIGUSR2, SIGIO};

std::map<int, struct sigaction> signal_handlers()
{
    std::map<int, struct sigaction> handlers;
    for (int number : signals_in_use)
        sigaction(number, nullptr, &handlers[number]);
    return handlers;
}

sigset_t blocked_signals()
{
    sigset_t blocked;
    pthread_sigmask(SIG_BLOCK, nullptr, &blocked);
    return blocked;
}

bool has_all(const std::set<pid_t> &known, const std::set<pid_t> &found)
{
    return std::includes(known.begin(), known.end(), found.begin(),
                         found.end());
}

/* Waits, for as long as it may reasonably take, until no more threads,
 * descriptors and children are there than these. The kernel says that a thread
 * has ended a moment before it takes it off its list, and the same holds for a
 * child where SIGCHLD is ignored; and a sanitizer may have a pipe open for a
 * moment in another thread. */
void wait_until_settled(size_t threads, size_t descriptors,
                        const std::set<pid_t> &children)
{
    for (int i = 0;
         i < 2000 &&
         (count_threads() > threads || count_descriptors() > descriptors ||
          !has_all(children, children_of_this_process()));
         i++)
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
}

} // namespace

/* Those that are abandoned, or those that are not. A thread that ends between
 * the look at the list and the look at its name is neither. */
static size_t count_tasks(bool abandoned)
{
    size_t count = 0;
    for (int thread : numbered_entries("/proc/self/task")) {
        std::ifstream file("/proc/self/task/" + std::to_string(thread) +
                           "/comm");
        std::string name;
        if (std::getline(file, name))
            count += (name == "left behind") == abandoned;
    }
    return count;
}

size_t count_threads()
{
    return count_tasks(false);
}

void abandoned_end()
{
    while (executor_left_behind() || count_tasks(true))
        std::this_thread::yield();
}

size_t count_descriptors()
{
    return numbered_entries("/proc/self/fd").size();
}

std::set<pid_t> children_of_this_process()
{
    std::set<pid_t> children;
    for (int thread : numbered_entries("/proc/self/task")) {
        std::ifstream list("/proc/self/task/" + std::to_string(thread) +
                           "/children");
        pid_t child;
        while (list >> child)
            children.insert(child);
    }
    return children;
}

Leftovers::Leftovers()
    : descriptors(open_descriptors()), threads(count_threads()),
      children(children_of_this_process()), handlers(signal_handlers()),
      blocked(blocked_signals())
{
}

void Leftovers::expect_none() const
{
    wait_until_settled(threads, descriptors.size(), children);
    for (const auto &[fd, target] : open_descriptors()) {
        auto before = descriptors.find(fd);
        EXPECT_TRUE(before != descriptors.end() && before->second == target)
            << "descriptor " << fd << " was left open: " << target;
    }
    for (const auto &[fd, target] : descriptors)
        EXPECT_TRUE(open_descriptors().count(fd))
            << "descriptor " << fd << ", which led to " << target
            << ", is not the model's and was closed";
    EXPECT_LE(count_threads(), threads) << "a thread was left behind";
    for (pid_t child : children_of_this_process())
        EXPECT_TRUE(children.count(child))
            << "child process " << child << " was left behind";
    for (const auto &[number, now] : signal_handlers())
        EXPECT_EQ(handlers.at(number).sa_handler, now.sa_handler)
            << "what happens on " << strsignal(number) << " was changed";
    sigset_t now = blocked_signals();
    for (int number = 1; number < 32; number++)
        EXPECT_EQ(sigismember(&blocked, number), sigismember(&now, number))
            << "whether " << strsignal(number) << " is blocked was changed";
}
