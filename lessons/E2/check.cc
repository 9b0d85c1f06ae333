/* SPDX-License-Identifier: MIT */
/* What the steps of E2 promise. A loop is not needed: a Deferred is fired by
 * the test itself. When something is not as promised the ladder is
 * drawn, from the Deferred itself. */
#include "lessons/E2/ladders.h"

namespace
{

using Step1 = Ladders;
using Step2 = Ladders;
using Step3 = Ladders;
using Step4 = Ladders;
using Step5 = Ladders;
using Step6 = Ladders;

} // namespace

/* ---- 1: the chain ---- */

TEST_F(Step1, EachRungGetsWhatTheOneBeforeReturned)
{
    Made d;
    for (int i = 0; i < 3; i++)
        add(d, plus_one);
    fire(d, outcome_number(0));
    std::string result = value_of(d);
    EXPECT_EQ(result, "3") << "the outcome. Three rungs add one each, and it"
                              " was fired with 0."
                           << ladder(d);
    EXPECT_EQ(trace, "plus_one 0, plus_one 1, plus_one 2")
        << "what was called, and with what." << ladder(d);
}

TEST_F(Step1, TheyRunInTheOrderInWhichTheyWereAdded)
{
    Made d;
    add(d, plus_one);
    add(d, times_ten);
    add(d, plus_one);
    fire(d, outcome_number(1));
    EXPECT_EQ(trace, "plus_one 1, times_ten 2, plus_one 20")
        << "what was called, and with what: first added, first run."
        << ladder(d);
    std::string result = value_of(d);
    EXPECT_EQ(result, "21") << "the outcome." << ladder(d);
}

/* What settle does beside that comes in step 4. */
TEST_F(Step1, ARungThatHasRunIsSettled)
{
    struct Settled {
        struct deferred_probe probe;
        int rungs;
    } settled = {};
    settled.probe.note = [](struct deferred_probe *probe,
                            enum deferred_event event,
                            const struct deferred *) {
        reinterpret_cast<Settled *>(probe)->rungs += event == DEFERRED_LEFT;
    };
    Made d;
    add(d, plus_one);
    add(d, plus_one);
    struct deferred_probe *before = deferred_probe;
    deferred_probe = &settled.probe;
    fire(d, outcome_number(0));
    deferred_probe = before;
    EXPECT_EQ(settled.rungs, 2)
        << "calls of settle, which belongs behind each rung; two have run.";
}

TEST_F(Step1, NothingRunsBeforeItIsFired)
{
    Made d;
    add(d, plus_one);
    EXPECT_EQ(trace, "") << "what was called: it was not fired yet."
                         << ladder(d);
}

TEST_F(Step1, ThereMayBeManyRungs)
{
    Made d;
    for (int i = 0; i < 10; i++)
        add(d, plus_one);
    fire(d, outcome_number(0));
    std::string result = value_of(d);
    EXPECT_EQ(result, "10")
        << "the outcome: ten rungs add one each." << ladder(d);
}

TEST_F(Step1, TheOutcomeMoves)
{
    Made d;
    int drops = 0, drops_inside = -1;
    std::string inside;
    add(d, call);
    add(d, call);
    then = [&](struct outcome outcome) {
        inside = value_of(d);
        drops_inside = drops;
        return outcome;
    };
    fire(d, counted(&drops));
    EXPECT_EQ(inside, "None")
        << "deferred->outcome while a rung runs: the rung has it now, and there"
           " is not a second one."
        << ladder(d);
    EXPECT_EQ(drops_inside, 0) << "how often the value was dropped before the"
                                  " second rung had it.";
    deferred_detach(&d.deferred);
    EXPECT_EQ(drops, 1) << "how often the value was dropped. Two rungs have"
                           " passed it on, and then the Deferred has ended.";
}

TEST_F(Step1, AValueThatARungHasUsedUpIsGone)
{
    Made d;
    int drops = 0;
    add(d, forget);
    add(d, plus_one);
    fire(d, counted(&drops));
    EXPECT_EQ(trace, "forget, plus_one 5")
        << "what was called, and with what. The first rung drops what it gets,"
           " and returns 5."
        << ladder(d);
    EXPECT_EQ(drops, 1) << "how often the first value was dropped.";
}

