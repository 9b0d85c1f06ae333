/* SPDX-License-Identifier: MIT */
#include "deferred_fixture.h"
#include "deferreds/made.h"
#include "support/contract.h"

/* ---- DF1 to DF4: one outcome, two lanes ---- */

TEST_F(DeferredTest, PassesWhatEachRungReturnsToTheNext_DF4)
{
    struct deferred *d = deferred_new(NULL);
    auto add_one = [](struct outcome outcome) {
        return outcome_number(outcome.number + 1);
    };
    callback(d, rung("a", add_one));
    callback(d, rung("b", add_one));
    callback(d, rung("c"));
    EXPECT_EQ(diary, "");
    EXPECT_EQ(fire(d, 1), 0);
    EXPECT_EQ(diary, "a(1) b(2) c(3) ");
    deferred_detach(d);
}

TEST_F(DeferredTest, HasMoreRungsThanFitInline)
{
    struct deferred *d = deferred_new(NULL);
    for (int i = 0; i < 3 * DEFERRED_RUNGS; i++)
        callback(d, rung("r", [](struct outcome outcome) {
                     return outcome_number(outcome.number + 1);
                 }));
    fire(d, 0);
    EXPECT_EQ(count_of("r(", diary), 3 * DEFERRED_RUNGS);
    EXPECT_NE(diary.find("r(11)"), std::string::npos);
    deferred_detach(d);
}

TEST_F(DeferredTest, AFailureGoesToTheNextErrbackNeverToItsSibling_DF2)
{
    struct deferred *d = deferred_new(NULL);
    level(d, rung("cb1", fails), rung("eb1"));
    callback(d, rung("cb2"));
    level(d, rung("cb3"), rung("eb3", mends));
    level(d, rung("cb4"), rung("eb4"));
    fire(d, 1);
    EXPECT_EQ(diary, "cb1(1) eb3(OSError(no)) cb4('mended') ");
    deferred_detach(d);
}

TEST_F(DeferredTest, FiredWithAFailureItBeginsInTheErrorLane_DF1)
{
    struct deferred *d = deferred_new(NULL);
    level(d, rung("cb"), rung("eb", mends));
    EXPECT_EQ(deferred_errback(d, failure_ref(&failure_no_memory)), 0);
    EXPECT_EQ(diary, "eb(OSError(out of memory)) ");
    deferred_detach(d);
}

TEST_F(DeferredTest, IsFiredOnceAndTheSecondOutcomeIsDropped_DF1)
{
    int drops = 0;
    struct deferred *d = deferred_new(NULL);
    EXPECT_EQ(fire(d, 1), 0);
    EXPECT_EQ(deferred_callback(d, counted(&drops)), -EALREADY);
    EXPECT_EQ(drops, 1);
    EXPECT_EQ(d->outcome.number, 1);
    deferred_detach(d);
}

TEST_F(DeferredTest, RungsAddedAfterItFiredRunAtOnce_DF3)
{
    struct deferred *d = deferred_new(NULL);
    fire(d, 5);
    callback(d, rung("late"));
    EXPECT_EQ(diary, "late(5) ");
    deferred_detach(d);
}

TEST_F(DeferredTest, ARungAddedByARunningOneRunsBehindThoseThatAreThere_DF3)
{
    struct deferred *d = deferred_new(NULL);
    callback(d, silently([&](struct outcome outcome) {
                 diary += "[ ";
                 callback(d, rung("added"));
                 diary += "] ";
                 return outcome;
             }));
    callback(d, rung("there"));
    fire(d, 1);
    EXPECT_EQ(diary, "[ ] there(1) added(1) ");
    deferred_detach(d);
}

TEST_F(DeferredTest, AChainThatExtendsItselfNeedsNoMoreRoom)
{
    struct deferred *d = deferred_new(NULL);
    Rung *again = silently([&](struct outcome outcome) {
        if (outcome.number < 10000)
            callback(d, again);
        return outcome_number(outcome.number + 1);
    });
    callback(d, again);
    fire(d, 0);
    EXPECT_EQ(d->outcome.number, 10001);
    EXPECT_EQ(d->capacity, (unsigned)DEFERRED_RUNGS);
    deferred_detach(d);
}

/* ---- DF5 to DF8: a rung that asks another Deferred ---- */

