/* SPDX-License-Identifier: MIT */
/* What the suite takes for a leftover, and what it does not. */
#include "leftovers.h"

#include <algorithm>
#include <atomic>
#include <gtest/gtest.h>
#include <pthread.h>
#include <thread>

namespace
{

/* The name of a thread that ends while we look cannot be read any more. */
TEST(Suite, TakesNoThreadThatEndsWhileItLooksForALeftover)
{
    const size_t before = count_threads();
    for (int i = 0; i < 300; i++) {
        std::atomic<bool> named = false, may_end = false;
        std::thread abandoned([&] {
            pthread_setname_np(pthread_self(), "left behind");
            named = true;
            while (!may_end)
                std::this_thread::yield();
        });
        while (!named)
            std::this_thread::yield();
        may_end = true;
        size_t most = 0;
        for (int looks = 0; looks < 5; looks++)
            most = std::max(most, count_threads());
        abandoned.join();
        ASSERT_EQ(most, before) << "after " << i << " threads";
    }
}

} // namespace
