/* SPDX-License-Identifier: MIT */
#include "callbacks/timers.h"

#include "support/contract.h"

#include <functional>
#include <pthread.h>
#include <random>
#include <set>
#include <utility>
#include <vector>

namespace
{

struct Timers : testing::Test {
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
        timers_set(&timers, &handle, 7);
    for (handle &handle : handles)
        EXPECT_EQ(take(), &handle);
}

TEST_F(Timers, AHandleKnowsItsState)
{
    handle handle = {};
    timers_set(&timers, &handle, 3);
    EXPECT_EQ(handle.state, HANDLE_TIMED);
    EXPECT_EQ(take(), &handle);
    EXPECT_EQ(handle.state, HANDLE_IDLE);
}

TEST_F(Timers, KeepTheirOrderWhenTheNumbersBeginAgain)
{
    handle handles[4] = {};
    timers.sequence = UINT32_MAX - 1;
    for (handle &one : handles)
        timers_set(&timers, &one, 3);
    for (handle &one : handles)
        EXPECT_EQ(take(), &one);
}

struct Earlier {
    bool operator()(const handle *a, const handle *b) const
    {
        return timers_before(a, b);
    }
};

/* Beside a sorted set, with removals from everywhere; enough of them that the
 * recent ones are sorted now and then. */
TEST_F(Timers, LeaveInOrderAfterAnyInsertionsAndRemovals)
{
    std::mt19937 random(1);
    std::vector<handle> handles(20000);
    std::set<handle *, Earlier> in;
    for (int round = 0; round < 100000; round++) {
        handle *one = &handles[random() % handles.size()];
        if (round % 7 == 0 && !in.empty())
            one = *in.begin();
        if (one->state == HANDLE_TIMED) {
            in.erase(one);
            timers_remove(&timers, one);
        } else {
            timers_set(&timers, one, static_cast<nanos>(random() % 5000));
            in.insert(one);
        }
        ASSERT_EQ(timers_first(&timers), in.empty() ? nullptr : *in.begin());
    }
    for (handle *expected : in)
        ASSERT_EQ(take(), expected);
    EXPECT_EQ(take(), nullptr);
}

TEST_F(Timers, ATimerMayBeSetAgainWhereverItWas)
{
    std::vector<handle> handles(10);
    for (size_t i = 0; i < handles.size(); i++)
        timers_set(&timers, &handles[i], static_cast<nanos>(i));
    for (handle &handle : handles) {
        timers_remove(&timers, &handle);
        timers_set(&timers, &handle, 100 - handle.when);
    }
    for (size_t i = handles.size(); i-- > 0;)
        EXPECT_EQ(take(), &handles[i]);
}

/* ---- a million, in a stack of 64 KiB: nothing may recurse ---- */

struct Million {
    std::vector<handle> handles = std::vector<handle>(1000000);
    std::function<nanos(size_t)> when;
    size_t in_order = 0;
};

void *set_and_fire(void *argument)
{
    auto *million = static_cast<Million *>(argument);
    struct timers timers = {};
    for (size_t i = 0; i < million->handles.size(); i++)
        timers_set(&timers, &million->handles[i], million->when(i));
    handle *last = nullptr;
    while (handle *first = timers_first(&timers)) {
        timers_remove(&timers, first);
        million->in_order += !last || Earlier()(last, first);
        last = first;
    }
    return nullptr;
}

void expect_all_in_order(const std::function<nanos(size_t)> &when)
{
    Million million;
    million.when = when;
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, 64 * 1024);
    pthread_t thread;
    ASSERT_EQ(pthread_create(&thread, &attributes, set_and_fire, &million), 0);
    pthread_join(thread, nullptr);
    pthread_attr_destroy(&attributes);
    EXPECT_EQ(million.in_order, million.handles.size());
}

TEST(MillionTimers, AtTheSameMoment)
{
    expect_all_in_order([](size_t) { return 7; });
}

TEST(MillionTimers, EachEarlierThanTheOneBefore)
{
    expect_all_in_order([](size_t i) { return -static_cast<nanos>(i); });
}

TEST(MillionTimers, InTwoInterleavedRows)
{
    expect_all_in_order(
        [](size_t i) { return static_cast<nanos>(i % 2 ? i : 2000000 - i); });
}

TEST(MillionTimers, AtRandomMoments)
{
    std::mt19937 random(1);
    expect_all_in_order([&](size_t) { return random(); });
}

/* ---- contracts ---- */

TEST_F(Timers, AHandleIsInOneHeapOnce)
{
    handle handle = {};
    timers_set(&timers, &handle, 1);
    EXPECT_CONTRACT(timers_set(&timers, &handle, 2),
                    "timers_set: the handle is in no queue and in no heap");
}

TEST_F(Timers, OneThatIsNotInTheHeapIsNotTakenOut)
{
    handle handle = {};
    EXPECT_CONTRACT(timers_remove(&timers, &handle),
                    "timers_remove: the handle is in the heap");
}

} // namespace
