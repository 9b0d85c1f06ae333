/* SPDX-License-Identifier: MIT */
/* The rules of Tornado's gen.engine, TG1 to TG6, over every engine. */
#include "coroutines/future.h"
#include "coroutines/yield_point.h"
#include "deferreds/made.h"
#include "loop_fixture.h"
#include "script.h"

#include <list>

class RunnerTest : public LoopTest,
                   public testing::WithParamInterface<const struct engine *>
{
  protected:
    using Slow = std::function<void(struct runner_callback *)>;

    /* What has come of it is told in `ended`. */
    struct Run : runner {
        explicit Run(std::string *text) : runner(), end(text)
        {
        }
        std::string *end;
    };
    void TearDown() override
    {
        for (Run &run : runs)
            runner_close(&run);
        LoopTest::TearDown();
        EXPECT_EQ(reports.told, "");
    }
    Script &script()
    {
        scripts.emplace_back(&diary);
        return scripts.back();
    }
    struct runner *start(Script &body)
    {
        runs.emplace_back(&ended);
        runner_start(&runs.back(), GetParam()->make(&body), end);
        return &runs.back();
    }
    static void end(struct runner *self, struct outcome outcome)
    {
        *static_cast<Run *>(self)->end += shown(outcome);
    }

    /* Each yield point has storage of its own. */
    template <typename Point> Point *storage(std::list<Point> &points)
    {
        points.emplace_back();
        return &points.back();
    }
    struct outcome callback(const char *key)
    {
        return gen_callback(storage(callbacks), key);
    }
    struct outcome wait(const char *key)
    {
        return gen_wait(storage(waits), key);
    }
    struct outcome wait_all(std::vector<const char *> keys)
    {
        key_lists.push_back(std::move(keys));
        return gen_wait_all(storage(wait_alls), key_lists.back().data(),
                            key_lists.back().size());
    }
    struct outcome task(Slow slow)
    {
        slows.push_back(std::move(slow));
        return gen_task(
            storage(tasks),
            [](void *context, struct runner_callback *callback) {
                (*static_cast<Slow *>(context))(callback);
            },
            &slows.back());
    }
    struct outcome multi(std::vector<struct outcome> children)
    {
        families.push_back(std::move(children));
        return gen_multi(storage(multis), families.back().data(),
                         families.back().size());
    }

    static struct runner_callback *callback_in(struct outcome got)
    {
        return static_cast<struct runner_callback *>(got.pointer);
    }
    /* It calls the callback that it is sent, and goes on with this. */
    static Script::Step calls(struct outcome value, struct outcome next)
    {
        return [=](struct outcome got) {
            runner_call(callback_in(got), value);
            return yields(next);
        };
    }
    /* It hands the callback that it is sent to the test. */
    static Script::Step hands(struct runner_callback **to, struct outcome next)
    {
        return [=](struct outcome got) {
            *to = callback_in(got);
            return yields(next);
        };
    }
    /* That many turns of the loop later. */
    Slow after(int turns, const char *value)
    {
        return [=](struct runner_callback *callback) {
            if (turns == 0) {
                runner_call(callback, outcome_text(value));
                return;
            }
            later.emplace_back([=] { after(turns - 1, value)(callback); });
            soon(later.back());
        };
    }

    std::string diary, ended;
    Reports reports;
    std::list<Script> scripts;
    std::list<Run> runs;
    std::list<struct callback_point> callbacks;
    std::list<struct wait_point> waits;
    std::list<struct wait_all_point> wait_alls;
    std::list<struct task_point> tasks;
    std::list<struct multi_point> multis;
    std::list<std::vector<const char *>> key_lists;
    std::list<std::vector<struct outcome>> families;
    std::list<Slow> slows;
    std::list<Call> later;
};

static struct act as_sent(struct outcome got)
{
    return returns(got);
}

/* ---- TG6, TG1: what never yields, a Callback and its Wait, a Task ---- */

TEST_P(RunnerTest, TG6_AFunctionThatNeverYieldsIsFine)
{
    start(script());
    EXPECT_EQ(diary, "None finally ");
    EXPECT_EQ(ended, "None");
}

