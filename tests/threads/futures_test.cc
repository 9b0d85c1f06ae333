/* SPDX-License-Identifier: MIT */
#include "threads/futures.h"

#include "base/clock.h"
#include "support/gate.h"

#include <atomic>
#include <cerrno>
#include <gtest/gtest.h>
#include <string>
#include <thread>
#include <vector>

namespace
{

/* Numbers travel as pointers. */
void *as_pointer(intptr_t number)
{
    return reinterpret_cast<void *>(number);
}

intptr_t as_number(void *pointer)
{
    return reinterpret_cast<intptr_t>(pointer);
}

int square(void *argument, void **result)
{
    *result = as_pointer(as_number(argument) * as_number(argument));
    return 0;
}

/* The argument is the error. */
int fail(void *argument, void **)
{
    return (int)as_number(argument);
}

int pass(void *argument, void **result)
{
    static_cast<Gate *>(argument)->pass();
    *result = nullptr;
    return 0;
}

/* An executor and the futures of its calls. */
class Futures : public testing::Test
{
  protected:
    void start(size_t threads)
    {
        ASSERT_EQ(executor_new(&executor, threads, 0), 0);
    }

    struct concurrent_future *submit(concurrent_call *call, void *argument)
    {
        struct concurrent_future *future = nullptr;
        EXPECT_EQ(concurrent_submit(executor, call, argument, nullptr, &future),
                  0);
        futures.push_back(future);
        return future;
    }

    /* One that no thread works on: the test finishes it. */
    struct concurrent_future *promise()
    {
        futures.push_back(concurrent_future_new());
        return futures.back();
    }

    /* Which of them were done, as letters: "ac". */
    std::string wait(enum concurrent_until until, nanos deadline = NEVER)
    {
        std::vector<char> flags(futures.size() + 1);
        bool *done = reinterpret_cast<bool *>(flags.data());
        ssize_t count = concurrent_wait(futures.data(), futures.size(), until,
                                        deadline, done);
        std::string names;
        for (size_t i = 0; i < futures.size(); i++)
            if (done[i])
                names.push_back((char)('a' + i));
        EXPECT_EQ((size_t)count, names.size());
        return names;
    }

    void TearDown() override
    {
        executor_free(executor);
        for (struct concurrent_future *future : futures)
            concurrent_future_unref(future);
    }

    Gate gate, other_gate; /* calls may wait there until TearDown */
    struct executor *executor = nullptr;
    std::vector<struct concurrent_future *> futures;
};

intptr_t result_of(struct concurrent_future *future)
{
    void *result = nullptr;
    int error = concurrent_future_result(future, &result, NEVER);
    return error ? error : as_number(result);
}

void set(struct concurrent_future *future, intptr_t number = 0)
{
    concurrent_future_set_result(future, as_pointer(number), nullptr);
}

/* ---- submit ---- */

TEST_F(Futures, ACallAndItsResult)
{
    start(2);
    EXPECT_EQ(result_of(submit(square, as_pointer(12))), 144);
    EXPECT_EQ(result_of(submit(fail, as_pointer(-EIO))), -EIO);
}

TEST_F(Futures, AThreadSurvivesACallThatFails)
{
    start(1);
    submit(fail, as_pointer(-EIO));
    EXPECT_EQ(result_of(submit(square, as_pointer(3))), 9);
}

TEST_F(Futures, NothingIsSubmittedAfterShutDown)
{
    start(1);
    executor_shutdown(executor, true, false);
    struct concurrent_future *future;
    EXPECT_EQ(concurrent_submit(executor, square, nullptr, nullptr, &future),
              -ESHUTDOWN);
}

TEST_F(Futures, ShutDownLetsFiftyFinish)
{
    start(5);
    for (intptr_t i = 0; i < 50; i++)
        submit(square, as_pointer(i));
    executor_shutdown(executor, true, false);
    for (intptr_t i = 0; i < 50; i++)
        EXPECT_EQ(result_of(futures[(size_t)i]), i * i);
}

TEST_F(Futures, ShutDownNeedNotWait)
{
    start(1);
    struct concurrent_future *future = submit(pass, &gate);
    gate.wait_for(1);
    executor_shutdown(executor, false, false);
    EXPECT_FALSE(concurrent_future_done(future));
    gate.open();
    EXPECT_EQ(result_of(future), 0);
}

TEST_F(Futures, ShutDownMayCancelWhatHasNotBegun)
{
    start(1);
    submit(pass, &gate);
    gate.wait_for(1);
    for (int i = 0; i < 10; i++)
        submit(square, as_pointer(i));
    executor_shutdown(executor, false, true);
    EXPECT_TRUE(concurrent_future_running(futures[0]));
    for (size_t i = 1; i < futures.size(); i++)
        EXPECT_TRUE(concurrent_future_cancelled(futures[i]));
    gate.open();
    EXPECT_EQ(wait(CONCURRENT_ALL_COMPLETED), "abcdefghijk");
    EXPECT_EQ(result_of(futures[0]), 0);
}

TEST_F(Futures, ACancelledCallIsNotMade)
{
    start(1);
    submit(pass, &gate);
    gate.wait_for(1);
    struct concurrent_future *future = submit(pass, &other_gate);
    EXPECT_TRUE(concurrent_future_cancel(future));
    gate.open();
    EXPECT_EQ(wait(CONCURRENT_ALL_COMPLETED), "ab"); /* hangs if it is made */
    EXPECT_EQ(result_of(future), -ECANCELED);
}

TEST_F(Futures, AResultThatWasNotTakenIsDropped)
{
    start(1);
    auto make = [](void *, void **result) {
        *result = new int(5);
        return 0;
    };
    struct concurrent_future *future;
    ASSERT_EQ(concurrent_submit(
                  executor, make, nullptr,
                  [](void *result) { delete static_cast<int *>(result); },
                  &future),
              0);
    concurrent_future_unref(future); /* leaks if it is not dropped */
}

TEST_F(Futures, ABrokenExecutorFailsWhatItWasGiven)
{
    struct executor_options options = {};
    options.threads = 1;
    options.initialize = [](void *) { return -EPERM; };
    ASSERT_EQ(executor_new_with(&executor, &options), 0);
    executor_resize(executor, 0); /* so that it is not refused at once */
    struct concurrent_future *queued = submit(square, nullptr);
    executor_resize(executor, 1);
    EXPECT_EQ(result_of(queued), -EPERM);
    struct concurrent_future *future;
    EXPECT_EQ(concurrent_submit(executor, square, nullptr, nullptr, &future),
              -ESHUTDOWN);
}

/* Notes where it was called and what the future said. */
struct Noting : done_callback {
    std::thread::id thread;
    int error = 1;
    void *result = nullptr;
    Gate called;

