/* SPDX-License-Identifier: MIT */
/* What the steps of E3 promise. Nothing in them waits: what takes its time is
 * answered by the check, in an order that it chooses. */
#include "coroutines/yield_point.h"
#include "lessons/E3/frames.h"
#include "lessons/check/body.h"
#include "lessons/check/calls.h"
#include "lessons/check/orders.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <list>
#include <memory>
#include <string>
#include <vector>

namespace
{

/* ---- iterators ---- */

/* At most `limit` of them: "0 1 4 end". */
std::string items(struct iterator *iterator, int limit = 20)
{
    std::string text;
    for (int i = 0; i < limit; i++) {
        intptr_t value = -1;
        if (!iterator->next(iterator, &value))
            return text + "end";
        text += std::to_string(value) + " ";
    }
    return text + "…";
}

struct squares squares_of(intptr_t count)
{
    struct squares squares = {{squares_next}, 0, count};
    return squares;
}

/* It notes how often it was asked; there are `there` of it now. */
struct Asked : iterator {
    Asked() : iterator()
    {
        next = [](struct iterator *self, intptr_t *value) {
            auto *it = static_cast<Asked *>(self);
            it->asked++;
            if (it->given >= it->there)
                return false;
            *value = ++it->given;
            return true;
        };
    }
    int asked = 0, given = 0, there = 0;
};

/* ---- generators, moved on without the core ---- */

/* One step: "1", or "=1" when it has returned that. */
std::string step(struct generator *self, struct outcome sent)
{
    self->state = GENERATOR_RUNNING;
    struct outcome came = self->resume(self, sent);
    if (self->state == GENERATOR_RUNNING) {
        outcome_drop(came);
        return "(returned by neither generator_yield nor generator_return)";
    }
    return (generator_is_over(self) ? "=" : "") + shown(came);
}

/* To its end: "1 -1 =None"; and not much further. */
std::string steps(struct generator *self)
{
    std::string text;
    for (int i = 0; i < 12 && !generator_is_over(self); i++)
        text += (i ? " " : "") + step(self, outcome_none());
    return generator_is_over(self) ? text : text + " …";
}

/* Memory is as it was left by other code. */
template <typename Frame> void fill(Frame *frame)
{
    memset(static_cast<void *>(frame), 0x5a, sizeof *frame);
}

/* With the core: "1", or "=1" when it is over. */
std::string send(struct generator *self, struct outcome sent)
{
    struct outcome came = generator_send(self, sent);
    return (generator_is_over(self) ? "=" : "") + shown(came);
}

std::string next(struct generator *self)
{
    return send(self, outcome_none());
}

std::string hit(struct generator *self, const char *message = "no")
{
    return send(self, a_failure(message));
}

std::string closed(struct generator *self)
{
    return shown(generator_close(self));
}

const char executing[] = "RuntimeError(generator already executing)";

std::string state_of(const struct generator *self)
{
    static const char *const names[] = {"new", "suspended", "running", "over"};
    return names[self->state];
}

class Lesson : public testing::Test
{
  protected:
    void SetUp() override
    {
        calls_may_wait(CALLS_NONE);
    }
    void TearDown() override
    {
        EXPECT_EQ(reports.told, "") << "what was reported as unhandled.";
    }
    Body &body()
    {
        bodies.emplace_back(&diary);
        return bodies.back();
    }
    std::string diary;
    std::list<Body> bodies;
    Reports reports;
};

using Step1 = Lesson;
using Step2 = Lesson;
using Step3 = Lesson;

} // namespace

/* ---- 1: an iterator ---- */

TEST_F(Step1, SquaresComeOneByOne)
{
    struct squares five = squares_of(5), none = squares_of(0);
    EXPECT_EQ(items(&five.iterator), "0 1 4 9 16 end")
        << "what the squares below 5 were, until next returned false.";
    EXPECT_EQ(items(&none.iterator), "end") << "and of none at all.";
}

TEST_F(Step1, TheEndIsSaidAgain)
{
    struct squares two = squares_of(2);
    items(&two.iterator);
    EXPECT_EQ(items(&two.iterator, 3), "end") << "asked again, behind the end.";
    intptr_t value = 77;
    two.iterator.next(&two.iterator, &value);
    EXPECT_EQ(value, 77) << "*value, behind the end.";
}

TEST_F(Step1, ACounterNeverEnds)
{
    struct counter counter = {{counter_next}, 4};
    EXPECT_EQ(items(&counter.iterator, 3), "4 5 6 …")
        << "a counter that begins at 4, asked three times.";
    EXPECT_EQ(items(&counter.iterator, 2), "7 8 …")
        << "and then twice more: it goes on where it was.";
}

