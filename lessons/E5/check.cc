/* SPDX-License-Identifier: MIT */
/* What the steps of E5 promise. The clock is virtual: where the loop would
 * sleep, the time has come. Its turns are counted. */
#include "coroutines/delegate.h"
#include "coroutines/gather.h"
#include "coroutines/sleep.h"
#include "deferreds/deferred.h"
#include "deferreds/list.h"
#include "lessons/E5/sums.h"
#include "lessons/E5/tree.h"
#include "lessons/check/body.h"
#include "lessons/check/calls.h"
#include "lessons/check/orders.h"
#include "lessons/check/turns.h"

#include <gtest/gtest.h>

#include <cstring>
#include <list>
#include <memory>
#include <string>
#include <vector>

namespace
{

/* "1", or "=1" when it is over. */
std::string send(struct generator *self, struct outcome sent)
{
    struct outcome came = generator_send(self, sent);
    return (generator_is_over(self) ? "=" : "") + shown(came);
}

std::string next(struct generator *self)
{
    return send(self, outcome_none());
}

class Lesson : public testing::Test
{
  protected:
    void SetUp() override
    {
        calls_may_wait(CALLS_NONE);
    }
    void TearDown() override
    {
        EXPECT_EQ(reports.told, wanted_reports)
            << "what was reported as unhandled.";
    }
    Body &body()
    {
        bodies.emplace_back(&diary);
        return bodies.back();
    }
    /* yield from, written out: as long as the inner one yields, so does this.
     */
    Body &around(struct generator *inner)
    {
        Body &outer = body();
        for (int i = 0; i < 30; i++)
            outer
                .with([inner](Body *self, struct outcome got) {
                    struct outcome came = generator_delegate(inner, got);
                    if (generator_has_yielded(inner, &came))
                        return generator_yield(self, came);
                    return generator_return(self, came);
                })
                .catching();
        return outer;
    }
    std::string diary, wanted_reports;
    std::list<Body> bodies;
    Reports reports;
};

using Step1 = Lesson;

} // namespace

/* ---- 1: yield from ---- */

TEST_F(Step1, TwentyComeFromTwoTens)
{
    struct twenty mine;
    struct generator *twenty = twenty_init(&mine);
    std::string text;
    for (int i = 0; i < 22 && !generator_is_over(twenty); i++)
        text += next(twenty) + " ";
    EXPECT_EQ(text, "0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 =None ")
        << "what came of a generator that yields from two others; the first of"
           " them has returned a 10, with which the second one begins.";
}

TEST_F(Step1, WhatIsSentReachesTheInnerOne)
{
    int drops = 0;
    Body &inner =
        body().yields(1).yields(2).returns([&] { return counted(&drops); });
    Body &outer = around(&inner);
    EXPECT_EQ(next(&outer), "1") << "what came of None.";
    EXPECT_EQ(send(&outer, outcome_number(7)), "2") << "what came of a 7.";
    EXPECT_EQ(send(&outer, outcome_number(8)), "=<counted>")
        << "what came of an 8: what the inner one has returned.";
    EXPECT_EQ(diary, "None None 7 7 8 8 end end ")
        << "what both were sent, always first the outer one and then the inner"
           " one.";
    EXPECT_EQ(drops, 1) << "how often what it has returned was dropped.";
}

TEST_F(Step1, AFailureIsThrownIntoTheInnerOne)
{
    Body &inner = body().yields(1).yields(2).catching().yields(3);
    Body &outer = around(&inner);
    next(&outer);
    EXPECT_EQ(send(&outer, a_failure()), "2")
        << "what came of a failure, which the inner one catches.";
    EXPECT_EQ(send(&outer, a_failure("again")), "=OSError(again)")
        << "what came of one that it does not catch: it is the outer one's"
           " then.";
}

TEST_F(Step1, ClosingGoesFromTheInsideOut)
{
    Body &inner = body().yields(1);
    Body &outer = around(&inner);
    next(&outer);
    EXPECT_EQ(shown(generator_close(&outer)), "None")
        << "what closing the outer one returned.";
    EXPECT_EQ(diary, "None None GeneratorExit() GeneratorExit() end end ")
        << "what both were sent: the inner one is closed, and ends first.";
}

TEST_F(Step1, ClosingEndsTheOuterOneToo)
{
    int drops = 0;
    Body &inner =
        body().yields(1).returns([&] { return counted(&drops); }).catching();
    next(&inner);
    struct outcome came =
        generator_delegate(&inner, outcome_failure(&failure_generator_exit));
    EXPECT_EQ(shown(came), "GeneratorExit()")
        << "what came of GeneratorExit, when the inner one returns a value: the"
           " outer one is to end, too.";
    EXPECT_EQ(drops, 1) << "how often that value was dropped.";
}