TEST_P(RunnerTest, TG1_AWaitGetsWhatTheCallbackWasCalledWith)
{
    struct runner_callback *called = nullptr;
    start(script()
              .then(yields(callback("k1")))
              .with(hands(&called, wait("k1")))
              .with(as_sent));
    EXPECT_EQ(ended, "");
    runner_call(called, outcome_number(42));
    EXPECT_EQ(ended, "42");
}

TEST_P(RunnerTest, TG1_ATaskIsACallbackAndItsWait)
{
    struct runner_callback *called = nullptr;
    start(script()
              .then(yields(task([&](auto *callback) { called = callback; })))
              .with(as_sent));
    ASSERT_NE(called, nullptr); /* begun at once */
    EXPECT_EQ(ended, "");
    runner_call(called, outcome_number(42));
    EXPECT_EQ(ended, "42");
}

TEST_P(RunnerTest, TG1_AFailureThatIsCalledBackComesOutOfTheWait)
{
    start(script()
              .then(yields(task(
                  [](auto *callback) { runner_call(callback, a_failure()); })))
              .except([](struct outcome got) {
                  EXPECT_TRUE(outcome_failed_with(&got, &system_type));
                  outcome_drop(got);
                  return returns(7);
              }));
    EXPECT_EQ(ended, "7");
}

TEST_P(RunnerTest, TG1_WaitAllHasAllInTheOrderOfItsKeys)
{
    struct runner_callback *first = nullptr, *second = nullptr;
    start(script()
              .then(yields(callback("k1")))
              .with(hands(&first, callback("k2")))
              .with(hands(&second, wait_all({"k1", "k2"})))
              .with(as_sent));
    runner_call(second, outcome_text("v2"));
    EXPECT_EQ(ended, "");
    runner_call(first, outcome_text("v1"));
    EXPECT_EQ(ended, "['v1', 'v2']");
}

TEST_P(RunnerTest, TG1_MultiHasAllInTheOrderOfItsChildren)
{
    start(script()
              .then(yields(callback("k1")))
              .with(calls(outcome_text("v1"), callback("k2")))
              .with(calls(outcome_text("v2"), multi({wait("k1"), wait("k2")})))
              .with(as_sent));
    EXPECT_EQ(ended, "['v1', 'v2']");
}

TEST_P(RunnerTest, TG1_MultiWaitsForTheSlowest)
{
    start(script()
              .then(yields(multi({task(after(3, "v1")), task(after(1, "v2"))})))
              .with(as_sent));
    EXPECT_EQ(ended, "");
    run();
    EXPECT_EQ(ended, "['v1', 'v2']");
}

TEST_P(RunnerTest, TG1_TheFirstFailureIsThatOfAllAndWhatElseCameIsDropped)
{
    int drops = 0;
    auto with = [](struct outcome value) {
        return [=](auto *callback) { runner_call(callback, value); };
    };
    start(script()
              .then(yields(multi({task(with(counted(&drops))),
                                  task(with(a_failure("first"))),
                                  task(with(a_failure("second")))})))
              .except(as_sent));
    EXPECT_EQ(ended, "OSError(first)");
    EXPECT_EQ(drops, 1);
}

TEST_P(RunnerTest, TG1_AThousandChildrenMayEndInAnyOrder)
{
    std::vector<struct runner_callback *> called;
    std::vector<struct outcome> children;
    for (int i = 0; i < 1000; i++)
        children.push_back(
            task([&](auto *callback) { called.push_back(callback); }));
    start(script().then(yields(multi(children))).then(returns(1)));
    for (size_t i = 0; i < called.size(); i++) {
        EXPECT_EQ(ended, "");
        runner_call(called[i * 7 % 1000], outcome_none());
    }
    EXPECT_EQ(ended, "1");
}

/* ---- TG2: the loop ---- */

TEST_P(RunnerTest, TG2_RunsAtOnceToTheFirstPointThatIsNotReady)
{
    struct runner_callback *called = nullptr;
    start(
        script().then(yields(callback("k1"))).with(hands(&called, wait("k1"))));
    EXPECT_EQ(diary, "None <borrowed> ");
    runner_call(called, outcome_none());
    EXPECT_EQ(ended, "None");
}