TEST_F(Step1, ARungMayPauseTheChain)
{
    Made d;
    add(d, call);
    add(d, plus_one);
    then = [&](struct outcome outcome) {
        deferred_pause(&d.deferred);
        return outcome;
    };
    fire(d, outcome_number(1));
    ASSERT_EQ(trace, "call") << "what was called: the first rung has paused the"
                                " Deferred. has_rung knows of that."
                             << ladder(d);
    deferred_unpause(&d.deferred);
    EXPECT_EQ(trace, "call, plus_one 1")
        << "and then it was unpaused." << ladder(d);
}

/* ---- 2: two lanes ---- */

TEST_F(Step2, AFailureGoesToTheNextRung)
{
    Made d;
    add(d, fail, mend);
    add(d, plus_one, mend);
    fire(d, outcome_number(1));
    EXPECT_EQ(trace, "fail 1, mend")
        << "what was called. The first callback has failed: that goes to the"
           " errback of the rung below, and never to the one beside it."
        << ladder(d);
    std::string result = value_of(d);
    EXPECT_EQ(result, "7") << "the outcome, which mend has returned."
                           << ladder(d);
}

TEST_F(Step2, AfterAnErrbackItIsOnTheLeftAgain)
{
    Made d;
    add(d, plus_one, mend);
    add(d, plus_one, mend);
    add(d, plus_one, mend);
    fire(d, failure());
    EXPECT_EQ(trace, "mend, plus_one 7, plus_one 8")
        << "what was called. It was fired with a failure, and the first errback"
           " has mended it: what it returns is a value."
        << ladder(d);
}

TEST_F(Step2, WhereThereIsNothingItPasses)
{
    Made d;
    add(d, nullptr, mend);
    add(d, fail, nullptr);
    add(d, plus_one, nullptr);
    add(d, nullptr, mend);
    add(d, plus_one, nullptr);
    fire(d, outcome_number(1));
    EXPECT_EQ(trace, "fail 1, mend, plus_one 7")
        << "what was called. A rung may have a callback only, or an errback"
           " only: on the other side the outcome passes as it is."
        << ladder(d);
}

TEST_F(Step2, AnErrbackMayFailAsWell)
{
    Made d;
    add(d, plus_one, still_bad);
    add(d, plus_one, still_bad);
    add(d, plus_one, mend);
    fire(d, failure());
    EXPECT_EQ(trace, "still_bad, still_bad, mend")
        << "what was called. An errback that returns a failure leaves it on the"
           " right."
        << ladder(d);
}

TEST_F(Step2, AFailureWithoutErrbacksPassesThemAll)
{
    Made d;
    add(d, plus_one);
    add(d, plus_one);
    fire(d, failure());
    EXPECT_EQ(trace, "") << "what was called." << ladder(d);
    bool failed = outcome_is_failure(&d.deferred.outcome);
    EXPECT_TRUE(failed) << "the outcome is a failure still." << ladder(d);
}

/* ---- 3: once, and late ---- */

TEST_F(Step3, ASecondOutcomeIsRefused)
{
    Made d;
    int drops = 0;
    add(d, plus_one);
    fire(d, outcome_number(1));
    std::string second = returned(deferred_fire(&d.deferred, counted(&drops)));
    EXPECT_EQ(second, "-EALREADY") << "what the second deferred_fire has"
                                      " returned."
                                   << ladder(d);
    EXPECT_EQ(drops, 1) << "how often the second outcome was dropped.";
    EXPECT_EQ(trace, "plus_one 1") << "what was called." << ladder(d);
    std::string result = value_of(d);
    EXPECT_EQ(result, "2") << "the outcome, which is that of the first time."
                           << ladder(d);
}

TEST_F(Step3, FiringItReturnsNothingBad)
{
    Made d;
    std::string first = returned(deferred_fire(&d.deferred, outcome_number(1)));
    EXPECT_EQ(first, "0") << "what the first deferred_fire has returned.";
    EXPECT_TRUE(d.deferred.fired) << "it was fired.";
}

TEST_F(Step3, ALateRungRunsAtOnce)
{
    Made d;
    fire(d, outcome_number(1));
    add(d, plus_one);
    EXPECT_EQ(trace, "plus_one 1")
        << "what was called. The outcome was there already when the rung was"
           " added, so it runs inside deferred_add_callbacks."
        << ladder(d);
    add(d, fail);
    add(d, plus_one, mend);
    EXPECT_EQ(trace, "plus_one 1, fail 2, mend")
        << "what was called, with two more late ones." << ladder(d);
}

