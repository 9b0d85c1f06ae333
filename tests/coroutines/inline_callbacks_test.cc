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

    std::string diary, ended, expected_reports;
    Reports reports;
    std::list<Script> scripts;
};

TEST_P(InlineCallbacks, RunsAtOnceToTheFirstThatHasNotFired)
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

TEST_P(InlineCallbacks, AFailureComesOutOfTheWait)
{
    struct deferred *first = deferred_new(nullptr);
    begin(script().then(waits(first)).except(returns(7)));
    deferred_fire(first, a_failure());
    EXPECT_EQ(ended, "7"); /* and is reported by no one (DF31) */
}

TEST_P(InlineCallbacks, AFailureThatIsNotCaughtIsItsOwn)
{
    struct deferred *first = deferred_new(nullptr);
    begin(script().then(waits(first)));
    deferred_fire(first, a_failure());
    EXPECT_EQ(ended, "OSError(no)");
}

TEST_P(InlineCallbacks, AFailureThatNoCodeHandlesIsReported)
{
    deferred_detach(inline_callbacks_new(
        GetParam()->make(&script().then(returns(a_failure())))));
    expected_reports = "Unhandled error in Deferred: OSError(no)\n";
}

TEST_P(InlineCallbacks, WhatIsNoDeferredIsSentStraightBack)
{
    begin(script().then(yields(5)).with(
        [](struct outcome got) { return returns(got.number); }));
    EXPECT_EQ(ended, "5");
}

TEST_P(InlineCallbacks, ThatNeverWaitsAndReturnsNothingFiresNone)
{
    begin(script());
    EXPECT_EQ(ended, "None");
}

TEST_P(InlineCallbacks, FiveThousandThatAreThereNeedNoDeepStack)
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

TEST_P(InlineCallbacks, OneMayWaitForAnother)
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

/* ---- DF30: cancelling ---- */

TEST_P(InlineCallbacks, CancelIsCancelOfWhatItWaitsFor)
{
    struct deferred *first = deferred_new(nullptr);
    struct deferred *page = start(script().then(waits(first)));
    deferred_cancel(page);
    EXPECT_EQ(diary, "None CancelledError() finally ");
    EXPECT_EQ(ended, "CancelledError()");
    deferred_detach(page);
    deferred_callback(first, outcome_none()); /* comes too late, harmlessly */
}

TEST_P(InlineCallbacks, CancelGoesThroughAllThatWait)
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

TEST_P(InlineCallbacks, ItMayMakeSomethingElseOfACancel)
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

TEST_P(InlineCallbacks, WhatIsCancelledMayTakeItsTime)
{
    struct deferred *low = deferred_new([](struct deferred *) { return true; });
    struct deferred *page = start(script().then(waits(low)).except(returns(4)));
    deferred_cancel(page);
    EXPECT_EQ(ended, "");
    deferred_errback(low, &failure_cancelled);
    EXPECT_EQ(ended, "4");
    deferred_detach(page);
}

INSTANTIATE_TEST_SUITE_P(Engines, InlineCallbacks,
                         testing::Values(&frame_engine, &stack_engine),
                         [](const auto &by) { return by.param->name; });
