/* SPDX-License-Identifier: MIT */
/* What the steps of E0 promise. Nothing here waits: the clock is virtual, and
 * select follows a script. */
#include "callbacks/loop.h"
#include "lessons/E0/ticker.h"
#include "lessons/check/calls.h"
#include "support/scripted_selector.h"
#include "support/virtual_clock.h"

#include <gtest/gtest.h>

#include <cerrno>
#include <functional>
#include <string>
#include <vector>

namespace
{

const nanos ms = NANOS_PER_MILLISECOND;

/* A handle that writes its letter down, and then does whatever it is given. */
struct Call {
    struct handle handle;
    char letter;
    std::string *trace;
    std::function<void()> then;
};

void run_call(struct handle *handle)
{
    auto *call = reinterpret_cast<Call *>(handle);
    *call->trace += call->letter;
    if (call->then)
        call->then();
}

class Lesson : public testing::Test
{
  protected:
    void SetUp() override
    {
        calls_may_wait(CALLS_NONE); /* that is the selector's */
        virtual_clock_init(&clock);
        script_init(&script, &clock);
        start = clock.now;
        ASSERT_EQ(loop_new(&loop, &scripted_selector, &clock.clock), 0);
        for (char letter = 'a'; letter <= 'z'; letter++)
            init(call(letter), letter);
    }

    void TearDown() override
    {
        loop_free(loop);
    }

    void init(Call &c, char letter)
    {
        c.handle = {};
        c.handle.run = run_call;
        c.letter = letter;
        c.trace = &trace;
        c.then = nullptr;
    }

    Call &call(char letter)
    {
        return calls[letter - 'a'];
    }

    struct handle *handle(char letter)
    {
        return &call(letter).handle;
    }

    void soon(char letter)
    {
        loop_call_soon(loop, handle(letter));
    }

    void at(char letter, nanos delay)
    {
        loop_call_at(loop, handle(letter), start + delay);
    }

    /* One turn, in every step: from step 4 on because it is stopped, and never
     * asleep because there is something in the queue. */
    void turn()
    {
        init(stopper, 'S');
        stopper.trace = &stops;
        stopper.then = [this] { loop_stop(loop); };
        loop_call_soon(loop, &stopper.handle);
        size_t stopped = stops.size();
        int error = loop_run(loop);
        ASSERT_NE(error, -EDEADLK)
            << "work was in the queue, and the loop asked select to sleep"
               " until something happens: with that, nothing ever does.";
        ASSERT_EQ(error, 0) << "what loop_run has returned.";
        ASSERT_GT(stops.size(), stopped)
            << "loop_run has made no turn, although work was in the queue."
               " Nobody has called loop_stop since it ran last: a stop is used"
               " up by the loop_run that it ends.";
        trace += '|';
    }

    struct virtual_clock clock;
    struct script script;
    struct loop *loop = nullptr;
    nanos start = 0;
    std::string trace, stops;
    Call calls[26], stopper;
};

using Step1 = Lesson;
using Step2 = Lesson;
using Step3 = Lesson;
using Step4 = Lesson;
using Step5 = Lesson;

} // namespace

/* ---- 1: the ready queue ---- */

TEST_F(Step1, CallsRunInTheOrderInWhichTheyWereScheduled)
{
    soon('a');
    soon('b');
    soon('c');
    turn();
    EXPECT_EQ(trace, "abc|")
        << "a, b and c were scheduled in this order; '|' is the turn's end.";
}

TEST_F(Step1, WhatACallbackSchedulesRunsInTheNextTurn)
{
    call('a').then = [this] { soon('z'); };
    soon('a');
    soon('b');
    turn();
    EXPECT_EQ(trace, "ab|")
        << "a schedules z, and b is behind a. z has to wait for the next turn:"
           " otherwise callbacks that schedule each other would never let the"
           " loop look at its sockets again.";
    turn();
    EXPECT_EQ(trace, "ab|z|") << "and in the next turn z has to run.";
}

TEST_F(Step1, ACallbackThatSchedulesItselfRunsOnceATurn)
{
    int left = 3;
    call('a').then = [this, &left] {
        if (--left > 0)
            soon('a');
    };
    soon('a');
    for (int i = 0; i < 4; i++)
        turn();
    EXPECT_EQ(trace, "a|a|a||")
        << "a schedules itself twice more, each time from inside its own call.";
}