TEST_F(Step3, ARungThatARungAddsRunsBehindTheOthers)
{
    Made d;
    add(d, call);
    add(d, plus_one);
    then = [&](struct outcome outcome) {
        add(d, times_ten);
        trace += " (added)";
        return outcome;
    };
    fire(d, outcome_number(1));
    EXPECT_EQ(trace, "call (added), plus_one 1, times_ten 2")
        << "what was called. The first rung adds one while it runs: that one is"
           " behind plus_one, and must not run inside."
        << ladder(d);
}

TEST_F(Step3, TheLastRungMayAddOne)
{
    Made d;
    add(d, call);
    then = [&](struct outcome outcome) {
        add(d, plus_one);
        trace += " (added)";
        outcome_drop(outcome);
        return outcome_number(4);
    };
    fire(d, outcome_number(1));
    EXPECT_EQ(trace, "call (added), plus_one 4")
        << "what was called. The only rung adds another one while it runs, and"
           " that gets what the first one returns."
        << ladder(d);
}

TEST_F(Step3, NothingRunsWhileItIsPaused)
{
    Made d;
    add(d, plus_one);
    deferred_pause(&d.deferred);
    fire(d, outcome_number(1));
    add(d, plus_one);
    EXPECT_EQ(trace, "") << "what was called, while it was paused."
                         << ladder(d);
    deferred_unpause(&d.deferred);
    EXPECT_EQ(trace, "plus_one 1, plus_one 2")
        << "and then it was unpaused." << ladder(d);
}

TEST_F(Step3, FiringItInsideARungIsTooLate)
{
    Made d;
    int drops = 0;
    std::string inside = "the rung was not called";
    add(d, call);
    add(d, plus_one);
    then = [&](struct outcome outcome) {
        inside = returned(deferred_fire(&d.deferred, counted(&drops)));
        return outcome;
    };
    fire(d, outcome_number(1));
    EXPECT_EQ(inside, "-EALREADY")
        << "what deferred_fire has returned inside a rung." << ladder(d);
    EXPECT_EQ(drops, 1) << "how often that second outcome was dropped.";
    EXPECT_EQ(trace, "call, plus_one 1") << "what was called." << ladder(d);
}

TEST_F(Step3, AMillionRungsThatAddTheNextNeedNoStack)
{
    Made d;
    int left = 1000000;
    then = [&](struct outcome outcome) {
        if (--left > 0)
            deferred_add_callback(&d.deferred, call, this);
        return outcome;
    };
    quiet = true;
    in_a_small_stack([&] {
        deferred_add_callback(&d.deferred, call, this);
        fire(d, outcome_number(1));
    });
    EXPECT_EQ(left, 0) << "rungs that did not run, of a million, each of which"
                          " adds the next one.";
    size_t room = d.deferred.capacity;
    EXPECT_LE(room, 8u) << "rungs for which there is memory: those that have"
                           " run make room.";
}

/* ---- 4: an answer that is a Deferred ---- */

TEST_F(Step4, TheOuterWaitsForTheInner)
{
    Made outer, inner;
    add(outer, ask_other);
    add(outer, plus_one);
    other = &inner.deferred;
    fire(outer, outcome_number(1));
    EXPECT_EQ(trace, "ask_other 1")
        << "what was called. The first rung has answered with a Deferred that"
           " was not fired: the outer one waits."
        << ladder(outer);
    fire(inner, outcome_number(40));
    EXPECT_EQ(trace, "ask_other 1, plus_one 40")
        << "what was called, after the inner one was fired with 40."
        << ladder(outer);
    std::string result = value_of(outer);
    EXPECT_EQ(result, "41") << "the outcome of the outer one." << ladder(outer);
    bool waits = outer.deferred.inner || outer.deferred.paused;
    EXPECT_FALSE(waits) << "the outer one waits still: inner, or paused."
                        << ladder(outer);
    bool has_outlet = inner.deferred.outlet != DEFERRED_NO_OUTLET;
    EXPECT_FALSE(has_outlet) << "the inner one has an outlet still, and no"
                                " Deferred waits there.";
}

TEST_F(Step4, AnAnswerThatIsThereAlreadyIsTakenAtOnce)
{
    Made outer, inner;
    add(outer, ask_other);
    add(outer, plus_one);
    other = &inner.deferred;
    fire(inner, outcome_number(40));
    fire(outer, outcome_number(1));
    EXPECT_EQ(trace, "ask_other 1, plus_one 40")
        << "what was called. The inner one was fired before it was asked, and"
           " will not be fired again: a wait for it would not end."
        << ladder(outer);
}