TEST_F(Step1, OneExitEndsBoth)
{
    Body &inner = body().yields(1), &other = body().yields(1);
    other.returns([] { return a_failure("closing"); }).catching();
    next(&inner);
    next(&other);
    struct outcome exit = outcome_fail(&generator_exit_type, 0, "mine");
    EXPECT_EQ(shown(generator_delegate(&inner, exit)), "GeneratorExit(mine)")
        << "what came of a GeneratorExit that is not the usual one: the same is"
           " to go on to the outer one.";
    exit = outcome_fail(&generator_exit_type, 0, "mine");
    EXPECT_EQ(shown(generator_delegate(&other, exit)), "OSError(closing)")
        << "what came of it when closing the inner one fails. GeneratorExit is"
           " dropped then: else it leaks.";
}

TEST_F(Step1, AFailureOfClosingGoesOn)
{
    Body &inner = body()
                      .yields(1)
                      .returns([] { return a_failure("closing"); })
                      .catching();
    Body &outer = around(&inner);
    next(&outer);
    EXPECT_EQ(shown(generator_close(&outer)), "OSError(closing)")
        << "what closing the outer one returned. The inner one has failed.";
}

TEST_F(Step1, AnInnerOneThatIgnoresTheExitFails)
{
    Body &inner = body().yields(1).yields(2).catching();
    next(&inner);
    struct outcome came =
        generator_delegate(&inner, outcome_failure(&failure_generator_exit));
    EXPECT_EQ(shown(came), "RuntimeError(generator ignored GeneratorExit)")
        << "what came of GeneratorExit, when the inner one yields once more.";
    outcome_drop(generator_close(&inner));
}

TEST_F(Step1, ThreeLevelsAreOne)
{
    Body &low = body().yields(1).with([](Body *self, struct outcome got) {
        return generator_return(self, got);
    });
    Body &middle = around(&low), &top = around(&middle);
    next(&top);
    EXPECT_EQ(send(&top, outcome_number(7)), "=7")
        << "what came of a 7, sent to the topmost of three: the lowest one has"
           " received and returned it.";
}

/* ---- 2: a Task moves by itself ---- */

namespace
{

class Step2 : public Lesson
{
  protected:
    void TearDown() override
    {
        for (auto &task : tasks) {
            task_close(task.get());
            task_unref(task.get());
        }
        for (int i = 0; i < 3; i++)
            turns.turn();
        Lesson::TearDown();
    }
    struct task *task(struct generator *generator)
    {
        /* Storage is as it was left by other code. */
        tasks.push_back(std::make_unique<struct task>());
        memset(static_cast<void *>(tasks.back().get()), 0x5a,
               sizeof(struct task));
        task_init(tasks.back().get(), turns.loop, generator);
        return tasks.back().get();
    }
    void turn()
    {
        turns.turn();
        diary += "| ";
    }
    static std::string result(struct task *task)
    {
        const struct outcome *outcome;
        if (future_result(&task->future, &outcome))
            return "pending";
        return seen(outcome);
    }
    Turns turns;
    std::list<std::unique_ptr<struct task>> tasks;
};

} // namespace

TEST_F(Step2, NothingRunsWhenItIsMade)
{
    struct task *one = task(&body().yields(outcome_none));
    EXPECT_EQ(diary, "") << "what has run inside task_init.";
    EXPECT_EQ(result(one), "pending") << "its result.";
    EXPECT_STREQ(one->name, "body") << "its name.";
    EXPECT_TRUE(one->awaits == nullptr && one->cancelling == 0 &&
                !one->must_cancel)
        << "whether the rest of it is 0. Of its storage nothing is known.";
}

TEST_F(Step2, ItIsAFutureWithTwoOwners)
{
    struct task *one = task(&body().yields(outcome_none));
    EXPECT_EQ(one->future.references, 2u)
        << "how many owners its Future has: the code that made the Task, and"
           " the Task itself until it is over.";
    EXPECT_STREQ(one->future.what, "Task") << "what its Future is called.";
    EXPECT_TRUE(one->future.cancel != nullptr)
        << "task->future.cancel is NULL. It should be cancel_task: to cancel "
           "the"
           " Future is to cancel the Task.";
    turn();
    turn();
    EXPECT_EQ(one->future.references, 1u)
        << "how many owners there are when it is over.";
}

TEST_F(Step2, ItIsTheCurrentTaskInItsSteps)
{
    struct task *one = nullptr;
    bool was_current = false;
    one = task(&body().returns([&] {
        was_current = task_current() == one;
        return outcome_none();
    }));
    turn();
    EXPECT_TRUE(was_current) << "task_current() is not this Task, inside its "
                                "own step. task_send sees"
                                " to that: generator_send alone does not.";
}

TEST_F(Step2, ItBeginsInTheNextTurn)
{
    struct task *one = task(&body().returns([] { return outcome_number(7); }));
    turn();
    EXPECT_EQ(diary, "None end | ")
        << "what its generator was sent in the next turn; '|' is its end.";
    EXPECT_EQ(result(one), "7") << "its result.";
}