TEST_F(Step1, FirstAsksForNoMoreThanItGives)
{
    Asked numbers;
    numbers.there = 100;
    struct first three = {{first_next}, &numbers, 3};
    EXPECT_EQ(items(&three.iterator), "1 2 3 end")
        << "the first three of an iterator over 1, 2, 3, …";
    EXPECT_EQ(numbers.asked, 3)
        << "how often that iterator was asked. The next that asks it gets the"
           " 4, unless it was taken and thrown away.";
}

TEST_F(Step1, WhatDoesNotComeUsesUpNothing)
{
    Asked numbers;
    struct first two = {{first_next}, &numbers, 2};
    numbers.there = 1;
    EXPECT_EQ(items(&two.iterator), "1 end")
        << "the first two of an iterator that has one.";
    numbers.there = 10;
    EXPECT_EQ(items(&two.iterator), "2 end")
        << "the same again, when that iterator has more after all: one of the"
           " two was still left.";
}

TEST_F(Step1, AMillionStepsTakeNoMemory)
{
    struct counter counter = {{counter_next}, 4};
    struct squares squares = squares_of(1000000);
    struct first many = {{first_next}, &squares.iterator, 1000000};
    unsigned before = calls_seen(CALL_malloc) + calls_seen(CALL_calloc) +
                      calls_seen(CALL_realloc);
    intptr_t value = 0, last = 0, steps = 0;
    while (steps < 1000001 && many.iterator.next(&many.iterator, &value)) {
        steps++;
        if (!counter.iterator.next(&counter.iterator, &last))
            break;
    }
    unsigned after = calls_seen(CALL_malloc) + calls_seen(CALL_calloc) +
                     calls_seen(CALL_realloc);
    EXPECT_EQ(steps, 1000000) << "how many squares there were.";
    EXPECT_EQ(value, intptr_t{999999} * 999999) << "the last of them.";
    EXPECT_EQ(last, 1000003) << "how far a counter from 4 has come meanwhile.";
    EXPECT_EQ(after - before, 0u)
        << "how often memory was asked for. A value is computed when it is"
           " asked for, and nothing else is kept than where it was.";
}

/* ---- 2: stop in the middle ---- */

TEST_F(Step2, TheMachineGivesUntilTheCrisis)
{
    bool crisis = false;
    struct atm_frame frame;
    fill(&frame);
    struct generator *machine = atm_init(&frame, &crisis);
    std::string text;
    for (int i = 0; i < 6; i++)
        text += step(machine, outcome_none()) + " ";
    crisis = true;
    if (!generator_is_over(machine))
        text += step(machine, outcome_none());
    EXPECT_EQ(text, "'100CZK' '100CZK' '100CZK' '100CZK' '100CZK' '100CZK' =6")
        << "what came of asking six times, and once more in the crisis; '='"
           " is what it returns at its end: how many notes it has given.";
}

TEST_F(Step2, InACrisisNothingIsGiven)
{
    bool crisis = true;
    struct atm_frame frame;
    fill(&frame);
    EXPECT_EQ(step(atm_init(&frame, &crisis), outcome_none()), "=0")
        << "what came of asking for the first time, in the crisis.";
}

TEST_F(Step2, TwoMachinesCountForThemselves)
{
    bool crisis = false;
    struct atm_frame frames[2];
    fill(&frames[0]);
    fill(&frames[1]);
    struct generator *one = atm_init(&frames[0], &crisis);
    struct generator *two = atm_init(&frames[1], &crisis);
    step(one, outcome_none());
    step(one, outcome_none());
    step(two, outcome_none());
    step(one, outcome_none());
    crisis = true;
    EXPECT_EQ(step(one, outcome_none()) + " " + step(two, outcome_none()),
              "=3 =1")
        << "what two machines return in the crisis. One has given three notes,"
           " the other one. A `static` would be one for both.";
}

TEST_F(Step2, TwoSeesawsGoUpAndDownByThemselves)
{
    struct seesaw_frame frames[2];
    fill(&frames[0]);
    fill(&frames[1]);
    struct generator *one = seesaw_init(&frames[0], 3);
    struct generator *two = seesaw_init(&frames[1], 3);
    std::string text = step(one, outcome_none());
    for (int i = 0; i < 3; i++)
        text += " " + step(one, outcome_none());
    text += ", " + step(two, outcome_none());
    text += ", " + step(one, outcome_none());
    EXPECT_EQ(text, "1 -1 2 -2, 1, 3")
        << "what came of one seesaw, four times, of another one, and of the"
           " first again. A `static` would be one for both.";
}

TEST_F(Step2, EachYieldGoesOnBehindItself)
{
    struct seesaw_frame frame;
    fill(&frame);
    EXPECT_EQ(steps(seesaw_init(&frame, 3)), "1 -1 2 -2 3 -3 =None")
        << "what a seesaw of 3 has yielded, and '=' returned. `./lab check"
           " Step2.TheFrameAtEachYield` shows its frame at each yield.";
    fill(&frame);
    EXPECT_EQ(steps(seesaw_init(&frame, 0)), "=None") << "and one of 0.";
}

