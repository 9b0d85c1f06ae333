/* SPDX-License-Identifier: MIT */
/* The rules of locks and semaphores, SY1 and SY4, over every engine. */
#include "coroutines/lock.h"
#include "coroutines/sleep.h"
#include "coroutines/task.h"
#include "loop_fixture.h"
#include "script.h"

#include <list>

class LockTest : public LoopTest,
                 public testing::WithParamInterface<const struct engine *>
{
  protected:
    void SetUp() override
    {
        LoopTest::SetUp();
        semaphore_init(&lock, loop, 1);
    }
    void TearDown() override
    {
        for (struct task *task : tasks) {
            task_close(task);
            task_unref(task);
        }
        LoopTest::TearDown();
    }
    /* Takes the lock, writes its name, holds it for a while, gives it back. */
    struct task *worker(const char *name, nanos held = 10)
    {
        scripts.emplace_back(&unread);
        Script &body = scripts.back();
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
        tasks.push_back(task_new(loop, GetParam()->make(&body)));
        return tasks.back();
    }
    /* Runs what is ready now, but no timer. */
    void settle()
    {
        Call last([this] { loop_stop(loop); });
        for (int i = 0; i < 5; i++) {
            soon(last);
            run();
        }
    }
    struct semaphore lock;
    std::string unread;
    std::list<Script> scripts;
    std::vector<struct task *> tasks;
};

TEST_P(LockTest, IsFreeAtFirstAndThenTaken)
{
    EXPECT_FALSE(semaphore_locked(&lock));
    struct outcome permit = semaphore_acquire(&lock);
    EXPECT_FALSE(outcome_is_pending(&permit));
    EXPECT_TRUE(semaphore_locked(&lock));
    outcome_drop(permit);
    EXPECT_FALSE(semaphore_locked(&lock));
}

TEST_P(LockTest, IsTakenInTheOrderOfArrival)
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

TEST_P(LockTest, OneThatComesWhileOthersWaitWaitsBehindThem)
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

TEST_P(LockTest, ACancelledOneWaitsNoMore)
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

TEST_P(LockTest, APermitThatReachesACancelledOneGoesToTheNext)
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

TEST_P(LockTest, OneThatIsClosedWhileItWaitsLosesNothing)
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

TEST_P(LockTest, ASemaphoreLetsSeveralIn)
{
    semaphore_init(&lock, loop, 2);
    for (const char *name : {"a", "b", "c", "d"})
        worker(name);
    settle();
    EXPECT_EQ(diary, "ab");
    run();
    EXPECT_EQ(diary, "abcd");
    EXPECT_EQ(clock.now - start, 20);
    EXPECT_EQ(lock.permits, 2u);
}

INSTANTIATE_TEST_SUITE_P(Engines, LockTest,
                         testing::Values(&frame_engine, &stack_engine),
                         [](const auto &by) { return by.param->name; });