TEST_F(Step4, AFailureOfTheInnerIsOneOfTheOuter)
{
    for (bool early : {true, false}) {
        Made outer, inner;
        trace.clear();
        add(outer, ask_other);
        add(outer, plus_one, mend);
        other = &inner.deferred;
        if (early)
            fire(inner, failure());
        fire(outer, outcome_number(1));
        if (!early)
            fire(inner, failure());
        EXPECT_EQ(trace, "ask_other 1, mend")
            << "what was called. The inner one has failed, "
            << (early ? "before it was asked." : "after it was asked.")
            << ladder(outer);
    }
}

TEST_F(Step4, TheRungsOfTheInnerComeFirst)
{
    Made outer, inner;
    add(outer, ask_other);
    add(outer, plus_one);
    add(inner, times_ten);
    other = &inner.deferred;
    fire(outer, outcome_number(1));
    fire(inner, outcome_number(4));
    EXPECT_EQ(trace, "ask_other 1, times_ten 4, plus_one 40")
        << "what was called. The outer one waits for what the inner one has"
           " come to behind its own rungs."
        << ladder(outer);
}

TEST_F(Step4, TheInnerIsLeftWithNothing)
{
    Made outer, inner;
    int drops = 0;
    add(outer, ask_other);
    add(outer, call);
    other = &inner.deferred;
    fire(outer, outcome_number(1));
    deferred_add_callback(&inner.deferred, show, this);
    then = [&](struct outcome outcome) {
        outcome_drop(outcome);
        return outcome_none();
    };
    fire(inner, counted(&drops));
    EXPECT_EQ(trace, "ask_other 1, call, show None")
        << "what was called. The last rung was added to the inner one when the"
           " outer waited already: by then the outcome is the outer's, and what"
           " is left is None."
        << ladder(outer);
    EXPECT_EQ(drops, 1) << "how often the value was dropped.";
    bool was_left = inner.deferred.unowned && !inner.deferred.outer;
    EXPECT_TRUE(was_left) << "the inner one has an outer still, or an owner."
                             " That was the outer, which has what it wanted.";
}

TEST_F(Step4, TheInnerEndsBeforeTheOuterGoesOn)
{
    Made outer, inner;
    inner.deferred.release = [](struct deferred *) {
        static_cast<Ladders *>(current)->trace += ", released";
    };
    add(outer, ask_other);
    add(outer, plus_one);
    other = &inner.deferred;
    fire(outer, outcome_number(1));
    fire(inner, outcome_number(40));
    EXPECT_EQ(trace, "ask_other 1, released, plus_one 40")
        << "what has happened. The inner one has handed its outcome over, and"
           " has no owner any more: its memory is free for the next thing."
        << ladder(outer);
}

TEST_F(Step4, ARowOfThemPassesItOn)
{
    Made a, b, c;
    int drops = 0;
    deferred_add_callback(&a.deferred, ask_given, &b.deferred);
    add(a, call);
    deferred_add_callback(&b.deferred, ask_given, &c.deferred);
    then = [](struct outcome outcome) { return outcome; };
    fire(a, outcome_number(1));
    fire(b, outcome_number(2));
    EXPECT_EQ(trace, "") << "what was called: a waits for b, and b for c."
                         << ladder(a);
    fire(c, counted(&drops));
    EXPECT_EQ(trace, "call")
        << "what was called, when c was fired." << ladder(a);
    EXPECT_EQ(drops, 0) << "how often the value was dropped: a has it.";
    deferred_detach(&a.deferred);
    EXPECT_EQ(drops, 1) << "how often the value was dropped, after a's end.";
}

TEST_F(Step4, ADeferredThatWaitsForItselfFails)
{
    Made d;
    other = &d.deferred;
    add(d, ask_other);
    add(d, plus_one, mend);
    fire(d, outcome_number(1));
    EXPECT_EQ(trace, "ask_other 1, mend")
        << "what was called. The answer of the first rung is its own Deferred:"
           " it would wait for ever."
        << ladder(d);
}