TEST_F(DeferredTest, WaitsForADeferredThatARungReturns_DF5)
{
    struct deferred *outer = deferred_new(NULL), *inner = deferred_new(NULL);
    callback(outer, rung("ask", asks(inner)));
    callback(outer, rung("then"));
    fire(outer, 1);
    EXPECT_EQ(diary, "ask(1) ");
    fire(inner, 2);
    EXPECT_EQ(diary, "ask(1) then(2) ");
    deferred_detach(outer);
}

TEST_F(DeferredTest, TakesTheOutcomeOfOneThatHasFiredAtOnce_DF5)
{
    struct deferred *outer = deferred_new(NULL), *inner = deferred_new(NULL);
    fire(inner, 2);
    callback(outer, rung("ask", asks(inner)));
    callback(outer, rung("then"));
    fire(outer, 1);
    EXPECT_EQ(diary, "ask(1) then(2) ");
    deferred_detach(outer);
}

TEST_F(DeferredTest, AFailureOfTheInnerOneGoesOnInTheOuterErrorLane_DF5)
{
    struct deferred *outer = deferred_new(NULL), *inner = deferred_new(NULL);
    callback(inner, rung("inner", fails));
    callback(outer, rung("ask", asks(inner)));
    level(outer, rung("cb"), rung("eb", mends));
    fire(outer, 1);
    fire(inner, 2);
    EXPECT_EQ(diary, "ask(1) inner(2) eb(OSError(no)) ");
    deferred_detach(outer);
    EXPECT_EQ(reports.told, "");
}

TEST_F(DeferredTest, TheOuterOneStandsBetweenTheInnersRungs_DF7)
{
    struct deferred *outer = deferred_new(NULL), *inner = deferred_new(NULL);
    callback(inner, rung("i1"));
    callback(outer, rung("ask", asks(inner)));
    callback(outer, rung("o1"));
    fire(outer, 0);
    callback(inner, rung("i2"));
    callback(outer, rung("o2"));
    fire(inner, 5);
    EXPECT_EQ(diary, "ask(0) i1(5) o1(5) o2(5) i2(None) ");
    deferred_detach(outer);
}

TEST_F(DeferredTest, OneThatWaitsForItselfIsToldSo_DF8)
{
    struct deferred *d = deferred_new(NULL);
    callback(d, rung("ask", asks(d)));
    errback(d, rung("eb", mends));
    fire(d, 1);
    EXPECT_EQ(diary, "ask(1) eb(RuntimeError(a Deferred waits for itself)) ");
    deferred_detach(d);
}

TEST_F(DeferredTest, AnInnerOneThatWaitsItselfIsWaitedFor_DF5)
{
    struct deferred *a = deferred_new(NULL), *b = deferred_new(NULL),
                    *c = deferred_new(NULL);
    callback(b, rung("b", asks(c)));
    callback(a, rung("a", asks(b)));
    callback(a, rung("end"));
    fire(b, 2);
    fire(a, 1);
    EXPECT_EQ(diary, "b(2) a(1) ");
    fire(c, 3);
    EXPECT_EQ(diary, "b(2) a(1) end(3) ");
    deferred_detach(a);
}

/* Each outer one waits for the next, half of them with more to do afterwards.
 */
static struct outcome ask_next(void *context, struct outcome outcome)
{
    outcome_drop(outcome);
    return outcome_deferred(static_cast<struct deferred *>(context));
}
static struct outcome pass(void *context, struct outcome outcome)
{
    (void)context;
    return outcome;
}

static struct deferred *long_chain(int length, struct deferred **innermost)
{
    struct deferred *next = *innermost = deferred_new(NULL);
    for (int i = 1; i < length; i++) {
        struct deferred *outer = deferred_new(NULL);
        if (i % 2)
            deferred_add_both(next, pass, NULL);
        deferred_add_callback(outer, ask_next, next);
        deferred_callback(outer, outcome_none());
        if (i % 2)
            deferred_add_both(next, pass, NULL);
        next = outer;
    }
    return next;
}

enum { LONG = 1000000 };

TEST_F(DeferredTest, AMillionThatWaitForEachOtherAreFiredWithoutRecursion_DF6)
{
    struct deferred *innermost, *outermost = long_chain(LONG, &innermost);
    in_a_small_stack(
        [innermost] { deferred_callback(innermost, outcome_number(7)); });
    ASSERT_TRUE(deferred_is_over(outermost));
    EXPECT_EQ(outermost->outcome.number, 7);
    deferred_detach(outermost);
}

