/* SPDX-License-Identifier: MIT */
/* The rules of Futures, FU1 to FU6. */
#include "coroutines/future.h"
#include "loop_fixture.h"
#include "support/outcomes.h"

class FutureTest : public LoopTest
{
  protected:
    void SetUp() override
    {
        LoopTest::SetUp();
        future = future_new(loop);
        ASSERT_NE(future, nullptr);
    }
    void TearDown() override
    {
        if (future)
            future_unref(future);
        LoopTest::TearDown();
        EXPECT_EQ(reports.told, expected_reports);
    }
    void forget()
    {
        future_unref(future);
        future = nullptr;
    }
    int finish(intptr_t number)
    {
        return future_set_result(future, outcome_number(number));
    }
    int fail()
    {
        return future_finish(future, outcome_fail(&system_type, -EIO, "no"));
    }
    /* What it has; or the negative errno. */
    std::string result()
    {
        const struct outcome *outcome = nullptr;
        int error = future_result(future, &outcome);
        if (error)
            return strerrorname_np(-error);
        struct buffer buffer = {};
        outcome_print(outcome, &buffer);
        return text_of(&buffer);
    }
    void call_back(Call &call)
    {
        future_add_done_callback(future, &call);
    }

    struct future *future = nullptr;
    Reports reports;
    std::string expected_reports;
};

/* ---- FU1, FU2 ---- */

TEST_F(FutureTest, FU1_IsPendingAtFirst)
{
    EXPECT_FALSE(future_done(future));
    EXPECT_FALSE(future_cancelled(future));
    EXPECT_EQ(result(), "EINVAL");
}

TEST_F(FutureTest, FU1_IsFinishedOnce)
{
    int drops = 0;
    EXPECT_EQ(finish(42), 0);
    EXPECT_TRUE(future_done(future));
    EXPECT_EQ(future_set_result(future, counted(&drops)), -EALREADY);
    EXPECT_EQ(drops, 1);
    EXPECT_EQ(fail(), -EALREADY);
    EXPECT_FALSE(future_cancel(future));
    EXPECT_FALSE(future_cancelled(future));
    EXPECT_EQ(result(), "42");
}

TEST_F(FutureTest, FU1_FailsOnce)
{
    EXPECT_EQ(future_set_exception(future, &failure_no_memory), 0);
    EXPECT_EQ(finish(1), -EALREADY);
    EXPECT_FALSE(future_cancel(future));
    EXPECT_EQ(result(), "OSError(out of memory)");
}

TEST_F(FutureTest, FU1_IsCancelledOnce)
{
    EXPECT_TRUE(future_cancel(future));
    EXPECT_TRUE(future_cancelled(future));
    EXPECT_FALSE(future_cancel(future));
    EXPECT_EQ(finish(1), -EALREADY);
    EXPECT_EQ(result(), "CancelledError()");
}

TEST_F(FutureTest, FU2_KeepsItsOutcomeForAllThatAsk)
{
    finish(42);
    EXPECT_EQ(result(), "42");
    EXPECT_EQ(shown(awaitable_take(future_await(future).awaitable)), "42");
    EXPECT_EQ(shown(awaitable_take(future_await(future).awaitable)), "42");
    EXPECT_EQ(result(), "42");
}

TEST_F(FutureTest, FU2_GivesAValueWithOneOwnerToTheFirst)
{
    int drops = 0;
    future_set_result(future, counted(&drops));
    EXPECT_EQ(shown(awaitable_take(future_await(future).awaitable)),
              "<counted>");
    EXPECT_EQ(drops, 1);
    EXPECT_EQ(shown(awaitable_take(future_await(future).awaitable)),
              "ValueTakenError(this value has one owner, which has taken it "
              "already)");
}

/* ---- FU3 ---- */

TEST_F(FutureTest, FU3_CallbacksRunInTheNextTurnInOrder)
{
    Call a(note('a')), b(note('b')), c(note('c'));
    Call ends([this] {
        finish(1);
        diary += '.';
    });
    call_back(a);
    call_back(b);
    soon(ends);
    soon(c);
    EXPECT_EQ(run(), 0);
    EXPECT_EQ(diary, ".cab");
}

