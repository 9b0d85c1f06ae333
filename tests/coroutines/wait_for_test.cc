/* SPDX-License-Identifier: MIT */
/* The rules of wait_for, CO4, of timeout scopes, and of shield, CO5, over every
 * engine. */
#include "coroutines/future_of.h"
#include "coroutines/gather.h"
#include "coroutines/shield.h"
#include "coroutines/timeout_scope.h"
#include "coroutines/wait_for.h"
#include "deferreds/deferred.h"
#include "task_fixture.h"

class WaitForTest : public EngineTest
{
  protected:
    struct task *wait(struct task *task, nanos timeout)
    {
        return waiter([this, task, timeout] {
            return wait_for(loop, task_await(task), timeout);
        });
    }
    /* Sleeps, and writes how that ended; then does as the act says. */
    struct task *stubborn(nanos span, struct act end)
    {
        return task_of(
            quiet()
                .then([this, span] { return awaits(sleep_for(loop, span)); })
                .except([this, end](struct outcome got) {
                    diary += seen(&got) + " ";
                    outcome_drop(got);
                    return end;
                }));
    }
    nanos passed() const
    {
        return clock.now - start;
    }
};

TEST_P(WaitForTest, CO4_WhatComesInTimeComes)
{
    struct task *inner = sleeper(10, 1);
    struct task *in_time = wait(inner, 20), *no_end = wait(inner, NEVER);
    run();
    EXPECT_EQ(result(in_time), "1");
    EXPECT_EQ(result(no_end), "1");
    EXPECT_EQ(passed(), 10); /* its timer holds nothing up */
}

TEST_P(WaitForTest, CO4_AFailureThatComesInTimeComes)
{
    struct task *task = wait(sleeper(10, returns(a_failure())), 20);
    run();
    EXPECT_EQ(result(task), "OSError(no)");
}

TEST_P(WaitForTest, CO4_WhatIsThereNeedsNoTime)
{
    struct future *future = promise();
    future_set_result(future, outcome_number(1));
    for (nanos timeout : {0, -1}) {
        EXPECT_EQ(shown(wait_for(loop, future_await(future), timeout)), "1");
        EXPECT_EQ(shown(wait_for(loop, outcome_number(2), timeout)), "2");
    }
}

TEST_P(WaitForTest, CO4_WithoutTimeATaskIsNotBegun)
{
    struct task *inner = nullptr;
    struct task *outer = waiter([&] {
        inner = task_of(script().then(returns(1)));
        return wait_for(loop, task_await(inner), 0);
    });
    run();
    EXPECT_EQ(result(outer), "TimeoutError()");
    EXPECT_TRUE(cancelled(inner));
    EXPECT_EQ(diary, "");
}

TEST_P(WaitForTest, CO4_WithoutTimeARunningTaskIsCancelled)
{
    for (nanos timeout : {0, -1}) {
        diary = "";
        struct task *inner =
            stubborn(10, returns(outcome_failure(&failure_cancelled)));
        settle();
        struct task *outer = wait(inner, timeout);
        run();
        EXPECT_EQ(diary, "CancelledError() ");
        EXPECT_EQ(result(outer), "TimeoutError()");
        EXPECT_TRUE(cancelled(inner));
        EXPECT_EQ(passed(), 0);
    }
}

TEST_P(WaitForTest, CO4_WhenTheTimeIsOverItIsCancelledAndThenItTimesOut)
{
    struct task *inner = sleeper(100, 1), *outer = wait(inner, 10);
    run();
    EXPECT_TRUE(cancelled(inner));
    EXPECT_EQ(result(outer), "TimeoutError()");
    EXPECT_EQ(passed(), 10);
    const struct outcome *came = nullptr;
    ASSERT_EQ(future_result(task_future(outer), &came), 0);
    ASSERT_NE(came->failure->cause, nullptr);
    EXPECT_TRUE(failure_is(came->failure->cause, &cancelled_type));
}

TEST_P(WaitForTest, CO4_ItWaitsUntilTheCancelledOneHasEnded)
{
    for (nanos timeout : {10, 0}) {
        diary = "";
        nanos before = clock.now;
        struct task *inner = task_of(
            quiet()
                .then([this] { return awaits(sleep_for(loop, 1000)); })
                .except([this](struct outcome got) { /* tidies up */
                                                     outcome_drop(got);
                                                     return awaits(
                                                         sleep_for(loop, 5));
                })
                .then([this] {
                    diary += "tidy";
                    return returns(outcome_failure(&failure_cancelled));
                }));
        settle();
        struct task *outer = wait(inner, timeout);
        run();
        EXPECT_EQ(diary, "tidy");
        EXPECT_EQ(result(outer), "TimeoutError()");
        EXPECT_EQ(clock.now - before, timeout + 5);
    }
}