TEST_F(DeferredTest, AMillionThatWaitForEachOtherAreCancelledWithoutRecursion)
{
    struct deferred *innermost, *outermost = long_chain(LONG, &innermost);
    in_a_small_stack([outermost] { deferred_cancel(outermost); });
    ASSERT_TRUE(deferred_is_over(outermost));
    EXPECT_TRUE(outcome_failed_with(&outermost->outcome, &cancelled_type));
    EXPECT_EQ(deferred_callback(innermost, outcome_none()), 0); /* DF13 */
    deferred_add_errback(
        outermost,
        [](void *, struct outcome outcome) {
            outcome_drop(outcome);
            return outcome_none();
        },
        NULL);
    deferred_detach(outermost);
}

TEST_F(DeferredTest, AMillionThatWaitForEachOtherAreDroppedWithoutRecursion)
{
    struct deferred *innermost, *outermost = long_chain(LONG, &innermost);
    in_a_small_stack([outermost] { deferred_drop(outermost); });
    EXPECT_EQ(deferred_callback(innermost, outcome_none()), 0);
    EXPECT_EQ(reports.told, "");
}

/* ---- DF9: pausing ---- */

TEST_F(DeferredTest, RunsNothingWhilePausedAndPausesAreCounted_DF9)
{
    struct deferred *d = deferred_new(NULL);
    callback(d, rung("r"));
    deferred_pause(d);
    deferred_pause(d);
    fire(d, 1);
    deferred_unpause(d);
    EXPECT_EQ(diary, "");
    deferred_unpause(d);
    EXPECT_EQ(diary, "r(1) ");
    deferred_detach(d);
}

TEST_F(DeferredTest, OneThatIsPausedMayBeUnpausedBeforeItFires_DF9)
{
    struct deferred *d = deferred_new(NULL);
    callback(d, rung("r"));
    deferred_pause(d);
    deferred_unpause(d);
    EXPECT_EQ(diary, "");
    fire(d, 1);
    EXPECT_EQ(diary, "r(1) ");
    deferred_detach(d);
}

TEST_F(DeferredTest, APausedInnerOneIsWaitedForAlthoughItHasFired_DF5)
{
    struct deferred *outer = deferred_new(NULL), *inner = deferred_new(NULL);
    fire(inner, 2);
    deferred_pause(inner);
    callback(outer, rung("ask", asks(inner)));
    callback(outer, rung("then"));
    fire(outer, 1);
    EXPECT_EQ(diary, "ask(1) ");
    deferred_unpause(inner);
    EXPECT_EQ(diary, "ask(1) then(2) ");
    deferred_detach(outer);
}

TEST_F(DeferredTest, APausedOuterOneGoesOnWhenItIsUnpaused)
{
    struct deferred *outer = deferred_new(NULL), *inner = deferred_new(NULL);
    callback(outer, rung("ask", asks(inner)));
    callback(outer, rung("then"));
    fire(outer, 1);
    deferred_pause(outer);
    fire(inner, 2);
    EXPECT_EQ(diary, "ask(1) ");
    deferred_unpause(outer);
    EXPECT_EQ(diary, "ask(1) then(2) ");
    deferred_detach(outer);
}

/* ---- DF11: failures that no errback has seen ---- */

TEST_F(DeferredTest, AFailureLeftAtTheEndIsReported_DF11)
{
    struct deferred *d = deferred_new(NULL);
    callback(d, rung("r", fails));
    fire(d, 1);
    EXPECT_EQ(reports.told, "");
    deferred_detach(d);
    EXPECT_EQ(reports.told, "Unhandled error in Deferred: OSError(no)\n");
}

TEST_F(DeferredTest, OneThatFailsAfterItWasDetachedIsReportedToo_DF11)
{
    struct deferred *d = deferred_new(NULL);
    callback(d, rung("r", fails));
    deferred_detach(d);
    fire(d, 1);
    EXPECT_EQ(reports.told, "Unhandled error in Deferred: OSError(no)\n");
}

TEST_F(DeferredTest, AFailureHandledLateOrPassedOnIsNotReported_DF11)
{
    struct deferred *late = deferred_new(NULL), *inner = deferred_new(NULL),
                    *outer = deferred_new(NULL);
    callback(late, rung("r", fails));
    fire(late, 1);
    errback(late, rung("eb", mends));
    deferred_detach(late);
    callback(inner, rung("r", fails));
    fire(inner, 1);
    callback(outer, rung("ask", asks(inner)));
    errback(outer, rung("eb", mends));
    fire(outer, 1);
    deferred_detach(outer);
    EXPECT_EQ(reports.told, "");
}

