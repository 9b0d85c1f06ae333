/* SPDX-License-Identifier: MIT */
/* The rules of locks and semaphores, SY1 and SY4, over every engine. */
#include "coroutines/lock.h"
#include "coroutines/sleep.h"
#include "task_fixture.h"

class LockTest : public EngineTest
{
  protected:
    void SetUp() override
    {
        EngineTest::SetUp();
        lock_init(&lock, loop);
    }
    /* Takes the lock, writes its name, holds it for a while, gives it back. */
    struct task *worker(const char *name, nanos held = 10)
    {
        Script &body = quiet();
        body.then([this] { return awaits(semaphore_acquire(&lock)); });
        body.with([this, name, held](struct outcome permit) {
            EXPECT_EQ(permit.kind, &permit_kind);
            diary += name;
            return awaits(sleep_for(loop, held));
        });
        body.then([this] {
            semaphore_release(&lock);
            return returns(1);
        });
        return task_of(body);
    }
    struct semaphore lock;
};

TEST_P(LockTest, SY1_IsFreeAtFirstAndThenTaken)
{
    EXPECT_FALSE(semaphore_locked(&lock));
    struct outcome permit = semaphore_acquire(&lock);
    EXPECT_FALSE(outcome_is_pending(&permit));
    EXPECT_TRUE(semaphore_locked(&lock));
    outcome_drop(permit);
    EXPECT_FALSE(semaphore_locked(&lock));
}

TEST_P(LockTest, SY1_IsTakenInTheOrderOfArrival)
{
    for (const char *name : {"a", "b", "c"})
        worker(name);
    settle();
    EXPECT_EQ(diary, "a");
    run();
    EXPECT_EQ(diary, "abc");
    EXPECT_EQ(clock.now - start, 30);
    EXPECT_FALSE(semaphore_locked(&lock));
}

TEST_P(LockTest, SY1_OneThatComesWhileOthersWaitWaitsBehindThem)
{
    worker("a");
    worker("b");
    settle();
    semaphore_release(&lock); /* b has it now, but has not run */
    worker("c");
    struct outcome late = semaphore_acquire(&lock);
    EXPECT_TRUE(outcome_is_pending(&late));
    outcome_drop(late);
    settle();
    EXPECT_EQ(diary, "ab");
}

TEST_P(LockTest, SY1_ACancelledOneWaitsNoMore)
{
    worker("a");
    struct task *cancelled = worker("b");
    worker("c");
    settle();
    task_cancel(cancelled);
    run();
    EXPECT_EQ(diary, "ac");
    EXPECT_TRUE(future_cancelled(task_future(cancelled)));
    EXPECT_FALSE(semaphore_locked(&lock));
}

TEST_P(LockTest, SY1_APermitThatReachesACancelledOneGoesToTheNext)
{
    worker("a", 1000);
    struct task *cancelled = worker("b");
    worker("c");
    settle();
    semaphore_release(&lock);
    task_cancel(cancelled); /* in the same turn: it has the permit already */
    settle();
    EXPECT_EQ(diary, "ac");
    EXPECT_TRUE(future_cancelled(task_future(cancelled)));
}

TEST_P(LockTest, SY1_OneThatIsClosedWhileItWaitsLosesNothing)
{
    worker("a");
    struct task *closed = worker("b");
    worker("c");
    settle();
    task_close(closed);
    run();
    EXPECT_EQ(diary, "ac");
    EXPECT_FALSE(semaphore_locked(&lock));
}

TEST_P(LockTest, SY4_ASemaphoreLetsSeveralIn)
{
    semaphore_init(&lock, loop, 2);
    for (const char *name : {"a", "b", "c", "d"})
        worker(name);
    settle();
    EXPECT_EQ(diary, "ab");
    run();
    EXPECT_EQ(diary, "abcd");
    EXPECT_EQ(clock.now - start, 20);
    EXPECT_EQ(lock.permits, 2);
}

TEST_P(LockTest, SY1_AReleaseTooManyIsRefused)
{
    EXPECT_EQ(semaphore_release(&lock), -EPERM);
    EXPECT_FALSE(semaphore_locked(&lock));
    semaphore_init_bounded(&lock, loop, 2);
    outcome_drop(semaphore_acquire(&lock));
    EXPECT_EQ(semaphore_release(&lock), -EPERM);
    EXPECT_EQ(lock.permits, 2);
}

/* Else two would have it. */
TEST_P(LockTest, SY4_AReleaseTooManyIsRefusedWhileAPermitIsOnItsWay)
{
    EXPECT_EQ(semaphore_acquire(&lock).kind, &permit_kind);
    worker("a");
    worker("b");
    settle();
    EXPECT_EQ(semaphore_release(&lock), 0);
    EXPECT_EQ(semaphore_release(&lock), -EPERM);
    settle();
    EXPECT_EQ(diary, "a");
    run();
    EXPECT_EQ(diary, "ab");
    EXPECT_EQ(lock.permits, 1);
}

TEST_P(LockTest, SY4_APlainSemaphoreMayGrow)
{
    semaphore_init(&lock, loop, 0);
    EXPECT_TRUE(semaphore_locked(&lock));
    worker("a");
    settle();
    EXPECT_EQ(diary, "");
    EXPECT_EQ(semaphore_release(&lock), 0);
    run();
    EXPECT_EQ(diary, "a");
    EXPECT_EQ(semaphore_release(&lock), 0);
    EXPECT_EQ(lock.permits, 2);
}

TEST_P(LockTest, SY4_ThreeReleasesInOneTurnLetThreeInInOrder)
{
    semaphore_init(&lock, loop, 0);
    for (const char *name : {"a", "b", "c", "d"})
        worker(name, 1000);
    settle();
    for (int i = 0; i < 3; i++)
        semaphore_release(&lock);
    turns(1);
    EXPECT_EQ(diary, "abc");
    run();
    EXPECT_EQ(diary, "abcd");
}

INSTANTIATE_OVER_ENGINES(LockTest);
