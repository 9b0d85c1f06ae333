/* SPDX-License-Identifier: MIT */
/* The rules of wait, CO2, and of as_completed, CO3, over every engine. */
#include "coroutines/as_completed.h"
#include "coroutines/gather.h"
#include "coroutines/wait.h"
#include "task_fixture.h"

class WaitTest : public EngineTest
{
  protected:
    std::vector<struct future *> futures_of(std::vector<struct task *> of)
    {
        std::vector<struct future *> futures;
        for (struct task *task : of)
            futures.push_back(task_future(task));
        return futures;
    }
    /* A Task that waits for them. */
    struct task *wait(std::vector<struct task *> of,
                      enum wait_until until = WAIT_ALL_COMPLETED,
                      nanos timeout = NEVER)
    {
        return waiter([this, of, until, timeout] {
            std::vector<struct future *> futures = futures_of(of);
            return futures_wait(loop, futures.data(), futures.size(), until,
                                timeout);
        });
    }
    nanos passed() const
    {
        return clock.now - start;
    }
};

TEST_P(WaitTest, CO2_ForAllOfThem)
{
    struct task *a = sleeper(10, 1), *b = sleeper(15, 2);
    struct task *both = wait({a, b});
    run();
    EXPECT_EQ(result(both), "2");
    EXPECT_EQ(passed(), 15);
    EXPECT_EQ(result(a) + result(b), "12");
    both = wait({a, b}); /* done already */
    run();
    EXPECT_EQ(result(both), "2");
    EXPECT_EQ(passed(), 15);
}

TEST_P(WaitTest, CO2_ForTheSameOneTwice)
{
    struct task *a = sleeper(10, 1);
    struct task *twice = wait({a, a});
    run();
    EXPECT_EQ(result(twice), "2");
}

TEST_P(WaitTest, CO2_ForNoneIsRefused)
{
    struct task *none = wait({});
    run();
    EXPECT_EQ(result(none), "RuntimeError(Set of futures is empty)");
}

TEST_P(WaitTest, CO2_ForTheFirstOfThem)
{
    struct task *a = sleeper(100, 1), *b = sleeper(10, 2);
    struct task *first = wait({a, b}, WAIT_FIRST_COMPLETED);
    nanos when = 0;
    Call notes([&] { when = passed(); });
    settle();
    future_add_done_callback(task_future(first), &notes);
    run();
    EXPECT_EQ(result(first), "1");
    EXPECT_EQ(when, 10);
    EXPECT_EQ(result(a), "1"); /* it was left alone */
}

TEST_P(WaitTest, CO2_OneThatIsDoneWhenTheWaitGoesOnIsDone)
{
    struct task *a = sleeper(0, 1), *b = sleeper(0, 2);
    struct task *first = wait({a, b}, WAIT_FIRST_COMPLETED);
    run();
    EXPECT_EQ(result(first), "2");
}

TEST_P(WaitTest, CO2_ForTheFirstFailure)
{
    struct task *good = sleeper(5, 1), *slow = sleeper(100, 2);
    struct task *bad = sleeper(10, returns(a_failure()));
    struct task *failed = wait({good, slow, bad}, WAIT_FIRST_EXCEPTION);
    Call late(note('!'));
    at(late, 10);
    settle();
    Call looks([&] {
        diary += done(failed) ? "done" : "waits";
        diary += done(slow) ? "done" : "waits";
    });
    future_add_done_callback(task_future(failed), &looks);
    run();
    EXPECT_EQ(diary, "!donewaits");
    EXPECT_EQ(result(failed), "2");
    EXPECT_EQ(result(bad), "OSError(no)");
}

TEST_P(WaitTest, CO2_ToBeCancelledIsNotAFailure)
{
    struct task *a = sleeper(10, 1), *b = sleeper(20, 2);
    struct task *failed = wait({a, b}, WAIT_FIRST_EXCEPTION);
    settle();
    task_cancel(a);
    settle();
    EXPECT_TRUE(cancelled(a));
    EXPECT_FALSE(done(failed));
    run();
    EXPECT_EQ(result(failed), "2");
    EXPECT_EQ(passed(), 20);
}