/* ---- DF13 to DF15: cancelling ---- */

TEST_F(DeferredTest, CancelledItFailsAndForgivesOneLateFire_DF13)
{
    int drops = 0;
    struct deferred *d = deferred_new(NULL);
    both(d, rung("r", mends));
    deferred_cancel(d);
    EXPECT_EQ(diary, "r(CancelledError()) ");
    EXPECT_EQ(deferred_callback(d, counted(&drops)), 0);
    EXPECT_EQ(deferred_callback(d, counted(&drops)), -EALREADY);
    EXPECT_EQ(drops, 2);
    deferred_detach(d);
}

TEST_F(DeferredTest, LivesUntilTheLateFireHasCome_DF13)
{
    struct deferred *d = deferred_new(NULL);
    both(d, rung("r", mends));
    deferred_cancel(d);
    deferred_detach(d);
    EXPECT_EQ(fire(d, 1), 0);
}

struct with_canceller {
    struct deferred deferred;
    std::function<bool()> cancel;
    int cancelled = 0, released = 0;

    explicit with_canceller(std::function<bool()> function)
        : deferred(), cancel(std::move(function))
    {
        deferred_init(&deferred, [](struct deferred *d) {
            with_canceller *self = of(d);
            self->cancelled++;
            return self->cancel();
        });
        deferred.release = [](struct deferred *d) { of(d)->released++; };
    }
    static with_canceller *of(struct deferred *d)
    {
        return reinterpret_cast<with_canceller *>(d);
    }
};

TEST_F(DeferredTest, ACancellerThatDoesNotFireItLetsItFail_DF14)
{
    with_canceller it([] { return false; });
    both(&it.deferred, rung("r", mends));
    deferred_cancel(&it.deferred);
    EXPECT_EQ(diary, "r(CancelledError()) ");
    EXPECT_EQ(fire(&it.deferred, 1), -EALREADY);
    deferred_cancel(&it.deferred);
    EXPECT_EQ(it.cancelled, 1);
    deferred_detach(&it.deferred);
    EXPECT_EQ(it.released, 1);
}

TEST_F(DeferredTest, WhatTheCancellerFiresStands_DF14)
{
    with_canceller it([&it] {
        deferred_callback(&it.deferred, outcome_text("so far"));
        return false;
    });
    both(&it.deferred, rung("r"));
    deferred_cancel(&it.deferred);
    EXPECT_EQ(diary, "r('so far') ");
    EXPECT_EQ(it.cancelled, 1);
    deferred_detach(&it.deferred);
}

TEST_F(DeferredTest, OneThatItsCancellerEndsIsNotTouchedAfterwards_DF14)
{
    auto *it = new with_canceller(nullptr);
    it->cancel = [it] {
        deferred_callback(&it->deferred, outcome_none());
        return false;
    };
    it->deferred.release = [](struct deferred *d) {
        delete with_canceller::of(d);
    };
    deferred_detach(&it->deferred);
    deferred_cancel(&it->deferred);
}

TEST_F(DeferredTest, ACancellerMayPromiseThatItWillBeFired)
{
    with_canceller it([] { return true; });
    both(&it.deferred, rung("r", mends));
    deferred_cancel(&it.deferred);
    deferred_cancel(&it.deferred);
    EXPECT_EQ(it.cancelled, 1);
    EXPECT_EQ(diary, "");
    EXPECT_EQ(deferred_errback(&it.deferred, &failure_cancelled), 0);
    EXPECT_EQ(diary, "r(CancelledError()) ");
    deferred_detach(&it.deferred);
}

TEST_F(DeferredTest, ACancellerIsNotAskedOnceItHasFired_DF14)
{
    with_canceller it([] { return false; });
    fire(&it.deferred, 1);
    deferred_cancel(&it.deferred);
    EXPECT_EQ(it.cancelled, 0);
    deferred_detach(&it.deferred);
}

TEST_F(DeferredTest, ACancelGoesToTheOneThatItWaitsFor_DF15)
{
    with_canceller it([] { return false; });
    struct deferred *outer = deferred_new(NULL);
    callback(outer, rung("ask", asks(&it.deferred)));
    both(outer, rung("o", mends));
    fire(outer, 1);
    deferred_cancel(outer);
    EXPECT_EQ(it.cancelled, 1);
    EXPECT_EQ(it.released, 1);
    EXPECT_EQ(diary, "ask(1) o(CancelledError()) ");
    deferred_detach(outer);
}

