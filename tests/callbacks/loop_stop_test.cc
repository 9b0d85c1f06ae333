/* SPDX-License-Identifier: MIT */
/* The loop's promises about its end, and about calls that are not made. */
#include "loop_fixture.h"

#include <cerrno>
#include <memory>

namespace
{

constexpr nanos MS = NANOS_PER_MILLISECOND;

TEST_F(LoopTest, WithNothingLeftRunReturnsAtOnce)
{
    EXPECT_EQ(run(), 0);
    EXPECT_EQ(script.waits, 0);
}

TEST_F(LoopTest, LO4_StopFinishesTheTurnAndThenEnds)
{
    Call b(note('b')), c(note('c')), last(note('!'));
    Call z([&] { diary += 'z', soon(last); });
    Call a([&] { diary += 'a', loop_stop(loop), soon(z); });
    soon(a), soon(b), soon(c);
    EXPECT_EQ(run(), 0);
    EXPECT_EQ(diary, "abc");
    EXPECT_EQ(run(), 0) << "and can be run again, to its end";
    EXPECT_EQ(diary, "abcz!");
}

TEST_F(LoopTest, LO4_StopBeforeRunMakesOneTurnThatDoesNotSleep)
{
    Call a(note('a')), timer(note('t'));
    at(timer, 30 * MS), soon(a);
    loop_stop(loop);
    EXPECT_EQ(run(), 0);
    EXPECT_EQ(diary, "a");
    ASSERT_EQ(script.waits, 1);
    EXPECT_EQ(script.timeouts[0], 0);
}

TEST_F(LoopTest, LO4_StopBeforeRunDoesNotSleepEvenWithAnEmptyQueue)
{
    Call timer(note('t'));
    at(timer, 30 * MS);
    loop_stop(loop);
    EXPECT_EQ(run(), 0);
    EXPECT_EQ(diary, "");
    EXPECT_EQ(clock.now, start);
}

TEST_F(LoopTest, LO4_StopBeforeRunMakesItsTurnEvenWithNothingToDo)
{
    loop_stop(loop);
    EXPECT_EQ(run(), 0);
    EXPECT_EQ(script.waits, 1);
    EXPECT_EQ(run(), 0);
    EXPECT_EQ(script.waits, 1) << "a stop is good for one run";
}

TEST_F(LoopTest, LO4_ANestedRunIsRefused)
{
    Call b(note('b'));
    Call a([&] {
        EXPECT_EQ(run(), -EBUSY);
        diary += 'a';
    });
    soon(a), soon(b);
    EXPECT_EQ(run(), 0);
    EXPECT_EQ(diary, "ab");
}

TEST_F(LoopTest, LO3_ACancelledTimerDoesNotRunAndIsNotSleptFor)
{
    Call timer(note('t')), other(note('o'));
    at(timer, 10 * MS), at(other, 30 * MS);
    cancel(timer), cancel(timer);
    run();
    EXPECT_EQ(diary, "o");
    EXPECT_EQ(script.timeouts[0], 30 * MS);
    EXPECT_EQ(script.waits, 1);
}

TEST_F(LoopTest, LO3_ACancelledTimerMayBeFreed)
{
    auto timer = std::make_unique<Call>(note('t'));
    Call other(note('o'));
    at(*timer, 10 * MS), at(other, 30 * MS);
    cancel(*timer);
    timer.reset();
    run();
    EXPECT_EQ(diary, "o");
}

TEST_F(LoopTest, ACallThatIsReadyCanBeCancelled)
{
    Call a(note('a')), b(note('b')), c(note('c'));
    soon(a), soon(b), soon(c);
    cancel(b);
    run();
    EXPECT_EQ(diary, "ac");
}

TEST_F(LoopTest, ACallCanCancelOneBehindItInTheSameTurn)
{
    Call c(note('c')), b(note('b')), d(note('d'));
    Call a([&] { diary += 'a', cancel(b), cancel(d); });
    soon(a), soon(b), soon(c), soon(d);
    run();
    EXPECT_EQ(diary, "ac");
}

TEST_F(LoopTest, ACallThatIsCancelledAndWantedAgainInItsTurnRunsInTheNext)
{
    Call b([&] { diary += 'b' + std::to_string(script.waits); });
    Call a([&] { cancel(b), soon(b); });
    soon(a), soon(b);
    run();
    EXPECT_EQ(diary, "b2");
}

TEST_F(LoopTest, ADueTimerCanBeCancelledByAnEarlierCallOfItsTurn)
{
    Call timer(note('t'));
    Call killer([&] { cancel(timer); });
    at(killer, 10 * MS), at(timer, 10 * MS);
    run();
    EXPECT_EQ(diary, "");
}

TEST_F(LoopTest, CancellingWhatIsNotScheduledIsHarmless)
{
    Call a(note('a'));
    cancel(a);
    soon(a), run();
    cancel(a);
    EXPECT_EQ(diary, "a");
}

TEST_F(LoopTest, LO7_TakingOffWhatIsNotWatchedIsHarmless)
{
    Watch idle(7, [](unsigned) {});
    EXPECT_EQ(watch(idle, 0), 0);
    EXPECT_EQ(watch(idle, SELECT_READ), 0);
    EXPECT_EQ(watch(idle, 0), 0);
    EXPECT_EQ(watch(idle, 0), 0);
    EXPECT_EQ(run(), 0); /* nothing is left */
}

TEST_F(LoopTest, WhatIsLeftWhenTheLoopIsFreedIsForgotten)
{
    Call a(note('a')), b(note('b'));
    Watch reader(3, [&](unsigned) { diary += 'r'; });
    soon(a), at(b, 10 * MS), watch(reader, SELECT_READ);
    loop_free(loop);
    loop = nullptr;
    EXPECT_EQ(diary, "");
    loop_free(nullptr);
}

} // namespace