TEST_F(Step1, AHandleMayBeFreedByItsOwnCall)
{
    auto *gone = new Call;
    init(*gone, 'x');
    gone->then = nullptr;
    gone->handle.run = [](struct handle *handle) {
        auto *self = reinterpret_cast<Call *>(handle);
        *self->trace += 'x';
        delete self;
    };
    loop_call_soon(loop, &gone->handle);
    soon('b');
    turn();
    EXPECT_EQ(trace, "xb|") << "x frees its own handle when it is called.";
    if (trace.find('x') == std::string::npos)
        delete gone;
}

TEST_F(Step1, SchedulingTwiceQueuesOnce)
{
    soon('a');
    soon('b');
    soon('a');
    turn();
    turn();
    EXPECT_EQ(trace, "ab||")
        << "a was scheduled again while it was in the queue: it stays where it"
           " is, and runs once.";
}

/* ---- 2: timers ---- */

TEST_F(Step2, TimersRunInTheOrderOfTheirMoments)
{
    at('c', 30 * ms);
    at('a', 10 * ms);
    at('b', 20 * ms);
    clock.now = start + 30 * ms;
    turn();
    EXPECT_EQ(trace, "abc|")
        << "c is due after 30 ms, a after 10, b after 20; all are due now.";
}

TEST_F(Step2, NothingRunsBeforeItsTime)
{
    at('a', 30 * ms);
    clock.now = start + 29 * ms;
    turn();
    EXPECT_EQ(trace, "|") << "a is due after 30 ms, and 29 have passed.";
    clock.now = start + 30 * ms;
    turn();
    EXPECT_EQ(trace, "|a|") << "now 30 ms have passed.";
}

TEST_F(Step2, EqualTimesRunInTheOrderInWhichTheyWereSet)
{
    at('a', 10 * ms);
    at('b', 10 * ms);
    at('c', 10 * ms);
    clock.now = start + 10 * ms;
    turn();
    EXPECT_EQ(trace, "abc|") << "all three are due at the same moment, and in"
                                " the same turn.";
}

TEST_F(Step2, WhatIsReadyRunsBeforeWhatIsDue)
{
    at('t', 0);
    soon('s');
    turn();
    EXPECT_EQ(trace, "st|")
        << "t is due at once, s was scheduled for this turn: the queue comes"
           " first, timers that are due go behind it.";
}

TEST_F(Step2, WhatIsTakenBackDoesNotRun)
{
    at('t', 10 * ms);
    soon('s');
    at('u', 10 * ms);
    loop_cancel(loop, handle('t'));
    loop_cancel(loop, handle('s'));
    loop_cancel(loop, handle('x'));
    clock.now = start + 10 * ms;
    turn();
    EXPECT_EQ(trace, "u|")
        << "t was taken back out of the heap and s out of the queue; x was not"
           " scheduled at all, which is harmless.";
}

TEST_F(Step2, ACallbackMayTakeBackOneOfItsOwnTurn)
{
    call('a').then = [this] { loop_cancel(loop, handle('b')); };
    soon('a');
    soon('b');
    soon('c');
    turn();
    EXPECT_EQ(trace, "ac|") << "b was in the queue of this turn already, and a"
                               " took it back before it ran.";
}

TEST_F(Step2, SchedulingAgainMoves)
{
    at('a', 10 * ms);
    at('a', 20 * ms);
    at('b', 15 * ms);
    soon('b');
    clock.now = start + 15 * ms;
    turn();
    clock.now = start + 20 * ms;
    turn();
    EXPECT_EQ(trace, "b|a|")
        << "a was moved from 10 ms to 20; b waited for 15 ms and was then"
           " called soon: each runs once.";
}

/* ---- 3: select ---- */

namespace
{

struct Watched {
    struct watch watch;
    char letter;
    std::string *trace;
    std::function<void()> then;
};

void run_watched(struct handle *handle)
{
    auto *watched = reinterpret_cast<Watched *>(handle);
    *watched->trace += watched->letter;
    if (watched->then)
        watched->then();
}

Watched watched(char letter, int fd, std::string *trace)
{
    Watched w = {};
    w.watch.handle.run = run_watched;
    w.watch.fd = fd;
    w.letter = letter;
    w.trace = trace;
    return w;
}

} // namespace

