/* SPDX-License-Identifier: MIT */
#include "threads/future.h"

#include "base/clock.h"
#include "support/gate.h"

#include <cerrno>
#include <gtest/gtest.h>
#include <string>
#include <thread>

namespace
{

/* A reference, and what one does with it. */
struct Future {
    struct concurrent_future *it = concurrent_future_new();
    ~Future()
    {
        concurrent_future_unref(it);
    }

    int value = 0; /* what results point to */

    void run()
    {
        EXPECT_TRUE(concurrent_future_set_running(it));
    }
    int set(int number)
    {
        value = number;
        return concurrent_future_set_result(it, &value, nullptr);
    }
    int fail(int error)
    {
        return concurrent_future_set_error(it, error);
    }
    bool cancel()
    {
        return concurrent_future_cancel(it);
    }
    bool cancelled()
    {
        return concurrent_future_cancelled(it);
    }
    bool running()
    {
        return concurrent_future_running(it);
    }
    bool done()
    {
        return concurrent_future_done(it);
    }

    /* The number, or a negative errno. */
    int result(nanos deadline = NEVER)
    {
        void *result;
        int error = concurrent_future_result(it, &result, deadline);
        return error ? error : *static_cast<int *>(result);
    }
    /* What it failed with, or why that is not known: "0 -5", "-110 0". */
    std::string error(nanos deadline = NEVER)
    {
        int error = 0;
        int why = concurrent_future_error(it, &error, deadline);
        return std::to_string(why) + " " + std::to_string(error);
    }
};

/* Writes a letter into a log, and what it saw. */
struct Callback : done_callback {
    std::string *log;
    char letter;
    struct concurrent_future *seen = nullptr;
    std::thread::id thread;

