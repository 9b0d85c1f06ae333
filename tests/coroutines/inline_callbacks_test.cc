/* SPDX-License-Identifier: MIT */
/* The rules of inlineCallbacks, DF27 to DF31, over every engine. */
#include "coroutines/inline_callbacks.h"
#include "deferreds/made.h"
#include "script.h"

#include <list>

class InlineCallbacks : public testing::TestWithParam<const struct engine *>
{
  protected:
    void TearDown() override
    {
        EXPECT_EQ(reports.told, expected_reports);
    }
    Script &script()
    {
        scripts.emplace_back(&diary);
        return scripts.back();
    }
    /* Its end is told in `ended`, and is handled. */
    struct deferred *start(Script &body)
    {
        struct deferred *made = inline_callbacks_new(GetParam()->make(&body));
        EXPECT_EQ(deferred_add_both(made, end, &ended), 0);
        return made;
    }
    void begin(Script &body)
    {
        deferred_detach(start(body));
    }
    static struct outcome end(void *context, struct outcome outcome)
    {
        *static_cast<std::string *>(context) += shown(outcome);
        return outcome_none();
    }
    static struct act waits(struct deferred *deferred)
    {
        return awaits(outcome_deferred(deferred));
    }

    struct deferred *make(Script &body)
    {
        return inline_callbacks_new(GetParam()->make(&body));
    }
    static struct act pass(struct outcome got)
    {
        return returns(got);
    }
    static struct outcome ten_times(void *, struct outcome outcome)
    {
        return outcome_number(10 * outcome.number);
    }
    static struct outcome fail(void *, struct outcome)
    {
        return a_failure();
    }
    /* One that waits for another, which waits for `low`; each does with what
     * comes of that as its step says. If `second` the inner one has waited
     * before, for something else. */
    struct deferred *start_two(bool second, struct deferred *low,
                               Script::Step inner_step, Script::Step outer_step)
    {
        struct deferred *before = second ? deferred_new(nullptr) : nullptr;
        Script &body = script();
        if (before)
            body.then(waits(before));
        body.then(waits(low)).except(std::move(inner_step));
        struct deferred *inner = make(body);
        struct deferred *outer =
            start(script().then(waits(inner)).except(std::move(outer_step)));
        if (before)
            deferred_callback(before, outcome_none());
        return outer;
    }

    std::string diary, ended, expected_reports;
    Reports reports;
    std::list<Script> scripts;
};

TEST_P(InlineCallbacks, DF27_RunsAtOnceToTheFirstThatHasNotFired)
{
    struct deferred *first = deferred_new(nullptr);
    begin(script().then(waits(first)).with([](struct outcome got) {
        return returns(got.number + 1);
    }));
    EXPECT_EQ(diary, "None ");
    EXPECT_EQ(ended, "");
    deferred_callback(first, outcome_number(1));
    EXPECT_EQ(diary, "None 1 finally ");
    EXPECT_EQ(ended, "2");
}

TEST_P(InlineCallbacks, DF31_AFailureComesOutOfTheWait)
{
    struct deferred *first = deferred_new(nullptr);
    begin(script().then(waits(first)).except(returns(7)));
    deferred_fire(first, a_failure());
    EXPECT_EQ(ended, "7"); /* and is reported by no one (DF31) */
}

TEST_P(InlineCallbacks, DF27_AFailureThatIsNotCaughtIsItsOwn)
{
    struct deferred *first = deferred_new(nullptr);
    begin(script().then(waits(first)));
    deferred_fire(first, a_failure());
    EXPECT_EQ(ended, "OSError(no)");
}

TEST_P(InlineCallbacks, DF27_AFailureThatNoCodeHandlesIsReported)
{
    deferred_detach(inline_callbacks_new(
        GetParam()->make(&script().then(returns(a_failure())))));
    expected_reports = "Unhandled error in Deferred: OSError(no)\n";
}

