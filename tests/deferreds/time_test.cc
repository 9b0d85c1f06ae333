/* SPDX-License-Identifier: MIT */
/* Clock, delayed calls, deferLater: rules TR3, TR14, TR17. */
#include "deferreds/later.h"
#include "time_fixture.h"

/* ---- Clock and delayed calls ---- */

TEST_F(TimeTest, AClockDoesNotMoveUntilItIsAdvanced_TR14)
{
    EXPECT_EQ(task_clock_seconds(&clock), 0);
    advance(3 * S);
    EXPECT_EQ(task_clock_seconds(&clock), 3 * S);
}

TEST_F(TimeTest, ACallIsMadeOnceWhenItsTimeHasCome_TR14)
{
    Call *a = call("a", 2 * S);
    EXPECT_TRUE(delayed_call_active(a));
    EXPECT_EQ(delayed_call_time(a), 2 * S);
    advance(S);
    EXPECT_EQ(diary, "");
    advance(S);
    EXPECT_EQ(diary, "a@2 ");
    EXPECT_FALSE(delayed_call_active(a));
    advance(10 * S);
    EXPECT_EQ(diary, "a@2 ");
}

TEST_F(TimeTest, CallsAreMadeInOrderOfTimeAndEqualOnesAsTheyWereSet_TR14_TR17)
{
    call("c", 2 * S);
    call("a", 1 * S);
    call("d", 2 * S);
    call("b", 1 * S);
    advance(5 * S);
    EXPECT_EQ(diary, "a@5 b@5 c@5 d@5 ");
}

TEST_F(TimeTest, CallsThatAreSetMeanwhileAreMadeIfTheyAreDue_TR14)
{
    call("a", S, [&] {
        call("now", 0);
        call("later", S);
    });
    call("b", 2 * S);
    advance(3 * S);
    EXPECT_EQ(diary, "a@3 b@3 now@3 ");
    advance(S);
    EXPECT_EQ(diary, "a@3 b@3 now@3 later@4 ");
}

TEST_F(TimeTest, ACallMayCancelAnotherOneThatIsDue_TR14)
{
    Call *b = nullptr;
    call("a", S, [&] { EXPECT_EQ(delayed_call_cancel(b), 0); });
    b = call("b", S);
    advance(2 * S);
    EXPECT_EQ(diary, "a@2 ");
}

TEST_F(TimeTest, PumpIsSeveralAdvances_TR14)
{
    call("a", 2 * S);
    call("b", 4 * S);
    const nanos times[] = {S, S, S, S};
    EXPECT_EQ(task_clock_pump(&clock, times, 4), 0);
    EXPECT_EQ(diary, "a@2 b@4 ");
}

TEST_F(TimeTest, TheCallsThatWaitCanBeCounted_TR14)
{
    EXPECT_EQ(task_clock_delayed_calls(&clock), 0u);
    Call *a = call("a", S);
    call("b", 2 * S);
    EXPECT_EQ(task_clock_delayed_calls(&clock), 2u);
    delayed_call_cancel(a);
    EXPECT_EQ(task_clock_delayed_calls(&clock), 1u);
    advance(2 * S);
    EXPECT_EQ(task_clock_delayed_calls(&clock), 0u);
}

TEST_F(TimeTest, ACallIsCancelledOnceAndNotAfterItWasMade_TR3)
{
    Call *a = call("a", S), *b = call("b", S);
    EXPECT_EQ(delayed_call_cancel(a), 0);
    EXPECT_EQ(delayed_call_cancel(a), -ECANCELED);
    EXPECT_EQ(delayed_call_reset(a, S), -ECANCELED);
    advance(S);
    EXPECT_EQ(diary, "b@1 ");
    EXPECT_EQ(delayed_call_cancel(b), -EALREADY);
    EXPECT_EQ(delayed_call_delay(b, S), -EALREADY);
    EXPECT_EQ(delayed_call_reset(b, S), -EALREADY);
}

TEST_F(TimeTest, ACallCannotBeCancelledFromInsideItself_TR3)
{
    Call *a = nullptr;
    a = call("a", S, [&] { EXPECT_EQ(delayed_call_cancel(a), -EALREADY); });
    advance(S);
    EXPECT_EQ(diary, "a@1 ");
}

TEST_F(TimeTest, ACallIsResetFromNowAndDelayedFromItsTime_TR3)
{
    Call *later = call("later", 2 * S), *sooner = call("sooner", 9 * S);
    Call *delayed = call("delayed", 2 * S);
    advance(S);
    EXPECT_EQ(delayed_call_reset(later, 2 * S), 0);
    EXPECT_EQ(delayed_call_reset(sooner, S), 0);
    EXPECT_EQ(delayed_call_delay(delayed, 2 * S), 0);
    EXPECT_EQ(delayed_call_time(delayed), 4 * S);
    advance(S);
    EXPECT_EQ(diary, "sooner@2 ");
    advance(S);
    EXPECT_EQ(diary, "sooner@2 later@3 ");
    advance(S);
    EXPECT_EQ(diary, "sooner@2 later@3 delayed@4 ");
}

TEST_F(TimeTest, ACallThatIsResetInsideAnotherKeepsTheOrder_TR14)
{
    Call *c = nullptr;
    call("a", S, [&] { delayed_call_reset(c, 0); });
    call("b", 2 * S);
    c = call("c", 9 * S);
    advance(2 * S);
    EXPECT_EQ(diary, "a@2 b@2 c@2 ");
}

/* ---- deferLater ---- */

TEST_F(TimeTest, DeferLaterCallsAndFiresWithWhatIsReturned)
{
    struct deferred *d = deferred_later(
        clock.loop, 3 * S,
        [](void *, struct outcome) { return outcome_number(7); }, nullptr);
    callback(d, rung("got"));
    advance(2 * S);
    EXPECT_EQ(diary, "");
    advance(S);
    EXPECT_EQ(diary, "got(7) ");
    deferred_detach(d);
}

TEST_F(TimeTest, DeferLaterFailsWithTheFailureOfTheCall)
{
    struct deferred *d = deferred_later(
        clock.loop, 0,
        [](void *, struct outcome outcome) { return fails(outcome); }, nullptr);
    errback(d, rung("failed", mends));
    advance(0);
    EXPECT_EQ(diary, "failed(OSError(no)) ");
    deferred_detach(d);
}

TEST_F(TimeTest, DeferLaterIsNotCalledWhenItIsCancelled)
{
    struct deferred *d = deferred_later(
        clock.loop, S,
        [](void *, struct outcome) {
            ADD_FAILURE();
            return outcome_none();
        },
        nullptr);
    errback(d, rung("failed", mends));
    deferred_cancel(d);
    EXPECT_EQ(diary, "failed(CancelledError()) ");
    EXPECT_EQ(task_clock_delayed_calls(&clock), 0u);
    deferred_detach(d);
}

TEST_F(TimeTest, SleepFiresWithNone)
{
    struct deferred *d = deferred_sleep(clock.loop, S);
    callback(d, rung("woke"));
    advance(S);
    EXPECT_EQ(diary, "woke(None) ");
    deferred_detach(d);
}