    Noting()
    {
        call = [](struct done_callback *self,
                  struct concurrent_future *future) {
            Noting *it = static_cast<Noting *>(self);
            it->thread = std::this_thread::get_id();
            it->error = concurrent_future_result(future, &it->result, 0);
            it->called.open();
        };
    }
};

TEST_F(Futures, ACallbackRunsOnTheThreadThatMadeTheCall)
{
    Noting noting;
    start(1);
    struct concurrent_future *future = submit(pass, &gate);
    gate.wait_for(1);
    concurrent_future_add_done_callback(future, &noting);
    gate.open();
    noting.called.pass();
    EXPECT_NE(noting.thread, std::this_thread::get_id());
}

TEST_F(Futures, ACallbackIsToldWhatTheCallReturned)
{
    Noting good, bad;
    start(1);
    submit(pass, &gate); /* holds the others back */
    struct concurrent_future *result = submit(square, as_pointer(3));
    struct concurrent_future *error = submit(fail, as_pointer(-EIO));
    concurrent_future_add_done_callback(result, &good);
    concurrent_future_add_done_callback(error, &bad);
    gate.open();
    good.called.pass();
    bad.called.pass();
    EXPECT_EQ(good.error, 0);
    EXPECT_EQ(as_number(good.result), 9);
    EXPECT_EQ(bad.error, -EIO);
}

/* ---- map ---- */

class Map : public Futures
{
  protected:
    int make(concurrent_call *call, std::vector<void *> arguments,
             nanos deadline = NEVER)
    {
        return concurrent_map_init(&map, executor, call, arguments.data(),
                                   arguments.size(), nullptr, deadline);
    }
    // A result, or the error of the call or of the map by its name.
    std::string next()
    {
        void *result = nullptr;
        int error = 0;
        int more = concurrent_map_next(&map, &result, &error);
        if (more <= 0)
            return more ? strerrorname_np(-more) : "end";
        return error ? std::string("call: ") + strerrorname_np(-error)
                     : std::to_string(as_number(result));
    }
    void TearDown() override
    {
        concurrent_map_deinit(&map);
        Futures::TearDown();
    }

