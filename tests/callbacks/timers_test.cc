/* SPDX-License-Identifier: MIT */
#include "callbacks/timers.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <vector>

namespace
{

class Timers : public testing::Test
{
  protected:
    void TearDown() override
    {
        timers_deinit(&timers);
    }
    void set(handle *handle, nanos when)
    {
        ASSERT_EQ(timers_reserve(&timers), 0);
        timers_set(&timers, handle, when);
    }
    handle *take()
    {
        handle *first = timers_first(&timers);
        if (first)
            timers_remove(&timers, first);
        return first;
    }
    struct timers timers = {};
};

TEST_F(Timers, EmptyHasNoFirst)
{
    EXPECT_EQ(timers_first(&timers), nullptr);
}

TEST_F(Timers, LO3_EqualTimesLeaveInTheOrderInWhichTheyWereSet)
{
    std::vector<handle> handles(100);
    for (handle &handle : handles)
        set(&handle, 7);
    for (handle &handle : handles)
        EXPECT_EQ(take(), &handle);
}

TEST_F(Timers, AHandleKnowsItsState)
{
    handle handle = {};
    set(&handle, 3);
    EXPECT_EQ(handle.state, HANDLE_TIMED);
    EXPECT_EQ(take(), &handle);
    EXPECT_EQ(handle.state, HANDLE_IDLE);
}

/* Against a sorted list, with removals from everywhere. */
TEST_F(Timers, LeaveInOrderAfterAnyInsertionsAndRemovals)
{
    std::mt19937 random(1);
    std::vector<handle> handles(500);
    std::vector<handle *> in;
    for (int round = 0; round < 5000; round++) {
        handle *handle = &handles[random() % handles.size()];
        if (handle->state == HANDLE_TIMED) {
            timers_remove(&timers, handle);
            in.erase(std::find(in.begin(), in.end(), handle));
        } else {
            set(handle, static_cast<nanos>(random() % 50));
            in.push_back(handle);
        }
    }
    std::sort(in.begin(), in.end(), [](auto *a, auto *b) {
        return std::pair(a->when, a->sequence) <
               std::pair(b->when, b->sequence);
    });
    for (handle *expected : in)
        ASSERT_EQ(take(), expected);
    EXPECT_EQ(take(), nullptr);
}

} // namespace