TEST_F(Step4, WhatIsPausedTwiceStaysPaused)
{
    Made outer, inner;
    add(outer, ask_other);
    add(outer, plus_one);
    other = &inner.deferred;
    fire(outer, outcome_number(1));
    deferred_pause(&outer.deferred);
    fire(inner, outcome_number(40));
    EXPECT_EQ(trace, "ask_other 1")
        << "what was called. The outer one was paused by its owner, too: the"
           " answer is one unpause, and not all of them."
        << ladder(outer);
    deferred_unpause(&outer.deferred);
    EXPECT_EQ(trace, "ask_other 1, plus_one 40")
        << "and now it was unpaused." << ladder(outer);
}

TEST_F(Step4, AnythingCanBeWaitedFor)
{
    for (bool early : {true, false}) {
        Made outer;
        Promise promise;
        trace.clear();
        promise.is_ready = early;
        deferred_add_callback(&outer.deferred, ask_awaitable, &promise);
        add(outer, plus_one);
        fire(outer, outcome_number(1));
        if (!early) {
            EXPECT_EQ(trace, "") << "what was called, before it was ready.";
            promise.is_ready = true;
            if (promise.waiter)
                promise.waiter->run(promise.waiter);
        }
        EXPECT_EQ(trace, "plus_one 60")
            << "what was called. The answer was an awaitable that is not a"
               " Deferred, "
            << (early ? "and ready." : "and ready later.") << ladder(outer);
        EXPECT_EQ(promise.taken, 1) << "how often its outcome was taken.";
    }
}

TEST_F(Step4, ALongRowNeedsNoStack)
{
    const size_t count = 100000;
    std::vector<struct deferred> row(count);
    for (struct deferred &d : row)
        deferred_init(&d, nullptr);
    quiet = true;
    in_a_small_stack([&] {
        for (size_t i = 0; i + 1 < count; i++)
            deferred_add_callback(&row[i], ask_given, &row[i + 1]);
        for (size_t i = 0; i + 1 < count; i++)
            deferred_fire(&row[i], outcome_none());
        deferred_fire(&row[count - 1], outcome_number(3));
    });
    std::string result = shown_of(row[0].outcome);
    EXPECT_EQ(result, "3") << "the outcome of the first of " << count
                           << " Deferreds, each of which waits for the next.";
}

/* ---- 5: cancel ---- */

TEST_F(Step5, WithoutACancellerItFails)
{
    Made d;
    add(d, plus_one, except_cancelled);
    deferred_cancel(&d.deferred);
    EXPECT_EQ(trace, "except_cancelled CancelledError")
        << "what was called. It was cancelled before it was fired."
        << ladder(d);
}

TEST_F(Step5, ALateOutcomeIsForgivenOnce)
{
    Made d;
    int drops = 0;
    add(d, plus_one, except_cancelled);
    deferred_cancel(&d.deferred);
    std::string late = returned(deferred_fire(&d.deferred, counted(&drops)));
    EXPECT_EQ(late, "0")
        << "what deferred_fire has returned. The code that has fired it does "
           "not"
           " know of the cancellation, and only now has its answer."
        << ladder(d);
    std::string again = returned(deferred_fire(&d.deferred, counted(&drops)));
    EXPECT_EQ(again, "-EALREADY") << "and what it has returned the next time.";
    EXPECT_EQ(drops, 2) << "how often the two late outcomes were dropped.";
    EXPECT_EQ(trace, "except_cancelled CancelledError")
        << "what was called." << ladder(d);
}

TEST_F(Step5, ItLivesUntilTheLateOutcomeHasCome)
{
    Made d;
    d.deferred.release = [](struct deferred *) {
        static_cast<Ladders *>(current)->trace += ", released";
    };
    add(d, plus_one, except_cancelled);
    deferred_cancel(&d.deferred);
    deferred_detach(&d.deferred);
    EXPECT_EQ(trace, "except_cancelled CancelledError")
        << "what has happened. It was cancelled and has no owner, but it may"
           " still be fired: it has not ended.";
    deferred_fire(&d.deferred, outcome_number(1));
    EXPECT_EQ(trace, "except_cancelled CancelledError, released")
        << "what has happened, when it was fired after all.";
}

TEST_F(Step5, WithoutAnOwnerItLivesUntilThenToo)
{
    Made d;
    d.deferred.release = [](struct deferred *) {
        static_cast<Ladders *>(current)->trace += ", released";
    };
    add(d, plus_one, except_cancelled);
    deferred_detach(&d.deferred);
    deferred_cancel(&d.deferred);
    EXPECT_EQ(trace, "except_cancelled CancelledError")
        << "what has happened. It had no owner when it was cancelled, and"
           " it may still be fired: it has not ended.";
    deferred_fire(&d.deferred, outcome_number(1));
    EXPECT_EQ(trace, "except_cancelled CancelledError, released")
        << "what has happened, when it was fired after all.";
}