TEST_F(Step3, SelectSleepsExactlyAsLongAsItMay)
{
    Watched w = watched('w', 5, &trace);
    w.then = call('a').then = call('s').then = [this] { loop_stop(loop); };

    soon('s');
    at('a', 30 * ms);
    ASSERT_EQ(loop_run(loop), 0);
    ASSERT_GE(script.waits, 1) << "the loop has not asked select at all.";
    EXPECT_EQ(script.timeouts[0], 0)
        << "s was in the queue: with work to do nobody may sleep.";

    ASSERT_EQ(loop_run(loop), 0);
    ASSERT_GE(script.waits, 2) << "the second turn did not ask select.";
    EXPECT_EQ(script.timeouts[1], 30 * ms)
        << "the queue was empty and a due in 30 ms. The timeout is a span that"
           " begins now; timers know moments.";

    ASSERT_EQ(loop_watch(loop, &w.watch, SELECT_READ), 0);
    script_ready(&script, 2, 5, SELECT_READ);
    ASSERT_EQ(loop_run(loop), 0);
    ASSERT_GE(script.waits, 3) << "the third turn did not ask select.";
    EXPECT_EQ(script.timeouts[2], NEVER)
        << "there was nothing but a descriptor to wait for.";
    EXPECT_EQ(trace, "saw") << "s was ready, then a was due, then w was read.";
    loop_watch(loop, &w.watch, 0);
}

TEST_F(Step3, AnOverdueTimerLetsNobodySleep)
{
    call('a').then = [this] { loop_stop(loop); };
    at('a', 10 * ms);
    clock.now = start + 5000 * ms;
    ASSERT_EQ(loop_run(loop), 0);
    ASSERT_GE(script.waits, 1) << "the loop has not asked select at all.";
    EXPECT_EQ(script.timeouts[0], 0)
        << "a was due 4990 ms ago. A span is never less than nothing: to poll,"
           " a negative one means for ever.";
    EXPECT_EQ(trace, "a") << "a was due.";
}

TEST_F(Step3, AWatchIsToldWhatItIsReadyFor)
{
    Watched w = watched('w', 5, &trace);
    w.then = [this] { loop_stop(loop); };
    ASSERT_EQ(loop_watch(loop, &w.watch, SELECT_READ), 0);
    EXPECT_EQ(script.interest[5], unsigned{SELECT_READ})
        << "loop_watch has to tell the selector.";
    script_ready(&script, 0, 5, SELECT_READ | SELECT_WRITE);
    ASSERT_EQ(loop_run(loop), 0);
    EXPECT_EQ(trace, "w") << "descriptor 5 became readable.";
    EXPECT_EQ(w.watch.ready, unsigned{SELECT_READ})
        << "it was ready for both, but only reading was asked for.";
    EXPECT_EQ(loop_watch(loop, &w.watch, SELECT_WRITE), 0);
    EXPECT_EQ(script.interest[5], unsigned{SELECT_WRITE})
        << "the interest has changed: selector_modify.";
    EXPECT_EQ(loop_watch(loop, &w.watch, 0), 0);
    EXPECT_EQ(script.interest[5], 0u) << "an interest of 0 takes it off.";
    EXPECT_EQ(w.watch.interest, 0u);
}

TEST_F(Step3, EventsRunBeforeTimersOfTheSameTurn)
{
    Watched w = watched('w', 5, &trace);
    call('t').then = [this] { loop_stop(loop); };
    ASSERT_EQ(loop_watch(loop, &w.watch, SELECT_READ), 0);
    script_ready(&script, 0, 5, SELECT_READ);
    at('t', 0);
    ASSERT_EQ(loop_run(loop), 0);
    EXPECT_EQ(trace, "wt")
        << "w is readable and t is due in the same turn: events are collected"
           " first (step 3 of a turn), timers behind them (step 4).";
    loop_watch(loop, &w.watch, 0);
}

TEST_F(Step3, AWatchTakenOffByAnEarlierCallbackIsNotCalled)
{
    Watched v = watched('v', 5, &trace), w = watched('w', 6, &trace);
    v.then = [this, &w] {
        loop_watch(loop, &w.watch, 0);
        loop_stop(loop);
    };
    ASSERT_EQ(loop_watch(loop, &v.watch, SELECT_READ), 0);
    ASSERT_EQ(loop_watch(loop, &w.watch, SELECT_READ), 0);
    script_ready(&script, 0, 5, SELECT_READ);
    script_ready(&script, 0, 6, SELECT_READ);
    ASSERT_EQ(loop_run(loop), 0);
    EXPECT_EQ(trace, "v")
        << "both were readable, and v's callback took w off. w's call is still"
           " in the queue of this turn: loop_watch has to take it back, or it"
           " runs for a descriptor that may be closed by now.";
    loop_watch(loop, &v.watch, 0);
}