TEST_P(RunnerTest, TG2_IsNotRunTwiceAtATime)
{
    struct runner *self = nullptr;
    Script &body = script();
    body.then([&] {
            runner_run(self);
            EXPECT_FALSE(runner_cancel(self));
            return yields(wait("unknown"));
        })
        .except(returns(1));
    runs.emplace_back(&ended);
    self = &runs.back();
    runner_start(self, GetParam()->make(&body), end);
    EXPECT_EQ(ended, "1");
}

TEST_P(RunnerTest, TG2_OnceItIsOverItIsNotRunAnyMore)
{
    struct runner *self = start(script().then(returns(1)));
    runner_run(self);
    EXPECT_FALSE(runner_cancel(self));
    runner_close(self);
    EXPECT_EQ(ended, "1");
}

TEST_P(RunnerTest, TG2_AFailureBeforeTheFirstYieldIsItsOutcome)
{
    start(script().then(returns(a_failure("at once"))));
    EXPECT_EQ(ended, "OSError(at once)");
}

TEST_P(RunnerTest, TG2_AFailureAfterAWaitIsItsOutcome)
{
    start(script()
              .then(yields(task(after(1, "v"))))
              .then(returns(a_failure("later"))));
    EXPECT_EQ(ended, "");
    run();
    EXPECT_EQ(ended, "OSError(later)");
}

TEST_P(RunnerTest, TG2_MayBeUsedAgainWhenItEnds)
{
    struct Again : runner {
        Script *second;
        int ended = 0;
    } again;
    again.second = &script();
    runner_start(&again, GetParam()->make(&script()),
                 [](struct runner *self, struct outcome) {
                     auto *it = static_cast<Again *>(self);
                     if (it->ended++ == 0)
                         runner_start(it, GetParam()->make(it->second),
                                      it->runner::ended);
                 });
    EXPECT_EQ(again.ended, 2);
}

/* ---- TG3: called inline, called from the loop ---- */

TEST_P(RunnerTest, TG3_ACallbackMayBeCalledBeforeItsWait)
{
    start(script()
              .then(yields(callback("k1")))
              .with(calls(outcome_none(), wait("k1")))
              .with(as_sent));
    EXPECT_EQ(ended, "None");
}

TEST_P(RunnerTest, TG3_CalledFromTheLoopItGoesOn)
{
    start(script().then(yields(task(after(1, "v1")))).with(as_sent));
    EXPECT_EQ(ended, "");
    run();
    EXPECT_EQ(ended, "'v1'");
}

TEST_P(RunnerTest, TG3_FiveThousandThatAreCalledAtOnceNeedNoDeepStack)
{
    in_a_small_stack([this] {
        Script &body = script();
        struct outcome at_once =
            task([](auto *callback) { runner_call(callback, outcome_none()); });
        for (int i = 0; i < 5000; i++)
            body.then(yields(at_once));
        start(body);
    });
    EXPECT_EQ(ended, "None");
}

TEST_P(RunnerTest, TG3_SeveralMayBeUnderWayAtATime)
{
    struct runner_callback *called[3] = {};
    start(script()
              .then(yields(callback("0")))
              .with(hands(&called[0], callback("1")))
              .with(hands(&called[1], callback("2")))
              .with(hands(&called[2], wait("1")))
              .then(yields(wait("0")))
              .then(yields(wait("2")))
              .with(as_sent));
    runner_call(called[0], outcome_none());
    runner_call(called[2], outcome_text("v2"));
    EXPECT_EQ(ended, "");
    runner_call(called[1], outcome_none());
    EXPECT_EQ(ended, "'v2'");
}

/* ---- TG4: what breaks a rule is told at the yield ---- */

TEST_P(RunnerTest, TG4_AKeyIsUsedOnceAtATime)
{
    start(script().then(yields(callback("k1"))).then(yields(callback("k1"))));
    EXPECT_EQ(ended, "KeyReuseError(key k1 is already pending)");
}

TEST_P(RunnerTest, TG4_AKeyMayBeUsedAgainBehindItsWaitAndInAnotherRun)
{
    for (int i = 0; i < 2; i++)
        start(script()
                  .then(yields(callback("k1")))
                  .with(calls(outcome_none(), wait("k1")))
                  .then(yields(callback("k1")))
                  .with(calls(outcome_none(), wait("k1"))));
    EXPECT_EQ(ended, "NoneNone");
}