TEST_P(WaitForTest, CO4_WhatTheCancelledOneComesToWins)
{
    struct task *value = wait(stubborn(100, returns(1)), 10);
    struct task *failure = wait(stubborn(100, returns(a_failure())), 10);
    run();
    EXPECT_EQ(result(value), "1");
    EXPECT_EQ(result(failure), "OSError(no)");
    EXPECT_EQ(diary, "CancelledError() CancelledError() ");
}

TEST_P(WaitForTest, CO4_ToCancelItIsToCancelTheInnerOneAndToWaitForThat)
{
    for (nanos timeout : {(nanos)60, NEVER}) {
        struct task *inner =
            task_of(quiet()
                        .then([this] { return awaits(sleep_for(loop, 1000)); })
                        .except([this](struct outcome got) {
                            outcome_drop(got);
                            return awaits(sleep_for(loop, 5));
                        })
                        .then(returns(1)));
        struct task *outer = wait(inner, timeout);
        settle();
        task_cancel(outer);
        settle();
        EXPECT_FALSE(done(outer));
        run();
        EXPECT_EQ(result(inner), "1");
        EXPECT_TRUE(cancelled(outer)); /* all the same */
    }
    EXPECT_EQ(passed(), 10);
}

TEST_P(WaitForTest, CO4_OnceItIsCancelledThereIsNoDeadline)
{
    struct task *inner =
        task_of(quiet()
                    .then([this] { return awaits(sleep_for(loop, 1000)); })
                    .except([this](struct outcome got) {
                        outcome_drop(got);
                        return awaits(sleep_for(loop, 50)); /* undisturbed */
                    })
                    .then(returns(1)));
    struct task *outer = wait(inner, 10);
    Call cancels([&] { task_cancel(outer); });
    at(cancels, 5);
    run();
    EXPECT_EQ(result(inner), "1");
    EXPECT_TRUE(cancelled(outer));
    EXPECT_EQ(passed(), 55);
}

TEST_P(WaitForTest, CO4_AnOutcomeOfTheSameTurnWinsOverACancel)
{
    struct future *future = promise();
    struct task *outer = waiter(
        [this, future] { return wait_for(loop, future_await(future), 10); });
    settle();
    future_set_result(future, outcome_number(1));
    task_cancel(outer);
    settle();
    EXPECT_EQ(result(outer), "1");

    struct future *second = promise();
    outer = waiter(
        [this, second] { return wait_for(loop, future_await(second), 10); });
    settle();
    future_set_result(second, outcome_number(2));
    turns(1); /* it has ended, and the Task is about to be told */
    task_cancel(outer);
    settle();
    EXPECT_EQ(result(outer), "2");
}

TEST_P(WaitForTest, CO4_OneThatHoldsUpTheCancellationIsLeftToItself)
{
    struct task *inner = stubborn(300, awaits(sleep_for(loop, 300)));
    struct task *outer = wait(inner, 100);
    Call cancels([&] { task_cancel(outer); });
    at(cancels, 200);
    Call looks([&] {
        diary += cancelled(outer) ? "cancelled " : "waits ";
        diary += done(inner) ? "done " : "goes on ";
    });
    at(looks, 201);
    run();
    EXPECT_EQ(diary, "CancelledError() cancelled goes on ");
    EXPECT_EQ(result(inner), "None");
}

TEST_P(WaitForTest, CO4_AnythingThatIsAwaitableMayHaveADeadline)
{
    struct deferred *deferred =
        deferred_new([](struct deferred *) { return false; });
    struct task *late =
        waiter([&] { return wait_for(loop, outcome_deferred(deferred), 10); });
    struct task *in_time =
        waiter([&] { return wait_for(loop, sleep_for(loop, 5), 10); });
    run();
    EXPECT_EQ(result(late), "TimeoutError()");
    EXPECT_EQ(result(in_time), "None");
}

TEST_P(WaitForTest, CO4_ATaskThatIsClosedLeavesNothingBehind)
{
    struct task *inner = sleeper(10, 1), *outer = wait(inner, 1000);
    settle();
    task_close(outer);
    run();
    EXPECT_EQ(result(inner), "1");
    EXPECT_EQ(passed(), 10);
}