TEST_F(Step3, AWatchThatIsRefusedIsNone)
{
    Watched w = watched('w', SCRIPT_FDS_MAX, &trace);
    soon('a');
    EXPECT_EQ(loop_watch(loop, &w.watch, SELECT_READ), -EINVAL)
        << "the selector does not take this descriptor, and says so.";
    EXPECT_EQ(w.watch.interest, 0u)
        << "selector_add failed: nothing is watched.";
    EXPECT_EQ(loop_run(loop), 0)
        << "-35, EDEADLK: the loop waits for a descriptor that is not watched.";
    EXPECT_EQ(trace, "a");
}

/* ---- 4: run and stop ---- */

TEST_F(Step4, TheLoopEndsWhenNothingIsLeft)
{
    soon('a');
    at('b', 10 * ms);
    ASSERT_EQ(loop_run(loop), 0);
    EXPECT_EQ(trace, "ab") << "a was ready, b due after 10 ms.";
    EXPECT_EQ(script.waits, 2)
        << "one turn for a, one for b; then there is nothing to wait for.";
}

TEST_F(Step4, StopFinishesTheTurnAndThenEnds)
{
    call('a').then = [this] {
        loop_stop(loop);
        soon('z');
    };
    soon('a');
    soon('b');
    soon('c');
    ASSERT_EQ(loop_run(loop), 0);
    EXPECT_EQ(trace, "abc")
        << "a calls loop_stop. b and c were in the same turn and still run; z,"
           " scheduled for the next turn, does not.";
}

TEST_F(Step4, AStopFromBeforeRunsOneTurn)
{
    call('a').then = [this] { soon('b'); };
    soon('a');
    loop_stop(loop);
    ASSERT_EQ(loop_run(loop), 0);
    EXPECT_EQ(trace, "a") << "stopped before it began: one turn.";
    ASSERT_EQ(loop_run(loop), 0);
    EXPECT_EQ(trace, "ab")
        << "the stop is used up: the next loop_run runs until nothing is left.";
}

TEST_F(Step4, ALoopDoesNotRunInsideItself)
{
    int error = 0;
    call('a').then = [this, &error] { error = loop_run(loop); };
    soon('a');
    ASSERT_EQ(loop_run(loop), 0);
    EXPECT_EQ(error, -EBUSY) << "a called loop_run from inside a turn.";
    EXPECT_EQ(trace, "a");
}

TEST_F(Step4, AWatchKeepsTheLoopRunning)
{
    Watched w = watched('w', 5, &trace);
    w.then = [this, &w] { loop_watch(loop, &w.watch, 0); };
    ASSERT_EQ(loop_watch(loop, &w.watch, SELECT_READ), 0);
    script_ready(&script, 2, 5, SELECT_READ);
    at('a', 10 * ms);
    at('b', 20 * ms);
    ASSERT_EQ(loop_run(loop), 0)
        << "after w nothing was left: the loop should have ended, and not"
           " waited for something that never comes.";
    EXPECT_EQ(trace, "abw")
        << "a and b were due, then descriptor 5 became readable.";
}

/* ---- 5: use it ---- */

namespace
{

/* A tick that takes its time before it is counted. */
struct SlowTicker {
    struct ticker ticker;
    struct virtual_clock *clock;
};

void tick_slowly(struct handle *handle)
{
    auto *slow = reinterpret_cast<SlowTicker *>(handle);
    slow->clock->now += 100 * ms;
    ticker_tick(handle);
}

} // namespace

TEST_F(Step5, ATickerKeepsItsPhase)
{
    SlowTicker slow = {};
    struct ticker &ticker = slow.ticker;
    slow.clock = &clock;
    ticker.handle.run = tick_slowly;
    ticker.loop = loop;
    ticker.period = 1000 * ms;
    ticker.due = start + ticker.period;
    ticker.last = 3;
    loop_call_at(loop, &ticker.handle, ticker.due);
    ASSERT_EQ(loop_run(loop), 0);
    EXPECT_EQ(ticker.ticks, 3) << "the third tick stops the loop.";
    EXPECT_EQ((clock.now - start) / ms, 3100)
        << "three ticks of 1000 ms each, and 100 ms of work in the last. A tick"
           " that counts its period from now, and not from the moment at which"
           " it was due, comes later every time.";
}