/* The table is for the learner, who is free to number the places. */
TEST_F(Step2, TheFrameAtEachYield)
{
    struct seesaw_frame frame;
    fill(&frame);
    struct generator *self = seesaw_init(&frame, 3);
    static const char *const wanted[] = {"1", "-1", "2",    "-2",
                                         "3", "-3", "=None"};
    printf("a seesaw of 3, and its frame when it has stopped:\n"
           "  predicted  came      at   i\n");
    bool right = true;
    for (const char *want : wanted) {
        std::string came = generator_is_over(self) ? "(it is over)"
                                                   : step(self, outcome_none());
        printf("  %9s  %-8s  ", want, came.c_str());
        if (generator_is_over(self))
            printf("it is over\n");
        else
            printf("%2d  %2lld\n", frame.at, (long long)frame.i);
        right = right && came == want;
    }
    fflush(stdout);
    EXPECT_TRUE(right)
        << "whether what came is what was predicted. `./lab check"
           " Step2.TheFrameAtEachYield` prints both, and the frame at each"
           " yield: what is not in it is lost.";
}

TEST_F(Step2, AFailureEndsIt)
{
    bool crisis = false;
    struct atm_frame frame;
    fill(&frame);
    struct generator *machine = atm_init(&frame, &crisis);
    step(machine, outcome_none());
    EXPECT_EQ(step(machine, a_failure("robbed")), "=OSError(robbed)")
        << "what came of a failure at its yield: it is returned, and the"
           " machine is over.";
    struct seesaw_frame up_and_down;
    fill(&up_and_down);
    struct generator *seesaw = seesaw_init(&up_and_down, 3);
    step(seesaw, outcome_none());
    step(seesaw, outcome_none());
    EXPECT_EQ(step(seesaw, a_failure("broken")), "=OSError(broken)")
        << "what came of a failure at the second yield of the seesaw.";
}

TEST_F(Step2, WhatIsSentIsDropped)
{
    int drops = 0;
    bool crisis = false;
    struct atm_frame frame;
    fill(&frame);
    struct generator *machine = atm_init(&frame, &crisis);
    step(machine, outcome_none());
    step(machine, counted(&drops));
    crisis = true;
    step(machine, counted(&drops));
    EXPECT_EQ(drops, 2) << "how many of two values that the machine was sent"
                           " were dropped. It does not need them, and owns"
                           " them.";
}

/* ---- 3: send, throw, close ---- */

TEST_F(Step3, WhatIsSentComesToTheYield)
{
    Body &one =
        body().yields(1).yields(2).returns([] { return outcome_text("end"); });
    EXPECT_EQ(diary, "") << "what has run before the first send.";
    EXPECT_EQ(next(&one), "1") << "what came of None, sent to a new one.";
    EXPECT_EQ(state_of(&one), "suspended") << "its state at a yield.";
    EXPECT_EQ(send(&one, outcome_number(7)), "2") << "what came of a 7.";
    EXPECT_EQ(next(&one), "='end'") << "what came at its end.";
    EXPECT_EQ(diary, "None 7 None end ") << "what it was sent.";
}

TEST_F(Step3, ANewOneTakesNoneOnly)
{
    int drops = 0;
    Body &one = body().yields(1);
    EXPECT_EQ(send(&one, counted(&drops)),
              "RuntimeError(can\\'t send non-None value to a just-started "
              "generator)")
        << "what came of a value, sent to a new one: it is at no yield"
           " that could have it.";
    EXPECT_EQ(drops, 1) << "how often that value was dropped.";
    EXPECT_EQ(diary, "") << "what was entered.";
    EXPECT_EQ(next(&one), "1") << "what came of None then: it was still new.";
    EXPECT_EQ(next(&one), "=None") << "and at its end.";
}

TEST_F(Step3, AFailureEndsANewOneUnentered)
{
    Body &one = body().yields(1);
    EXPECT_EQ(hit(&one), "=OSError(no)")
        << "what came of a failure, sent to a new one; '=' says that it is"
           " over.";
    EXPECT_EQ(diary, "") << "what was entered. It has not begun, so there is"
                            " no yield from which the failure could come.";
    EXPECT_EQ(next(&one), "=None") << "what came of None then.";
    EXPECT_EQ(diary, "") << "and what was entered.";
}

TEST_F(Step3, AFailureComesOutOfTheYield)
{
    Body &one = body().yields(1).yields(2).catching().yields(3);
    next(&one);
    EXPECT_EQ(hit(&one), "2") << "what came of a failure that it catches.";
    EXPECT_EQ(hit(&one, "again"), "=OSError(again)")
        << "what came of one that it does not catch.";
    EXPECT_EQ(diary, "None OSError(no) OSError(again) end ")
        << "what it was sent.";
}

