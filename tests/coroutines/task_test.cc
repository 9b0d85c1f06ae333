/* SPDX-License-Identifier: MIT */
/* The rules of Tasks, TA1 to TA7, over every engine. */
#include "callbacks/handle_name.h"
#include "callbacks/moment.h"
#include "coroutines/future_of.h"
#include "coroutines/gather.h"
#include "deferreds/deferred.h"
#include "task_fixture.h"

class TaskTest : public EngineTest
{
  protected:
    /* What the loop says of a Task whose turn has come. */
    static std::string dumped(struct task *task)
    {
        char *text = nullptr;
        size_t size = 0;
        FILE *out = open_memstream(&text, &size);
        handle_name_of(task->handle.run)->describe(&task->handle, out);
        fclose(out);
        std::string all(text, size);
        free(text);
        return all;
    }
};

/* ---- TA1, TA2: steps ---- */

TEST_P(TaskTest, TA1_BeginsInTheNextTurn)
{
    struct task *task = task_of(script().then(returns(7)));
    EXPECT_EQ(diary, "");
    run();
    EXPECT_EQ(diary, "None finally ");
    EXPECT_TRUE(future_done(task_future(task)));
    EXPECT_EQ(result(task), "7");
}

TEST_P(TaskTest, TA2_WaitsForAFuture)
{
    struct future *future = promise();
    struct task *task =
        task_of(script().then(waits(future)).with([](struct outcome got) {
            return returns(got.number + 1);
        }));
    settle();
    EXPECT_FALSE(future_done(task_future(task)));
    future_set_result(future, outcome_number(1));
    EXPECT_EQ(diary, "None ");
    run();
    EXPECT_EQ(diary, "None 1 finally ");
    EXPECT_EQ(result(task), "2");
}

TEST_P(TaskTest, TA2_DoesNotWaitForWhatIsThere)
{
    struct future *future = promise();
    future_set_result(future, outcome_number(1));
    task_of(script().then(waits(future)).then(waits(future)));
    Call other(note('|'));
    soon(other);
    run();
    EXPECT_EQ(diary, "None 1 1 finally |");
}

TEST_P(TaskTest, TA2_ABareYieldIsOneTurn)
{
    task_of(script().then(yields(outcome_none())));
    Call b(note('b')), a([&] {
        diary += "a ";
        soon(b);
    });
    soon(a);
    run();
    EXPECT_EQ(diary, "None a None finally b");
}

TEST_P(TaskTest, TA2_IsToldAtOnceOfABadYield)
{
    int drops = 0;
    struct task *task = task_of(script().then(yields(counted(&drops))));
    run();
    EXPECT_EQ(drops, 1);
    EXPECT_EQ(result(task), "RuntimeError(Task got bad yield)");
}

TEST_P(TaskTest, TA2_CannotAwaitItself)
{
    struct task *task = nullptr;
    task = task_of(script().then([&] { return yields(task_await(task)); }));
    run();
    EXPECT_EQ(result(task), "RuntimeError(Task cannot await on itself)");
}

TEST_P(TaskTest, TA2_CannotAwaitAFutureOfAnotherLoop)
{
    struct loop *other;
    ASSERT_EQ(loop_new(&other, &scripted_selector, &clock.clock), 0);
    struct future *future = future_new(other);
    struct task *task = task_of(script().then(waits(future)));
    run();
    EXPECT_EQ(result(task),
              "RuntimeError(Task got Future attached to a different loop)");
    future_unref(future);
    loop_free(other);
}

TEST_P(TaskTest, TA2_WaitsForAMomentInTheTurnInWhichItComes)
{
    struct moment moment;
    moment_init(&moment, loop);
    task_of(script().then([&] { return awaits(moment_next(&moment)); }));
    Call after(note('|')), comes([&] {
        diary += "( ";
        moment_come(&moment);
        diary += ") ";
        soon(after);
    });
    at(comes, 10);
    run();
    EXPECT_EQ(diary, "None ( None finally ) |");
}