    Callback(std::string *into, char with) : log(into), letter(with)
    {
        call = [](struct done_callback *self, struct concurrent_future *of) {
            Callback *callback = static_cast<Callback *>(self);
            callback->seen = of;
            callback->thread = std::this_thread::get_id();
            callback->log->push_back(callback->letter);
        };
    }
};

void add(Future &future, Callback &callback)
{
    concurrent_future_add_done_callback(future.it, &callback);
}

/* ---- states ---- */

TEST(Future, CancelledOnlyWhileItIsPending)
{
    Future pending, running, finished, failed, cancelled;
    running.run();
    finished.run();
    finished.set(1);
    failed.run();
    failed.fail(-EIO);
    EXPECT_TRUE(pending.cancel());
    EXPECT_TRUE(pending.cancelled());
    EXPECT_FALSE(running.cancel());
    EXPECT_TRUE(running.running());
    EXPECT_FALSE(finished.cancel());
    EXPECT_FALSE(failed.cancel());
    EXPECT_EQ(finished.result(), 1);
    EXPECT_TRUE(cancelled.cancel());
    EXPECT_TRUE(cancelled.cancel()) << "again, and it still is";
    EXPECT_FALSE(concurrent_future_set_running(cancelled.it));
    EXPECT_TRUE(cancelled.cancel());
}

TEST(Future, WhatItSaysOfItselfInEachState)
{
    Future future;
    EXPECT_FALSE(future.cancelled() || future.running() || future.done());
    future.run();
    EXPECT_TRUE(future.running());
    EXPECT_FALSE(future.cancelled() || future.done());
    future.set(1);
    EXPECT_TRUE(future.done());
    EXPECT_FALSE(future.cancelled() || future.running());

    Future cancelled;
    cancelled.cancel();
    EXPECT_TRUE(cancelled.cancelled() && cancelled.done());
    EXPECT_FALSE(cancelled.running());
    EXPECT_FALSE(concurrent_future_set_running(cancelled.it));
    EXPECT_TRUE(cancelled.cancelled() && cancelled.done());
    EXPECT_FALSE(cancelled.running());
}

TEST(Future, IsFinishedOnce)
{
    Future future;
    EXPECT_EQ(future.set(1), 0);
    EXPECT_EQ(future.fail(-EIO), -EALREADY);
    int other = 2;
    EXPECT_EQ(concurrent_future_set_result(future.it, &other, nullptr),
              -EALREADY);
    EXPECT_EQ(future.result(), 1);
}

TEST(Future, FailsOnce)
{
    Future future;
    EXPECT_EQ(future.fail(-EIO), 0);
    EXPECT_EQ(future.fail(-EPERM), -EALREADY);
    EXPECT_EQ(future.error(), "0 " + std::to_string(-EIO));
}

TEST(Future, ACancelledOneTakesNoResult)
{
    Future future;
    future.cancel();
    EXPECT_EQ(future.set(1), -EALREADY);
}

TEST(Future, TheLastReferenceDropsTheResult)
{
    static int dropped;
    dropped = 0;
    struct concurrent_future *future = concurrent_future_new();
    concurrent_future_ref(future);
    concurrent_future_set_result(
        future, &dropped, [](void *result) { ++*static_cast<int *>(result); });
    concurrent_future_unref(future);
    EXPECT_EQ(dropped, 0);
    concurrent_future_unref(future);
    EXPECT_EQ(dropped, 1);
    concurrent_future_unref(nullptr);
}

/* ---- results ---- */

TEST(Future, AResultIsNotWaitedForWithoutTime)
{
    Future pending, running, finished, failed, cancelled;
    running.run();
    finished.set(7);
    failed.fail(-EIO);
    cancelled.cancel();
    EXPECT_EQ(pending.result(0), -ETIMEDOUT);
    EXPECT_EQ(running.result(0), -ETIMEDOUT);
    EXPECT_EQ(finished.result(0), 7);
    EXPECT_EQ(failed.result(0), -EIO);
    EXPECT_EQ(cancelled.result(0), -ECANCELED);
}

TEST(Future, AnErrorIsNotWaitedForWithoutTime)
{
    Future pending, running, finished, failed, cancelled;
    running.run();
    finished.set(7);
    failed.fail(-5);
    cancelled.cancel();
    std::string timed_out = std::to_string(-ETIMEDOUT) + " 0";
    EXPECT_EQ(pending.error(0), timed_out);
    EXPECT_EQ(running.error(0), timed_out);
    EXPECT_EQ(finished.error(0), "0 0");
    EXPECT_EQ(failed.error(0), "0 -5");
    EXPECT_EQ(cancelled.error(0), std::to_string(-ECANCELED) + " 0");
}

TEST(Future, ADeadlineEndsTheWait)
{
    Future future;
    EXPECT_EQ(future.result(monotonic_now() + NANOS_PER_MILLISECOND),
              -ETIMEDOUT);
}

TEST(Future, AThreadThatWaitsGetsTheResult)
{
    Future future;
    std::thread other([&] { future.set(42); });
    EXPECT_EQ(future.result(), 42);
    EXPECT_EQ(future.result(), 42) << "and it may be read again";
    other.join();
}

TEST(Future, AThreadThatWaitsGetsTheError)
{
    Future future;
    std::thread other([&] { future.fail(-5); });
    EXPECT_EQ(future.error(), "0 -5");
    EXPECT_EQ(future.result(), -5);
    other.join();
}

TEST(Future, AThreadThatWaitsLearnsOfACancellation)
{
    Future future;
    std::thread other([&] { future.cancel(); });
    EXPECT_EQ(future.result(), -ECANCELED);
    other.join();
}

/* ---- callbacks ---- */

TEST(FutureCallback, IsCalledWithAResult)
{
    std::string log;
    Callback callback(&log, 'a');
    Future future;
    add(future, callback);
    EXPECT_EQ(log, "");
    future.set(5);
    EXPECT_EQ(log, "a");
    EXPECT_EQ(callback.seen, future.it);
}

TEST(FutureCallback, IsCalledWithAnError)
{
    std::string log;
    Callback callback(&log, 'a');
    Future future;
    add(future, callback);
    future.fail(-EIO);
    EXPECT_EQ(log, "a");
}

TEST(FutureCallback, IsCalledWhenCancelledAndOnlyOnce)
{
    std::string log;
    Callback callback(&log, 'a');
    Future future;
    add(future, callback);
    future.cancel();
    future.cancel();
    concurrent_future_set_running(future.it);
    EXPECT_EQ(log, "a");
}

TEST(FutureCallback, IsCalledAtOnceAndHereWhenItIsLate)
{
    Future finished, failed, cancelled;
    std::thread([&] { finished.set(1); }).join();
    failed.fail(-EIO);
    cancelled.cancel();
    for (Future *future : {&finished, &failed, &cancelled}) {
        std::string log;
        Callback callback(&log, 'a');
        add(*future, callback);
        EXPECT_EQ(log, "a");
        EXPECT_EQ(callback.thread, std::this_thread::get_id());
    }
}

TEST(FutureCallback, AreCalledInOrderByTheThreadThatFinishes)
{
    std::string log;
    Callback a(&log, 'a'), b(&log, 'b'), c(&log, 'c');
    Future future;
    add(future, a);
    add(future, b);
    add(future, c);
    std::thread::id finisher;
    std::thread other([&] {
        finisher = std::this_thread::get_id();
        future.set(1);
    });
    other.join();
    EXPECT_EQ(log, "abc");
    EXPECT_EQ(a.thread, finisher);
}

TEST(FutureCallback, MayFreeItselfAndUseTheFuture)
{
    static std::string log;
    log.clear();
    Future future;
    Callback *callback = new Callback(&log, 'a');
    callback->call = [](struct done_callback *self,
                        struct concurrent_future *of) {
        delete static_cast<Callback *>(self);
        log += concurrent_future_done(of) ? "done" : "not done";
        static Callback late(&log, '!');
        concurrent_future_add_done_callback(of, &late);
    };
    add(future, *callback);
    future.set(1);
    EXPECT_EQ(log, "done!");
}

} // namespace