    struct concurrent_map map = {};
};

TEST_F(Map, ResultsComeInTheOrderOfTheArguments)
{
    start(4);
    std::vector<void *> arguments;
    for (intptr_t i = 0; i < 100; i++)
        arguments.push_back(as_pointer(i));
    ASSERT_EQ(make(square, arguments), 0);
    for (intptr_t i = 0; i < 100; i++)
        EXPECT_EQ(next(), std::to_string(i * i));
    EXPECT_EQ(next(), "end");
}

TEST_F(Map, AnErrorEndsIt)
{
    start(2);
    ASSERT_EQ(make(fail, {as_pointer(0), as_pointer(-EDOM), as_pointer(0)}), 0);
    EXPECT_EQ(next(), "0");
    EXPECT_EQ(next(), "call: EDOM");
    EXPECT_EQ(next(), "end");
}

// What a call returns is never taken for something that the map says.
TEST_F(Map, NoErrorOfACallIsTakenForItsEndOrItsDeadline)
{
    start(2);
    for (int error : {ENODATA, ETIMEDOUT, ECANCELED, EDOM}) {
        ASSERT_EQ(make(fail, {as_pointer(-error), as_pointer(0)}), 0);
        EXPECT_EQ(next(), std::string("call: ") + strerrorname_np(error));
        EXPECT_EQ(next(), "end");
        concurrent_map_deinit(&map);
    }
}

TEST_F(Map, TheDeadlineIsForAllOfIt)
{
    start(1);
    gate.open();
    ASSERT_EQ(make(pass, {&gate, &other_gate}, monotonic_now()), 0);
    while (!concurrent_future_done(map.futures[0]))
        std::this_thread::yield();
    EXPECT_EQ(next(), "0") << "it is there, however late it is";
    EXPECT_EQ(next(), "ETIMEDOUT");
    EXPECT_EQ(next(), "end");
    other_gate.open();
}

TEST_F(Map, CallsAreSubmittedBeforeAnyResultIsAskedFor)
{
    start(3);
    ASSERT_EQ(make(pass, {&gate, &gate, &gate}), 0);
    gate.wait_for(3);
    gate.open();
}

TEST_F(Map, GivingUpCancelsWhatHasNotBegun)
{
    start(1);
    ASSERT_EQ(make(pass, {&gate, &other_gate}, 0), 0);
    gate.wait_for(1); /* the one thread there is has its hands full */
    EXPECT_EQ(next(), "ETIMEDOUT");
    concurrent_map_deinit(&map);
    gate.open();
    executor_shutdown(executor, true, false); /* hangs if the second is made */
}

TEST_F(Map, MoreThanThereAreThreadsIsNotATroubleAtShutDown)
{
    start(2);
    ASSERT_EQ(make(square, {as_pointer(1), as_pointer(2), as_pointer(3)}), 0);
    executor_shutdown(executor, true, false);
    EXPECT_EQ(next(), "1");
    EXPECT_EQ(next(), "4");
    EXPECT_EQ(next(), "9");
}

TEST_F(Map, AfterShutDownThereIsNone)
{
    start(1);
    executor_shutdown(executor, true, false);
    EXPECT_EQ(make(square, {as_pointer(1)}), -ESHUTDOWN);
}

/* ---- waiting for several ---- */

class Wait : public Futures
{
};

TEST_F(Wait, ForNothingIsOverAtOnce)
{
    EXPECT_EQ(wait(CONCURRENT_ALL_COMPLETED), "");
    EXPECT_EQ(wait(CONCURRENT_FIRST_COMPLETED), "");
}

TEST_F(Wait, OneThatIsListedTwiceIsOne)
{
    struct concurrent_future *future = promise();
    futures.push_back(concurrent_future_ref(future));
    EXPECT_EQ(wait(CONCURRENT_ALL_COMPLETED, 0), "");
    std::thread other([&] { set(future); });
    EXPECT_EQ(wait(CONCURRENT_ALL_COMPLETED), "ab");
    other.join();
}

TEST_F(Wait, ForTheFirst)
{
    start(2);
    submit(pass, &gate);
    submit(square, as_pointer(6));
    EXPECT_EQ(wait(CONCURRENT_FIRST_COMPLETED), "b");
    gate.open();
}

TEST_F(Wait, ForTheFirstIsOverWhenOneIsDoneAlready)
{
    promise();
    set(promise());
    concurrent_future_cancel(promise());
    concurrent_future_set_running(futures[2]);
    EXPECT_EQ(wait(CONCURRENT_FIRST_COMPLETED), "bc");
}

TEST_F(Wait, ForTheFirstError)
{
    start(3);
    submit(square, as_pointer(2));
    wait(CONCURRENT_ALL_COMPLETED);
    submit(fail, as_pointer(-EIO));
    submit(pass, &gate);
    EXPECT_EQ(wait(CONCURRENT_FIRST_EXCEPTION), "ab");
    gate.open();
}

TEST_F(Wait, ForTheFirstErrorTakesNoCancellationForOne)
{
    concurrent_future_cancel(promise());
    concurrent_future_set_running(futures[0]);
    struct concurrent_future *pending = promise();
    set(promise());
    promise();
    EXPECT_EQ(wait(CONCURRENT_FIRST_EXCEPTION, 0), "ac");
    std::thread other([&] { concurrent_future_set_error(pending, -EIO); });
    EXPECT_EQ(wait(CONCURRENT_FIRST_EXCEPTION), "abc");
    other.join();
}

TEST_F(Wait, ForTheFirstErrorIsOverWhenOneHasFailedAlready)
{
    concurrent_future_set_error(promise(), -EIO);
    promise();
    EXPECT_EQ(wait(CONCURRENT_FIRST_EXCEPTION), "a");
}

TEST_F(Wait, ForTheFirstErrorIsForAllWhenThereIsNone)
{
    start(2);
    submit(square, as_pointer(1));
    submit(square, as_pointer(2));
    EXPECT_EQ(wait(CONCURRENT_FIRST_EXCEPTION), "ab");
}

TEST_F(Wait, ForAll)
{
    start(2);
    concurrent_future_cancel(promise());
    concurrent_future_set_running(futures[0]);
    concurrent_future_set_error(promise(), -EIO);
    submit(square, as_pointer(1));
    submit(fail, as_pointer(-EIO));
    EXPECT_EQ(wait(CONCURRENT_ALL_COMPLETED), "abcd");
}

TEST_F(Wait, ADeadlineEndsIt)
{
    set(promise());
    promise();
    nanos soon = monotonic_now() + NANOS_PER_MILLISECOND;
    EXPECT_EQ(wait(CONCURRENT_ALL_COMPLETED, soon), "a");
    EXPECT_EQ(wait(CONCURRENT_ALL_COMPLETED, 0), "a");
}

TEST_F(Wait, ACancelledOneCountsOnceItsExecutorKnows)
{
    concurrent_future_cancel(promise());
    EXPECT_EQ(wait(CONCURRENT_ALL_COMPLETED, 0), "");
    std::thread other([&] { concurrent_future_set_running(futures[0]); });
    EXPECT_EQ(wait(CONCURRENT_ALL_COMPLETED), "a");
    other.join();
}

/* Futures that finish while a thread begins to wait for them. */
TEST_F(Wait, ForManyThatFinishMeanwhile)
{
    start(4);
    for (int round = 0; round < 20; round++) {
        std::vector<struct concurrent_future *> many;
        for (int i = 0; i < 50; i++)
            many.push_back(submit(square, nullptr));
        EXPECT_EQ(concurrent_wait(many.data(), many.size(),
                                  CONCURRENT_ALL_COMPLETED, NEVER, nullptr),
                  50);
    }
}

/* ---- as they are completed ---- */

class AsCompleted : public Futures
{
  protected:
    void begin(nanos deadline = NEVER)
    {
        ASSERT_EQ(
            as_completed_new(&it, futures.data(), futures.size(), deadline), 0);
    }
    /* The letter of the next one; '.' at the end, '!' when time is up. */
    char next()
    {
        struct concurrent_future *future;
        int error = as_completed_next(it, &future);
        if (error)
            return error == -ENODATA ? '.' : '!';
        for (size_t i = 0; i < futures.size(); i++)
            if (futures[i] == future)
                return (char)('a' + i);
        return '?';
    }
    void TearDown() override
    {
        as_completed_free(it);
        Futures::TearDown();
    }