TEST_F(Step2, WhatItReturnsIsItsOutcome)
{
    int drops = 0;
    struct task *one = task(&body().returns([&] { return counted(&drops); }));
    struct task *two = task(&body().returns([] { return a_failure(); }));
    turn();
    EXPECT_EQ(result(one), "<counted>") << "the result of one that returns.";
    EXPECT_EQ(result(two), "OSError(no)") << "and of one that fails.";
    EXPECT_TRUE(one->generator == nullptr)
        << "whether task->generator is NULL: it is over.";
    EXPECT_EQ(drops, 0) << "how often what it has returned was dropped.";
}

TEST_F(Step2, ABareYieldGivesWay)
{
    task(&body().yields(outcome_none).yields(outcome_none));
    task(&body());
    turn();
    EXPECT_EQ(diary, "None None end | ")
        << "what ran in the first turn: the first Task has yielded None, to let"
           " others have a turn; then the second one has run.";
    turn();
    turn();
    EXPECT_EQ(diary, "None None end | None | None end | ")
        << "what ran in three turns.";
}

TEST_F(Step2, WhatNeedNotBeWaitedForIsSentAtOnce)
{
    task(&body().yields(7).returns([] { return outcome_none(); }).catching());
    turn();
    EXPECT_EQ(count_of("RuntimeError", diary), 1)
        << "how often a failure was sent to its generator, which has yielded"
           " something that cannot be waited for: that failure is what comes of"
           " it, and is sent in the same turn.";
    EXPECT_EQ(count_of("end ", diary), 1)
        << "how often its generator has ended, which catches that failure.";
}

TEST_F(Step2, ItNeedNotBeWaitedFor)
{
    int drops = 0;
    auto *one = task_new(turns.loop, &body().yields(outcome_none).returns([&] {
        return counted(&drops);
    }));
    task_unref(one);
    turn();
    turn();
    EXPECT_EQ(diary, "None | None end | ")
        << "what its generator was sent. The code that made it has let go of it"
           " at once; it has one reference itself, until it is over.";
    EXPECT_EQ(drops, 1) << "how often its outcome was dropped.";
}

TEST_F(Step2, ItIsOneOfAllTasks)
{
    struct task *one = task(&body().yields(outcome_none));
    EXPECT_TRUE(all_tasks_next(turns.loop, nullptr) == one)
        << "whether it is one of the loop's Tasks.";
    turn();
    turn();
    EXPECT_TRUE(all_tasks_next(turns.loop, nullptr) == nullptr)
        << "whether there is none any more, when it is over.";
}

/* ---- 3: and waits in between ---- */

namespace
{

class Step3 : public Step2
{
  protected:
    struct outcome sleeps(double seconds)
    {
        return sleep_for(turns.loop,
                         static_cast<nanos>(seconds * NANOS_PER_SECOND));
    }
    /* A body that sleeps for these times, and returns a number. */
    Body &sleeper(const std::vector<double> &naps, intptr_t value = 0)
    {
        Body &one = body();
        for (double nap : naps)
            one.yields([this, nap] { return sleeps(nap); });
        return one.returns([value] { return outcome_number(value); });
    }
};

/* A sum whose lines are written down, with the time. */
struct Sum : sum {
    explicit Sum(Turns *of) : sum(), turns(of)
    {
        loop = of->loop;
        x = 1;
        y = 2;
        say = [](struct sum *self, const char *text) {
            auto *it = static_cast<Sum *>(self);
            it->lines.push_back(it->turns->now() + "  " + text);
        };
    }
    Turns *turns;
    std::vector<std::string> lines;
};

} // namespace

TEST_F(Step3, ComputeAndPrintSum)
{
    Sum sum(&turns);
    struct task *one = task(sum_init(&sum));
    EXPECT_TRUE(turns.run()) << "whether the loop came to an end.";
    const std::vector<std::string> wanted = {"0 s  Compute 1 + 2 ...",
                                             "1 s  1 + 2 = 3"};
    printf("  predicted                    came\n");
    for (size_t i = 0; i < wanted.size() || i < sum.lines.size(); i++)
        printf("  %-27s  %s\n", i < wanted.size() ? wanted[i].c_str() : "",
               i < sum.lines.size() ? sum.lines[i].c_str() : "(nothing)");
    fflush(stdout);
    EXPECT_TRUE(sum.lines == wanted)
        << "whether what came is what was predicted; it prints both.";
    EXPECT_EQ(result(one), "None") << "its result.";
}

TEST_F(Step3, WhatHasComeIsSent)
{
    int drops = 0;
    struct future *future = future_new(turns.loop);
    task(&body().yields([&] { return future_await(future); }));
    turn();
    EXPECT_EQ(diary, "None | ") << "what its generator was sent so far.";
    future_finish(future, counted(&drops));
    EXPECT_EQ(diary, "None | ")
        << "and when the Future was set: no step is made inside the call of"
           " other code.";
    turn();
    future_unref(future);
    EXPECT_EQ(diary, "None | <counted> end | ")
        << "and in the turn behind that.";
    EXPECT_EQ(drops, 1) << "how often what has come was dropped.";
}