TEST_F(Step3, WhatIsOverStaysOver)
{
    int drops = 0;
    Body &one = body().returns([] { return outcome_number(7); }).yields(8);
    EXPECT_EQ(next(&one), "=7") << "what it has returned.";
    EXPECT_EQ(next(&one), "=None") << "what came of None, behind the end.";
    EXPECT_EQ(send(&one, counted(&drops)), "=None")
        << "what came of a value, behind the end.";
    EXPECT_EQ(drops, 1) << "how often that value was dropped.";
    EXPECT_EQ(hit(&one, "late"), "=OSError(late)")
        << "what came of a failure: there is no yield for it, so it comes"
           " back.";
    EXPECT_EQ(next(&one), "=None") << "and of None once more.";
    EXPECT_EQ(diary, "None end ") << "what it was sent.";
}

TEST_F(Step3, WhatRunsCanBeSentNothing)
{
    int drops = 0;
    Body &one = body();
    std::string inside;
    one.yields([&] {
           inside = shown(generator_send(&one, counted(&drops))) + "\n" +
                    shown(generator_send(&one, a_failure())) + "\n" +
                    shown(generator_send(&one, outcome_none())) + "\n" +
                    shown(generator_close(&one)) + "\n" + state_of(&one);
           return outcome_number(1);
       })
        .yields(2);
    EXPECT_EQ(next(&one), "1") << "what it has yielded.";
    std::string refused = std::string(executing) + "\n";
    EXPECT_EQ(inside, refused + refused + refused + refused + "running")
        << "what came of a value, a failure and None that it was sent while it"
           " ran, of closing it, and its state then.";
    EXPECT_EQ(drops, 1) << "how often that value was dropped.";
    EXPECT_EQ(next(&one), "2") << "what came next: it was not disturbed.";
    closed(&one);
}

TEST_F(Step3, ItIsRunningWhenItGoesOn)
{
    Body &one = body();
    std::string inside;
    one.yields(1).yields([&] {
        inside = state_of(&one);
        return outcome_number(2);
    });
    next(&one);
    next(&one);
    EXPECT_EQ(inside, "running") << "its state inside its second step.";
    closed(&one);
}

TEST_F(Step3, ClosingLetsItFinish)
{
    Body &one = body().yields(1).yields(2);
    next(&one);
    EXPECT_EQ(closed(&one), "None")
        << "what closing returned. GeneratorExit came out of the yield, and"
           " has ended it, as it should: that is not a failure.";
    EXPECT_EQ(diary, "None GeneratorExit() end ") << "what it was sent.";
    EXPECT_EQ(closed(&one), "None") << "closing it again.";
    EXPECT_EQ(next(&one), "=None") << "what came of None then.";
    EXPECT_EQ(diary, "None GeneratorExit() end ") << "what it was sent.";
}

TEST_F(Step3, ClosingANewOneDoesNotEnterIt)
{
    Body &one = body().yields(1);
    EXPECT_EQ(closed(&one), "None") << "what closing returned.";
    EXPECT_EQ(state_of(&one), "over") << "its state then.";
    EXPECT_EQ(next(&one), "=None") << "what came of None then.";
    EXPECT_EQ(diary, "") << "what was entered.";
}

TEST_F(Step3, AnyGeneratorExitIsTheEndOfClosing)
{
    Body &one = body()
                    .yields(1)
                    .returns([] {
                        return outcome_fail(&generator_exit_type, -ECANCELED,
                                            "%s", "its own");
                    })
                    .catching();
    next(&one);
    EXPECT_EQ(closed(&one), "None")
        << "what closing returned. It has ended with a GeneratorExit of its"
           " own: what counts is the type of the failure.";
}

TEST_F(Step3, WhatItReturnsWhenItIsClosedIsDropped)
{
    int drops = 0;
    Body &one =
        body().yields(1).returns([&] { return counted(&drops); }).catching();
    next(&one);
    EXPECT_EQ(closed(&one), "None") << "what closing returned.";
    EXPECT_EQ(drops, 1) << "how often that was dropped which it returned.";
}

TEST_F(Step3, AFailureOfClosingIsTold)
{
    Body &one = body()
                    .yields(1)
                    .returns([] { return a_failure("while closing"); })
                    .catching();
    next(&one);
    EXPECT_EQ(closed(&one), "OSError(while closing)")
        << "what closing returned. It has caught GeneratorExit and failed with"
           " something else.";
    EXPECT_EQ(closed(&one), "None") << "closing it again.";
}