TEST_P(RunnerTest, TG4_AWaitForAnUnknownKeyFails)
{
    start(script().then(yields(callback("k1"))).then(yields(wait("k2"))));
    EXPECT_EQ(ended, "UnknownKeyError(key k2 is not pending)");
}

TEST_P(RunnerTest, TG4_WithAnUnknownKeyWaitAllTakesNoResult)
{
    start(script()
              .then(yields(callback("k1")))
              .with(calls(outcome_text("v1"), wait_all({"k1", "k2"})))
              .except([this](struct outcome got) {
                  EXPECT_TRUE(outcome_failed_with(&got, &unknown_key_type));
                  outcome_drop(got);
                  return yields(wait("k1"));
              })
              .with(as_sent));
    EXPECT_EQ(ended, "'v1'");
}

TEST_P(RunnerTest, TG4_ACallbackThatIsNeverWaitedForIsAMistake)
{
    start(script().then(yields(callback("k1"))).then(returns(1)));
    EXPECT_EQ(ended, "LeakedCallbackError(finished without waiting for "
                     "callback k1)");
}

TEST_P(RunnerTest, TG4_BehindAFailureACallbackMayBeLeft)
{
    start(script()
              .then(yields(callback("k1")))
              .then(yields(wait("k2")))
              .except(returns(1)));
    EXPECT_EQ(ended, "1");
}

TEST_P(RunnerTest, TG4_WhatIsNotAYieldPointFails)
{
    int drops = 0;
    start(script().then(yields(counted(&drops))));
    EXPECT_EQ(ended, "BadYieldError(yielded unknown object)");
    EXPECT_EQ(drops, 1);
    ended = "";
    start(script().then(yields(multi({wait("k1"), outcome_number(1)}))));
    EXPECT_EQ(ended, "BadYieldError(a child of Multi is not a yield point)");
}

TEST_P(RunnerTest, TG4_AFailureAtAYieldMayBeCaught)
{
    start(script().then(yields(wait("k1"))).except(returns(1)));
    EXPECT_EQ(ended, "1");
}

TEST_P(RunnerTest, TG4_BehindAFailureAtAYieldItGoesOn)
{
    start(script()
              .then(yields(wait("k1")))
              .except(yields(callback("k2")))
              .with(calls(outcome_text("v2"), wait("k2")))
              .with(as_sent));
    EXPECT_EQ(ended, "'v2'");
}

/* ---- TG5: arguments ---- */

TEST_P(RunnerTest, TG5_SeveralArgumentsAreAList)
{
    struct runner_callback *called = nullptr;
    const struct outcome arguments[] = {outcome_number(2), outcome_text("b")};
    const char *expected[] = {"None", "2", "[2, 'b']"};
    for (size_t count = 0; count < 3; count++) {
        ended = "";
        start(
            script()
                .then(yields(task([&](auto *callback) { called = callback; })))
                .with(as_sent));
        runner_call_with(called, count, arguments);
        EXPECT_EQ(ended, expected[count]);
    }
}

/* ---- TG6: callbacks that come too late ---- */

TEST_P(RunnerTest, TG6_ACallbackThatComesWhenItIsOverIsDropped)
{
    struct runner_callback *called = nullptr;
    int drops = 0;
    start(script()
              .then(yields(callback("k1")))
              .with(hands(&called, wait("unknown"))));
    EXPECT_EQ(ended, "UnknownKeyError(key unknown is not pending)");
    runner_call(called, counted(&drops));
    EXPECT_EQ(drops, 1);
    EXPECT_EQ(diary.find("finally"), diary.rfind("finally"));
}

TEST_P(RunnerTest, TG6_AResultThatWasNotWaitedForIsDropped)
{
    int drops = 0;
    start(script()
              .then(yields(callback("k1")))
              .with(calls(counted(&drops), wait("unknown"))));
    EXPECT_EQ(drops, 1);
}

TEST_P(RunnerTest, TG6_OfTwoCallsBeforeTheWaitTheLaterCounts)
{
    int drops = 0;
    struct runner_callback *called = nullptr;
    start(script()
              .then(yields(callback("k1")))
              .with([&](struct outcome got) {
                  called = callback_in(got);
                  runner_call(called, counted(&drops));
                  runner_call(called, outcome_number(2));
                  return yields(wait("k1"));
              })
              .with(as_sent));
    EXPECT_EQ(ended, "2");
    EXPECT_EQ(drops, 1);
    runner_call(called, counted(&drops)); /* and behind it none does */
    EXPECT_EQ(drops, 2);
}