TEST_F(Step3, WhatIsThereIsTakenAtOnce)
{
    struct future *future = future_new(turns.loop);
    future_finish(future, outcome_number(5));
    task(&body().yields([&] { return future_await(future); }).yields([&] {
        return future_await(future);
    }));
    turn();
    EXPECT_EQ(diary, "None 5 5 end | ")
        << "what its generator was sent in the first turn. The Future that it"
           " waits for is done already, twice.";
    future_unref(future);
}

TEST_F(Step3, AnswersThatAreThereNeedNoStack)
{
    struct future *future = future_new(turns.loop);
    Body &one = body();
    future_finish(future, outcome_number(5));
    for (int i = 0; i < 20000; i++)
        one.yields([&] { return future_await(future); });
    struct task *busy = task(&one);
    in_a_small_stack([&] { turn(); });
    EXPECT_EQ(result(busy), "None")
        << "its result, after 20,000 waits for what was there already. The"
           " stack that it ran on has 64 KiB.";
    future_unref(future);
}

TEST_F(Step3, ItSleepsUntilItIsThere)
{
    task(&sleeper({1}));
    EXPECT_TRUE(turns.run()) << "whether the loop came to an end.";
    EXPECT_EQ(turns.now(), "1 s") << "what the clock says.";
    EXPECT_LE(turns.script.waits, 4)
        << "how often the loop has turned. A Task that waits is told when to"
           " go on, and does not look again in every turn.";
    EXPECT_EQ(diary, "None None end ") << "what its generator was sent.";
}

TEST_F(Step3, ItMayWaitAgain)
{
    struct task *one = task(&sleeper({4, 3, 1}));
    EXPECT_TRUE(turns.run()) << "whether the loop came to an end.";
    EXPECT_EQ(turns.now(), "8 s")
        << "what the clock says, after 4, 3 and 1 seconds in one Task.";
    EXPECT_TRUE(one->awaits == nullptr) << "whether task->awaits is NULL then.";
}

TEST_F(Step3, WhileOneWaitsItSaysForWhat)
{
    struct task *one = task(&sleeper({1, 1}));
    turn();
    EXPECT_TRUE(one->awaits && !strcmp(one->awaits->ops->name, "sleep"))
        << "whether task->awaits is its sleep.";
    bool was_null = false;
    struct task *two = nullptr;
    two = task(&body().yields([&] { return sleeps(1); }).yields([&] {
        was_null = two->awaits == nullptr;
        return outcome_none();
    }));
    turns.run();
    EXPECT_TRUE(was_null)
        << "whether task->awaits is NULL inside a step: it does not wait.";
}

TEST_F(Step3, WhatWasThereIsNotWaitedFor)
{
    bool was_null = false;
    struct task *one = nullptr;
    struct future *future = future_new(turns.loop);
    future_finish(future, outcome_number(5));
    one = task(&body().yields([&] { return future_await(future); }).yields([&] {
        was_null = one->awaits == nullptr;
        return outcome_none();
    }));
    turn();
    EXPECT_TRUE(was_null)
        << "whether task->awaits is NULL inside the step that was made with "
           "what"
           " was there already: it does not wait for that any more.";
    future_unref(future);
}

TEST_F(Step3, ATaskWaitsForATask)
{
    struct task *inner = task(&sleeper({2}, 7));
    struct task *outer = task(&body()
                                   .yields([&] { return task_await(inner); })
                                   .with([](Body *self, struct outcome got) {
                                       return generator_return(self, got);
                                   }));
    turn();
    printf("at %s:\n", turns.now().c_str());
    tree_print(turns.loop, stdout);
    fflush(stdout);
    EXPECT_TRUE(turns.run()) << "whether the loop came to an end.";
    EXPECT_EQ(result(outer), "7")
        << "the result of a Task that waits for another one.";
    EXPECT_EQ(turns.now(), "2 s") << "what the clock says.";
}

TEST_F(Step3, WhatCannotBeWaitedForIsToldAtTheYield)
{
    int drops = 0;
    task(&body()
              .yields([&] { return counted(&drops); })
              .catching()
              .yields(outcome_none)
              .catching());
    turn();
    EXPECT_EQ(diary, "None RuntimeError(Task got bad yield) | ")
        << "what its generator was sent. It has yielded a value.";
    EXPECT_EQ(drops, 1) << "how often that value was dropped.";
}

TEST_F(Step3, ADeferredCanBeWaitedForToo)
{
    struct deferred *deferred = deferred_new(nullptr);
    task(&body().yields([&] { return outcome_pending(&deferred->awaitable); }));
    turn();
    deferred_callback(deferred, outcome_number(3));
    EXPECT_EQ(diary, "None | ") << "what its generator was sent inside of the"
                                   " call that fires the Deferred.";
    turn();
    turn();
    EXPECT_EQ(diary.substr(0, 13), "None | 3 end ")
        << "and in the turn behind that.";
}