TEST_F(FutureTest, FU3_CallbacksRunWhenItFailsAndWhenItIsCancelled)
{
    Call a(note('a'));
    call_back(a);
    fail();
    run();
    EXPECT_EQ(diary, "a");
    result();
    forget();

    future = future_new(loop);
    call_back(a);
    future_cancel(future);
    run();
    EXPECT_EQ(diary, "aa");
}

TEST_F(FutureTest, FU3_ALateCallbackRunsInTheNextTurn)
{
    Call a(note('a'));
    finish(1);
    call_back(a);
    EXPECT_EQ(diary, "");
    run();
    EXPECT_EQ(diary, "a");
}

TEST_F(FutureTest, FU3_ACallbackCanBeRemoved)
{
    Call a(note('a')), b(note('b')), c(note('c')), never(note('n'));
    for (int i = 0; i < 3; i++) {
        call_back(a);
        call_back(b);
        call_back(c);
        Call *one = i == 0 ? &a : i == 1 ? &b : &c;
        EXPECT_TRUE(future_remove_done_callback(future, one));
        EXPECT_FALSE(future_remove_done_callback(future, one));
        EXPECT_FALSE(future_remove_done_callback(future, &never));
        finish(1);
        run();
        future_unref(future);
        future = future_new(loop);
    }
    EXPECT_EQ(diary, "bcacab");
}

TEST_F(FutureTest, FU3_ACallbackCanBeRemovedOnItsWay)
{
    Call a(note('a')), b(note('b'));
    call_back(a);
    call_back(b);
    finish(1);
    EXPECT_TRUE(future_remove_done_callback(future, &a));
    run();
    EXPECT_EQ(diary, "b");
}

TEST_F(FutureTest, FU3_ACallbackMayRemoveTheNextOne)
{
    Call b(note('b'));
    Call a([&] {
        diary += 'a';
        future_remove_done_callback(future, &b);
    });
    call_back(a);
    call_back(b);
    finish(1);
    run();
    EXPECT_EQ(diary, "a");
}

/* ---- FU4 ---- */

TEST_F(FutureTest, FU4_AFailureThatNoCodeAskedForIsReported)
{
    fail();
    forget();
    expected_reports = "Future exception was never retrieved: OSError(no)\n";
}

TEST_F(FutureTest, FU4_AFailureIsNotReportedOnceItWasSeen)
{
    fail();
    result();
    forget();

    future = future_new(loop);
    fail();
    outcome_drop(awaitable_take(future_await(future).awaitable));
}

TEST_F(FutureTest, FU4_NothingIsReportedOfAResultACancelOrAnAbandonedOne)
{
    finish(1);
    forget();
    future = future_new(loop);
    future_cancel(future);
    forget();
    future = future_new(loop); /* abandoned by TearDown */
}

/* ---- FU6, and what an awaitable promises ---- */

TEST_F(FutureTest, FU6_CanBeWaitedForByMany)
{
    struct awaitable *it = future_await(future).awaitable;
    struct awaitable *same = future_await(future).awaitable;
    Call a([&] { diary += "a" + shown(awaitable_take(it)); });
    Call b([&] { diary += "b" + shown(awaitable_take(same)); });
    EXPECT_FALSE(awaitable_ready(it));
    EXPECT_FALSE(it->ops->ends_inside_a_call);
    awaitable_notify(it, &a);
    awaitable_notify(same, &b);
    finish(1);
    EXPECT_TRUE(awaitable_ready(it));
    run();
    EXPECT_EQ(diary, "a1b1");
}

TEST_F(FutureTest, FU6_AWaitCanBeWithdrawnAndDropped)
{
    struct awaitable *it = future_await(future).awaitable;
    Call a(note('a'));
    awaitable_notify(it, &a);
    awaitable_withdraw(it, &a);
    awaitable_drop(it);
    finish(1);
    run();
    EXPECT_EQ(diary, "");
}

TEST_F(FutureTest, FU6_AWaitCanBeCancelledWhichCancelsTheFuture)
{
    struct awaitable *it = future_await(future).awaitable;
    Call a(note('a'));
    awaitable_notify(it, &a);
    EXPECT_TRUE(awaitable_cancel(it));
    EXPECT_FALSE(awaitable_cancel(it));
    run();
    EXPECT_EQ(diary, "a");
    EXPECT_TRUE(future_cancelled(future));
    EXPECT_EQ(shown(awaitable_take(it)), "CancelledError()");
}