TEST_P(TaskTest, TA2_WaitsForAnotherTask)
{
    struct task *inner =
        task_of(script().then(yields(outcome_none())).then(returns(3)));
    struct task *outer = task_of(
        script().then(awaits(task_await(inner))).with([](struct outcome got) {
            return returns(2 * got.number);
        }));
    run();
    EXPECT_EQ(result(outer), "6");
    EXPECT_EQ(result(inner), "3");
}

TEST_P(TaskTest, TA2_IsNotSteppedInsideTheCallThatFiresADeferred)
{
    struct deferred *deferred = deferred_new(nullptr);
    struct task *task =
        task_of(script().then(awaits(outcome_deferred(deferred))));
    settle();
    diary += "( ";
    deferred_callback(deferred, outcome_number(5));
    diary += ") ";
    run();
    EXPECT_EQ(diary, "None ( ) 5 finally ");
    EXPECT_EQ(result(task), "None");
}

/* ---- TA3: the end ---- */

TEST_P(TaskTest, TA3_FailsWithTheFailureOfItsBody)
{
    struct task *task = task_of(script().then(returns(a_failure())));
    run();
    EXPECT_FALSE(future_cancelled(task_future(task)));
    EXPECT_EQ(result(task), "OSError(no)");
}

TEST_P(TaskTest, TA3_AFailureThatNoCodeAskedForIsReported)
{
    ASSERT_EQ(task_spawn(loop, make(script().then(returns(a_failure())))), 0);
    run();
    expected_reports = "Task exception was never retrieved: OSError(no)\n";
}

TEST_P(TaskTest, TA3_ThatFailsWithCancelledErrorIsCancelled)
{
    struct task *task =
        task_of(script().then(returns(outcome_failure(&failure_cancelled))));
    run();
    EXPECT_TRUE(future_cancelled(task_future(task)));
}

TEST_P(TaskTest, TA3_AFailureOfWhatItWaitsForComesOutOfTheWait)
{
    struct future *future = promise();
    struct task *task =
        task_of(script().then(waits(future)).except(returns(8)));
    future_finish(future, a_failure());
    run();
    EXPECT_EQ(diary, "None OSError(no) finally ");
    EXPECT_EQ(result(task), "8");
}

TEST_P(TaskTest, TA3_AResultCannotBeSetOnOneThatIsOver)
{
    struct task *task = task_of(script().then(returns(1)));
    run();
    EXPECT_EQ(future_set_result(task_future(task), outcome_number(2)),
              -EALREADY);
    EXPECT_EQ(result(task), "1");
}

/* ---- TA4, TA5, TA6: cancelling ---- */

TEST_P(TaskTest, TA4_CancelComesOutOfTheWaitAndEndsTheFuture)
{
    struct future *future = promise();
    struct task *task = task_of(script().then(waits(future)));
    settle();
    EXPECT_TRUE(task_cancel(task));
    EXPECT_FALSE(future_cancelled(task_future(task)));
    EXPECT_TRUE(future_cancelled(future));
    run();
    EXPECT_EQ(diary, "None CancelledError() finally ");
    EXPECT_TRUE(future_cancelled(task_future(task)));
    EXPECT_FALSE(task_cancel(task));
}

TEST_P(TaskTest, TA4_CancelMayBeCaught)
{
    struct future *future = promise(), *second = promise();
    struct task *task = task_of(
        script().then(waits(future)).except(waits(second)).then(returns(5)));
    settle();
    task_cancel(task);
    settle();
    EXPECT_FALSE(future_done(task_future(task)));
    future_set_result(second, outcome_none());
    run();
    EXPECT_FALSE(future_cancelled(task_future(task)));
    EXPECT_EQ(result(task), "5");
}

TEST_P(TaskTest, TA5_CancelledBeforeItsFirstStepItNeverBegins)
{
    struct task *task = task_of(script().then(yields(outcome_none())));
    task_cancel(task);
    run();
    EXPECT_EQ(diary, "");
    EXPECT_TRUE(future_cancelled(task_future(task)));
}

