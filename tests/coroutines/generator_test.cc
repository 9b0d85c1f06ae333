/* SPDX-License-Identifier: MIT */
/* The rules of generators, GE1 to GE9, over every engine. */
#include "script.h"

#include <list>

class Generator : public testing::TestWithParam<const struct engine *>
{
  protected:
    Script &script()
    {
        scripts.emplace_back(&diary);
        return scripts.back();
    }
    struct generator *make(Script &script)
    {
        struct generator *made = GetParam()->make(&script);
        EXPECT_NE(made, nullptr);
        return made;
    }
    /* One that is dropped at the end of the test. */
    struct generator *start(Script &script)
    {
        started.push_back(make(script));
        return started.back();
    }
    void TearDown() override
    {
        for (struct generator *one : started)
            generator_drop(one);
        EXPECT_EQ(reports.told, expected_reports);
    }

    /* Each is shown as "2" when it is yielded, and as "=2" at the end. */
    std::string send(struct generator *generator, struct outcome value)
    {
        std::string text = shown(generator_send(generator, value));
        return generator_is_over(generator) ? "=" + text : text;
    }
    std::string send(struct generator *generator, intptr_t value)
    {
        return send(generator, outcome_number(value));
    }
    std::string next(struct generator *generator)
    {
        return send(generator, outcome_none());
    }
    std::string hit(struct generator *generator, const char *message = "no")
    {
        return send(generator, a_failure(message));
    }
    std::string close(struct generator *generator)
    {
        return shown(generator_close(generator));
    }

    std::string diary, expected_reports;
    Reports reports;
    std::list<Script> scripts;
    std::vector<struct generator *> started;
};

static const char *const executing =
    "RuntimeError(generator already executing)";

/* ---- GE1, GE2: starting, sending, ending ---- */

TEST_P(Generator, GE1_RunsNothingBeforeTheFirstSend)
{
    struct generator *one = start(script().then(yields(1)));
    EXPECT_EQ(diary, "");
    EXPECT_EQ(one->state, GENERATOR_NEW);
    EXPECT_EQ(next(one), "1");
    EXPECT_EQ(diary, "None ");
}

TEST_P(Generator, GE1_ANewOneCanBeSentNothingButNone)
{
    struct generator *one = start(script().then(yields(1)));
    int drops = 0;
    EXPECT_EQ(send(one, counted(&drops)),
              "RuntimeError(can\\'t send non-None value to a just-started "
              "generator)");
    EXPECT_EQ(drops, 1);
    EXPECT_EQ(diary, "");
    EXPECT_EQ(next(one), "1");
}

TEST_P(Generator, GE2_WhatIsSentIsTheValueOfTheYield)
{
    struct generator *one = start(
        script()
            .then(yields(1))
            .with([](struct outcome got) { return yields(2 * got.number); })
            .then(returns(outcome_text("end"))));
    EXPECT_EQ(next(one), "1");
    EXPECT_EQ(send(one, 21), "42");
    EXPECT_EQ(next(one), "='end'");
    EXPECT_EQ(diary, "None 21 None finally ");
}

TEST_P(Generator, GE2_OnceItIsOverItReturnsNoneForEver)
{
    struct generator *one = start(script().then(returns(7)));
    EXPECT_EQ(next(one), "=7");
    int drops = 0;
    EXPECT_EQ(next(one), "=None");
    EXPECT_EQ(send(one, counted(&drops)), "=None");
    EXPECT_EQ(drops, 1);
}

TEST_P(Generator, GE2_WhatFallsOffTheEndReturnsNone)
{
    EXPECT_EQ(next(start(script())), "=None");
}

TEST_P(Generator, GE2_MayReturnAnyValue)
{
    EXPECT_EQ(next(start(script().then(returns(outcome_text("a"))))), "='a'");
    int drops = 0;
    EXPECT_EQ(next(start(script().then(returns(counted(&drops))))),
              "=<counted>");
    EXPECT_EQ(drops, 1);
}