TEST_F(Step3, WhatIgnoresTheExitIsNotOver)
{
    int drops = 0;
    Body &one =
        body().yields(1).yields([&] { return counted(&drops); }).catching();
    next(&one);
    EXPECT_EQ(closed(&one), "RuntimeError(generator ignored GeneratorExit)")
        << "what closing returned. It has caught GeneratorExit and yielded"
           " once more.";
    EXPECT_EQ(drops, 1) << "how often that was dropped which it yielded.";
    EXPECT_EQ(state_of(&one), "suspended") << "its state then.";
    EXPECT_EQ(closed(&one), "None") << "closing it again.";
}

/* ---- 4: the runner ---- */

namespace
{

/* Functions that take their time, with names: what they were asked for is
 * written down, and they are answered by the check. */
class Step4 : public Lesson
{
  protected:
    struct Run : runner {
        Run() : runner()
        {
        }
        std::string *text = nullptr;
        bool frees = false;
    };
    /* A slow function: yield fetch("a"). */
    struct Fetch {
        struct task_point point = {};
        std::string name;
        Step4 *lesson = nullptr;
        struct runner_callback *callback = nullptr;
        bool at_once = false;
    };
    void TearDown() override
    {
        if (run)
            runner_close(run.get());
        Lesson::TearDown();
    }
    struct outcome fetch(const std::string &name, bool at_once = false)
    {
        fetches.emplace_back();
        Fetch &it = fetches.back();
        it.name = name;
        it.lesson = this;
        it.at_once = at_once;
        return gen_task(
            &it.point,
            [](void *context, struct runner_callback *callback) {
                auto *self = static_cast<Fetch *>(context);
                self->callback = callback;
                self->lesson->asked += self->name + " ";
                if (self->at_once)
                    self->lesson->answer(self->name, outcome_text("at once"));
            },
            &it);
    }
    void answer(const std::string &name, struct outcome outcome)
    {
        for (Fetch &it : fetches)
            if (it.name == name && it.callback) {
                struct runner_callback *callback = it.callback;
                it.callback = nullptr;
                runner_call(callback, outcome);
                return;
            }
        ADD_FAILURE() << "no code has asked for " << name
                      << " yet. What was asked for: " << asked;
        outcome_drop(outcome);
    }
    void start(Body &body)
    {
        run = std::make_unique<Run>();
        run->text = &ended;
        runner_start(run.get(), &body, end);
    }
    static void end(struct runner *self, struct outcome outcome)
    {
        auto *it = static_cast<Run *>(self);
        *it->text += shown(outcome) + " ";
        if (it->frees)
            delete it;
    }
    std::string asked, ended;
    std::list<Fetch> fetches;
    std::unique_ptr<Run> run;
};

} // namespace

TEST_F(Step4, AHandlerWithTwoFetches)
{
    start(body().yields([&] { return fetch("a"); }).yields([&] {
        return fetch("b");
    }));
    EXPECT_EQ(asked, "a ") << "what was asked for when it was started.";
    EXPECT_EQ(diary, "None ") << "what the generator was sent so far.";
    answer("a", outcome_text("page a"));
    EXPECT_EQ(asked, "a b ") << "what was asked for when the first page was"
                                " there.";
    EXPECT_EQ(ended, "") << "whether it has ended.";
    answer("b", outcome_text("page b"));
    EXPECT_EQ(diary, "None 'page a' 'page b' end ")
        << "what the generator was sent: each page comes out of the yield that"
           " has asked for it.";
    EXPECT_EQ(ended, "None ") << "what ended() was called with.";
}

TEST_F(Step4, WhatIsReturnedIsTheEnd)
{
    start(body().returns([] { return outcome_number(7); }));
    EXPECT_EQ(ended, "7 ") << "what ended() was called with, by a generator"
                              " that never yields.";
    EXPECT_EQ(run->generator == nullptr, true)
        << "whether runner->generator is NULL then.";
}

TEST_F(Step4, AFailureComesOutOfTheYield)
{
    start(body()
              .yields([&] { return fetch("a"); })
              .yields([&] { return fetch("b"); })
              .catching()
              .yields([&] { return fetch("c"); }));
    answer("a", a_failure("404"));
    EXPECT_EQ(diary, "None OSError(404) ")
        << "what the generator was sent. It catches this.";
    answer("b", outcome_text("page b"));
    EXPECT_EQ(asked, "a b c ") << "what it has asked for: it has gone on.";
    answer("c", a_failure("500"));
    EXPECT_EQ(diary, "None OSError(404) 'page b' OSError(500) end ")
        << "what the generator was sent.";
    EXPECT_EQ(ended, "OSError(500) ")
        << "what ended() was called with: it has not caught that one.";
}

