/* SPDX-License-Identifier: MIT */
/* Deferreds and other awaitables as Futures, and the way back; the end of all
 * Tasks with that of the first, TA7. */
#include "coroutines/future_of.h"
#include "coroutines/gather.h"
#include "coroutines/lock.h"
#include "coroutines/run_main.h"
#include "deferreds/deferred.h"
#include "deferreds/made.h"
#include "task_fixture.h"

class FutureOfTest : public EngineTest
{
  protected:
    struct future *of(struct outcome come)
    {
        return owned(future_of(loop, come));
    }
    struct semaphore lock; /* outlives the permits in Futures of the test */
};

TEST_P(FutureOfTest, HasWhatComesOfADeferred)
{
    struct deferred *value = deferred_new(nullptr);
    struct deferred *failure = deferred_new(nullptr);
    struct future *good = of(outcome_deferred(value));
    struct future *bad = of(outcome_deferred(failure));
    EXPECT_FALSE(future_done(good));
    deferred_callback(value, outcome_number(13));
    deferred_fire(failure, a_failure());
    run();
    EXPECT_EQ(result(good), "13");
    EXPECT_EQ(result(bad), "OSError(no)");
}

TEST_P(FutureOfTest, HasWhatIsThereAtOnce)
{
    EXPECT_EQ(result(of(outcome_number(1))), "1");
    EXPECT_EQ(result(of(a_failure())), "OSError(no)");
    struct deferred *fired = deferred_succeed(outcome_number(2));
    EXPECT_EQ(result(of(outcome_deferred(fired))), "2");
    struct future *future = promise();
    future_set_result(future, outcome_number(3));
    EXPECT_EQ(result(of(future_await(future))), "3");
    struct future *gone = promise();
    future_cancel(gone);
    EXPECT_TRUE(future_cancelled(of(future_await(gone))));
}

TEST_P(FutureOfTest, CancelledItCancelsTheDeferred)
{
    static int asked;
    asked = 0;
    struct deferred *deferred = deferred_new([](struct deferred *) {
        asked++;
        return false;
    });
    struct future *future = of(outcome_deferred(deferred));
    EXPECT_TRUE(future_cancel(future));
    EXPECT_FALSE(future_cancel(future));
    EXPECT_EQ(asked, 1);
    EXPECT_TRUE(future_cancelled(future));
    run();
}

TEST_P(FutureOfTest, WhatACanceledDeferredComesToIsOverlooked)
{
    struct deferred *deferred = deferred_new([](struct deferred *asked) {
        deferred_callback(asked, outcome_number(9));
        return false;
    });
    struct future *future = of(outcome_deferred(deferred));
    future_cancel(future);
    run();
    EXPECT_TRUE(future_cancelled(future));
    EXPECT_EQ(result(future), "CancelledError()");
}

TEST_P(FutureOfTest, DroppedItDropsWhatItWaitsFor)
{
    lock_init(&lock, loop);
    struct outcome permit = semaphore_acquire(&lock);
    EXPECT_EQ(permit.kind, &permit_kind); /* it is kept */
    future_unref(future_of(loop, semaphore_acquire(&lock)));
    EXPECT_EQ(lock.waiting.first, nullptr);
}

TEST_P(FutureOfTest, ALockMayBeGathered)
{
    lock_init(&lock, loop);
    struct outcome permit = semaphore_acquire(&lock);
    struct future *each[] = {future_of(loop, semaphore_acquire(&lock)),
                             future_of(loop, sleep_for(loop, 10))};
    struct future *both = owned(future_gather(loop, each, 2, false));
    settle();
    EXPECT_FALSE(future_done(both));
    outcome_drop(permit);
    run();
    EXPECT_EQ(result(both), "[<permit>, None]");
}

/* ---- the way back ---- */

TEST_P(FutureOfTest, ADeferredHasWhatComesOfAFuture)
{
    struct future *value = promise(), *gone = promise();
    struct deferred *good = deferred_maybe(future_await(value));
    struct deferred *bad = deferred_maybe(future_await(gone));
    settle();
    EXPECT_FALSE(deferred_is_over(good));
    future_set_result(value, outcome_number(7));
    future_cancel(gone);
    run();
    EXPECT_EQ(shown(outcome_take(&good->outcome)), "7");
    EXPECT_EQ(shown(outcome_take(&bad->outcome)), "CancelledError()");
    deferred_drop(good);
    deferred_drop(bad);
}