/* ---- 4: cancel ---- */

namespace
{

using Step4 = Step3;

const char cancelled_end[] = "CancelledError() end ";

} // namespace

TEST_F(Step4, ItComesOutOfTheYield)
{
    for (int at = 1; at <= 3; at++) {
        diary = "";
        struct task *one = task(&sleeper({1, 1, 1}, 7));
        turns.turn();
        for (int i = 1; i < at; i++) {
            turns.clock.now += NANOS_PER_SECOND;
            turns.turn();
        }
        EXPECT_TRUE(task_cancel(one)) << "what task_cancel returned.";
        turns.turn();
        turns.turn();
        std::string wanted = "None ";
        for (int i = 1; i < at; i++)
            wanted += "None ";
        EXPECT_EQ(diary, wanted + cancelled_end)
            << "what its generator was sent, cancelled at its wait number "
            << at << " of 3. It did not have to wait for the timer.";
        EXPECT_EQ(result(one), "CancelledError()") << "its result.";
        EXPECT_TRUE(future_cancelled(&one->future))
            << "whether it is cancelled.";
    }
    nanos before = turns.clock.now;
    turns.run();
    EXPECT_EQ(turns.clock.now - before, 0)
        << "how long the loop has slept afterwards: no timer is left in it.";
}

TEST_F(Step4, ItMayBeCaught)
{
    struct task *one = task(&body()
                                 .yields([&] { return sleeps(1); })
                                 .yields([&] { return sleeps(2); })
                                 .catching()
                                 .returns([] { return outcome_number(7); }));
    turn();
    task_cancel(one);
    EXPECT_TRUE(turns.run()) << "whether the loop came to an end.";
    EXPECT_EQ(result(one), "7")
        << "its result. It has caught the cancel, slept again, and returned.";
    EXPECT_EQ(turns.now(), "2 s") << "what the clock says.";
}

TEST_F(Step4, OneThatHasNotBegunNeverDoes)
{
    struct task *one = task(&sleeper({1}));
    EXPECT_TRUE(task_cancel(one)) << "what task_cancel returned.";
    turn();
    EXPECT_EQ(diary, "| ")
        << "what its generator was sent. It had not begun, so that no try in"
           " it was entered, and no finally runs.";
    EXPECT_EQ(result(one), "CancelledError()") << "its result.";
}

TEST_F(Step4, WhatIsOverIsNotCancelled)
{
    struct task *one = task(&body().returns([] { return outcome_number(7); }));
    turn();
    EXPECT_FALSE(task_cancel(one)) << "what task_cancel returned.";
    EXPECT_EQ(result(one), "7") << "its result.";
    EXPECT_EQ(one->cancelling, 0u) << "task->cancelling.";
}

TEST_F(Step4, ItIsCounted)
{
    struct task *one = task(&sleeper({1}));
    turn();
    task_cancel(one);
    task_cancel(one);
    EXPECT_EQ(one->cancelling, 2u)
        << "task->cancelling, after it was asked twice.";
    turn();
    turn();
    EXPECT_EQ(diary.substr(diary.find("Cancelled")),
              std::string(cancelled_end) + "| | ")
        << "what its generator was sent then.";
}

TEST_F(Step4, AReadyOneIsCancelledAllTheSame)
{
    int drops = 0;
    struct future *future = future_new(turns.loop);
    struct task *one =
        task(&body().yields([&] { return future_await(future); }));
    turn();
    future_finish(future, counted(&drops));
    EXPECT_TRUE(task_cancel(one)) << "what task_cancel returned.";
    turn();
    EXPECT_EQ(diary, std::string("None | ") + cancelled_end + "| ")
        << "what its generator was sent. What it waits for was set and the Task"
           " cancelled in the same turn: the cancel wins.";
    future_unref(future);
    EXPECT_EQ(drops, 1) << "how often the value was dropped.";
}

TEST_F(Step4, ACancelWinsOverAFailureToo)
{
    struct future *future = future_new(turns.loop);
    struct task *one =
        task(&body().yields([&] { return future_await(future); }));
    turn();
    future_finish(future, a_failure("lost"));
    task_cancel(one);
    turn();
    EXPECT_EQ(diary, std::string("None | ") + cancelled_end + "| ")
        << "what its generator was sent. What it waits for has failed, and the"
           " Task was cancelled in the same turn: that failure is dropped.";
    future_unref(future);
}

TEST_F(Step4, OnceCaughtItCanComeAgain)
{
    struct task *one = task(&body()
                                 .yields([&] { return sleeps(1); })
                                 .yields([&] { return sleeps(1); })
                                 .catching());
    for (int i = 0; i < 2; i++) {
        turn();
        task_cancel(one);
        turn();
    }
    turn();
    EXPECT_EQ(count_of("CancelledError()", diary), 2)
        << "how often CancelledError came out of a yield. It was cancelled, has"
           " caught that, waits again, and was cancelled again.";
    EXPECT_EQ(result(one), "CancelledError()") << "its result.";
}