TEST_P(Generator, GE2_AFailureThatIsReturnedIsRaised)
{
    struct generator *one = start(script().then(returns(a_failure())));
    EXPECT_EQ(next(one), "=OSError(no)");
    EXPECT_EQ(next(one), "=None");
}

/* ---- GE3: throwing ---- */

TEST_P(Generator, GE3_AFailureComesOutOfTheYield)
{
    struct generator *one = start(script().then(yields(1)).then(yields(2)));
    next(one);
    EXPECT_EQ(hit(one), "=OSError(no)");
    EXPECT_EQ(diary, "None OSError(no) finally ");
}

TEST_P(Generator, GE3_ACaughtFailureLetsItGoOn)
{
    struct generator *one =
        start(script().then(yields(1)).except(yields(2)).then(returns(3)));
    next(one);
    EXPECT_EQ(hit(one), "2");
    EXPECT_EQ(next(one), "=3");
}

TEST_P(Generator, GE3_ItMayCatchAndThenReturn)
{
    struct generator *one = start(script().then(yields(1)).except(returns(2)));
    next(one);
    EXPECT_EQ(hit(one), "=2");
}

TEST_P(Generator, GE3_ItMayCatchAndRaiseAnother)
{
    struct generator *one =
        start(script().then(yields(1)).except(returns(a_failure("another"))));
    next(one);
    EXPECT_EQ(hit(one), "=OSError(another)");
}

TEST_P(Generator, GE3_AFailureEndsANewOneWithoutEnteringIt)
{
    struct generator *one = start(script().then(yields(1)));
    EXPECT_EQ(hit(one), "=OSError(no)");
    EXPECT_EQ(next(one), "=None");
    EXPECT_EQ(diary, "");
}

TEST_P(Generator, GE3_AFailureSentToOneThatIsOverComesBack)
{
    struct generator *one = start(script());
    next(one);
    EXPECT_EQ(hit(one), "=OSError(no)");
    EXPECT_EQ(next(one), "=None");
}

/* ---- GE4, GE5: closing ---- */

TEST_P(Generator, GE4_ClosingANewOneDoesNotEnterIt)
{
    struct generator *one = start(script().then(yields(1)));
    EXPECT_EQ(close(one), "None");
    EXPECT_EQ(next(one), "=None");
    EXPECT_EQ(diary, "");
}

TEST_P(Generator, GE4_ClosingLetsItFinishWhatItHasBegun)
{
    struct generator *one = start(script().then(yields(1)));
    next(one);
    EXPECT_EQ(close(one), "None");
    EXPECT_EQ(diary, "None GeneratorExit() finally ");
    EXPECT_EQ(close(one), "None");
    EXPECT_EQ(next(one), "=None");
}

TEST_P(Generator, GE4_ItMayReturnWhenItIsClosed)
{
    int drops = 0;
    struct generator *one =
        start(script().then(yields(1)).except(returns(counted(&drops))));
    next(one);
    EXPECT_EQ(close(one), "None");
    EXPECT_EQ(drops, 1);
}

TEST_P(Generator, GE4_AFailureOfClosingIsTold)
{
    struct generator *one = start(
        script().then(yields(1)).except(returns(a_failure("while closing"))));
    next(one);
    EXPECT_EQ(close(one), "OSError(while closing)");
    EXPECT_EQ(close(one), "None");
}

TEST_P(Generator, GE4_WhatYieldsInsteadHasIgnoredTheExit)
{
    struct generator *one = start(script().then(yields(1)).except(yields(2)));
    next(one);
    EXPECT_EQ(close(one), "RuntimeError(generator ignored GeneratorExit)");
    EXPECT_FALSE(generator_is_over(one));
    EXPECT_EQ(close(one), "None");
}

TEST_P(Generator, GE5_OneThatIsDroppedIsClosed)
{
    struct generator *one = make(script().then(yields(1)));
    next(one);
    generator_drop(one);
    EXPECT_EQ(diary, "None GeneratorExit() finally ");
}

