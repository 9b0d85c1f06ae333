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

/* How many threads were counted at most while one that was left behind ended.
 */
size_t count_while_one_ends()
{
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
    return most;
}

/* The name of a thread that ends while we look cannot be read any more. */
TEST(Suite, TakesNoThreadThatEndsWhileItLooksForALeftover)
{
    count_while_one_ends(); /* with the first, a sanitizer's own comes */
    const size_t before = count_threads();
    for (int i = 0; i < 300; i++)
        ASSERT_EQ(count_while_one_ends(), before) << "after " << i;
}

} // namespace