TEST_P(TaskTest, TA4_CancelledInItsOwnStepItIsToldAtTheNextWait)
{
    struct task *task = nullptr;
    struct future *future = promise();
    task = task_of(script().then([&] {
        task_cancel(task);
        return waits(future);
    }));
    run();
    EXPECT_EQ(diary, "None CancelledError() finally ");
    EXPECT_TRUE(future_cancelled(future));
}

TEST_P(TaskTest, TA5_CancelledInItsLastStepItIsCancelled)
{
    struct task *task = nullptr;
    int drops = 0;
    task = task_of(script().then([&] {
        task_cancel(task);
        return returns(counted(&drops));
    }));
    run();
    EXPECT_EQ(drops, 1);
    EXPECT_TRUE(future_cancelled(task_future(task)));
}

TEST_P(TaskTest, TA5_AFailureInItsLastStepIsNotLostToACancel)
{
    struct task *task = nullptr;
    task = task_of(script().then([&] {
        task_cancel(task);
        return returns(a_failure());
    }));
    run();
    EXPECT_EQ(result(task), "OSError(no)");
}

TEST_P(TaskTest, TA4_CancelWinsOverAnEndOfTheSameTurn)
{
    struct future *future = promise();
    struct task *task = task_of(script().then(waits(future)));
    settle();
    future_set_result(future, outcome_number(1));
    EXPECT_TRUE(task_cancel(task));
    run();
    EXPECT_EQ(diary, "None CancelledError() finally ");
    EXPECT_TRUE(future_cancelled(task_future(task)));
}

TEST_P(TaskTest, TA4_CancelReachesTheTaskThatIsWaitedFor)
{
    struct task *inner = task_of(script().then(waits(promise())));
    struct task *outer = task_of(script().then(awaits(task_await(inner))));
    settle();
    task_cancel(outer);
    run();
    EXPECT_TRUE(future_cancelled(task_future(inner)));
    EXPECT_TRUE(future_cancelled(task_future(outer)));
}

TEST_P(TaskTest, TA4_CancellingTheTaskThatIsWaitedForCancelsTheOneThatWaits)
{
    struct task *inner = task_of(script().then(waits(promise())));
    struct task *outer = task_of(script().then(awaits(task_await(inner))));
    settle();
    task_cancel(inner);
    run();
    EXPECT_TRUE(future_cancelled(task_future(outer)));
}

TEST_P(TaskTest, TA4_CancelReachesThroughYieldFrom)
{
    struct generator *inner = make(script().then(waits(promise())));
    struct task *task = task_of(script().then(yields_from(inner)));
    settle();
    task_cancel(task);
    run();
    EXPECT_EQ(diary, "None None CancelledError() finally CancelledError() "
                     "finally ");
}

TEST_P(TaskTest, TA4_CancelReachesThroughAGatherThatKeepsFailures)
{
    Script &body = quiet();
    for (int i = 0; i < 20; i++)
        body.then([this] {
            struct future *one = future_of(loop, sleep_for(loop, 5));
            struct future *all = future_gather(loop, &one, 1, true);
            return awaits(outcome_pending(&all->awaitable));
        });
    struct task *task = task_of(body);
    Call cancels([&] { task_cancel(task); });
    at(cancels, 18);
    run();
    EXPECT_TRUE(cancelled(task));
    EXPECT_EQ(clock.now - start, 18);
}

TEST_P(TaskTest, TA4_CancelOfATaskIsToldAlsoToATaskThatWaitsInVain)
{
    struct future *future = promise();
    struct task *task = nullptr, *nested = nullptr;
    task = task_of(quiet()
                       .then([&] {
                           nested = task_of(quiet().then(waits(future)));
                           return yields(outcome_none());
                       })
                       .then([&] {
                           task_cancel(task); /* itself */
                           return awaits(task_await(nested));
                       }));
    run();
    EXPECT_TRUE(cancelled(task));
    EXPECT_TRUE(cancelled(nested));
    EXPECT_TRUE(future_cancelled(future));
}