    struct as_completed *it = nullptr;
};

TEST_F(AsCompleted, InTheOrderOfCompletion)
{
    promise();
    promise();
    concurrent_future_cancel(promise());
    concurrent_future_set_running(futures[2]);
    begin();
    EXPECT_EQ(next(), 'c') << "done before it began";
    std::thread other([&] {
        set(futures[1]);
        concurrent_future_set_error(futures[0], -EIO);
    });
    EXPECT_EQ(next(), 'b');
    EXPECT_EQ(next(), 'a');
    EXPECT_EQ(next(), '.');
    EXPECT_EQ(next(), '.');
    other.join();
}

TEST_F(AsCompleted, WithoutTimeThoseThatAreDoneStillCome)
{
    promise();
    set(promise());
    begin(0);
    EXPECT_EQ(next(), 'b');
    EXPECT_EQ(next(), '!');
    EXPECT_EQ(next(), '!');
}

TEST_F(AsCompleted, OneThatIsListedTwiceComesOnce)
{
    struct concurrent_future *future = promise();
    futures.push_back(concurrent_future_ref(future));
    begin();
    set(future);
    EXPECT_EQ(next(), 'a');
    EXPECT_EQ(next(), '.');
    as_completed_free(it);
    begin(); /* and when it is done from the start */
    EXPECT_EQ(next(), 'a');
    EXPECT_EQ(next(), '.');
}

TEST_F(AsCompleted, MayBeLeftBeforeTheEnd)
{
    promise();
    promise();
    begin();
    set(futures[0]);
    EXPECT_EQ(next(), 'a');
    as_completed_free(it);
    it = nullptr;
    set(futures[1]); /* and none is told */
}

} // namespace