INSTANTIATE_OVER_ENGINES(WaitForTest);

/* ---- timeout scopes ---- */

class TimeoutTest : public EngineTest
{
  protected:
    /* Enters a scope, does what the act says, leaves the scope, and comes to
     * what that comes to. */
    struct task *within(nanos span, std::function<struct act()> part)
    {
        return task_of(quiet()
                           .then([this, span, part] {
                               timeout_enter(&scope, span);
                               return part();
                           })
                           .except([this](struct outcome got) {
                               return returns(timeout_exit(&scope, got));
                           }));
    }
    std::function<struct act()> sleeps(nanos span)
    {
        return [this, span] { return awaits(sleep_for(loop, span)); };
    }
    struct timeout_scope scope = {};
};

TEST_P(TimeoutTest, WhatEndsInTimeIsNotDisturbed)
{
    struct task *task = within(20, sleeps(10));
    run();
    EXPECT_EQ(result(task), "None");
    EXPECT_EQ(clock.now - start, 10);
    EXPECT_EQ(scope.state, TIMEOUT_EXITED);
    EXPECT_FALSE(timeout_expired(&scope));
    EXPECT_EQ(timeout_reschedule(&scope, start), -EINVAL);
}

TEST_P(TimeoutTest, WhatTakesLongerIsCancelledAndTimesOut)
{
    struct task *task = within(10, sleeps(20));
    run();
    EXPECT_EQ(result(task), "TimeoutError()");
    EXPECT_EQ(clock.now - start, 10);
    EXPECT_TRUE(timeout_expired(&scope));
    EXPECT_EQ(task_cancelling(task), 0u); /* that was taken back */
}

TEST_P(TimeoutTest, ThatHasPassedCancelsAtTheNextWait)
{
    struct task *task = within(0, sleeps(20));
    run();
    EXPECT_EQ(result(task), "TimeoutError()");
    EXPECT_EQ(clock.now, start);
}

TEST_P(TimeoutTest, WithoutAnEndNeverExpires)
{
    struct task *task = within(NEVER, sleeps(1000));
    run();
    EXPECT_EQ(result(task), "None");
    EXPECT_EQ(scope.when, NEVER);
}

TEST_P(TimeoutTest, ADeadlineMayBeMoved)
{
    struct task *task = within(10, sleeps(100));
    Call later([this] {
        EXPECT_EQ(scope.when, start + 10);
        EXPECT_EQ(timeout_reschedule(&scope, start + 50), 0);
    });
    at(later, 5);
    run();
    EXPECT_EQ(result(task), "TimeoutError()");
    EXPECT_EQ(clock.now - start, 50);

    task = within(10, sleeps(100));
    settle();
    EXPECT_EQ(timeout_reschedule(&scope, NEVER), 0);
    run();
    EXPECT_EQ(result(task), "None");
}

TEST_P(TimeoutTest, AFailureOfThePartIsItsOwn)
{
    struct task *task = within(10, [] { return awaits(a_failure()); });
    run();
    EXPECT_EQ(result(task), "OSError(no)");
}

TEST_P(TimeoutTest, ACancellationFromOutsideStaysOne)
{
    struct task *task = within(10, sleeps(20));
    settle();
    task_cancel(task);
    settle();
    EXPECT_TRUE(cancelled(task));
    EXPECT_EQ(clock.now, start);

    task = within(10, sleeps(20)); /* both in the same turn */
    Call cancels([&] { task_cancel(task); });
    settle();
    at(cancels, 10);
    run();
    EXPECT_TRUE(cancelled(task));
    EXPECT_EQ(task_cancelling(task), 1u);
}

/* The inner one ends by itself, the outer one ends it all. */
TEST_P(TimeoutTest, OneScopeMayLieInAnother)
{
    struct timeout_scope inner;
    auto nested = [&](nanos outer_span, nanos inner_span) {
        return task_of(quiet()
                           .then([&, outer_span, inner_span] {
                               timeout_enter(&scope, outer_span);
                               timeout_enter(&inner, inner_span);
                               return awaits(sleep_for(loop, 100));
                           })
                           .except([&](struct outcome got) {
                               got = timeout_exit(&inner, got);
                               diary += seen(&got) + " ";
                               outcome_drop(got);
                               return awaits(sleep_for(loop, 100));
                           })
                           .except([&](struct outcome got) {
                               return returns(timeout_exit(&scope, got));
                           }));
    };
    struct task *task = nested(1000, 10);
    run();
    EXPECT_EQ(diary, "TimeoutError() ");
    EXPECT_EQ(result(task), "None");
    EXPECT_FALSE(timeout_expired(&scope));

    diary = "";
    task = nested(10, 1000);
    run();
    EXPECT_EQ(diary, "CancelledError() ");
    EXPECT_EQ(result(task), "None"); /* it swallowed that */
    EXPECT_TRUE(timeout_expired(&scope));
    EXPECT_FALSE(timeout_expired(&inner));
    EXPECT_EQ(task_cancelling(task), 0u);
}