TEST_F(Step5, ACancellerMayFireIt)
{
    Made d([](struct deferred *deferred) {
        static_cast<Ladders *>(current)->asked++;
        deferred_fire(deferred, outcome_number(70));
        return false;
    });
    add(d, plus_one, except_cancelled);
    deferred_cancel(&d.deferred);
    EXPECT_EQ(trace, "plus_one 70")
        << "what was called. The canceller has fired it, with 70." << ladder(d);
    std::string again = returned(deferred_fire(&d.deferred, outcome_number(1)));
    EXPECT_EQ(again, "-EALREADY")
        << "what one more deferred_fire has returned: with a canceller there is"
           " no code that does not know.";
    EXPECT_EQ(asked, 1) << "how often the canceller was asked.";
}

TEST_F(Step5, ACancellerMayFireItLater)
{
    Made d([](struct deferred *) {
        static_cast<Ladders *>(current)->asked++;
        return true;
    });
    add(d, plus_one, except_cancelled);
    deferred_cancel(&d.deferred);
    deferred_cancel(&d.deferred);
    EXPECT_EQ(trace, "") << "what was called. The canceller has returned true:"
                            " it is going to be fired."
                         << ladder(d);
    EXPECT_EQ(asked, 1) << "how often the canceller was asked: deferred_cancel"
                           " was called twice.";
    fire(d, outcome_number(1));
    EXPECT_EQ(trace, "plus_one 1")
        << "what was called, when it was fired." << ladder(d);
}

TEST_F(Step5, ACancellerMayDoNothing)
{
    Made d([](struct deferred *) { return false; });
    add(d, plus_one, except_cancelled);
    deferred_cancel(&d.deferred);
    EXPECT_EQ(trace, "except_cancelled CancelledError")
        << "what was called. The canceller neither has fired it nor will."
        << ladder(d);
    std::string late = returned(deferred_fire(&d.deferred, outcome_number(1)));
    EXPECT_EQ(late, "-EALREADY")
        << "what a late deferred_fire has returned: only without a canceller it"
           " is forgiven.";
}

TEST_F(Step5, OneThatWaitsCancelsWhatIsWaitedFor)
{
    Made a, b, c;
    deferred_add_callback(&a.deferred, ask_given, &b.deferred);
    add(a, plus_one, except_cancelled);
    deferred_add_callback(&b.deferred, ask_given, &c.deferred);
    add(c, plus_one, still_bad);
    fire(a, outcome_number(1));
    fire(b, outcome_number(2));
    deferred_cancel(&a.deferred);
    EXPECT_EQ(trace, "still_bad, except_cancelled CancelledError")
        << "what was called. a waits for b, b for c, and a was cancelled: that"
           " is for the last in the row, and from there the failure comes back."
        << ladder(a);
}

TEST_F(Step5, WhatIsNotADeferredIsCancelledToo)
{
    Made d;
    Promise promise;
    deferred_add_callback(&d.deferred, ask_awaitable, &promise);
    add(d, plus_one, except_cancelled);
    fire(d, outcome_number(1));
    deferred_cancel(&d.deferred);
    EXPECT_EQ(promise.cancelled, 1) << "how often awaitable_cancel was called"
                                       " for what it waits for.";
    EXPECT_EQ(trace, "") << "what was called: what it waits for has not ended"
                            " yet."
                         << ladder(d);
    promise.is_ready = true; /* a wait has an end */
    if (promise.waiter)
        promise.waiter->run(promise.waiter);
}

TEST_F(Step5, WhatIsOverIsNotCancelled)
{
    Made d([](struct deferred *) {
        static_cast<Ladders *>(current)->asked++;
        return false;
    });
    add(d, plus_one, except_cancelled);
    fire(d, outcome_number(1));
    deferred_cancel(&d.deferred);
    EXPECT_EQ(asked, 0) << "how often the canceller was asked: there is nothing"
                           " to be stopped any more.";
    add(d, plus_one, except_cancelled);
    EXPECT_EQ(trace, "plus_one 1, plus_one 2")
        << "what was called. It was cancelled when it had been fired."
        << ladder(d);
    std::string again = returned(deferred_fire(&d.deferred, outcome_number(1)));
    EXPECT_EQ(again, "-EALREADY")
        << "what one more deferred_fire has returned.";
}