TEST_F(Step4, TheNoteIsUsedOnce)
{
    struct future *future = future_new(turns.loop);
    struct task *one = task(&body()
                                 .yields([&] { return future_await(future); })
                                 .yields([&] { return sleeps(1); })
                                 .catching()
                                 .returns([] { return outcome_number(7); }));
    turn();
    future_finish(future, outcome_number(1));
    task_cancel(one);
    EXPECT_TRUE(turns.run()) << "whether the loop came to an end.";
    EXPECT_EQ(diary, "None | CancelledError() None end ")
        << "what its generator was sent. The cancel took the place of what was"
           " ready, was caught, and was over with that.";
    EXPECT_EQ(result(one), "7") << "its result.";
    future_unref(future);
}

TEST_F(Step4, FromInsideItTakesTheNextWait)
{
    struct task *one = nullptr;
    one = task(&body()
                    .yields([&] {
                        task_cancel(one);
                        return sleeps(1);
                    })
                    .yields([&] { return sleeps(1); })
                    .catching());
    turn();
    turn();
    turn();
    EXPECT_EQ(diary.substr(0, 28), "None | CancelledError() | | ")
        << "what its generator was sent. It has cancelled itself in its first"
           " step: that comes out of the yield of that step, and of no other.";
    turns.run();
    EXPECT_EQ(result(one), "None") << "its result: it has caught the cancel.";
    EXPECT_EQ(turns.now(), "1 s")
        << "what the clock says. The first of two seconds was cancelled.";
}

TEST_F(Step4, WhatReturnsInSpiteOfItIsCancelled)
{
    struct task *one = nullptr;
    one = task(&body().returns([&] {
        task_cancel(one);
        return outcome_number(7);
    }));
    turn();
    EXPECT_EQ(result(one), "CancelledError()")
        << "the result of one that has cancelled itself, and returned before"
           " the cancel could come out of any yield.";
}

TEST_F(Step4, ItGoesOnToWhatItWaitsFor)
{
    struct task *inner = task(&sleeper({1}));
    struct task *outer =
        task(&body().yields([&] { return task_await(inner); }));
    turn();
    turn();
    task_cancel(outer);
    for (int i = 0; i < 4; i++)
        turn();
    EXPECT_EQ(result(inner), "CancelledError()")
        << "the result of a Task for which a Task waits that is cancelled.";
    EXPECT_EQ(result(outer), "CancelledError()") << "and of that one.";
}

TEST_F(Step4, ItsFutureIsCancelledLikeIt)
{
    struct task *one = task(&sleeper({1}));
    turn();
    EXPECT_TRUE(future_cancel(&one->future)) << "what future_cancel returned.";
    EXPECT_EQ(result(one), "pending")
        << "its result then. What cancels the Future of a Task has the Task"
           " cancelled: its generator ends first.";
    turn();
    turn();
    EXPECT_EQ(diary.substr(0, 28), std::string("None | ") + cancelled_end)
        << "what its generator was sent.";
}

TEST_F(Step4, WhatItWaitsForMayCatchIt)
{
    for (bool from_inside : {false, true}) {
        struct task *outer = nullptr;
        struct task *inner =
            task(&body()
                      .yields([&] { return sleeps(1); })
                      .returns([] { return outcome_number(7); })
                      .catching());
        outer = task(&body()
                          .yields(outcome_none)
                          .yields([&] {
                              if (from_inside)
                                  task_cancel(outer);
                              return task_await(inner);
                          })
                          .with([](Body *self, struct outcome got) {
                              return generator_return(self, got);
                          }));
        turns.turn();
        turns.turn();
        if (!from_inside)
            task_cancel(outer);
        for (int i = 0; i < 4; i++)
            turns.turn();
        EXPECT_EQ(result(outer), "7")
            << "the result of a Task that was cancelled "
            << (from_inside ? "inside its own step" : "while it waits")
            << ". The Task for which it waits has caught the cancel and "
               "returned"
               " 7: that is what comes out of the yield, and no "
               "CancelledError.";
        EXPECT_FALSE(outer->must_cancel)
            << "task->must_cancel is true. It should be false: what it waited"
               " for was told.";
    }
}

TEST_F(Step4, WhatCannotBeCancelledDoesNotKeepIt)
{
    for (bool from_inside : {false, true}) {
        struct task *one = nullptr;
        struct future *future = future_new(turns.loop);
        future->cancel = [](struct future *) { return false; };
        diary = "";
        one = task(&body().yields([&] {
            if (from_inside)
                task_cancel(one);
            return future_await(future);
        }));
        turns.turn();
        if (!from_inside)
            task_cancel(one);
        future_finish(future, outcome_number(3));
        turns.turn();
        EXPECT_EQ(diary, std::string("None ") + cancelled_end)
            << "what its generator was sent. It was cancelled "
            << (from_inside ? "inside its own step" : "while it waits")
            << "; awaitable_cancel has said false, and a turn later there was a"
               " 3. The note stands until something is sent.";
        future_unref(future);
    }
}