/* ---- ownership ---- */

TEST_F(DeferredTest, IsReleasedOnceWhenItHasNoOwnerAndNothingLeftToRun)
{
    int drops = 0;
    with_canceller it(nullptr);
    deferred_detach(&it.deferred);
    EXPECT_EQ(it.released, 0);
    deferred_callback(&it.deferred, counted(&drops));
    EXPECT_EQ(it.released, 1);
    EXPECT_EQ(drops, 1);
}

TEST_F(DeferredTest, DroppedBeforeItFiresItIsCancelledWithoutAWord)
{
    with_canceller it([] { return false; });
    deferred_drop(&it.deferred);
    EXPECT_EQ(it.cancelled, 1);
    EXPECT_EQ(it.released, 1);
    EXPECT_EQ(reports.told, "");
}

TEST_F(DeferredTest, DroppedWithACancellerThatTakesItsTimeItEndsWhenItIsFired)
{
    with_canceller it([] { return true; });
    deferred_drop(&it.deferred);
    EXPECT_EQ(it.released, 0);
    deferred_errback(&it.deferred, &failure_cancelled);
    EXPECT_EQ(it.released, 1);
    EXPECT_EQ(reports.told, "");
}

TEST_F(DeferredTest, MayBeUsedAgainFromInsideTheRungThatWaitedForIt)
{
    static int rounds;
    struct Operation {
        struct deferred step;
        struct deferred *whole;
    } operation = {};
    rounds = 0;
    static auto again = [](void *context, struct outcome outcome) {
        auto *op = static_cast<Operation *>(context);
        outcome_drop(outcome);
        deferred_init(&op->step, NULL);
        rounds++;
        return outcome_deferred(&op->step);
    };
    struct deferred *whole = operation.whole = deferred_new(NULL);
    for (int i = 0; i < 3; i++)
        deferred_add_callback(whole, again, &operation);
    fire(whole, 0);
    for (int i = 0; i < 3; i++)
        fire(&operation.step, i);
    EXPECT_EQ(rounds, 3);
    EXPECT_TRUE(deferred_is_over(whole));
    EXPECT_EQ(whole->outcome.number, 2);
    deferred_detach(whole);
}

/* ---- as something to wait for ---- */

struct Waiter : handle {
    explicit Waiter(std::function<void()> function)
        : handle(), what(std::move(function))
    {
        run = [](handle *self) { static_cast<Waiter *>(self)->what(); };
    }
    std::function<void()> what;
};

TEST_F(DeferredTest, RunsAWaitingHandleInsideTheFire)
{
    struct deferred *d = deferred_new(NULL);
    struct awaitable *it = &d->awaitable;
    Waiter waiter([this, it] {
        ASSERT_TRUE(awaitable_ready(it));
        diary += "took " + shown(awaitable_take(it)) + " ";
    });
    EXPECT_TRUE(it->ops->ends_inside_a_call);
    EXPECT_FALSE(awaitable_ready(it));
    callback(d, rung("before"));
    awaitable_notify(it, &waiter);
    callback(d, rung("behind"));
    fire(d, 3);
    EXPECT_EQ(diary, "before(3) took 3 behind(None) ");
}

TEST_F(DeferredTest, RestsUntilTheWaiterTakesTheOutcome)
{
    with_canceller it([] { return false; });
    struct awaitable *awaitable = &it.deferred.awaitable;
    Waiter waiter([] {});
    awaitable_notify(awaitable, &waiter);
    callback(&it.deferred, rung("behind"));
    fire(&it.deferred, 3);
    EXPECT_EQ(diary, "");
    EXPECT_TRUE(awaitable_ready(awaitable));
    EXPECT_FALSE(awaitable_cancel(awaitable));
    EXPECT_EQ(shown(awaitable_take(awaitable)), "3");
    EXPECT_EQ(diary, "behind(None) ");
    EXPECT_EQ(it.released, 1);
}

