/* SPDX-License-Identifier: MIT */
/* The loop's promises, by step and by rule. The same file proves our loop and
 * any other that is linked in its place. */
#include "loop_fixture.h"

#include <cerrno>
#include <memory>

namespace
{

constexpr nanos MS = NANOS_PER_MILLISECOND;

/* ---- step 5: the ready queue ---- */

TEST_F(LoopTest, Step5_LO2_CallsComeFirstInFirstOut)
{
    Call a(note('a')), b(note('b')), c(note('c'));
    soon(a), soon(b), soon(c);
    EXPECT_EQ(run(), 0);
    EXPECT_EQ(diary, "abc");
}

TEST_F(LoopTest, Step5_LO2_WhatACallSchedulesRunsInTheNextTurn)
{
    Call z([&] { diary += 'z' + std::to_string(script.waits); });
    Call a([&] { diary += 'a', soon(z); });
    Call b([&] { diary += 'b' + std::to_string(script.waits); });
    soon(a), soon(b);
    run();
    EXPECT_EQ(diary, "ab1z2") << "z waits until select has been asked again";
}

TEST_F(LoopTest, Step5_ACallThatSchedulesItselfRunsOnceATurn)
{
    int runs = 0;
    Call self([&] {
        EXPECT_EQ(script.waits, ++runs);
        if (runs < 3)
            soon(self);
    });
    soon(self);
    run();
    EXPECT_EQ(runs, 3);
}

TEST_F(LoopTest, Step5_AHandleMayBeFreedByItsOwnRun)
{
    Call *a = nullptr, *b = nullptr;
    a = new Call([&] { diary += 'a', delete a; });
    b = new Call([&] { diary += 'b', delete b; });
    soon(*a), soon(*b);
    run();
    EXPECT_EQ(diary, "ab");
}

TEST_F(LoopTest, Step5_ScheduledTwiceIsQueuedOnceAndKeepsItsPlace)
{
    Call a(note('a')), b(note('b'));
    soon(a), soon(b), soon(a);
    run();
    EXPECT_EQ(diary, "ab");
}

TEST_F(LoopTest, Step5_AHandleThatRanCanBeUsedAgain)
{
    Call a(note('a'));
    soon(a), run();
    soon(a), run();
    EXPECT_EQ(diary, "aa");
}

TEST_F(LoopTest, AHandleShowsItsState)
{
    Call a([&] { EXPECT_EQ(a.state, HANDLE_IDLE); });
    EXPECT_EQ(a.state, HANDLE_IDLE);
    at(a, 5 * MS);
    EXPECT_EQ(a.state, HANDLE_TIMED);
    soon(a);
    EXPECT_EQ(a.state, HANDLE_READY);
    run();
    EXPECT_EQ(a.state, HANDLE_IDLE);
}

/* ---- step 4: timers ---- */

TEST_F(LoopTest, Step4_LO3_TimersRunInOrderOfTimeAndEqualOnesInOrderOfSetting)
{
    Call late(note('3')), first(note('1')), second(note('2'));
    at(late, 30 * MS), at(first, 10 * MS), at(second, 10 * MS);
    run();
    EXPECT_EQ(diary, "123");
    EXPECT_EQ(clock.now, start + 30 * MS);
}

TEST_F(LoopTest, Step4_NothingRunsBeforeItsTime)
{
    Call timer([&] {
        EXPECT_GE(clock.now, start + 30 * MS);
        diary += 't';
    });
    Call early([&] {
        EXPECT_EQ(diary, "");
        EXPECT_GE(clock.now, start + MS);
    });
    at(timer, 30 * MS), at(early, MS);
    run();
    EXPECT_EQ(diary, "t");
}

TEST_F(LoopTest, Step4_AllTimersThatAreDueRunInOneTurn)
{
    Call a([&] { diary += 'a' + std::to_string(script.waits); });
    Call b([&] { diary += 'b' + std::to_string(script.waits); });
    at(a, 10 * MS), at(b, 10 * MS);
    run();
    EXPECT_EQ(diary, "a1b1");
}

TEST_F(LoopTest, Step4_LO2_ATimerThatIsDueRunsAfterWhatIsReady)
{
    Call later(note('l')), now(note('s'));
    at(later, 0), soon(now);
    run();
    EXPECT_EQ(diary, "sl");
}

TEST_F(LoopTest, Step4_LO3_AMomentInThePastIsTheNextTurn)
{
    Call past([&] { diary += 'p' + std::to_string(script.waits); });
    Call now([&] { diary += 's', at(past, -NANOS_PER_SECOND); });
    soon(now);
    run();
    EXPECT_EQ(diary, "sp2");
    EXPECT_EQ(clock.now, start) << "and it has not slept";
}

TEST_F(LoopTest, Step4_ATimerSetAgainIsMoved)
{
    Call moved(note('m')), fixed(note('f'));
    at(moved, 10 * MS), at(fixed, 20 * MS), at(moved, 30 * MS);
    run();
    EXPECT_EQ(diary, "fm");
}

TEST_F(LoopTest, Step4_LO3_ATimerSetAgainForTheSameMomentGoesToTheBack)
{
    Call a(note('a')), b(note('b'));
    at(a, 10 * MS), at(b, 10 * MS), at(a, 10 * MS);
    run();
    EXPECT_EQ(diary, "ba");
}

TEST_F(LoopTest, Step4_AReadyHandleThatIsTimedLeavesTheQueue)
{
    Call a([&] {
        diary += 'a';
        EXPECT_EQ(clock.now, start + 10 * MS);
    });
    soon(a), at(a, 10 * MS);
    run();
    EXPECT_EQ(diary, "a");
}

TEST_F(LoopTest, Step4_ATimedHandleThatIsWantedSoonRunsOnce)
{
    Call a([&] {
        diary += 'a';
        EXPECT_EQ(clock.now, start);
    });
    at(a, 10 * MS), soon(a);
    run();
    EXPECT_EQ(diary, "a");
}

TEST_F(LoopTest, Step4_APeriodicCallKeepsTheBeatWhateverItCosts)
{
    std::string ticks;
    nanos next = NANOS_PER_SECOND;
    Call tick([&] {
        ticks += std::to_string((clock.now - start) / (100 * MS)) + " ";
        clock.now += 100 * MS; /* the work */
        next += NANOS_PER_SECOND;
        if (next <= 3 * NANOS_PER_SECOND)
            at(tick, next);
    });
    at(tick, next);
    run();
    EXPECT_EQ(ticks, "10 20 30 ");
}

/* ---- steps 1 and 2: how long select may sleep ---- */

TEST_F(LoopTest, Step1_LO1_SleepsNotAtAllThenUntilTheTimerThenWithoutAnEnd)
{
    Call now(note('s')), timer(note('t'));
    Watch reader(3, [&](unsigned) {
        diary += 'r';
        watch(reader, 0);
    });
    soon(now), at(timer, 30 * MS);
    ASSERT_EQ(watch(reader, SELECT_READ), 0);
    script_ready(&script, 3, 3, SELECT_READ);
    EXPECT_EQ(run(), 0);
    EXPECT_EQ(diary, "str");
    ASSERT_EQ(script.waits, 4);
    EXPECT_EQ(script.timeouts[0], 0);
    EXPECT_EQ(script.timeouts[1], 30 * MS);
    EXPECT_EQ(script.timeouts[2], NEVER);
}

TEST_F(LoopTest, Step1_WithWorkInTheQueueSelectOnlyLooks)
{
    Call now(note('s')), timer(note('t'));
    at(timer, 5 * NANOS_PER_SECOND), soon(now);
    run();
    EXPECT_EQ(script.timeouts[0], 0);
    EXPECT_EQ(script.timeouts[1], 5 * NANOS_PER_SECOND);
}

TEST_F(LoopTest, Step1_TheTimeThatCallsTakeIsNotSleptOnTop)
{
    Call timer(note('t')), slow([&] { clock.now += 20 * MS; });
    at(timer, 30 * MS), soon(slow);
    run();
    EXPECT_EQ(script.timeouts[1], 10 * MS);
    EXPECT_EQ(clock.now, start + 30 * MS);
}

TEST_F(LoopTest, Step1_LO1_NoSleepIsLongerThanADay)
{
    const nanos day = 24 * 3600 * NANOS_PER_SECOND;
    Call timer(note('t'));
    at(timer, 2 * day + 5);
    run();
    ASSERT_EQ(script.waits, 3);
    EXPECT_EQ(script.timeouts[0], day);
    EXPECT_EQ(script.timeouts[1], day);
    EXPECT_EQ(script.timeouts[2], 5);
    EXPECT_EQ(diary, "t");
}

TEST_F(LoopTest, Step2_TheTimeIsThatOfTheWakeUp)
{
    nanos before = 0, after = 0;
    Call timer([&] {
        before = loop_time(loop);
        clock.now += 7 * MS;
        after = loop_time(loop);
    });
    at(timer, 30 * MS);
    EXPECT_EQ(loop_time(loop), start);
    run();
    EXPECT_EQ(before, start + 30 * MS);
    EXPECT_EQ(after, before) << "one moment for the whole turn";
    EXPECT_EQ(loop_time(loop), start + 37 * MS) << "outside: the time now";
}

TEST_F(LoopTest, Step2_AnErrorOfTheSelectorEndsTheRun)
{
    Watch reader(3, [](unsigned) {});
    ASSERT_EQ(watch(reader, SELECT_READ), 0);
    EXPECT_EQ(run(), -EDEADLK) << "the script has nothing more to say";
}

/* ---- step 3: descriptors ---- */

TEST_F(LoopTest, Step3_LO2_EventsComeBeforeTheTimersOfTheirTurn)
{
    Watch reader(3, [&](unsigned) { diary += 'r', watch(reader, 0); });
    Call timer(note('t')), first(note('f'));
    watch(reader, SELECT_READ);
    soon(first), at(timer, 0);
    script_ready(&script, 0, 3, SELECT_READ);
    run();
    EXPECT_EQ(diary, "frt");
}

TEST_F(LoopTest, Step3_AWatchIsCalledInEveryTurnInWhichItIsReady)
{
    int calls = 0;
    Watch reader(3, [&](unsigned ready) {
        EXPECT_EQ(ready, unsigned{SELECT_READ});
        if (++calls == 3)
            watch(reader, 0);
    });
    watch(reader, SELECT_READ);
    for (int wait = 0; wait < 3; wait++)
        script_ready(&script, wait, 3, SELECT_READ);
    run();
    EXPECT_EQ(calls, 3);
}

TEST_F(LoopTest, Step3_OnlyWhatWasAskedForIsReported)
{
    unsigned seen = 0;
    Watch writer(3, [&](unsigned ready) { seen = ready, watch(writer, 0); });
    watch(writer, SELECT_WRITE);
    script_ready(&script, 0, 3, SELECT_READ | SELECT_WRITE);
    run();
    EXPECT_EQ(seen, unsigned{SELECT_WRITE});
}

TEST_F(LoopTest, Step3_LO7_AWatchTakenOffByAnEarlierCallIsNotCalled)
{
    Watch second(4, [&](unsigned) { diary += '2'; });
    Watch first(3, [&](unsigned) {
        diary += '1';
        watch(second, 0), watch(first, 0);
    });
    watch(first, SELECT_READ), watch(second, SELECT_READ);
    script_ready(&script, 0, 3, SELECT_READ);
    script_ready(&script, 0, 4, SELECT_READ);
    EXPECT_EQ(run(), 0);
    EXPECT_EQ(diary, "1");
}

TEST_F(LoopTest, Step3_LO7_AWatchThatIsFreedByAnEarlierCallIsNotTouched)
{
    auto second = std::make_unique<Watch>(4, [](unsigned) { FAIL(); });
    Watch first(3, [&](unsigned) {
        watch(*second, 0), watch(first, 0);
        second.reset();
    });
    watch(first, SELECT_READ), watch(*second, SELECT_READ);
    script_ready(&script, 0, 3, SELECT_READ);
    script_ready(&script, 0, 4, SELECT_READ);
    EXPECT_EQ(run(), 0);
}

TEST_F(LoopTest, Step3_LO7_ANewInterestReplacesTheOldOne)
{
    Watch second(4, [&](unsigned ready) {
        diary += ready == SELECT_WRITE ? 'w' : 'r';
        watch(second, 0);
    });
    Watch first(3, [&](unsigned) {
        EXPECT_EQ(watch(second, SELECT_WRITE), 0);
        watch(first, 0);
    });
    watch(first, SELECT_READ), watch(second, SELECT_READ);
    script_ready(&script, 0, 3, SELECT_READ);
    script_ready(&script, 0, 4, SELECT_READ);
    script_ready(&script, 1, 4, SELECT_READ | SELECT_WRITE);
    EXPECT_EQ(run(), 0);
    EXPECT_EQ(diary, "w") << "the event of the old interest is not delivered";
}

TEST_F(LoopTest, Step3_TheSameNumberMayBeWatchedAnewAtOnce)
{
    Watch next(3, [&](unsigned) { diary += 'n', watch(next, 0); });
    Watch old(3, [&](unsigned) {
        diary += 'o';
        watch(old, 0);
        EXPECT_EQ(watch(next, SELECT_READ), 0);
    });
    watch(old, SELECT_READ);
    script_ready(&script, 0, 3, SELECT_READ);
    script_ready(&script, 1, 3, SELECT_READ);
    run();
    EXPECT_EQ(diary, "on");
}

TEST_F(LoopTest, AWatchThatCannotBeIsRefusedAndLeftUnwatched)
{
    Watch bad(SCRIPT_FDS_MAX, [](unsigned) {});
    EXPECT_EQ(watch(bad, SELECT_READ), -EINVAL);
    EXPECT_EQ(bad.interest, 0u);
    EXPECT_EQ(watch(bad, 0), 0) << "taking off cannot fail";
    EXPECT_EQ(run(), 0) << "and nothing is left";
}

} // namespace