TEST_P(TimeoutTest, OneThatIsClosedLeavesNoTimer)
{
    struct task *task = within(1000, sleeps(2000));
    settle();
    task_close(task);
    run();
    EXPECT_EQ(clock.now, start);
}

INSTANTIATE_OVER_ENGINES(TimeoutTest);

/* ---- CO5 ---- */

class ShieldTest : public EngineTest
{
  protected:
    struct future *shield(struct future *inner)
    {
        return owned(future_shield(future_ref(inner)));
    }
};

TEST_P(ShieldTest, CO5_HasTheOutcomeOfTheInnerOne)
{
    struct future *value = promise(), *failure = promise();
    struct future *good = shield(value), *bad = shield(failure);
    future_set_result(value, outcome_number(42));
    future_finish(failure, a_failure());
    run();
    EXPECT_EQ(result(good), "42");
    EXPECT_EQ(result(bad), "OSError(no)");
}

TEST_P(ShieldTest, CO5_IsCancelledWithTheInnerOne)
{
    struct future *inner = promise(), *outer = shield(inner);
    future_cancel(inner);
    run();
    EXPECT_TRUE(future_cancelled(outer));
}

TEST_P(ShieldTest, CO5_CancelledItLeavesTheInnerOneAlone)
{
    struct future *inner = promise(), *outer = shield(inner);
    EXPECT_TRUE(future_cancel(outer));
    EXPECT_FALSE(future_cancel(outer));
    EXPECT_TRUE(future_cancelled(outer));
    run();
    EXPECT_FALSE(future_done(inner));
    future_set_result(inner, outcome_number(1));
    run();
    EXPECT_EQ(result(inner), "1");
}

TEST_P(ShieldTest, CO5_AFailureBehindACancelledOneIsNotReported)
{
    struct future *inner = future_new(loop);
    future_cancel(shield(inner));
    future_finish(inner, a_failure());
    run();
    future_unref(inner);
}

TEST_P(ShieldTest, CO5_AFailureThatWasNotSeenIsReported)
{
    struct future *inner = future_new(loop);
    future_unref(future_shield(future_ref(inner)));
    future_finish(inner, a_failure());
    future_unref(inner);
    expected_reports = "Future exception was never retrieved: OSError(no)\n";
}

TEST_P(ShieldTest, CO5_OneThatIsDoneIsReturnedAsItIs)
{
    struct future *inner = promise();
    future_set_result(inner, outcome_number(42));
    EXPECT_EQ(shield(inner), inner);
}

TEST_P(ShieldTest, CO5_ProtectsWhatATaskWaitsFor)
{
    struct task *inner = sleeper(10, 1);
    struct task *outer = waiter([&] {
        struct future *future = future_shield(future_ref(task_future(inner)));
        return outcome_pending(&future->awaitable);
    });
    settle();
    task_cancel(outer);
    settle();
    EXPECT_TRUE(cancelled(outer));
    run();
    EXPECT_EQ(result(inner), "1");
}

TEST_P(ShieldTest, CO5_OfAGatherAndAGatherOfThem)
{
    struct future *a = promise(), *b = promise();
    struct future *both[] = {future_ref(a), future_ref(b)};
    struct future *outer =
        owned(future_shield(future_gather(loop, both, 2, false)));
    future_cancel(outer);
    run();
    EXPECT_TRUE(future_cancelled(outer));
    EXPECT_FALSE(future_done(a) || future_done(b));

    struct future *shields[] = {future_shield(future_ref(a)),
                                future_shield(future_ref(b))};
    struct future *gathered = owned(future_gather(loop, shields, 2, false));
    future_cancel(gathered);
    run();
    EXPECT_TRUE(future_cancelled(gathered));
    EXPECT_FALSE(future_done(a) || future_done(b));
}

INSTANTIATE_OVER_ENGINES(ShieldTest);