TEST_P(InlineCallbacks, DF27_WhatIsNotADeferredIsSentStraightBack)
{
    begin(script().then(yields(5)).with(
        [](struct outcome got) { return returns(got.number); }));
    EXPECT_EQ(ended, "5");
}

TEST_P(InlineCallbacks, DF27_ThatNeverWaitsAndReturnsNothingFiresNone)
{
    begin(script());
    EXPECT_EQ(ended, "None");
}

TEST_P(InlineCallbacks, DF28_FiveThousandThatAreThereNeedNoDeepStack)
{
    in_a_small_stack([this] {
        Script &body = script();
        for (int i = 0; i < 5000; i++)
            body.then(
                [i] { return waits(deferred_succeed(outcome_number(i))); });
        begin(body);
    });
    EXPECT_EQ(ended, "None");
}

TEST_P(InlineCallbacks, DF27_OneMayWaitForAnother)
{
    struct deferred *low = deferred_new(nullptr);
    struct deferred *inner = inline_callbacks_new(GetParam()->make(
        &script().then(waits(low)).with([](struct outcome got) {
            return returns(got.number + 1);
        })));
    begin(script().then(waits(inner)).with([](struct outcome got) {
        return returns(got.number + 1);
    }));
    deferred_callback(low, outcome_number(1));
    EXPECT_EQ(ended, "3");
}

/* Waits for one after the other, and comes to their sum. */
TEST_P(InlineCallbacks, DF27_TheInnerOneMayWaitSeveralTimes)
{
    struct deferred *first = deferred_new(nullptr);
    struct deferred *second = deferred_new(nullptr);
    intptr_t sum = 0;
    struct deferred *inner = make(script()
                                      .then(waits(first))
                                      .with([&](struct outcome got) {
                                          sum += got.number;
                                          return waits(second);
                                      })
                                      .with([&](struct outcome got) {
                                          return returns(sum + got.number);
                                      }));
    begin(script().then(waits(inner)).with(pass));
    deferred_callback(first, outcome_number(1));
    EXPECT_EQ(ended, "");
    deferred_callback(second, outcome_number(2));
    EXPECT_EQ(ended, "3");
}

/* With rungs between the inner one and the wait for it, whichever wait of the
 * inner one had to be waited for. */
TEST_P(InlineCallbacks, DF27_RungsBetweenTheTwoSeeTheOutcomeFirst)
{
    for (int waiting = 0; waiting <= 2; waiting++)
        for (bool fails : {false, true}) {
            ended = "";
            struct deferred *firsts[] = {deferred_new(nullptr),
                                         deferred_new(nullptr)};
            for (int i = waiting; i < 2; i++)
                deferred_callback(firsts[i], outcome_number(1));
            struct deferred *inner = make(script()
                                              .then(waits(firsts[0]))
                                              .then(waits(firsts[1]))
                                              .with(pass));
            deferred_add_callback(inner, fails ? fail : ten_times, nullptr);
            begin(script().then(waits(inner)).with(pass));
            for (int i = 0; i < waiting; i++) {
                EXPECT_EQ(ended, "");
                deferred_callback(firsts[i], outcome_number(1));
            }
            EXPECT_EQ(ended, fails ? "OSError(no)" : "10");
        }
}

/* ---- DF30: cancelling ---- */

TEST_P(InlineCallbacks, DF30_CancelIsCancelOfWhatItWaitsFor)
{
    struct deferred *first = deferred_new(nullptr);
    struct deferred *page = start(script().then(waits(first)));
    deferred_cancel(page);
    EXPECT_EQ(diary, "None CancelledError() finally ");
    EXPECT_EQ(ended, "CancelledError()");
    deferred_detach(page);
    deferred_callback(first, outcome_none()); /* comes too late, harmlessly */
}

TEST_P(InlineCallbacks, DF30_CancelGoesThroughAllThatWait)
{
    struct deferred *low =
        deferred_new([](struct deferred *) { return false; });
    struct deferred *inner =
        inline_callbacks_new(GetParam()->make(&script().then(waits(low))));
    struct deferred *outer = start(script().then(waits(inner)));
    deferred_cancel(outer);
    EXPECT_EQ(ended, "CancelledError()");
    deferred_detach(outer);
}