TEST_P(Generator, GE5_AFailureOfOneThatIsDroppedIsReported)
{
    struct generator *one =
        make(script().then(yields(1)).except(returns(a_failure("late"))));
    next(one);
    generator_drop(one);
    expected_reports = "Exception ignored in a generator that was closed: "
                       "OSError(late)\n";
}

/* ---- GE6, GE7: re-entering ---- */

TEST_P(Generator, GE6_WhatRunsCanBeSentNothing)
{
    struct generator *one = nullptr;
    std::string inside;
    one = start(script().then([&] {
        inside = shown(generator_send(one, outcome_number(1))) + " " +
                 shown(generator_send(one, a_failure())) + " " +
                 shown(generator_close(one));
        generator_drop(one); /* its driver is still there */
        return yields(1);
    }));
    EXPECT_EQ(next(one), "1");
    std::string refused = executing;
    EXPECT_EQ(inside, refused + " " + refused + " " + refused);
    EXPECT_EQ(next(one), "=None");
}

TEST_P(Generator, GE7_TheEndOfAnotherOneIsNotItsOwn)
{
    struct generator *other = start(script().then(yields(1)));
    struct generator *one = start(script().then([&] {
        struct outcome value;
        intptr_t sum = 0;
        while (generator_next(other, &value))
            sum += value.number;
        return yields(sum);
    }));
    EXPECT_EQ(next(one), "1");
    EXPECT_EQ(next(one), "=None");
}

/* ---- GE8: yield from ---- */

TEST_P(Generator, GE8_ValuesPassThroughYieldFrom)
{
    struct generator *inner =
        make(script().then(yields(1)).then(yields(2)).then(returns(3)));
    struct generator *outer = start(
        script().then(yields(0)).then(yields_from(inner)).then(yields(4)));
    EXPECT_EQ(next(outer), "0");
    EXPECT_EQ(next(outer), "1");
    EXPECT_EQ(send(outer, 8), "2");
    EXPECT_EQ(send(outer, 9), "4");
    /* Both wrote: the inner one 8 and 9, the outer one the 3. */
    EXPECT_EQ(diary, "None None None 8 9 finally 3 ");
}

TEST_P(Generator, GE8_YieldFromIsWhatTheInnerOneReturns)
{
    int drops = 0;
    struct generator *inner =
        make(script().then(yields(1)).then(returns(counted(&drops))));
    struct generator *outer =
        start(script().then(yields_from(inner)).with([](struct outcome got) {
            return returns(got);
        }));
    next(outer);
    EXPECT_EQ(next(outer), "=<counted>");
    EXPECT_EQ(drops, 1);
}

TEST_P(Generator, GE8_AnInnerOneMayFailAtOnceOrLater)
{
    for (int later = 0; later < 2; later++) {
        Script &failing = script();
        if (later)
            failing.then(yields(1));
        struct generator *inner = make(failing.then(returns(a_failure())));
        struct generator *outer =
            start(script().then(yields_from(inner)).except(yields(2)));
        if (later) {
            EXPECT_EQ(next(outer), "1");
        }
        EXPECT_EQ(next(outer), "2");
    }
}

TEST_P(Generator, GE8_TheOuterOneFailsWithTheInnerOnesFailure)
{
    struct generator *inner = make(script().then(returns(a_failure())));
    EXPECT_EQ(next(start(script().then(yields_from(inner)))), "=OSError(no)");
    EXPECT_EQ(diary, "None None finally OSError(no) finally ");
}

TEST_P(Generator, GE8_AFailureIsThrownIntoTheInnerOne)
{
    struct generator *inner =
        make(script().then(yields(1)).except(yields(2)).then(yields(3)));
    struct generator *outer =
        start(script().then(yields_from(inner)).except(yields(4)));
    EXPECT_EQ(next(outer), "1");
    EXPECT_EQ(hit(outer), "2");
    EXPECT_EQ(hit(outer, "again"), "4");
    EXPECT_EQ(diary, "None None OSError(no) OSError(again) finally "
                     "OSError(again) ");
}