TEST_F(Step4, ACallbackThatIsForOthersChangesNothing)
{
    start(body().yields([&] { return fetch("a"); }).yields([&] {
        return fetch("b");
    }));
    runner_run(run.get());
    runner_run(run.get());
    EXPECT_EQ(diary, "None ") << "what the generator was sent. The runner"
                                 " was woken, and nothing was ready.";
    answer("a", outcome_none());
    runner_run(run.get());
    EXPECT_EQ(diary, "None None ")
        << "what the generator was sent, when a has been answered, and"
           " the runner was woken once too often.";
    answer("b", outcome_none());
    EXPECT_EQ(ended, "None ") << "what ended() was called with.";
}

TEST_F(Step4, WhatCannotBeWaitedForIsToldAtTheYield)
{
    start(body().yields(42).yields([&] { return fetch("a"); }).catching());
    EXPECT_EQ(diary, "None BadYieldError(yielded unknown object) ")
        << "what the generator was sent. It has yielded a 42.";
    EXPECT_EQ(asked, "a ") << "what was asked for: it has caught that.";
    answer("a", outcome_text("page a"));
    EXPECT_EQ(diary, "None BadYieldError(yielded unknown object) 'page a' end ")
        << "what the generator was sent: a failure comes once.";
}

TEST_F(Step4, WhatCannotBeBegunHasNoResult)
{
    struct Refused : yield_point {
        int taken = 0;
    } point;
    static const struct yield_point_ops ops = {
        [](struct yield_point *, struct runner *) {
            return a_failure("refused");
        },
        [](const struct yield_point *) { return true; },
        [](struct yield_point *self) {
            static_cast<Refused *>(self)->taken++;
            return outcome_none();
        },
    };
    point.ops = &ops;
    start(body().yields([&] {
        return outcome_value(&yield_point_kind,
                             static_cast<struct yield_point *>(&point));
    }));
    EXPECT_EQ(diary, "None OSError(refused) end ")
        << "what the generator was sent. Its yield point is ready, but could"
           " not be started: runner->thrown goes first.";
    EXPECT_EQ(point.taken, 0) << "how often its result was asked for.";
}

TEST_F(Step4, AThrownFailureGoesFirst)
{
    start(body().yields([&] { return fetch("a"); }).yields([&] {
        return fetch("b");
    }));
    run->thrown = a_failure("thrown");
    runner_run(run.get());
    EXPECT_EQ(diary, "None OSError(thrown) end ")
        << "what the generator was sent. runner->thrown was set, and a was not"
           " answered.";
    EXPECT_EQ(ended, "OSError(thrown) ") << "what ended() was called with.";
}

TEST_F(Step4, EachResultIsTakenOnce)
{
    int drops = 0;
    start(body().yields([&] { return fetch("a"); }).yields([&] {
        return fetch("b");
    }));
    answer("a", counted(&drops));
    EXPECT_EQ(drops, 1) << "how often the page was dropped: the generator owns"
                           " it, and drops it.";
    answer("b", counted(&drops));
    EXPECT_EQ(drops, 2) << "and the next one.";
    EXPECT_EQ(diary, "None <counted> <counted> end ")
        << "what the generator was sent.";
}

TEST_F(Step4, AfterAFailureACallbackMayBeLeft)
{
    struct callback_point left = {}, other = {}, third = {};
    start(body()
              .yields([&] { return gen_callback(&left, "left"); })
              .yields([&] { return fetch("a"); })
              .yields([&] { return fetch("b"); })
              .catching());
    answer("a", a_failure("404"));
    answer("b", outcome_none());
    EXPECT_EQ(ended, "None ")
        << "what ended() was called with. A failure was thrown into the"
           " generator (runner->had_failure), so that a callback which no code"
           " has waited for is not a mistake.";
    ended = "";
    start(body().yields([&] { return gen_callback(&other, "left"); }));
    EXPECT_EQ(ended, "LeakedCallbackError(finished without waiting for callback"
                     " left) ")
        << "the same without a failure: a mistake.";
    ended = "";
    start(body()
              .yields([&] { return gen_callback(&third, "left"); })
              .yields(42)
              .returns([] { return outcome_none(); })
              .catching());
    EXPECT_EQ(ended, "None ")
        << "what ended() was called with, when the failure came out of"
           " runner->thrown: a 42 cannot be waited for.";
}

TEST_F(Step4, TheOwnerMayFreeTheRunner)
{
    start(body().yields([&] { return fetch("a"); }));
    run->frees = true;
    run.release();
    answer("a", outcome_none());
    EXPECT_EQ(ended, "None ") << "what ended() was called with. It frees the"
                                 " Runner, so that nothing of it may be looked"
                                 " at afterwards.";
}