TEST_P(WaitTest, CO2_AFailureAtOnceEndsItInTheSameTurn)
{
    struct task *bad = task_of(quiet().then(returns(a_failure())));
    struct task *slow = sleeper(10, 1);
    struct task *failed = wait({slow, bad}, WAIT_FIRST_EXCEPTION);
    settle();
    EXPECT_EQ(result(failed), "1");
    EXPECT_EQ(passed(), 0);
    EXPECT_EQ(result(bad), "OSError(no)");
    run();
}

TEST_P(WaitTest, CO2_AFailureIsNotAFailureOfTheWait)
{
    struct task *a = sleeper(10, 1);
    struct task *bad = sleeper(15, returns(a_failure()));
    struct task *all = wait({a, bad});
    run();
    EXPECT_EQ(result(all), "2");
    EXPECT_EQ(result(bad), "OSError(no)");
}

TEST_P(WaitTest, CO2_TheEndOfTheTimeIsNotAFailureAndCancelsNothing)
{
    struct task *a = sleeper(10, 1), *b = sleeper(20, 2);
    struct task *some = wait({a, b}, WAIT_ALL_COMPLETED, 15);
    struct task *none = wait({b}, WAIT_ALL_COMPLETED, 0);
    struct task *all = wait({a, b}, WAIT_ALL_COMPLETED, 1000);
    run();
    EXPECT_EQ(result(some), "1");
    EXPECT_EQ(result(none), "0");
    EXPECT_EQ(result(all), "2");
    EXPECT_EQ(result(b), "2");
    EXPECT_EQ(passed(), 20); /* its timer holds nothing up */
}

TEST_P(WaitTest, CO2_OneThatEndsAsTheTimeDoesIsDone)
{
    struct task *a = sleeper(10, 1), *b = sleeper(15, 2);
    struct task *some = wait({a, b}, WAIT_ALL_COMPLETED, 10);
    run();
    EXPECT_EQ(result(some), "1");
}

TEST_P(WaitTest, CO2_ToCancelTheWaitLeavesTheOthersAlone)
{
    struct task *inner = sleeper(10, 1);
    struct task *outer = wait({inner}, WAIT_ALL_COMPLETED, 1000);
    settle();
    task_cancel(outer);
    settle();
    EXPECT_TRUE(cancelled(outer));
    EXPECT_FALSE(done(inner));
    run();
    EXPECT_EQ(result(inner), "1");
    EXPECT_EQ(passed(), 10);
}

TEST_P(WaitTest, CO2_KeepsAliveWhatItWaitsFor)
{
    struct future *future = future_new(loop);
    struct outcome come =
        futures_wait(loop, &future, 1, WAIT_ALL_COMPLETED, NEVER);
    struct task *task = waiter([come] { return come; });
    settle();
    future_set_result(future, outcome_number(1));
    future_unref(future);
    run();
    EXPECT_EQ(result(task), "1");
}

INSTANTIATE_OVER_ENGINES(WaitTest);

/* ---- CO3 ---- */

class AsCompletedTest : public EngineTest
{
  protected:
    void TearDown() override
    {
        for (struct task *task : tasks)
            task_close(task);
        completed_free(each);
        EngineTest::TearDown();
    }
    void of(std::vector<struct task *> all, nanos timeout = NEVER)
    {
        std::vector<struct future *> futures;
        for (struct task *task : all)
            futures.push_back(task_future(task));
        each =
            futures_as_completed(loop, futures.data(), futures.size(), timeout);
        ASSERT_NE(each, nullptr);
    }
    struct act next()
    {
        return awaits(completed_next(each));
    }
    /* Takes `count`, and writes when which came. */
    struct task *taker(size_t count)
    {
        Script &body = quiet();
        body.then([this] { return next(); });
        for (size_t i = 1; i <= count; i++)
            body.except([this, i, count](struct outcome got) {
                diary +=
                    seen(&got) + "@" + std::to_string(clock.now - start) + " ";
                outcome_drop(got);
                return i < count ? next() : returns(1);
            });
        return task_of(body);
    }
    struct completed_futures *each = nullptr;
};