TEST_P(TaskTest, TA4_CancelStopsWhatADeferredHasBegun)
{
    struct deferred *deferred =
        deferred_new([](struct deferred *) { return false; });
    struct task *task =
        task_of(script().then(awaits(outcome_deferred(deferred))));
    settle();
    task_cancel(task);
    EXPECT_EQ(diary, "None ");
    run();
    EXPECT_EQ(diary, "None CancelledError() finally ");
    EXPECT_TRUE(future_cancelled(task_future(task)));
}

TEST_P(TaskTest, TA6_CountsHowOftenItWasAskedToStop)
{
    struct task *task = task_of(script().then(waits(promise())));
    settle();
    EXPECT_EQ(task_uncancel(task), 0u);
    task_cancel(task);
    task_cancel(task);
    EXPECT_EQ(task_cancelling(task), 2u);
    EXPECT_EQ(task_uncancel(task), 1u);
    EXPECT_EQ(task_uncancel(task), 0u);
    EXPECT_EQ(task_uncancel(task), 0u);
    run();
}

TEST_P(TaskTest, TA6_TheCurrentOneIsTheOneWhoseStepRuns)
{
    struct task *one = nullptr, *two = nullptr;
    std::vector<struct task *> seen;
    auto look = [&] {
        seen.push_back(task_current());
        return yields(outcome_none());
    };
    EXPECT_EQ(task_current(), nullptr);
    one = task_of(script().then(look).then(look));
    two = task_of(script().then(look).then(look));
    Call between([&] { seen.push_back(task_current()); });
    soon(between);
    run();
    EXPECT_EQ(seen, (std::vector<struct task *>{one, two, nullptr, one, two}));
}

TEST_P(TaskTest, TA6_TheCurrentOneIsRightWhenAStepWakesAnother)
{
    struct moment moment;
    moment_init(&moment, loop);
    struct task *one = nullptr, *two = nullptr;
    std::vector<struct task *> seen;
    two = task_of(
        script().then([&] { return awaits(moment_next(&moment)); }).then([&] {
            seen.push_back(task_current());
            return returns(1);
        }));
    one = task_of(script().then([&] {
        moment_come(&moment);
        seen.push_back(task_current());
        return returns(1);
    }));
    run();
    EXPECT_EQ(seen, (std::vector<struct task *>{two, one}));
}

TEST_P(TaskTest, TA6_AllThatAreNotOverAreListedInOrder)
{
    auto all = [](struct loop *of) {
        std::vector<struct task *> listed;
        struct task *task = nullptr;
        while ((task = all_tasks_next(of, task)))
            listed.push_back(task);
        return listed;
    };
    struct loop *other;
    ASSERT_EQ(loop_new(&other, &scripted_selector, &clock.clock), 0);
    struct task *one = task_of(script().then(yields(outcome_none())));
    struct task *elsewhere =
        task_new(other, make(script().then(yields(outcome_none()))));
    struct task *two = task_of(script().then(waits(promise())));
    EXPECT_EQ(all(loop), (std::vector<struct task *>{one, two}));
    EXPECT_EQ(all(other), (std::vector<struct task *>{elsewhere}));
    EXPECT_EQ(all(nullptr), (std::vector<struct task *>{one, elsewhere, two}));
    settle();
    EXPECT_EQ(all(loop), (std::vector<struct task *>{two}));
    task_close(elsewhere);
    task_unref(elsewhere);
    EXPECT_EQ(all(nullptr), (std::vector<struct task *>{two}));
    all_tasks_add(two); /* again: harmless */
    all_tasks_remove(one);
    EXPECT_EQ(all(nullptr), (std::vector<struct task *>{two}));
    all_tasks_remove(two);
    all_tasks_remove(two);
    EXPECT_EQ(all(nullptr), (std::vector<struct task *>{}));
    loop_free(other);
}