TEST_F(Step4, AnAwaitableCanBeYieldedToo)
{
    struct Ready : awaitable {
        int taken = 0;
    } ready;
    static const struct awaitable_ops ops = {
        "Ready",
        false,
        [](const struct awaitable *) { return true; },
        [](struct awaitable *self) {
            static_cast<Ready *>(self)->taken++;
            return outcome_text("ready");
        },
        [](struct awaitable *, struct handle *) {},
        [](struct awaitable *, struct handle *) {},
        [](struct awaitable *) { return false; },
        [](struct awaitable *) {},
    };
    ready.ops = &ops;
    start(body().yields([&] { return outcome_pending(&ready); }));
    EXPECT_EQ(diary, "None 'ready' end ") << "what the generator was sent.";
    EXPECT_EQ(ready.taken, 1) << "how often its result was taken.";
}

/* ---- 5: no recursion ---- */

namespace
{

class Step5 : public Step4
{
  protected:
    /* Yields what is ready, again and again. */
    Body &busy(int times)
    {
        Body &one = body();
        for (int i = 0; i < times; i++)
            one.yields([&] {
                return gen_task(
                    &point,
                    [](void *, struct runner_callback *callback) {
                        runner_call(callback, outcome_none());
                    },
                    nullptr);
            });
        return one;
    }
    struct task_point point = {};
};

} // namespace

TEST_F(Step5, AnswersThatAreThereNeedNoStack)
{
    const int times = 20000;
    Body &one = busy(times);
    in_a_small_stack([&] { start(one); });
    EXPECT_EQ(ended, "None ")
        << "what ended() was called with, after 20,000 answers that were there"
           " at once. The stack that it ran on has 64 KiB.";
}

TEST_F(Step5, ACallbackInsideTheCallGoesOnOnce)
{
    start(body()
              .yields([&] { return fetch("a", true); })
              .yields([&] { return fetch("b", true); })
              .yields([&] { return fetch("c"); }));
    EXPECT_EQ(diary, "None 'at once' 'at once' ")
        << "what the generator was sent. a and b have called their callbacks"
           " inside the call that began them.";
    answer("c", outcome_text("page c"));
    EXPECT_EQ(diary, "None 'at once' 'at once' 'page c' end ")
        << "and when c was answered.";
    EXPECT_EQ(ended, "None ") << "what ended() was called with.";
}

TEST_F(Step5, NothingIsSentWhileItRuns)
{
    struct callback_point first = {};
    struct wait_point wait = {};
    start(body()
              .yields([&] { return gen_callback(&first, "k"); })
              .with([&](Body *self, struct outcome got) {
                  auto *mine =
                      static_cast<struct runner_callback *>(got.pointer);
                  runner_call(mine, outcome_text("early"));
                  runner_run(run.get());
                  return generator_yield(self, gen_wait(&wait, "k"));
              })
              .yields([&] { return fetch("b"); }));
    EXPECT_EQ(diary, "None <borrowed> 'early' ")
        << "what the generator was sent. From inside itself it has called a"
           " callback, before it waited for that.";
    answer("b", outcome_none());
    EXPECT_EQ(ended, "None ") << "what ended() was called with.";
}

TEST_F(Step5, BehindTheEndNothingHappens)
{
    start(body());
    runner_run(run.get());
    EXPECT_EQ(ended, "None ")
        << "what ended() was called with, when runner_run was called once more"
           " behind the end.";
}

TEST_F(Step5, CancelledAtEachYield)
{
    for (int at = 1; at <= 3; at++) {
        std::string names = "abc", wanted = "None ";
        int drops = 0;
        diary = ended = "";
        start(body()
                  .yields([&] { return fetch("a"); })
                  .yields([&] { return fetch("b"); })
                  .yields([&] { return fetch("c"); }));
        for (int i = 1; i < at; i++) {
            answer(names.substr(i - 1, 1), counted(&drops));
            wanted += "<counted> ";
        }
        EXPECT_EQ(runner_cancel(run.get()), true)
            << "what runner_cancel has returned, at yield " << at << ".";
        EXPECT_EQ(diary, wanted + "CancelledError() end ")
            << "what the generator was sent, cancelled at yield " << at << ".";
        EXPECT_EQ(ended, "CancelledError() ")
            << "what ended() was called with, cancelled at yield " << at << ".";
        answer(names.substr(at - 1, 1), counted(&drops));
        EXPECT_EQ(drops, at) << "how many of the answers were dropped; the last"
                                " one has come too late.";
        EXPECT_EQ(ended, "CancelledError() ")
            << "what ended() was called with, when that one had come.";
        EXPECT_EQ(runner_cancel(run.get()), false)
            << "what runner_cancel returns behind the end.";
    }
}

TEST_F(Step5, ACancelMayBeCaught)
{
    start(body()
              .yields([&] { return fetch("a"); })
              .yields([&] { return fetch("b"); })
              .catching());
    EXPECT_EQ(runner_cancel(run.get()), true)
        << "what runner_cancel has returned.";
    EXPECT_EQ(asked, "a b ") << "what it has asked for. It has caught the"
                                " cancel, and goes on.";
    answer("a", outcome_text("late"));
    EXPECT_EQ(diary, "None CancelledError() ")
        << "what the generator was sent. The answer to a has come, and is not"
           " waited for any more.";
    answer("b", outcome_text("page b"));
    EXPECT_EQ(ended, "None ") << "what ended() was called with.";
}