/* A Task waits for two Futures, one after the other: they are set and the Task
 * is cancelled in every order, with turns in between. */
TEST_F(Step4, HoldsInEveryOrder)
{
    std::string story;
    InOneOrder run = [&](struct interleaving *order) -> std::string {
        std::vector<std::string> left = {"set 1", "set 2", "cancel", "turn",
                                         "turn"};
        struct future *futures[2] = {future_new(turns.loop),
                                     future_new(turns.loop)};
        int drops = 0, made = 0;
        story = diary = "";
        struct task *one =
            task(&body()
                      .yields([&] { return future_await(futures[0]); })
                      .yields([&] { return future_await(futures[1]); })
                      .returns([] { return outcome_number(7); }));
        bool asked = false;
        while (!left.empty()) {
            size_t at = interleaving_choose(order, left.size());
            std::string move = left[at];
            left.erase(left.begin() + (long)at);
            story += (story.empty() ? "" : ", ") + move;
            if (move == "turn") {
                turns.turn();
            } else if (move == "cancel") {
                asked = task_cancel(one);
            } else {
                struct future *future = futures[move == "set 2"];
                made++;
                future_finish(future, counted(&drops));
            }
        }
        for (int i = 0; i < 5; i++)
            turns.turn();
        std::string came = result(one);
        int ends = count_of("end ", diary);
        bool begun = !diary.empty();
        task_close(one);
        task_unref(one);
        tasks.clear();
        bodies.clear();
        future_unref(futures[0]);
        future_unref(futures[1]);
        std::string wanted = asked ? "CancelledError()" : "7";
        if (came != wanted)
            return "its result is " + came + " and not " + wanted;
        if (ends != begun)
            return "its generator has ended " + std::to_string(ends) + " times";
        return drops == made ? "" : "not every value was dropped once";
    };
    EXPECT_EQ(wrong_in_an_order(500, run), "")
        << "what was wrong in this order: " << story << ".";
}

/* ---- 5: gather ---- */

namespace
{

class Step5 : public Step3
{
  protected:
    struct future *gather(const std::vector<struct task *> &all,
                          bool return_exceptions = false)
    {
        std::vector<struct future *> futures;
        for (struct task *one : all)
            futures.push_back(future_ref(&one->future));
        return future_gather(turns.loop, futures.data(), futures.size(),
                             return_exceptions);
    }
    static std::string came(struct future *future)
    {
        const struct outcome *outcome;
        if (future_result(future, &outcome))
            return "pending";
        return seen(outcome);
    }
    struct task *fails(double seconds, const char *message)
    {
        return task(&body()
                         .yields([this, seconds] { return sleeps(seconds); })
                         .returns([message] { return a_failure(message); }));
    }
};

} // namespace

TEST_F(Step5, ResultsComeInTheOrderOfTheArguments)
{
    struct future *all = gather({task(&sleeper({4}, 4)), task(&sleeper({3}, 3)),
                                 task(&sleeper({2}, 2))});
    EXPECT_TRUE(turns.run()) << "whether the loop came to an end.";
    EXPECT_EQ(came(all), "[4, 3, 2]")
        << "what gather has come to, of Tasks that sleep 4, 3 and 2 seconds.";
    EXPECT_EQ(turns.now(), "4 s") << "what the clock says.";
    future_unref(all);
}

TEST_F(Step5, TheTreeOfYourTasks)
{
    static const char *const names[] = {"four", "three", "two"};
    std::vector<struct task *> three = {
        task(&sleeper({4}, 4)), task(&sleeper({3}, 3)), task(&sleeper({2}, 2))};
    for (size_t i = 0; i < 3; i++)
        three[i]->name = names[i];
    struct task *main = task(&body().yields([&] {
        struct future *all = gather(three);
        struct outcome come = future_await(all);
        future_unref(all);
        return come;
    }));
    main->name = "main";
    std::string predicted = "two three four ", order;
    turns.turn();
    turns.turn();
    for (int second = 0; second < 5; second++) {
        printf("at %s\n", turns.now().c_str());
        tree_print(turns.loop, stdout);
        turns.clock.now += NANOS_PER_SECOND;
        for (int i = 0; i < 3; i++)
            turns.turn();
        for (size_t i = 3; i-- > 0;)
            if (future_done(&three[i]->future) &&
                order.find(names[i]) == std::string::npos)
                order += std::string(names[i]) + " ";
    }
    printf("done in this order:\n  predicted  %s\n  came       %s\n",
           predicted.c_str(), order.c_str());
    fflush(stdout);
    EXPECT_EQ(order, predicted) << "in which order the Tasks were done.";
    EXPECT_EQ(result(main), "None") << "the result of main.";
}

