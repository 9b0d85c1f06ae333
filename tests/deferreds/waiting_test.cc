/* SPDX-License-Identifier: MIT */
/* A Deferred that waits and is waited for: rules DF5 to DF9, and a Deferred as
 * an awaitable. */
#include "deferred_fixture.h"
#include "deferreds/made.h"

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

TEST_F(DeferredTest, TheOuterOneIsBetweenTheInnersRungs_DF7)
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
