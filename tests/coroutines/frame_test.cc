/* SPDX-License-Identifier: MIT */
/* Frames: what the macros become, and what may be written with them. */
#include "by_hand.h"
#include "support/outcomes.h"

#include <cerrno>

namespace
{

/* All that it yields, and "=" what it returns. */
std::string all_of(struct generator *generator)
{
    std::string all;
    struct outcome value;
    while (generator_next(generator, &value))
        all += shown(value) + " ";
    return all + "=" + shown(value);
}

class Squares : public testing::TestWithParam<generator_resume *>
{
  protected:
    struct generator *start(intptr_t count)
    {
        squares = {};
        squares.count = count;
        squares.open = &open;
        return frame_init(&squares.frame, GetParam());
    }
    struct squares squares;
    bool open = true;
};

TEST_P(Squares, AreYieldedOneByOne)
{
    EXPECT_EQ(all_of(start(5)), "0 1 4 9 16 =0");
    EXPECT_FALSE(open);
    EXPECT_EQ(all_of(start(0)), "=0");
}

TEST_P(Squares, GoOnWhereTheyAreSentTo)
{
    struct generator *one = start(10);
    outcome_drop(generator_send(one, outcome_none()));
    EXPECT_EQ(shown(generator_send(one, outcome_number(7))), "49");
    EXPECT_EQ(all_of(one), "64 81 =1");
}

TEST_P(Squares, FinishWhenTheyAreClosed)
{
    struct generator *one = start(5);
    outcome_drop(generator_send(one, outcome_none()));
    EXPECT_TRUE(open);
    EXPECT_EQ(shown(generator_close(one)), "None");
    EXPECT_FALSE(open);
}

const char *name_of(generator_resume *function)
{
    return function == squares_with_macros ? "macros"
           : function == squares_expanded  ? "expanded"
                                           : "switch";
}

INSTANTIATE_TEST_SUITE_P(ThreeTimes, Squares,
                         testing::Values(squares_with_macros, squares_expanded,
                                         squares_with_switch),
                         [](const auto &by) { return name_of(by.param); });

TEST(Frame, TwoYieldsOnALineAndASwitchInsideWork)
{
    struct shapes one = {};
    EXPECT_EQ(all_of(frame_init(&one.frame, run_shapes)), "1 2 3 4 5 6 =None");
}

TEST(Frame, KnowsWhereItIs)
{
    struct squares one = {};
    bool open = true;
    one.count = 2;
    one.open = &open;
    struct generator *generator = frame_init(&one.frame, squares_with_macros);
    EXPECT_STREQ(generator->name, "squares_with_macros");
    EXPECT_EQ(one.frame.line, 0);
    outcome_drop(generator_send(generator, outcome_none()));
    EXPECT_EQ(one.frame.line, 14); /* of by_hand.c: its CO_YIELD */
    generator_drop(generator);
}

TEST(Frame, KnowsWhichOneItDelegatesTo)
{
    struct squares squares = {};
    bool open = true;
    squares.count = 2;
    squares.open = &open;
    struct delegating one = {};
    one.squares = &squares;
    struct generator *generator = frame_init(&one.frame, delegate_to_squares);
    EXPECT_EQ(one.frame.inner, nullptr);
    outcome_drop(generator_send(generator, outcome_none()));
    EXPECT_EQ(one.frame.inner, &squares.frame.generator);
    EXPECT_EQ(all_of(generator), "1 =0");
    EXPECT_EQ(one.frame.inner, nullptr);
}

TEST(Frame, AFailureThatIsRaisedNotesWhereItPassed)
{
    struct squares one = {};
    bool open = true;
    one.count = 2;
    one.open = &open;
    struct generator *generator = frame_init(&one.frame, squares_with_macros);
    outcome_drop(generator_send(generator, outcome_none()));
    struct outcome came =
        generator_send(generator, outcome_fail(&system_type, -EIO, "no"));
    ASSERT_TRUE(outcome_is_failure(&came));
    EXPECT_NE(
        told(came.failure).find("through squares_with_macros (by_hand.c:14)"),
        std::string::npos)
        << told(came.failure);
    outcome_drop(came);
}

TEST(Frame, MayYieldInItsFinally)
{
    struct failing one = {};
    EXPECT_EQ(all_of(frame_init(&one.frame, failing_twice)),
              "1 2 =OSError(the first)");
    EXPECT_EQ(one.finished, 1);
}

TEST(Frame, AFailureInItsFinallyTakesThePlaceOfTheFirst)
{
    struct failing one = {};
    struct generator *generator = frame_init(&one.frame, failing_twice);
    outcome_drop(generator_send(generator, outcome_none()));
    outcome_drop(generator_send(generator, outcome_none()));
    EXPECT_EQ(shown(generator_send(
                  generator, outcome_fail(&system_type, -EIO, "the second"))),
              "OSError(the second)");
    EXPECT_EQ(one.finished, 1);
}

TEST(Frame, IsSmall)
{
    EXPECT_LE(sizeof(struct frame), 80u); /* a million of them in 128 MB */
}

} // namespace
