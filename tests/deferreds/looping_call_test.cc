/* SPDX-License-Identifier: MIT */
/* LoopingCall: rule TR15. */
#include "support/contract.h"
#include "time_fixture.h"

/* ---- LoopingCall ---- */

TEST_F(TimeTest, ALoopingCallIsCalledAtOnceAndThenEachInterval_TR15)
{
    struct deferred *d = start(2 * S);
    for (int i = 0; i < 5; i++)
        advance(S);
    EXPECT_EQ(diary, "1@0 1@2 1@4 ");
    looping_call_stop(&loop);
    EXPECT_EQ(diary, "1@0 1@2 1@4 done(<borrowed>) ");
    advance(9 * S);
    EXPECT_EQ(task_clock_delayed_calls(&clock), 0u);
    deferred_detach(d);
}

TEST_F(TimeTest, ALoopingCallMayBeginAnIntervalLater_TR15)
{
    struct deferred *d = start(2 * S, false);
    EXPECT_EQ(diary, "");
    advance(2 * S);
    EXPECT_EQ(diary, "1@2 ");
    looping_call_stop(&loop);
    deferred_detach(d);
}

TEST_F(TimeTest, ALoopingCallThatIsStoppedBeforeItBeganIsNotCalled_TR15)
{
    struct deferred *d = start(2 * S, false);
    looping_call_stop(&loop);
    EXPECT_EQ(diary, "done(<borrowed>) ");
    advance(9 * S);
    EXPECT_EQ(diary, "done(<borrowed>) ");
    deferred_detach(d);
}

TEST_F(TimeTest, ALoopingCallMayStopItself_TR15)
{
    on_tick = [&] {
        looping_call_stop(&loop);
        return outcome_none();
    };
    struct deferred *d = start(2 * S);
    EXPECT_EQ(diary, "1@0 done(<borrowed>) ");
    advance(9 * S);
    deferred_detach(d);
    EXPECT_FALSE(looping_call_is_running(&loop));
}

TEST_F(TimeTest, ALoopingCallMayStopItselfLater_TR15)
{
    on_tick = [&] {
        if (clock.now > 0)
            looping_call_stop(&loop);
        return outcome_none();
    };
    struct deferred *d = start(S, false);
    advance(S);
    EXPECT_EQ(diary, "1@1 done(<borrowed>) ");
    deferred_detach(d);
}

TEST_F(TimeTest, MissedTicksAreLeftOutAndCountedAndThePhaseIsKept_TR15)
{
    struct deferred *d = start(2 * S);
    advance(7 * S); /* due at 2, 4 and 6 */
    EXPECT_EQ(diary, "1@0 3@7 ");
    advance(S);
    EXPECT_EQ(diary, "1@0 3@7 1@8 ");
    looping_call_stop(&loop);
    deferred_detach(d);
}

TEST_F(TimeTest, ACallThatIsWaitedForMissesItsTicks_TR15)
{
    struct deferred *work = nullptr;
    on_tick = [&] {
        work = deferred_new(NULL);
        return outcome_deferred(work);
    };
    struct deferred *d = start(2 * S);
    advance(5 * S);
    EXPECT_EQ(diary, "1@0 ");
    deferred_callback(work, outcome_none());
    EXPECT_EQ(diary, "1@0 ");
    advance(S);
    EXPECT_EQ(diary, "1@0 3@6 ");
    looping_call_stop(&loop);
    EXPECT_EQ(diary, "1@0 3@6 ");
    deferred_callback(work, outcome_none());
    EXPECT_EQ(diary, "1@0 3@6 done(<borrowed>) ");
    deferred_detach(d);
}

TEST_F(TimeTest, AnIntervalOfZeroCallsInEachTurn_TR15)
{
    on_tick = [&] {
        if (count_of("@", diary) == 3)
            looping_call_stop(&loop);
        return outcome_none();
    };
    struct deferred *d = start(0);
    advance(0);
    EXPECT_EQ(diary, "1@0 1@0 1@0 done(<borrowed>) ");
    deferred_detach(d);
}

TEST_F(TimeTest, AnIntervalOfZeroIsCountedAsOneWhateverTheTime_TR15)
{
    on_tick = [&] {
        if (count_of("@", diary) == 3)
            looping_call_stop(&loop);
        return outcome_none();
    };
    struct deferred *d = start(0);
    advance(7 * S);
    EXPECT_EQ(diary, "1@0 1@7 1@7 done(<borrowed>) ");
    deferred_detach(d);
}

TEST_F(TimeTest, NoTickIsLostByRounding_TR15)
{
    struct deferred *d = start(S / 10);
    for (int i = 0; i < 1000; i++)
        advance(S / 10);
    EXPECT_EQ(count_of("1@", diary), 1001);
    EXPECT_EQ(count_of("@", diary), 1001);
    looping_call_stop(&loop);
    deferred_detach(d);
}

TEST_F(TimeTest, AFailureEndsALoopingCall_TR15)
{
    on_tick = [&] {
        return clock.now ? fails(outcome_none()) : outcome_none();
    };
    struct deferred *d = start(S);
    advance(S);
    EXPECT_EQ(diary, "1@0 1@1 done(OSError(no)) ");
    EXPECT_FALSE(looping_call_is_running(&loop));
    advance(5 * S);
    deferred_detach(d);
}

TEST_F(TimeTest, AFailureOfWhatIsWaitedForEndsALoopingCall_TR15)
{
    struct deferred *work = deferred_new(NULL);
    on_tick = [&] { return outcome_deferred(work); };
    struct deferred *d = start(S);
    deferred_errback(work, &failure_no_memory);
    EXPECT_EQ(diary, "1@0 done(OSError(out of memory)) ");
    deferred_detach(d);
}

TEST_F(TimeTest, ALoopingCallThatStopsAndFailsFails_TR15)
{
    on_tick = [&] {
        looping_call_stop(&loop);
        return fails(outcome_none());
    };
    struct deferred *d = start(S);
    EXPECT_EQ(diary, "1@0 done(OSError(no)) ");
    deferred_detach(d);
}

TEST_F(TimeTest, ResetBeginsTheIntervalAnew_TR15)
{
    struct deferred *d = start(2 * S);
    advance(S);
    looping_call_reset(&loop);
    advance(S);
    EXPECT_EQ(diary, "1@0 ");
    advance(S);
    EXPECT_EQ(diary, "1@0 1@3 ");
    looping_call_stop(&loop);
    deferred_detach(d);
}

TEST_F(TimeTest, CancellingTheDeferredStopsALoopingCall)
{
    struct deferred *d = start(2 * S);
    deferred_cancel(d);
    EXPECT_EQ(diary, "1@0 done(CancelledError()) ");
    EXPECT_FALSE(looping_call_is_running(&loop));
    EXPECT_EQ(task_clock_delayed_calls(&clock), 0u);
    deferred_detach(d);
}

TEST_F(TimeTest, CancellingStopsWhatALoopingCallWaitsFor)
{
    on_tick = [&] {
        return outcome_deferred(
            deferred_new([](struct deferred *) { return false; }));
    };
    struct deferred *d = start(2 * S);
    deferred_cancel(d);
    EXPECT_EQ(diary, "1@0 done(CancelledError()) ");
    deferred_detach(d);
}

TEST_F(TimeTest, ANegativeIntervalBreaksTheContract_TR15)
{
    EXPECT_CONTRACT(start(-1), "the interval is not negative");
}