TEST_F(DeferredTest, AWithdrawnHandleIsNotRun)
{
    struct deferred *d = deferred_new(NULL);
    Waiter waiter([this] { diary += "never "; });
    awaitable_notify(&d->awaitable, &waiter);
    awaitable_withdraw(&d->awaitable, &waiter);
    fire(d, 3);
    EXPECT_EQ(diary, "");
    EXPECT_EQ(shown(awaitable_take(&d->awaitable)), "3");
}

TEST_F(DeferredTest, CancelledAsAnAwaitableItWakesItsWaiter)
{
    with_canceller it([] { return false; });
    struct awaitable *awaitable = &it.deferred.awaitable;
    Waiter waiter(
        [&] { diary += "took " + shown(awaitable_take(awaitable)) + " "; });
    awaitable_notify(awaitable, &waiter);
    EXPECT_TRUE(awaitable_cancel(awaitable));
    EXPECT_EQ(diary, "took CancelledError() ");
    EXPECT_EQ(it.released, 1);
}

TEST_F(DeferredTest, OfferedAndThenDroppedItGoesOnWithNone)
{
    int drops = 0;
    with_canceller it([] { return false; });
    Waiter waiter([] {});
    awaitable_notify(&it.deferred.awaitable, &waiter);
    callback(&it.deferred, rung("behind"));
    deferred_callback(&it.deferred, counted(&drops));
    awaitable_drop(&it.deferred.awaitable);
    EXPECT_EQ(drops, 1);
    EXPECT_EQ(diary, "behind(None) ");
    EXPECT_EQ(it.released, 1);
}

TEST_F(DeferredTest, WaitsForAnAwaitableThatIsNotADeferred)
{
    struct Later {
        struct awaitable awaitable;
        struct handle *waiter;
        bool is_ready, is_cancelled;
    } later = {};
    static const struct awaitable_ops ops = {
        "Later",
        false,
        [](const awaitable *a) { return ((const Later *)a)->is_ready; },
        [](awaitable *) { return outcome_number(8); },
        [](awaitable *a, handle *waiter) { ((Later *)a)->waiter = waiter; },
        [](awaitable *a, handle *) { ((Later *)a)->waiter = nullptr; },
        [](awaitable *a) { return ((Later *)a)->is_cancelled = true; },
        [](awaitable *) {},
    };
    later.awaitable.ops = &ops;
    struct deferred *d = deferred_new(NULL);
    callback(d, rung("ask", [&](struct outcome) {
                 return outcome_pending(&later.awaitable);
             }));
    callback(d, rung("then"));
    fire(d, 1);
    ASSERT_NE(later.waiter, nullptr);
    deferred_cancel(d);
    EXPECT_TRUE(later.is_cancelled);
    later.is_ready = true;
    handle_run(later.waiter);
    EXPECT_EQ(diary, "ask(1) then(8) ");
    deferred_detach(d);
}

/* ---- contracts ---- */

TEST(DeferredDeathTest, ADeferredIsNotFiredWithWhatIsPending)
{
    struct deferred a, b;
    deferred_init(&a, NULL);
    deferred_init(&b, NULL);
    EXPECT_CONTRACT(deferred_fire(&a, outcome_deferred(&b)), "deferred_fire:");
}

TEST(DeferredDeathTest, ADeferredIsNotUnpausedMoreOftenThanPaused)
{
    struct deferred a;
    deferred_init(&a, NULL);
    EXPECT_CONTRACT(deferred_unpause(&a), "deferred_unpause:");
}

/* ---- more of what Twisted's own tests ask for ---- */

TEST_F(DeferredTest, ARungGetsItsContextAndTheOutcome)
{
    int context = 0;
    struct deferred *d = deferred_new(NULL);
    deferred_add_callback(
        d,
        [](void *seen, struct outcome outcome) {
            *static_cast<int *>(seen) = (int)outcome.number;
            return outcome_none();
        },
        &context);
    fire(d, 7);
    EXPECT_EQ(context, 7);
    deferred_detach(d);
}

TEST_F(DeferredTest, IsFiredOnceWhicheverWayItIsFiredAgain_DF1)
{
    for (bool first_fails : {false, true})
        for (bool then_fails : {false, true}) {
            struct deferred *d = deferred_new(NULL);
            errback(d, silently(mends));
            auto shoot = [&](bool failed) {
                return failed ? deferred_errback(d, &failure_no_memory)
                              : fire(d, 1);
            };
            EXPECT_EQ(shoot(first_fails), 0);
            EXPECT_EQ(shoot(then_fails), -EALREADY);
            deferred_detach(d);
        }
}

