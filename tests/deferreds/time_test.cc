/* SPDX-License-Identifier: MIT */
/* Time on a clock that is moved by hand: Clock, delayed calls, deferLater,
 * LoopingCall; rules TR3, TR14, TR15, TR17. */
#include "deferred_fixture.h"
#include "deferreds/delayed_call.h"
#include "deferreds/later.h"
#include "deferreds/looping_call.h"
#include "deferreds/task_clock.h"
#include "deferreds/timeout.h"
#include "support/contract.h"

namespace
{

const nanos S = NANOS_PER_SECOND;

class TimeTest : public DeferredTest
{
  protected:
    void SetUp() override
    {
        ASSERT_EQ(task_clock_init(&clock), 0);
        loop.loop = clock.loop;
        loop.fn = [](void *test, struct outcome count) {
            return static_cast<TimeTest *>(test)->tick(count);
        };
        loop.context = this;
    }
    void TearDown() override
    {
        task_clock_deinit(&clock);
    }
    /* A call that writes its name and the time. */
    struct Call : delayed_call {
        TimeTest *test;
        std::string name;
        std::function<void()> then;
    };
    Call *call(const std::string &name, nanos after,
               std::function<void()> then = nullptr)
    {
        calls.emplace_back();
        Call *made = &calls.back();
        static_cast<delayed_call &>(*made) = {};
        made->test = this;
        made->name = name;
        made->then = std::move(then);
        delayed_call_start(
            made, clock.loop, after,
            [](void *context) {
                auto *self = static_cast<Call *>(context);
                self->test->diary += self->name + "@" + self->test->now() + " ";
                if (self->then)
                    self->then();
            },
            made);
        return made;
    }
    std::string now() const
    {
        char text[32];
        snprintf(text, sizeof text, "%g", (double)clock.now / (double)S);
        return text;
    }
    void advance(nanos time)
    {
        ASSERT_EQ(task_clock_advance(&clock, time), 0);
    }
    struct outcome tick(struct outcome count)
    {
        diary += std::to_string(count.number) + "@" + now() + " ";
        return on_tick ? on_tick() : outcome_none();
    }
    struct deferred *start(nanos interval, bool at_once = true)
    {
        struct deferred *d = looping_call_start(&loop, interval, at_once);
        both(d, rung("done"));
        callback(d, silently(consumed));
        errback(d, silently(consumed));
        return d;
    }
    static struct outcome consumed(struct outcome outcome)
    {
        outcome_drop(outcome);
        return outcome_none();
    }