TEST_P(AsCompletedTest, CO3_ComeInTheOrderInWhichTheyEnd)
{
    of({sleeper(10, 1), sleeper(15, 2), sleeper(5, 3)});
    EXPECT_EQ(completed_count(each), 3u);
    taker(3);
    run();
    EXPECT_EQ(diary, "3@5 1@10 2@15 ");
}

TEST_P(AsCompletedTest, CO3_AFailureComesLikeAValue)
{
    of({sleeper(10, returns(a_failure())), sleeper(5, 3)});
    taker(2);
    run();
    EXPECT_EQ(diary, "3@5 OSError(no)@10 ");
}

TEST_P(AsCompletedTest, CO3_OneThatIsGivenTwiceComesOnce)
{
    struct task *a = sleeper(10, 1);
    of({a, sleeper(5, 2), a});
    EXPECT_EQ(completed_count(each), 2u);
    taker(2);
    run();
    EXPECT_EQ(diary, "2@5 1@10 ");
}

TEST_P(AsCompletedTest, CO3_TheEndOfTheTimeComesForEachThatIsNotDone)
{
    struct task *slow = sleeper(150, 2);
    of({sleeper(100, 1), slow, sleeper(160, 3)}, 120);
    taker(3);
    run();
    EXPECT_EQ(diary, "1@100 TimeoutError()@120 TimeoutError()@120 ");
    EXPECT_EQ(result(slow), "2"); /* they went on */
}

TEST_P(AsCompletedTest, CO3_ATimeThatIsNotNeededHoldsNothingUp)
{
    of({sleeper(10, 1)}, 1000);
    taker(1);
    run();
    EXPECT_EQ(diary, "1@10 ");
    EXPECT_EQ(clock.now - start, 10);
}

TEST_P(AsCompletedTest, CO3_SeveralMayWaitAndAreServedInTheirOrder)
{
    of({sleeper(10, 1), sleeper(5, 2)});
    struct task *first = waiter([this] { return completed_next(each); });
    struct task *second = waiter([this] { return completed_next(each); });
    run();
    EXPECT_EQ(result(first), "2");
    EXPECT_EQ(result(second), "1");
}

TEST_P(AsCompletedTest, CO3_AWaitThatIsCancelledLeavesItsOutcomeToTheNext)
{
    struct future *one = promise();
    each = futures_as_completed(loop, &one, 1, NEVER);
    struct task *first = waiter([this] { return completed_next(each); });
    struct task *second = waiter([this] { return completed_next(each); });
    settle();
    future_set_result(one, outcome_number(7));
    turns(1);
    task_cancel(first);
    settle();
    EXPECT_TRUE(cancelled(first));
    EXPECT_EQ(result(second), "7");
}

TEST_P(AsCompletedTest, CO3_SleepsTakeTheirTimeTogether)
{
    of({sleeper(50, 1), sleeper(50, 2)});
    taker(2);
    run();
    EXPECT_EQ(clock.now - start, 50);
}

TEST_P(AsCompletedTest, CO3_BehindTheLastOneThereIsNone)
{
    of({});
    EXPECT_EQ(completed_count(each), 0u);
    EXPECT_EQ(shown(completed_next(each)),
              "RuntimeError(all of them have come)");
}

TEST_P(AsCompletedTest, CO3_MayBeLeftBeforeTheEnd)
{
    struct task *slow = sleeper(100, 2);
    of({sleeper(5, 1), slow}, 50);
    taker(1);
    Call leaves([this] {
        completed_free(each);
        each = nullptr;
    });
    at(leaves, 10);
    run();
    EXPECT_EQ(diary, "1@5 ");
    EXPECT_EQ(result(slow), "2");
}

INSTANTIATE_OVER_ENGINES(AsCompletedTest);
