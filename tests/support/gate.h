/* SPDX-License-Identifier: MIT */
/* A gate at which threads wait until it is opened: by this, tests bring threads
 * to a known place without a clock. */
#ifndef SUPPORT_GATE_H
#define SUPPORT_GATE_H

#include <condition_variable>
#include <mutex>

class Gate
{
  public:
    void open()
    {
        std::lock_guard<std::mutex> hold(lock_);
        open_ = true;
        changed_.notify_all();
    }
    /* Counts the caller as arrived, then waits. */
    void pass()
    {
        std::unique_lock<std::mutex> hold(lock_);
        arrived_++;
        changed_.notify_all();
        changed_.wait(hold, [this] { return open_; });
    }
    /* Waits until `count` wait here or have passed. */
    void wait_for(int count)
    {
        std::unique_lock<std::mutex> hold(lock_);
        changed_.wait(hold, [&] { return arrived_ >= count; });
    }

  private:
    std::mutex lock_;
    std::condition_variable changed_;
    bool open_ = false;
    int arrived_ = 0;
};

#endif