    struct task_clock clock;
    std::list<Call> calls;
    struct looping_call loop = {};
    std::function<struct outcome()> on_tick;
};

/* ---- Clock and delayed calls ---- */

TEST_F(TimeTest, AClockStandsStillUntilItIsAdvanced_TR14)
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

/* ---- addTimeout with a function of one's own ---- */

TEST_F(TimeTest, ALateOutcomeGoesThroughTheFunctionGivenForThat_DF22)
{
    auto late = [](void *, struct outcome outcome) {
        outcome_drop(outcome);
        return outcome_text("too late");
    };
    struct deferred *d = deferred_new([](struct deferred *) { return false; });
    ASSERT_EQ(deferred_add_timeout_with(d, clock.loop, S, late, NULL), 0);
    callback(d, rung("got"));
    advance(S);
    EXPECT_EQ(diary, "got('too late') ");
    deferred_detach(d);
}

TEST_F(TimeTest, AnOutcomeInTimeDoesNotGoThroughIt_DF22)
{
    auto late = [](void *, struct outcome outcome) {
        ADD_FAILURE();
        return outcome;
    };
    struct deferred *d = deferred_new(NULL);
    ASSERT_EQ(deferred_add_timeout_with(d, clock.loop, S, late, NULL), 0);
    callback(d, rung("got"));
    fire(d, 1);
    advance(2 * S);
    EXPECT_EQ(diary, "got(1) ");
    deferred_detach(d);
}

TEST_F(TimeTest, AnErrbackBeforeTheTimeoutMayMendTheCancellation_DF22)
{
    struct deferred *d = deferred_new([](struct deferred *) { return false; });
    errback(d, rung("mends", mends));
    ASSERT_EQ(deferred_add_timeout(d, clock.loop, S), 0);
    both(d, rung("got"));
    advance(S);
    EXPECT_EQ(diary, "mends(CancelledError()) got('mended') ");
    deferred_detach(d);
}

TEST_F(TimeTest, ACancellerMayFireItWithAValueWhenTheTimeHasCome_DF22)
{
    struct deferred *d = deferred_new([](struct deferred *self) {
        deferred_callback(self, outcome_number(5));
        return false;
    });
    ASSERT_EQ(deferred_add_timeout(d, clock.loop, S), 0);
    both(d, rung("got"));
    advance(S);
    EXPECT_EQ(diary, "got(5) ");
    deferred_detach(d);
}

TEST_F(TimeTest, ACancellerMayFireItWithAFailureWhenTheTimeHasCome_DF22)
{
    struct deferred *d = deferred_new([](struct deferred *self) {
        deferred_errback(self, &failure_no_memory);
        return false;
    });
    ASSERT_EQ(deferred_add_timeout(d, clock.loop, S), 0);
    errback(d, rung("got", mends));
    advance(S);
    EXPECT_EQ(diary, "got(OSError(out of memory)) ");
    deferred_detach(d);
}

TEST_F(TimeTest, AFailureInTimeTakesTheTimerOff_DF22)
{
    auto late = [](void *, struct outcome outcome) {
        ADD_FAILURE();
        return outcome;
    };
    for (deferred_fn *fn : {static_cast<deferred_fn *>(nullptr),
                            static_cast<deferred_fn *>(late)}) {
        struct deferred *d = deferred_new(NULL);
        ASSERT_EQ(deferred_add_timeout_with(d, clock.loop, S, fn, NULL), 0);
        errback(d, rung("failed", mends));
        deferred_errback(d, &failure_no_memory);
        EXPECT_EQ(task_clock_delayed_calls(&clock), 0u);
        deferred_detach(d);
    }
    EXPECT_EQ(count_of("failed(OSError(out of memory)) ", diary), 2);
}

TEST_F(TimeTest, ACancellationBeforeTheTimeDoesNotGoThroughIt_DF22)
{
    auto late = [](void *, struct outcome outcome) {
        ADD_FAILURE();
        return outcome;
    };
    struct deferred *d = deferred_new([](struct deferred *) { return false; });
    ASSERT_EQ(deferred_add_timeout_with(d, clock.loop, S, late, NULL), 0);
    errback(d, rung("failed", mends));
    deferred_cancel(d);
    EXPECT_EQ(diary, "failed(CancelledError()) ");
    deferred_detach(d);
}

/* What stands before the timeout has its say first. */
TEST_F(TimeTest, WhatAnErrbackMadeOfTheCancellationGoesThroughIt_DF22)
{
    auto late = [](void *, struct outcome outcome) {
        EXPECT_STREQ(outcome.text, "mended");
        return outcome_text("too late");
    };
    struct deferred *d = deferred_new([](struct deferred *) { return false; });
    errback(d, rung("mends", mends));
    ASSERT_EQ(deferred_add_timeout_with(d, clock.loop, S, late, NULL), 0);
    both(d, rung("got"));
    advance(S);
    EXPECT_EQ(diary, "mends(CancelledError()) got('too late') ");
    deferred_detach(d);
}

TEST_F(TimeTest, WhatTheCancellerFiredGoesThroughItToo_DF22)
{
    auto late = [](void *, struct outcome outcome) {
        EXPECT_EQ(outcome.number, 5);
        return outcome_text("too late");
    };
    struct deferred *d = deferred_new([](struct deferred *self) {
        deferred_callback(self, outcome_number(5));
        return false;
    });
    ASSERT_EQ(deferred_add_timeout_with(d, clock.loop, S, late, NULL), 0);
    both(d, rung("got"));
    advance(S);
    EXPECT_EQ(diary, "got('too late') ");
    deferred_detach(d);
}

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

} // namespace
