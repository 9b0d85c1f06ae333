/* SPDX-License-Identifier: MIT */
/* The rules of gather, CO1. */
#include "coroutines/gather.h"
#include "loop_fixture.h"
#include "support/outcomes.h"

#include <cerrno>
#include <vector>

class GatherTest : public LoopTest
{
  protected:
    void TearDown() override
    {
        if (all)
            future_unref(all);
        for (struct future *one : futures)
            future_unref(one);
        LoopTest::TearDown();
        EXPECT_EQ(reports.told, expected_reports);
    }
    void gather(size_t count, bool return_exceptions = false)
    {
        std::vector<struct future *> given;
        for (size_t i = 0; i < count; i++) {
            futures.push_back(future_new(loop));
            given.push_back(future_ref(futures.back()));
        }
        all = future_gather(loop, given.data(), count, return_exceptions);
        ASSERT_NE(all, nullptr);
    }
    void finish(size_t i, intptr_t number)
    {
        future_set_result(futures[i], outcome_number(number));
    }
    void fail(size_t i, const char *message)
    {
        future_finish(futures[i],
                      outcome_fail(&system_type, -EIO, "%s", message));
    }
    std::string result()
    {
        run();
        const struct outcome *outcome = nullptr;
        if (future_result(all, &outcome))
            return "pending";
        struct buffer buffer = {};
        outcome_print(outcome, &buffer);
        return text_of(&buffer);
    }
    std::vector<struct future *> futures;
    struct future *all = nullptr;
    Reports reports;
    std::string expected_reports;
};

TEST_F(GatherTest, CO1_HasTheValuesInTheOrderOfItsArguments)
{
    gather(3);
    finish(2, 3);
    finish(0, 1);
    EXPECT_EQ(result(), "pending");
    finish(1, 2);
    EXPECT_EQ(result(), "[1, 2, 3]");
}

TEST_F(GatherTest, CO1_OfNothingIsThereAtOnce)
{
    gather(0);
    EXPECT_TRUE(future_done(all));
    EXPECT_EQ(result(), "[]");
}

TEST_F(GatherTest, CO1_FailsWithTheFirstFailureAndTheOthersGoOn)
{
    gather(3);
    fail(1, "first");
    EXPECT_EQ(result(), "OSError(first)");
    EXPECT_FALSE(future_done(futures[0]));
    fail(2, "second"); /* is seen, and not reported */
    finish(0, 1);
    EXPECT_EQ(result(), "OSError(first)");
}

TEST_F(GatherTest, CO1_MayHaveFailuresAmongItsValues)
{
    gather(3, true);
    fail(1, "no");
    future_cancel(futures[2]);
    EXPECT_EQ(result(), "pending");
    finish(0, 1);
    EXPECT_EQ(result(), "[1, OSError(no), CancelledError()]");
}

TEST_F(GatherTest, CO1_OneThatIsCancelledIsAFailureAndNotACancellationOfAll)
{
    gather(2);
    future_cancel(futures[0]);
    EXPECT_EQ(result(), "CancelledError()");
    EXPECT_FALSE(future_cancelled(all));
    EXPECT_FALSE(future_done(futures[1]));
}

TEST_F(GatherTest, CO1_CancelReachesAllThatAreNotDone)
{
    for (bool return_exceptions : {false, true}) {
        gather(2, return_exceptions);
        struct future *first = futures[futures.size() - 2];
        struct future *second = futures.back();
        future_set_result(first, outcome_number(1));
        EXPECT_TRUE(future_cancel(all));
        EXPECT_FALSE(future_done(all));
        EXPECT_TRUE(future_cancelled(second));
        EXPECT_EQ(result(), "CancelledError()");
        EXPECT_TRUE(future_cancelled(all));
        EXPECT_FALSE(future_cancel(all));
        future_unref(all);
        all = nullptr;
    }
}

TEST_F(GatherTest, CO1_MayHaveOneFutureTwice)
{
    struct future *one = future_new(loop);
    futures.push_back(one);
    struct future *twice[] = {future_ref(one), future_ref(one)};
    all = future_gather(loop, twice, 2, false);
    finish(0, 7);
    EXPECT_EQ(result(), "[7, 7]");
}

TEST_F(GatherTest, CO1_ThatIsDroppedLetsTheOthersGoOn)
{
    gather(2);
    future_unref(all);
    all = nullptr;
    EXPECT_EQ(futures[0]->references, 1u);
    fail(0, "alone");
    finish(1, 1);
    run();
    expected_reports = "Future exception was never retrieved: OSError(alone)\n";
}

TEST_F(GatherTest, CO1_RefusesAFutureOfAnotherLoop)
{
    struct loop *other;
    ASSERT_EQ(loop_new(&other, &scripted_selector, &clock.clock), 0);
    struct future *mixed[] = {future_new(loop), future_new(other)};
    for (struct future *one : mixed)
        futures.push_back(future_ref(one));
    all = future_gather(loop, mixed, 2, false);
    EXPECT_EQ(result(), "RuntimeError(The future belongs to a different loop "
                        "than the one specified as the loop argument)");
    EXPECT_EQ(loop_run(other), 0);
    future_unref(all);
    all = nullptr;
    loop_free(other);
}

/* But it has not been told yet. */
TEST_F(GatherTest, CO1_CannotBeCancelledOnceAllAreDone)
{
    gather(1);
    finish(0, 42);
    EXPECT_FALSE(future_done(all));
    EXPECT_FALSE(future_cancel(all));
    EXPECT_EQ(result(), "[42]");
}

TEST_F(GatherTest, CO1_GivesTheirReferencesBackWhenItIsOver)
{
    gather(2);
    finish(0, 1);
    finish(1, 2);
    EXPECT_EQ(result(), "[1, 2]");
    future_unref(all);
    all = nullptr;
    for (struct future *one : futures)
        EXPECT_EQ(one->references, 1u);
}