/* ---- from outside ---- */

TEST_P(RunnerTest, CancelComesOutOfTheYieldAndMayBeCaught)
{
    struct runner_callback *called = nullptr;
    struct runner *self = start(
        script()
            .then(yields(task([&](auto *callback) { called = callback; })))
            .except(yields(task(after(1, "v2"))))
            .with(as_sent));
    EXPECT_TRUE(runner_cancel(self));
    EXPECT_EQ(diary, "None CancelledError() ");
    runner_call(called, outcome_none()); /* comes too late, harmlessly */
    run();
    EXPECT_EQ(ended, "'v2'");
}

TEST_P(RunnerTest, ClosingItEndsTheGeneratorAndTellsNoOwner)
{
    struct runner_callback *called = nullptr;
    int drops = 0;
    struct runner *self = start(script().then(
        yields(task([&](auto *callback) { called = callback; }))));
    runner_close(self);
    EXPECT_EQ(diary, "None GeneratorExit() finally ");
    EXPECT_EQ(ended, "");
    runner_call(called, counted(&drops));
    EXPECT_EQ(drops, 1);
}

TEST_P(RunnerTest, WhatClosesItCannotBeCancelledFromInside)
{
    struct runner *self = nullptr;
    bool cancelled = true;
    self =
        start(script().then(yields(task([](auto *) {}))).except([&](auto got) {
            outcome_drop(got);
            cancelled = runner_cancel(self);
            return returns(0);
        }));
    runner_close(self);
    EXPECT_FALSE(cancelled);
    EXPECT_EQ(ended, "");
}

/* ---- whatever is awaitable ---- */

TEST_P(RunnerTest, DrivesDeferredsToo)
{
    struct deferred *slow = deferred_new(nullptr);
    start(script()
              .then([] {
                  return awaits(
                      outcome_deferred(deferred_succeed(outcome_number(1))));
              })
              .with([&](struct outcome got) {
                  EXPECT_EQ(got.number, 1);
                  return awaits(outcome_deferred(slow));
              })
              .with(as_sent));
    EXPECT_EQ(ended, "");
    deferred_callback(slow, outcome_number(2));
    EXPECT_EQ(ended, "2");
}

TEST_P(RunnerTest, DrivesFuturesToo)
{
    struct future *future = future_new(loop);
    start(script()
              .then([&] { return awaits(future_await(future)); })
              .with(as_sent));
    future_set_result(future, outcome_number(3));
    EXPECT_EQ(ended, ""); /* in the next turn */
    run();
    EXPECT_EQ(ended, "3");
    future_unref(future);
}

/* The Future is done, and its callback is on its way, when a callback of the
 * Runner's moves the generator on. */
TEST_P(RunnerTest, AnAwaitableThatIsTakenEarlyDoesNotMoveItOnTwice)
{
    struct future *future = future_new(loop);
    struct runner_callback *called = nullptr;
    start(script()
              .then(yields(callback("k1")))
              .with([&](struct outcome got) {
                  called = callback_in(got);
                  return awaits(future_await(future));
              })
              .then(yields(wait("k1")))
              .then(yields(task(after(2, "v")))));
    future_set_result(future, outcome_none());
    runner_call(called, outcome_none());
    run();
    EXPECT_EQ(ended, "None");
    future_unref(future);
}

TEST_P(RunnerTest, CancelledOrClosedItLeavesTheAwaitable)
{
    for (bool closes : {false, true}) {
        struct future *future = future_new(loop);
        struct runner *self =
            start(script().then([&] { return awaits(future_await(future)); }));
        if (closes)
            runner_close(self);
        else
            runner_cancel(self);
        EXPECT_EQ(ended, "CancelledError()");
        EXPECT_EQ(future->references, 1u);
        future_set_result(future, outcome_none());
        run();
        future_unref(future);
    }
}

INSTANTIATE_TEST_SUITE_P(Engines, RunnerTest,
                         testing::Values(&frame_engine, &stack_engine),
                         [](const auto &by) { return by.param->name; });