TEST_P(Generator, GE8_AnInnerOneThatCatchesAndReturnsEndsYieldFrom)
{
    struct generator *inner = make(script().then(yields(1)).except(returns(2)));
    struct generator *outer =
        start(script().then(yields_from(inner)).with([](struct outcome got) {
            return yields(got.number + 1);
        }));
    next(outer);
    EXPECT_EQ(hit(outer), "3");
}

TEST_P(Generator, GE8_ClosingGoesFromTheInsideOut)
{
    struct generator *inner = make(script().then(yields(1)));
    struct generator *outer = start(script().then(yields_from(inner)));
    next(outer);
    EXPECT_EQ(close(outer), "None");
    EXPECT_EQ(diary, "None None GeneratorExit() finally GeneratorExit() "
                     "finally ");
}

TEST_P(Generator, GE8_ClosingEndsTheOuterOneThoughTheInnerReturns)
{
    struct generator *inner = make(script().then(yields(1)).except(returns(2)));
    struct generator *outer = start(script().then(yields_from(inner)));
    next(outer);
    EXPECT_EQ(close(outer), "None");
    EXPECT_EQ(diary, "None None GeneratorExit() finally GeneratorExit() "
                     "finally ");
}

TEST_P(Generator, GE8_AFailureOfAnInnerOneThatIsClosedGoesOn)
{
    struct generator *inner =
        make(script().then(yields(1)).except(returns(a_failure())));
    struct generator *outer = start(script().then(yields_from(inner)));
    next(outer);
    EXPECT_EQ(close(outer), "OSError(no)");
}

TEST_P(Generator, GE8_AnInnerOneThatIgnoresTheExitFailsTheOuterOne)
{
    struct generator *inner = make(script().then(yields(1)).except(yields(2)));
    struct generator *outer =
        start(script().then(yields_from(inner)).except(yields(3)));
    next(outer);
    EXPECT_EQ(send(outer, outcome_failure(&failure_generator_exit)), "3");
    EXPECT_NE(diary.find("RuntimeError(generator ignored GeneratorExit)"),
              std::string::npos);
}

TEST_P(Generator, GE8_WhileItDelegatesTheOuterOneIsRunning)
{
    struct generator *outer = nullptr;
    std::string inside;
    struct generator *inner = make(script().then([&] {
        inside = shown(generator_send(outer, outcome_none()));
        return yields(1);
    }));
    outer = start(script().then(yields_from(inner)));
    EXPECT_EQ(next(outer), "1");
    EXPECT_EQ(inside, executing);
}

TEST_P(Generator, GE8_ThreeOfThemAreOne)
{
    struct generator *low = make(script().then(yields(1)).then(returns(2)));
    struct generator *middle =
        make(script().then(yields_from(low)).with([](struct outcome got) {
            return returns(got.number + 1);
        }));
    struct generator *top =
        start(script().then(yields_from(middle)).with([](struct outcome got) {
            return returns(got.number + 1);
        }));
    EXPECT_EQ(next(top), "1");
    EXPECT_EQ(next(top), "=4");
}

/* ---- GE9 ---- */

TEST_P(Generator, GE9_YieldFromOneThatIsEmptyOrOverReturnsAtOnce)
{
    struct generator *empty = make(script());
    struct generator *over = make(script().then(returns(1)));
    next(over);
    struct generator *outer = start(
        script().then(yields_from(empty)).then(yields_from(over)).then([] {
            return yields(2);
        }));
    EXPECT_EQ(next(outer), "2");
}

TEST_P(Generator, GE9_CannotYieldFromItself)
{
    struct generator *one = nullptr;
    one = start(script().then([&] { return yields_from(one); }));
    EXPECT_EQ(next(one), std::string("=") + executing);
}

TEST_P(Generator, KnowsTheNameOfItsFunction)
{
    EXPECT_STREQ(start(script())->name, "body");
}

INSTANTIATE_TEST_SUITE_P(Engines, Generator,
                         testing::Values(&frame_engine, &stack_engine),
                         [](const auto &by) { return by.param->name; });