TEST_F(DeferredTest, AFailureThatIsPausedGoesOnAsOne_DF9)
{
    struct deferred *d = deferred_new(NULL);
    deferred_pause(d);
    deferred_errback(d, &failure_no_memory);
    level(d, rung("value"), rung("failed", mends));
    EXPECT_EQ(diary, "");
    deferred_unpause(d);
    EXPECT_EQ(diary, "failed(OSError(out of memory)) ");
    deferred_detach(d);
}

TEST_F(DeferredTest, AnErrbackMayReturnADeferred_DF5)
{
    struct deferred *outer = deferred_new(NULL), *inner = deferred_new(NULL);
    errback(outer, rung("ask", asks(inner)));
    callback(outer, rung("then"));
    deferred_errback(outer, &failure_no_memory);
    fire(inner, 2);
    EXPECT_EQ(diary, "ask(OSError(out of memory)) then(2) ");
    deferred_detach(outer);
}

TEST_F(DeferredTest, ARungAddedByOneThatFailsGetsTheFailure_DF3)
{
    struct deferred *d = deferred_new(NULL);
    callback(d, silently([&](struct outcome outcome) {
                 errback(d, rung("added", mends));
                 return fails(outcome);
             }));
    fire(d, 1);
    EXPECT_EQ(diary, "added(OSError(no)) ");
    deferred_detach(d);
}

TEST_F(DeferredTest, TakesTheFailureOfOneThatHasFailedAtOnce_DF5)
{
    struct deferred *outer = deferred_new(NULL);
    struct deferred *inner = deferred_fail(&failure_no_memory);
    callback(outer, rung("ask", asks(inner)));
    errback(outer, rung("failed", mends));
    fire(outer, 1);
    EXPECT_EQ(diary, "ask(1) failed(OSError(out of memory)) ");
    deferred_detach(outer);
}

TEST_F(DeferredTest, TheOutcomeOfAnInnersInnerArrivesOnce_DF5)
{
    struct deferred *outer = deferred_new(NULL);
    struct deferred *middle = deferred_new(NULL);
    struct deferred *inner = deferred_succeed(outcome_number(9));
    callback(middle, silently(asks(inner)));
    fire(middle, 1);
    callback(outer, silently(asks(middle)));
    callback(outer, rung("got"));
    fire(outer, 1);
    EXPECT_EQ(diary, "got(9) ");
    deferred_detach(outer);
}

TEST_F(DeferredTest, MaybeIsADeferredThatFailsLater_DF21)
{
    struct deferred *inner = deferred_new(NULL);
    struct deferred *d = deferred_maybe(outcome_deferred(inner));
    errback(d, rung("failed", mends));
    deferred_errback(inner, &failure_no_memory);
    EXPECT_EQ(diary, "failed(OSError(out of memory)) ");
    deferred_detach(d);
}

TEST_F(DeferredTest, MoreCancelsForgiveNoMoreFires_DF13)
{
    struct deferred *d = deferred_new(NULL);
    errback(d, rung("failed", mends));
    for (int i = 0; i < 3; i++)
        deferred_cancel(d);
    EXPECT_EQ(diary, "failed(CancelledError()) ");
    EXPECT_EQ(fire(d, 1), 0);
    deferred_cancel(d);
    EXPECT_EQ(fire(d, 1), -EALREADY);
    EXPECT_EQ(deferred_errback(d, &failure_no_memory), -EALREADY);
    deferred_detach(d);
}

TEST_F(DeferredTest, ACancellerIsAskedOnce_DF14)
{
    static int asked;
    asked = 0;
    struct deferred *d = deferred_new([](struct deferred *) {
        asked++;
        return false;
    });
    errback(d, silently(mends));
    deferred_cancel(d);
    deferred_cancel(d);
    EXPECT_EQ(asked, 1);
    EXPECT_EQ(fire(d, 1), -EALREADY);
    deferred_detach(d);
}

TEST_F(DeferredTest, LogErrorReportsAndPassesOn)
{
    struct deferred *d = deferred_new(NULL);
    deferred_add_errback(d, deferred_log_error, NULL);
    errback(d, rung("then", mends));
    deferred_errback(d, &failure_no_memory);
    EXPECT_EQ(reports.told, "Error in Deferred: OSError(out of memory)\n");
    EXPECT_EQ(diary, "then(OSError(out of memory)) ");
    deferred_detach(d);
}
