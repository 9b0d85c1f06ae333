/* SPDX-License-Identifier: MIT */
#include "callbacks/failure.h"
#include "callbacks/moment.h"
#include "loop_fixture.h"

class MomentTest : public LoopTest
{
  protected:
    void SetUp() override
    {
        LoopTest::SetUp();
        moment_init(&moment, loop);
    }
    struct awaitable *next()
    {
        return moment_next(&moment).awaitable;
    }
    struct moment moment;
};

TEST_F(MomentTest, WakesTheWaiterInsideTheCallbackThatSaysItHasCome)
{
    Call waiter(note('w')), callback([this] {
        diary += '(';
        moment_come(&moment);
        diary += ')';
    });
    struct awaitable *it = next();
    EXPECT_FALSE(awaitable_ready(it));
    EXPECT_FALSE(it->ops->ends_inside_a_call);
    awaitable_notify(it, &waiter);
    soon(callback);
    EXPECT_EQ(run(), 0);
    EXPECT_EQ(diary, "(w)");
    ASSERT_TRUE(awaitable_ready(it));
    struct outcome outcome = awaitable_take(it);
    EXPECT_TRUE(outcome_is_none(&outcome));
}

TEST_F(MomentTest, ThatComesWhileNoCodeWaitsIsReadyForTheNextThatAsks)
{
    struct awaitable *it = next();
    moment_come(&moment);
    EXPECT_TRUE(awaitable_ready(it));
    EXPECT_FALSE(awaitable_ready(next()));
}

TEST_F(MomentTest, WhenCancelledWakesTheWaiterThroughTheLoop)
{
    Call waiter(note('w'));
    struct awaitable *it = next();
    awaitable_notify(it, &waiter);
    EXPECT_TRUE(awaitable_cancel(it));
    EXPECT_FALSE(awaitable_cancel(it));
    EXPECT_EQ(diary, "");
    EXPECT_EQ(run(), 0);
    EXPECT_EQ(diary, "w");
    struct outcome outcome = awaitable_take(it);
    EXPECT_TRUE(outcome_failed_with(&outcome, &cancelled_type));
}

TEST_F(MomentTest, WithdrawnBeforeOrAfterACancelDoesNotRunTheHandle)
{
    Call waiter(note('w'));
    struct awaitable *it = next();
    awaitable_notify(it, &waiter);
    awaitable_withdraw(it, &waiter);
    moment_come(&moment);
    it = next();
    awaitable_notify(it, &waiter);
    awaitable_cancel(it);
    awaitable_withdraw(it, &waiter);
    EXPECT_EQ(run(), 0);
    EXPECT_EQ(diary, "");
}

TEST_F(MomentTest, MayBeWaitedForAgainByTheWaiterThatItWakes)
{
    struct awaitable *it = next();
    Call waiter([this, &it, &waiter] {
        diary += 'w';
        outcome_drop(awaitable_take(it));
        it = next();
        awaitable_notify(it, &waiter);
    });
    awaitable_notify(it, &waiter);
    moment_come(&moment);
    moment_come(&moment);
    EXPECT_EQ(diary, "ww");
    EXPECT_FALSE(awaitable_ready(it));
    awaitable_withdraw(it, &waiter);
}