TEST_F(Step5, CancellingTwiceIsCancellingOnce)
{
    Made d;
    add(d, plus_one, except_cancelled);
    add(d, plus_one, except_cancelled);
    deferred_cancel(&d.deferred);
    deferred_cancel(&d.deferred);
    EXPECT_EQ(trace, "except_cancelled CancelledError, plus_one 9")
        << "what was called. deferred_cancel was, twice." << ladder(d);
}

TEST_F(Step5, ALongRowIsCancelledWithoutAStack)
{
    const size_t count = 100000;
    std::vector<struct deferred> row(count);
    for (struct deferred &d : row)
        deferred_init(&d, nullptr);
    in_a_small_stack([&] {
        for (size_t i = 0; i + 1 < count; i++)
            deferred_add_callback(&row[i], ask_given, &row[i + 1]);
        for (size_t i = 0; i + 1 < count; i++)
            deferred_fire(&row[i], outcome_none());
        deferred_cancel(&row[0]);
    });
    bool cancelled = outcome_failed_with(&row[0].outcome, &cancelled_type);
    EXPECT_TRUE(cancelled) << "the first of " << count
                           << " Deferreds, each of which waits for the next,"
                              " was cancelled, and has not failed with that.";
}

/* ---- 6: the lost errback ---- */

TEST_F(Step6, AFailureThatIsLeftIsReported)
{
    Made d;
    add(d, plus_one);
    fire(d, failure());
    EXPECT_EQ(reports.told, "") << "what was reported, while it has an owner:"
                                   " an errback may still be added."
                                << ladder(d);
    deferred_detach(&d.deferred);
    int count = count_of("Unhandled error in Deferred", reports.told);
    EXPECT_EQ(count, 1) << "reports, after its owner has let it go. No"
                           " errback can be added any more.";
    bool with_why =
        reports.told.find("the page is not there") != std::string::npos;
    EXPECT_TRUE(with_why) << "the report does not have the failure in it. It"
                             " says: "
                          << reports.told;
}

TEST_F(Step6, AValueThatIsLeftIsNot)
{
    Made d;
    fire(d, outcome_number(1));
    deferred_detach(&d.deferred);
    EXPECT_EQ(reports.told, "") << "what was reported, of a value.";
}

TEST_F(Step6, WhatWasMendedIsNotReported)
{
    Made d;
    add(d, plus_one, mend);
    fire(d, failure());
    deferred_detach(&d.deferred);
    EXPECT_EQ(reports.told, "") << "what was reported, of a failure that an"
                                   " errback has mended.";
}

TEST_F(Step6, WhatWasPassedOnIsNotReported)
{
    Made outer, inner;
    add(outer, ask_other);
    add(outer, plus_one, mend);
    other = &inner.deferred;
    fire(outer, outcome_number(1));
    fire(inner, failure());
    deferred_detach(&outer.deferred);
    EXPECT_EQ(reports.told, "")
        << "what was reported. The inner one has failed,"
           " the outer one has mended it.";
}

TEST_F(Step6, WhatIsNotNeededMayBeCancelled)
{
    Made d([](struct deferred *) { return false; });
    deferred_drop(&d.deferred);
    EXPECT_EQ(reports.told, "")
        << "what was reported. It was dropped, and so it was cancelled: that is"
           " what its owner wanted.";
}

TEST_F(Step6, WhatIsNotNeededMayStillFail)
{
    Made d([](struct deferred *deferred) {
        deferred_fire(deferred, failure());
        return false;
    });
    deferred_drop(&d.deferred);
    int count = count_of("Unhandled error in Deferred", reports.told);
    EXPECT_EQ(count, 1)
        << "reports. It was dropped, and then failed with something else than"
           " that it was cancelled.";
}

TEST_F(Step6, ACancellationThatWasNotTakenIsReported)
{
    Made d([](struct deferred *) { return false; });
    deferred_cancel(&d.deferred);
    deferred_detach(&d.deferred);
    int count = count_of("Unhandled error in Deferred", reports.told);
    EXPECT_EQ(count, 1)
        << "reports. It was cancelled, but not dropped: its owner has asked for"
           " the outcome, and no errback has looked at it.";
}