TEST_P(FutureOfTest, ADeferredThatIsCancelledCancelsItsFuture)
{
    struct future *future = promise();
    struct deferred *deferred = deferred_maybe(future_await(future));
    deferred_cancel(deferred);
    run();
    EXPECT_TRUE(future_cancelled(future));
    EXPECT_EQ(shown(outcome_take(&deferred->outcome)), "CancelledError()");
    deferred_drop(deferred);
}

INSTANTIATE_OVER_ENGINES(FutureOfTest);

/* ---- the end of all ---- */

class RunMainTest : public EngineTest
{
  protected:
    std::string run_main_of(Script &body)
    {
        return shown(run_main(loop, make(body)));
    }
    /* Runs beside the main one, and has no owner. */
    void spawn(Script &body)
    {
        ASSERT_EQ(task_spawn(loop, make(body)), 0);
    }
};

TEST_P(RunMainTest, ComesToWhatTheFirstComesTo)
{
    EXPECT_EQ(
        run_main_of(quiet()
                        .then([this] { return awaits(sleep_for(loop, 10)); })
                        .then(returns(9))),
        "9");
    EXPECT_EQ(clock.now - start, 10);
}

TEST_P(RunMainTest, TA7_TheOthersAreCancelledAndTidyUp)
{
    spawn(quiet()
              .then([this] { return awaits(sleep_for(loop, 1000)); })
              .except([this](struct outcome got) {
                  diary += seen(&got) + " ";
                  outcome_drop(got);
                  return awaits(sleep_for(loop, 5));
              })
              .then([this] {
                  diary += "tidy ";
                  return returns(1);
              }));
    struct future *never = promise();
    spawn(quiet()
              .then([=] { return waits(never); })
              .except([this](struct outcome got) {
                  diary += seen(&got) + " ";
                  return returns(got);
              }));
    EXPECT_EQ(run_main_of(quiet().then(yields(outcome_none()))), "None");
    EXPECT_EQ(diary, "CancelledError() CancelledError() tidy ");
    EXPECT_EQ(clock.now - start, 5);
    EXPECT_EQ(all_tasks_next(loop, nullptr), nullptr);
}

TEST_P(RunMainTest, TA7_OneThatBeginsInTheEndIsCancelledToo)
{
    spawn(quiet()
              .then([this] { return awaits(sleep_for(loop, 1000)); })
              .except([this](struct outcome got) {
                  outcome_drop(got);
                  spawn(quiet().then(
                      [this] { return awaits(sleep_for(loop, 1000)); }));
                  return returns(1);
              }));
    EXPECT_EQ(run_main_of(quiet().then(yields(outcome_none()))), "None");
    EXPECT_EQ(clock.now, start);
}

TEST_P(RunMainTest, TA7_OneThatStillWaitsIsReportedAndClosed)
{
    struct future *never = promise(), *second = promise();
    spawn(script()
              .then([=] { return waits(never); })
              .except(act{ACT_AWAIT, future_await(second), nullptr}));
    EXPECT_EQ(run_main_of(quiet().then(yields(outcome_none()))), "None");
    EXPECT_EQ(diary, "None CancelledError() GeneratorExit() finally ");
    EXPECT_EQ(second->references, 1u);
    expected_reports = "Task was destroyed but it is pending!: body\n";
}

TEST_P(RunMainTest, TA7_AMainThatWaitsForEverIsTold)
{
    struct future *never = promise();
    EXPECT_EQ(run_main_of(script().then([=] { return waits(never); })),
              "RuntimeError(the loop ended before the Task was done)");
    EXPECT_EQ(diary, "None GeneratorExit() finally ");
}

TEST_P(RunMainTest, AFailureOfATaskThatIsCancelledIsReported)
{
    spawn(quiet()
              .then([this] { return awaits(sleep_for(loop, 1000)); })
              .except([](struct outcome got) {
                  outcome_drop(got);
                  return returns(a_failure());
              }));
    run_main_of(quiet().then(yields(outcome_none())));
    expected_reports = "Task exception was never retrieved: OSError(no)\n";
}

TEST_P(RunMainTest, WithoutTasksThereIsNothingToEnd)
{
    all_tasks_end(loop);
    EXPECT_EQ(clock.now, start);
}

INSTANTIATE_OVER_ENGINES(RunMainTest);