TEST_P(InlineCallbacks, DF30_ItMayMakeSomethingElseOfACancel)
{
    for (int fails = 0; fails < 2; fails++) {
        ended = "";
        struct deferred *low =
            deferred_new([](struct deferred *) { return false; });
        struct act act = fails ? returns(a_failure()) : returns(4);
        struct deferred *page = start(script().then(waits(low)).except(act));
        deferred_cancel(page);
        EXPECT_EQ(ended, fails ? "OSError(no)" : "4");
        deferred_detach(page);
    }
}

TEST_P(InlineCallbacks, DF30_WhatIsCancelledMayTakeItsTime)
{
    struct deferred *low = deferred_new([](struct deferred *) { return true; });
    struct deferred *page = start(script().then(waits(low)).except(returns(4)));
    deferred_cancel(page);
    EXPECT_EQ(ended, "");
    deferred_errback(low, &failure_cancelled);
    EXPECT_EQ(ended, "4");
    deferred_detach(page);
}

/* Two of them, of which the inner one has waited once already, or not. */
TEST_P(InlineCallbacks, DF30_CancelReachesTheWaitAtWhichTheInnerOneIs)
{
    for (bool second : {false, true}) {
        ended = "";
        static int asked;
        asked = 0;
        struct deferred *low = deferred_new([](struct deferred *) {
            asked++;
            return false;
        });
        struct deferred *outer = start_two(second, low, pass, pass);
        deferred_cancel(outer);
        EXPECT_EQ(asked, 1);
        EXPECT_EQ(ended, "CancelledError()");
        deferred_detach(outer);
    }
}

TEST_P(InlineCallbacks, DF30_EitherOfTwoMayMakeSomethingElseOfACancel)
{
    auto translate = [](struct outcome got) {
        outcome_drop(got);
        return returns(a_failure("translated"));
    };
    auto mend = [](struct outcome got) {
        outcome_drop(got);
        return returns(4320);
    };
    deferred_canceller *untranslated = [](struct deferred *asked) {
        deferred_fire(asked, a_failure("untranslated"));
        return false;
    };
    for (bool second : {false, true}) {
        for (bool inner : {false, true}) {
            ended = "";
            struct deferred *low = deferred_new(untranslated);
            struct deferred *outer =
                inner ? start_two(second, low, translate, pass)
                      : start_two(second, low, pass, translate);
            deferred_cancel(outer);
            EXPECT_EQ(ended, "OSError(translated)");
            deferred_detach(outer);

            ended = "";
            low = deferred_new(untranslated);
            outer = inner ? start_two(second, low, mend, pass)
                          : start_two(second, low, pass, mend);
            deferred_cancel(outer);
            EXPECT_EQ(ended, "4320");
            deferred_detach(outer);
        }
    }
}

TEST_P(InlineCallbacks, DF30_ACancelOfTwoMayTakeItsTime)
{
    for (bool second : {false, true}) {
        ended = "";
        struct deferred *more = deferred_new(nullptr);
        struct deferred *low =
            deferred_new([](struct deferred *) { return false; });
        deferred_add_errback(
            low,
            [](void *context, struct outcome failure) {
                outcome_drop(failure);
                return outcome_deferred(
                    static_cast<struct deferred *>(context));
            },
            more);
        struct deferred *outer = start_two(second, low, pass, pass);
        deferred_cancel(outer);
        EXPECT_EQ(ended, "");
        deferred_callback(more, outcome_number(6543));
        EXPECT_EQ(ended, "6543");
        deferred_detach(outer);
    }
}

INSTANTIATE_TEST_SUITE_P(Engines, InlineCallbacks,
                         testing::Values(&frame_engine, &stack_engine),
                         [](const auto &by) { return by.param->name; });