TEST_F(Step5, TheFirstFailureEndsIt)
{
    struct task *slow = task(&sleeper({4}, 4));
    struct future *all = gather({slow, fails(1, "first"), fails(2, "second")});
    for (int i = 0; i < 2; i++) {
        turns.turn();
        turns.clock.now += NANOS_PER_SECOND;
        turns.turn();
        turns.turn();
    }
    EXPECT_EQ(came(all), "OSError(first)")
        << "what gather has come to, of Tasks of which one fails after a"
           " second.";
    EXPECT_EQ(result(slow), "pending")
        << "the result of the one that needs 4 seconds: it goes on.";
    EXPECT_TRUE(turns.run()) << "whether the loop came to an end.";
    EXPECT_EQ(result(slow), "4") << "its result in the end.";
    future_unref(all);
    for (auto &one : tasks) {
        task_close(one.get());
        task_unref(one.get());
    }
    tasks.clear();
    EXPECT_EQ(reports.told, "")
        << "what was reported as unhandled: gather has read the second"
           " failure, too.";
}

TEST_F(Step5, OneThatIsCancelledIsOneThatFails)
{
    struct task *slow = task(&sleeper({4}, 4)), *other = task(&sleeper({3}, 3));
    struct future *all = gather({slow, other});
    turns.turn();
    task_cancel(other);
    for (int i = 0; i < 4; i++)
        turns.turn();
    EXPECT_EQ(came(all), "CancelledError()")
        << "what gather has come to, of two Tasks of which one was cancelled,"
           " and not by gather.";
    EXPECT_EQ(result(slow), "pending")
        << "the result of the other Task: it goes on.";
    EXPECT_TRUE(turns.run()) << "whether the loop came to an end.";
    EXPECT_EQ(result(slow), "4") << "its result in the end.";
    future_unref(all);
}

TEST_F(Step5, FailuresMayBeResults)
{
    struct future *all =
        gather({task(&sleeper({2}, 2)), fails(1, "a failure")}, true);
    EXPECT_TRUE(turns.run()) << "whether the loop came to an end.";
    EXPECT_EQ(came(all), "[2, OSError(a failure)]")
        << "what gather has come to, with return_exceptions.";
    future_unref(all);
}

TEST_F(Step5, OfNoneAtAllItIsDone)
{
    struct future *all = gather({});
    EXPECT_EQ(came(all), "[]") << "what gather has come to, of nothing.";
    future_unref(all);
}

TEST_F(Step5, CancelledItWaitsUntilAllHaveEnded)
{
    struct task *stays = task(&body()
                                   .yields([this] { return sleeps(3); })
                                   .yields([this] { return sleeps(1); })
                                   .catching());
    struct task *goes = task(&sleeper({3}));
    struct future *all = gather({goes, stays});
    turns.turn();
    EXPECT_TRUE(future_cancel(all)) << "what future_cancel returned.";
    for (int i = 0; i < 4; i++)
        turns.turn();
    EXPECT_EQ(result(goes), "CancelledError()")
        << "the result of the first Task.";
    EXPECT_EQ(came(all), "pending")
        << "what gather has come to, while the second Task has caught its"
           " cancel and still does something.";
    EXPECT_TRUE(turns.run()) << "whether the loop came to an end.";
    EXPECT_EQ(came(all), "CancelledError()") << "and in the end.";
    EXPECT_EQ(turns.now(), "1 s") << "what the clock says.";
    future_unref(all);
}

TEST_F(Step5, WhatIsDoneIsNotCancelled)
{
    struct future *all = gather({task(&sleeper({1}, 1))});
    EXPECT_TRUE(turns.run()) << "whether the loop came to an end.";
    EXPECT_FALSE(future_cancel(all)) << "what future_cancel returned.";
    EXPECT_EQ(came(all), "[1]") << "what gather has come to.";
    future_unref(all);
}

TEST_F(Step5, OneThatCanBeCancelledIsEnough)
{
    struct future *all =
        gather({task(&sleeper({1}, 1)), task(&body()), task(&body())});
    turns.turn();
    EXPECT_TRUE(future_cancel(all))
        << "what future_cancel returned. The first of three Tasks can be"
           " cancelled, the others are over.";
    for (int i = 0; i < 4; i++)
        turns.turn();
    EXPECT_EQ(came(all), "CancelledError()") << "what gather has come to.";
    EXPECT_TRUE(future_cancelled(all)) << "whether it is cancelled.";
    future_unref(all);
}

TEST_F(Step5, WhenNoneCanBeCancelledItGoesOn)
{
    struct future *all = gather({task(&sleeper({}, 1)), task(&sleeper({}, 2))});
    turns.turn();
    EXPECT_FALSE(future_cancel(all))
        << "what future_cancel returned. All of them are over; gather is told"
           " in the next turn.";
    EXPECT_TRUE(turns.run()) << "whether the loop came to an end.";
    EXPECT_EQ(came(all), "[1, 2]") << "what gather has come to.";
    future_unref(all);
}