TEST_P(TaskTest, IsCalledLikeItsGeneratorOrAsItsOwnerLikes)
{
    struct task *task = task_of(script().then(yields(outcome_none())));
    EXPECT_STREQ(task->name, "body");
    task->name = "page 3";
    EXPECT_STREQ(all_tasks_next(loop, nullptr)->name, "page 3");
    settle();
    EXPECT_STREQ(task->name, "page 3");
}

TEST_P(TaskTest, IsToldByItsNameInADump)
{
    struct task *task = task_of(script().then(yields(outcome_none())));
    task->name = "page 3";
    std::string shown = dumped(task);
    EXPECT_NE(shown.find("page 3"), shown.npos) << shown;
}

/* ---- closing, and run_until_complete ---- */

TEST_P(TaskTest, OneThatIsClosedFinishesWhatItHasBegun)
{
    struct future *future = promise();
    struct task *task = task_of(script().then(waits(future)));
    settle();
    task_close(task);
    EXPECT_EQ(diary, "None GeneratorExit() finally ");
    EXPECT_TRUE(future_cancelled(task_future(task)));
    task_close(task);
    EXPECT_EQ(future->references, 1u);
}

TEST_P(TaskTest, OneMayBeClosedBeforeItBeginsAndOnItsWay)
{
    struct task *first = task_of(script().then(yields(outcome_none())));
    task_close(first);
    run();
    EXPECT_EQ(diary, "");

    struct deferred *deferred = deferred_new(nullptr);
    struct task *second =
        task_of(script().then(awaits(outcome_deferred(deferred))));
    settle();
    int drops = 0;
    deferred_callback(deferred, counted(&drops));
    task_close(second);
    EXPECT_EQ(drops, 1);
    EXPECT_EQ(diary, "None GeneratorExit() finally ");
    run();
}

TEST_P(TaskTest, TheLoopRunsUntilATaskIsComplete)
{
    EXPECT_EQ(complete(script()
                           .then([this] { return awaits(sleep_for(loop, 10)); })
                           .then(returns(9))),
              "9");
    EXPECT_EQ(clock.now - start, 10);
}

TEST_P(TaskTest, ATaskThatWaitsForEverIsToldWhenTheLoopEnds)
{
    struct future *future = promise();
    EXPECT_EQ(complete(script().then(waits(future))),
              "RuntimeError(the loop ended before the Task was done)");
    EXPECT_EQ(diary, "None GeneratorExit() finally ");
}

TEST_P(TaskTest, AStopIsSaidToo)
{
    Call stop([this] { loop_stop(loop); });
    at(stop, 5);
    EXPECT_EQ(
        complete(script().then([this] { return awaits(sleep_for(loop, 10)); })),
        "RuntimeError(the loop ended before the Task was done)");
}

/* ---- CO6: sleep ---- */

TEST_P(TaskTest, CO6_SleepTakesItsTimeAndNoMore)
{
    for (nanos span : {10, 20}) {
        task_of(script().then(
            [this, span] { return awaits(sleep_for(loop, span)); }));
    }
    run();
    EXPECT_EQ(clock.now - start, 20);
}

TEST_P(TaskTest, CO6_SleepOfNothingIsOneTurn)
{
    task_of(script().then([this] { return awaits(sleep_for(loop, 0)); }));
    Call b(note('b')), a([&] {
        diary += "a ";
        soon(b);
    });
    soon(a);
    run();
    EXPECT_EQ(diary, "None a None finally b");
}

TEST_P(TaskTest, CO6_ACancelledSleepHoldsNothingUp)
{
    struct task *task = task_of(
        script().then([this] { return awaits(sleep_for(loop, 1000)); }));
    settle();
    task_cancel(task);
    run();
    EXPECT_EQ(clock.now, start);
    EXPECT_TRUE(future_cancelled(task_future(task)));
}

INSTANTIATE_OVER_ENGINES(TaskTest);
