/* SPDX-License-Identifier: MIT */
/* What the steps of E0 promise. Nothing here waits: the clock is virtual, and
 * select follows a script. */
#include "callbacks/loop.h"
#include "lessons/E0/ticker.h"
#include "lessons/check/calls.h"
#include "lessons/check/words.h"
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

/* A sleep until a moment ends after it, here by as much as this. */
const nanos late = 3 * ms;

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
        script.late = late;
        start = clock.now;
        ASSERT_EQ(loop_new(&loop, &scripted_selector, &clock.clock), 0)
            << "loop_new, which is given";
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
        run();
        EXPECT_GT(stops.size(), stopped)
            << "a turn was made, and a handle that was in the queue when it"
               " began has not run in it. What ran so far, '|' being the end of"
               " a turn: "
            << trace;
        trace += '|';
    }

    void run()
    {
        int error = loop_run(loop);
        if (error == -EDEADLK)
            FAIL() << "the loop has asked select to sleep until something"
                      " happens, at wait "
                   << script.waits
                   << ", and there was nothing that could happen. What ran so"
                      " far: '"
                   << trace << "'.";
        std::string result = returned(error);
        ASSERT_EQ(result, "0") << "what loop_run has returned.";
    }

    /* How long select was asked to sleep the first, second … time. */
    std::string timeout(int wait) const
    {
        return wait < script.waits ? span(script.timeouts[wait])
                                   : "select was not asked";
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

TEST_F(Step2, WhatIsTakenBackLeavesNoRoomInItsTurn)
{
    call('a').then = [this] {
        loop_cancel(loop, handle('b'));
        soon('z');
    };
    soon('a');
    soon('b');
    turn();
    EXPECT_EQ(trace, "a|")
        << "what ran in the first turn. a took b back and scheduled z, which"
           " waits for the next turn all the same: the turn is what was in the"
           " queue when it began, and not that many calls.";
    turn();
    EXPECT_EQ(trace, "a|z|") << "and in the next turn z has to run.";
}

TEST_F(Step2, WhatIsDueMayBeTakenBackInItsTurn)
{
    call('a').then = [this] { loop_cancel(loop, handle('b')); };
    at('a', 10 * ms);
    at('b', 10 * ms);
    at('c', 10 * ms);
    clock.now = start + 10 * ms;
    turn();
    turn();
    EXPECT_EQ(trace, "ac||")
        << "what ran in two turns. a, b and c were due in the same one, and so"
           " they were all in the queue when a took back b. A handle in the"
           " queue is HANDLE_READY.";
}

TEST_F(Step2, WhatIsDueMayBeScheduledAnew)
{
    int left = 2;
    call('a').then = [this, &left] {
        if (left-- > 0)
            loop_call_at(loop, handle('a'), start + 10 * ms);
    };
    at('a', 10 * ms);
    at('b', 10 * ms);
    clock.now = start + 10 * ms;
    turn();
    turn();
    turn();
    EXPECT_EQ(trace, "ab|a|a|")
        << "what ran in three turns. Each time that it runs, a sets itself"
           " to a moment that is over: that is due in the next turn, and not"
           " in the same one for ever.";
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

/* "read", "write", "read and write", "nothing". */
std::string names_of(unsigned events)
{
    return events == SELECT_READ    ? "read"
           : events == SELECT_WRITE ? "write"
           : events                 ? "read and write"
                                    : "nothing";
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

class Step3 : public Lesson
{
  protected:
    void put_on(Watched &w, unsigned interest_in)
    {
        std::string result = returned(loop_watch(loop, &w.watch, interest_in));
        EXPECT_EQ(result, "0") << "what loop_watch has returned, for "
                               << names_of(interest_in) << ".";
    }

    std::string interest(int fd) const
    {
        return names_of(script.interest[fd]);
    }
};

} // namespace

TEST_F(Step3, SelectSleepsExactlyAsLongAsItMay)
{
    Watched w = watched('w', 5, &trace);
    w.then = call('a').then = call('s').then = [this] { loop_stop(loop); };

    soon('s');
    at('a', 30 * ms);
    run();
    EXPECT_EQ(timeout(0), "0 ms")
        << "how long select was asked to sleep. s was in the queue: with work"
           " to do the loop does not sleep.";
    run();
    EXPECT_EQ(timeout(1), "30 ms")
        << "how long select was asked to sleep. The queue was empty and a due"
           " in 30 ms. The timeout is a span that begins now; timers know"
           " moments.";
    ASSERT_EQ(loop_watch(loop, &w.watch, SELECT_READ), 0)
        << "what loop_watch has returned.";
    script_ready(&script, 2, 5, SELECT_READ);
    run();
    EXPECT_EQ(timeout(2), "for ever")
        << "how long select was asked to sleep. There was nothing but a"
           " descriptor to wait for.";
    EXPECT_EQ(trace, "saw") << "what ran: s was ready, then a was due, then w"
                               " was readable.";
    loop_watch(loop, &w.watch, 0);
}

TEST_F(Step3, TheSpanBeginsWhenSelectIsAsked)
{
    call('s').then = [this] { clock.now += 12 * ms; };
    call('a').then = [this] { loop_stop(loop); };
    soon('s');
    at('a', 30 * ms);
    while (trace.find('a') == std::string::npos && script.waits < 10)
        run();
    EXPECT_EQ(timeout(1), "18 ms")
        << "how long select was asked to sleep. a was due in 30 ms when the"
           " first turn woke up, but in that turn s has worked for 12 ms. The"
           " time that counts is clock_now(loop->clock).";
}

TEST_F(Step3, WithAnOverdueTimerTheLoopDoesNotSleep)
{
    call('a').then = [this] { loop_stop(loop); };
    at('a', 10 * ms);
    clock.now = start + 5000 * ms;
    run();
    EXPECT_EQ(timeout(0), "0 ms")
        << "how long select was asked to sleep. a was due 4990 ms ago. A span"
           " is never less than nothing: to poll, a negative one means for"
           " ever.";
    EXPECT_EQ(trace, "a") << "what ran: a was due.";
}

TEST_F(Step3, AWatchIsToldWhatItIsReadyFor)
{
    Watched w = watched('w', 5, &trace);
    w.then = [this] { loop_stop(loop); };
    put_on(w, SELECT_READ);
    EXPECT_EQ(interest(5), "read") << "what the selector watches descriptor 5"
                                      " for: loop_watch has to tell it.";
    script_ready(&script, 0, 5, SELECT_READ | SELECT_WRITE);
    run();
    EXPECT_EQ(trace, "w") << "what ran: descriptor 5 became readable.";
    EXPECT_EQ(names_of(w.watch.ready), "read")
        << "watch->ready. The descriptor was ready for both, but only reading"
           " was asked for.";
    put_on(w, SELECT_WRITE);
    EXPECT_EQ(interest(5), "write")
        << "what the selector watches descriptor 5 for. The interest has"
           " changed: selector_modify.";
    put_on(w, SELECT_READ | SELECT_WRITE);
    EXPECT_EQ(interest(5), "read and write")
        << "what the selector watches descriptor 5 for.";
    put_on(w, 0);
    EXPECT_EQ(interest(5), "nothing")
        << "what the selector watches descriptor 5 for. An interest of 0 takes"
           " it off: selector_remove.";
    EXPECT_EQ(names_of(w.watch.interest), "nothing") << "watch->interest.";
}

TEST_F(Step3, EachThatIsReadyHasItsCall)
{
    Watched v = watched('v', 5, &trace), w = watched('w', 6, &trace);
    call('s').then = [this] { loop_stop(loop); };
    put_on(v, SELECT_READ);
    put_on(w, SELECT_READ);
    script_ready(&script, 0, 5, SELECT_READ);
    script_ready(&script, 0, 6, SELECT_READ);
    soon('s');
    run();
    EXPECT_EQ(trace, "svw") << "what ran in a turn: s was in the queue, and"
                               " then both descriptors became readable.";
    put_on(v, 0);
    put_on(w, 0);
}

TEST_F(Step3, WhatWasReadyBeforeIsNotReadyNow)
{
    Watched w = watched('w', 5, &trace);
    w.then = [this] { loop_stop(loop); };
    put_on(w, SELECT_READ | SELECT_WRITE);
    script_ready(&script, 0, 5, SELECT_READ);
    script_ready(&script, 1, 5, SELECT_WRITE);
    run();
    EXPECT_EQ(names_of(w.watch.ready), "read")
        << "watch->ready. Both were asked for, and it was ready for reading.";
    run();
    EXPECT_EQ(names_of(w.watch.ready), "write")
        << "watch->ready. In this turn it was ready for writing only; that it"
           " was ready for reading was in an earlier one.";
    put_on(w, 0);
}

TEST_F(Step3, AnEventOfNoInterestIsNone)
{
    Watched w = watched('w', 5, &trace);
    put_on(w, SELECT_READ);
    script.data[5] = &w.watch;
    script_ready(&script, 0, 5, SELECT_READ);
    at('t', 0);
    w.watch.interest = SELECT_WRITE; /* as if it had changed since */
    call('t').then = [this] { loop_stop(loop); };
    run();
    EXPECT_EQ(trace, "t")
        << "what ran. The descriptor of w was readable, and w is interested in"
           " writing only: ready and interest have nothing in common.";
    w.watch.interest = SELECT_READ;
    loop_watch(loop, &w.watch, 0);
}

TEST_F(Step3, EventsRunBeforeTimersOfTheSameTurn)
{
    Watched w = watched('w', 5, &trace);
    call('t').then = [this] { loop_stop(loop); };
    put_on(w, SELECT_READ);
    script_ready(&script, 0, 5, SELECT_READ);
    at('t', 0);
    run();
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
    put_on(v, SELECT_READ);
    put_on(w, SELECT_READ);
    script_ready(&script, 0, 5, SELECT_READ);
    script_ready(&script, 0, 6, SELECT_READ);
    run();
    EXPECT_EQ(trace, "v")
        << "both were readable, and v's callback took w off. w's call is still"
           " in the queue of this turn: loop_watch has to take it back, or it"
           " runs for a descriptor that may be closed by now.";
    loop_watch(loop, &v.watch, 0);
}

TEST_F(Step3, AWatchThatChangesHasNoCallForAnEarlierEvent)
{
    Watched v = watched('v', 5, &trace), w = watched('w', 6, &trace);
    v.then = [this, &w] {
        put_on(w, SELECT_WRITE);
        loop_stop(loop);
    };
    put_on(v, SELECT_READ);
    put_on(w, SELECT_READ);
    script_ready(&script, 0, 5, SELECT_READ);
    script_ready(&script, 0, 6, SELECT_READ);
    run();
    EXPECT_EQ(trace, "v")
        << "what ran. Both were readable, and v's callback has changed w's"
           " interest to writing: the call for the earlier event is taken"
           " back.";
    put_on(v, 0);
    put_on(w, 0);
}

TEST_F(Step3, AWatchThatIsRefusedIsNone)
{
    Watched w = watched('w', SCRIPT_FDS_MAX, &trace);
    soon('a');
    std::string result = returned(loop_watch(loop, &w.watch, SELECT_READ));
    EXPECT_EQ(result, "-EINVAL")
        << "what loop_watch has returned. The selector does not take this"
           " descriptor, and says so.";
    EXPECT_EQ(names_of(w.watch.interest), "nothing")
        << "watch->interest. selector_add has failed: nothing is watched.";
    run();
    EXPECT_EQ(trace, "a") << "what ran.";
}

TEST_F(Step3, AChangeThatIsRefusedLeavesTheInterest)
{
    Watched w = watched('w', 5, &trace);
    put_on(w, SELECT_READ);
    script.interest[5] = 0; /* then the selector does not know it */
    std::string result = returned(loop_watch(loop, &w.watch, SELECT_WRITE));
    EXPECT_EQ(result, "-ENOENT")
        << "what loop_watch has returned. selector_modify has failed.";
    EXPECT_EQ(names_of(w.watch.interest), "read")
        << "watch->interest. selector_modify has failed: it stays as it was.";
    script.interest[5] = SELECT_READ;
    put_on(w, 0);
}

TEST_F(Step4, TheLoopEndsWhenNothingIsLeft)
{
    soon('a');
    at('b', 10 * ms);
    run();
    EXPECT_EQ(trace, "ab") << "a was ready, b due after 10 ms.";
    EXPECT_EQ(script.waits, 2)
        << "one turn for a, one for b; then there is nothing to wait for.";
}

TEST_F(Step4, AnEmptyLoopEndsAtOnce)
{
    run();
    EXPECT_EQ(script.waits, 0)
        << "how often select was asked, with nothing in the queue, no timer and"
           " no watch. There is nothing to wait for: no turn is made.";
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
    run();
    EXPECT_EQ(trace, "abc")
        << "a calls loop_stop. b and c were in the same turn and still run; z,"
           " scheduled for the next turn, does not.";
}

TEST_F(Step4, AStopFromBeforeRunsOneTurn)
{
    call('a').then = [this] { soon('b'); };
    soon('a');
    loop_stop(loop);
    run();
    EXPECT_EQ(trace, "a") << "stopped before it began: one turn.";
    run();
    EXPECT_EQ(trace, "ab")
        << "the stop is used up: the next loop_run runs until nothing is left.";
}

TEST_F(Step4, AStopFromBeforeDoesNotSleep)
{
    at('b', 3600 * 1000 * ms);
    loop_stop(loop);
    run();
    EXPECT_EQ(timeout(0), "0 ms")
        << "how long select was asked to sleep in the one turn of a loop that"
           " was stopped before it ran; a timer is due in an hour."
           " time_to_sleep is 0 while the loop is stopping.";
    EXPECT_EQ(script.waits, 1) << "how often select was asked: it was to be one"
                                  " turn.";
    EXPECT_EQ(trace, "") << "what ran.";
}

TEST_F(Step4, AStopFromBeforeEndsAnEmptyLoopToo)
{
    loop_stop(loop);
    run();
    soon('a');
    call('a').then = [this] { soon('b'); };
    run();
    EXPECT_EQ(trace, "ab")
        << "what ran. A loop was stopped while it was empty, and run; then it"
           " was run again, with a in its queue, which schedules b. The first"
           " loop_run has used the stop up.";
}

TEST_F(Step4, ALoopDoesNotRunInsideItself)
{
    int error = 0;
    call('a').then = [this, &error] {
        error = loop_run(loop);
        soon('b');
    };
    soon('a');
    run();
    std::string inside = returned(error);
    EXPECT_EQ(inside, "-EBUSY")
        << "what loop_run has returned to a, which called it from inside a"
           " turn.";
    EXPECT_EQ(trace, "ab") << "what ran: a schedules b, after that.";
}

TEST_F(Step4, WhatSelectFailsWithIsReturned)
{
    Watched w = watched('w', 5, &trace);
    loop_watch(loop, &w.watch, SELECT_READ);
    std::string result = returned(loop_run(loop));
    EXPECT_EQ(result, "-EDEADLK")
        << "what loop_run has returned. A turn has gone wrong: select has"
           " failed with this.";
    nanos before = clock.now;
    clock.now += ms;
    EXPECT_EQ(loop_time(loop), before + ms)
        << "loop_time after loop_run is the time now: loop->running has to be"
           " false again.";
    loop_watch(loop, &w.watch, 0);
}

TEST_F(Step4, AWatchKeepsTheLoopRunning)
{
    Watched w = watched('w', 5, &trace);
    w.then = [this, &w] { loop_watch(loop, &w.watch, 0); };
    ASSERT_EQ(loop_watch(loop, &w.watch, SELECT_READ), 0)
        << "what loop_watch has returned.";
    script_ready(&script, 2, 5, SELECT_READ);
    at('a', 10 * ms);
    at('b', 20 * ms);
    run();
    EXPECT_EQ(trace, "abw")
        << "what ran: a and b were due, then descriptor 5 became readable, and"
           " after that nothing was left.";
}

TEST_F(Step4, AWatchThatHasChangedIsStillOne)
{
    Watched w = watched('w', 5, &trace);
    const unsigned interests[] = {SELECT_READ, SELECT_READ | SELECT_WRITE, 0};
    for (unsigned interest : interests)
        ASSERT_EQ(loop_watch(loop, &w.watch, interest), 0)
            << "what loop_watch has returned.";
    soon('a');
    at('b', 10 * ms);
    run();
    EXPECT_EQ(trace, "ab")
        << "what ran. The only watch has changed what it is interested in, and"
           " was taken off then: loop->watched is 0 again, and behind b there "
           "is"
           " nothing left to wait for.";
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
    run();
    EXPECT_EQ(ticker.ticks, 3) << "ticker->ticks: the third one stops the"
                                  " loop.";
    std::string last = span(clock.now - start);
    EXPECT_EQ(last, "3103 ms")
        << "what the clock said in the end. Three ticks of 1000 ms each; every"
           " turn wakes up 3 ms after the moment for which it has waited, and"
           " every tick works for 100 ms. A tick that counts its period from"
           " any other moment than the one at which it was due is later every"
           " time.";
}

TEST_F(Step5, ATickerThatTicksOnceSchedulesNothing)
{
    struct ticker ticker = {};
    ticker.handle.run = ticker_tick;
    ticker.loop = loop;
    ticker.period = 1000 * ms;
    ticker.due = start + ticker.period;
    ticker.last = 1;
    loop_call_at(loop, &ticker.handle, ticker.due);
    at('z', 5000 * ms);
    run();
    EXPECT_EQ(ticker.ticks, 1) << "ticker->ticks.";
    EXPECT_EQ(trace, "") << "what else ran: the only tick stops the loop, and z"
                            " is due later.";
    loop_cancel(loop, handle('z'));
    run();
    EXPECT_EQ(ticker.ticks, 1)
        << "ticker->ticks, after the loop was run once more: the last tick"
           " stops the loop instead of scheduling the next one.";
}