TEST_F(Step5, ACancelLeavesItsCallbacks)
{
    struct callback_point left = {};
    struct wait_point wait = {};
    start(body()
              .yields([&] { return gen_callback(&left, "left"); })
              .yields([&] { return fetch("a"); })
              .yields([&] { return gen_wait(&wait, "left"); })
              .catching());
    runner_cancel(run.get());
    runner_call(&left.callback, outcome_text("left"));
    size_t at = diary.find("CancelledError()");
    EXPECT_EQ(diary.substr(std::min(at, diary.size())),
              "CancelledError() 'left' end ")
        << "what the generator was sent from the cancel on. It has caught that,"
           " and waits for a callback that it has had before.";
}

TEST_F(Step5, WhatRunsIsNotCancelled)
{
    bool answered = true;
    start(body().yields([&] { return fetch("a"); }).yields([&] {
        answered = runner_cancel(run.get());
        return fetch("b");
    }));
    answer("a", outcome_none());
    EXPECT_EQ(answered, false)
        << "what runner_cancel has returned, called from inside the generator.";
    answer("b", outcome_text("page b"));
    EXPECT_EQ(diary, "None None 'page b' end ")
        << "what the generator was sent.";
}

TEST_F(Step5, WhatItWaitedForIsGivenUp)
{
    struct Never : awaitable {
        int waiting = 0, dropped = 0;
    } never;
    static const struct awaitable_ops ops = {
        "Never",
        false,
        [](const struct awaitable *) { return false; },
        [](struct awaitable *) { return outcome_none(); },
        [](struct awaitable *self, struct handle *) {
            static_cast<Never *>(self)->waiting++;
        },
        [](struct awaitable *self, struct handle *) {
            static_cast<Never *>(self)->waiting--;
        },
        [](struct awaitable *) { return true; },
        [](struct awaitable *self) { static_cast<Never *>(self)->dropped++; },
    };
    never.ops = &ops;
    start(body().yields([&] { return outcome_pending(&never); }));
    EXPECT_EQ(never.waiting, 1) << "how many handles wait for it.";
    EXPECT_EQ(runner_cancel(run.get()), true)
        << "what runner_cancel has returned.";
    EXPECT_EQ(never.waiting, 0)
        << "how many handles wait for it, after the cancel: one that is left"
           " would be called although its Runner is gone.";
    EXPECT_EQ(never.dropped, 1) << "how often it was given back.";
    EXPECT_EQ(ended, "CancelledError() ") << "what ended() was called with.";
}

/* Three fetches one after the other, each answered or failing, and a cancel, at
 * any moment. */
TEST_F(Step5, HoldsInEveryOrder)
{
    std::string story;
    InOneOrder goes = [&](struct interleaving *order) -> std::string {
        int drops = 0, made = 0;
        bool cancelled = false;
        diary = ended = asked = story = "";
        fetches.clear();
        start(body()
                  .yields([&] { return fetch("a"); })
                  .catching()
                  .yields([&] { return fetch("b"); })
                  .yields([&] { return fetch("c"); })
                  .catching());
        for (int moves = 0; moves < 6 && ended.empty(); moves++) {
            std::vector<std::string> open;
            for (Fetch &it : fetches)
                if (it.callback)
                    open.push_back(it.name);
            size_t choice =
                interleaving_choose(order, 2 * open.size() + !cancelled);
            if (choice >= 2 * open.size()) {
                cancelled = true;
                story += "cancel ";
                runner_cancel(run.get());
            } else if (choice % 2) {
                story += open[choice / 2] + " fails ";
                answer(open[choice / 2], a_failure());
            } else {
                story += open[choice / 2] + " ";
                made++;
                answer(open[choice / 2], counted(&drops));
            }
        }
        bool over = run->generator == nullptr;
        runner_close(run.get());
        for (Fetch &it : fetches)
            if (it.callback) {
                made++;
                answer(it.name, counted(&drops));
            }
        if (drops != made)
            return std::to_string(made) + " values came, and " +
                   std::to_string(drops) + " were dropped";
        if (over && count_of(" ", ended) < 1)
            return "it is over, and ended() was not called";
        if (count_of("end ", diary) != 1)
            return "the generator has ended " +
                   std::to_string(count_of("end ", diary)) + " times";
        return "";
    };
    EXPECT_EQ(wrong_in_an_order(3000, goes), "")
        << "what was wrong when it went in this order: " << story
        << "(a, b and c are answered or fail; and once it may be cancelled).";
}
