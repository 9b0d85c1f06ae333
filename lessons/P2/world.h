/* SPDX-License-Identifier: MIT */
/* For the check: threads, seen from outside, how they are brought to a known
 * place, and how one knows that nothing can happen any more, without a clock;
 * and the pages that they fetch. */
#ifndef LESSONS_P2_WORLD_H
#define LESSONS_P2_WORLD_H

#include "lessons/P2/threads.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <fstream>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include <dirent.h>
#include <unistd.h>

/* ---- all but the caller ---- */

/* A thread of this process, and how often it has gone to sleep, as a text.
 * Empty: it is not asleep. */
inline std::string sleep_of(const std::string &thread)
{
    std::ifstream file("/proc/self/task/" + thread + "/status");
    std::string line, text;
    while (std::getline(file, line)) {
        if (line.rfind("State:\tS", 0) == 0)
            text = thread;
        if (line.rfind("voluntary_ctxt_switches:", 0) == 0 && !text.empty())
            text += line;
    }
    return text;
}

/* All threads but this one, each asleep; empty when one is not. */
inline std::string all_asleep()
{
    std::string all = "|";
    const std::string self = std::to_string(gettid());
    DIR *tasks = opendir("/proc/self/task");
    while (const struct dirent *task = readdir(tasks)) {
        if (task->d_name[0] == '.' || self == task->d_name)
            continue;
        std::string one = sleep_of(task->d_name);
        if (one.empty()) {
            all.clear();
            break;
        }
        all += one + "|";
    }
    closedir(tasks);
    return all;
}

/* For how many seconds all threads but this one have had a processor. */
inline double others_ran()
{
    struct timespec all, own;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &all);
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &own);
    return (double)(all.tv_sec - own.tv_sec) +
           (double)(all.tv_nsec - own.tv_nsec) / 1e9;
}

/* Returns once nothing can happen any more unless the caller makes it happen:
 * all other threads sleep, and none has been awake between two looks. */
inline void all_wait()
{
    std::string before;
    for (double ran = others_ran(); others_ran() - ran < 1;) {
        std::string now = all_asleep();
        if (!now.empty() && now == before)
            return;
        before = now;
        usleep(100);
    }
    ADD_FAILURE() << "a thread of yours runs in a circle: one that has nothing "
                     "to do has to wait (pthread_cond_wait), not to look again "
                     "and again.";
    _exit(1);
}

/* Has each other thread print where it is, as the runner has prepared them to
 * do. */
inline void show_where_all_are()
{
    struct sigaction prepared;
    if (sigaction(SIGALRM, nullptr, &prepared) ||
        prepared.sa_handler == SIG_DFL)
        return;
    DIR *tasks = opendir("/proc/self/task");
    while (const struct dirent *task = readdir(tasks)) {
        pid_t thread = atoi(task->d_name);
        if (thread == 0 || thread == gettid())
            continue;
        tgkill(getpid(), thread, SIGALRM);
        for (int i = 0; i < 300; i++) {
            usleep(10000);
            if (!all_asleep().empty())
                break;
        }
    }
    closedir(tasks);
}

/* A call on a thread of its own. */
class Call
{
  public:
    explicit Call(std::function<void()> what)
        : thread_([what, done = done_, number = number_] {
              *number = gettid();
              what();
              *done = true;
          })
    {
    }
    ~Call()
    {
        if (testing::Test::HasFailure() && !returned())
            give_up();
        if (thread_.joinable())
            thread_.join();
    }
    void give_up() /* it may never come back */
    {
        thread_.detach();
    }
    /* sleep_of its thread. */
    std::string sleep() const
    {
        return sleep_of(std::to_string(*number_));
    }
    bool returned() const
    {
        return *done_;
    }

  private:
    std::shared_ptr<std::atomic<bool>> done_ =
        std::make_shared<std::atomic<bool>>(false);
    std::shared_ptr<std::atomic<int>> number_ =
        std::make_shared<std::atomic<int>>(0);
    std::thread thread_;
};

/* All that come wait here until it is opened. */
class Door
{
  public:
    void pass()
    {
        std::unique_lock<std::mutex> hold(lock_);
        inside_++;
        opened_.wait(hold, [this] { return open_; });
        inside_--;
    }
    void open()
    {
        std::lock_guard<std::mutex> hold(lock_);
        open_ = true;
        opened_.notify_all();
    }
    int inside()
    {
        std::lock_guard<std::mutex> hold(lock_);
        return inside_;
    }

  private:
    std::mutex lock_;
    std::condition_variable opened_;
    bool open_ = false;
    int inside_ = 0;
};

/* ---- pages ---- */

/* Of one test, which has a process of its own. Page 0 is called a; behind the
 * last one is another that was not asked for, called '!'. */
struct World {
    std::vector<struct page> pages;
    std::mutex lock;
    std::string trace;    /* whose fetch was begun, in that order */
    Door *door = nullptr; /* each fetch waits here */
    std::atomic<int> fetched{0};
};

inline World world;

/* Page i has 100 + i bytes. */
inline void fetch(struct page *page)
{
    auto index = (size_t)(page - world.pages.data());
    {
        std::lock_guard<std::mutex> hold(world.lock);
        world.trace +=
            index + 1 < world.pages.size() ? (char)('a' + index) : '!';
    }
    if (world.door)
        world.door->pass();
    page->size = 100 + index;
    world.fetched++;
}

inline struct page *make_pages(size_t count)
{
    struct page page = {};
    page.fetch = fetch;
    world.pages.assign(count + 1, page);
    return world.pages.data();
}

inline std::string sorted(std::string text)
{
    std::sort(text.begin(), text.end());
    return text;
}

#endif
