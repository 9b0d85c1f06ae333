/* SPDX-License-Identifier: MIT */
/* The rules of events, SY2, and of conditions, SY3, over every engine. */
#include "coroutines/condition.h"
#include "coroutines/event.h"
#include "coroutines/timeout_scope.h"
#include "task_fixture.h"

class EventTest : public EngineTest
{
  protected:
    void SetUp() override
    {
        EngineTest::SetUp();
        event_init(&event, loop);
    }
    struct task *waiter(const char *name)
    {
        return task_of(quiet()
                           .then([this] { return awaits(event_wait(&event)); })
                           .then([this, name] {
                               diary += name;
                               return returns(1);
                           }));
    }
    struct event event;
};

TEST_P(EventTest, SY2_SettingItWakesAllThatWaitInOrder)
{
    EXPECT_FALSE(event.is_set);
    waiter("a");
    waiter("b");
    settle();
    EXPECT_EQ(diary, "");
    event_set(&event);
    EXPECT_EQ(diary, ""); /* in the next turn */
    turns(1);
    EXPECT_EQ(diary, "ab");
    EXPECT_TRUE(event.is_set);
}

TEST_P(EventTest, SY2_OnceItIsSetNoTaskWaits)
{
    event_set(&event);
    struct outcome come = event_wait(&event);
    EXPECT_TRUE(outcome_is_none(&come));
    waiter("a");
    turns(1);
    EXPECT_EQ(diary, "a");
}

TEST_P(EventTest, SY2_ClearingItDoesNotUnwakeThoseThatWaited)
{
    struct task *early = waiter("a");
    settle();
    event_set(&event);
    event_clear(&event);
    EXPECT_FALSE(event.is_set);
    struct task *late = waiter("b");
    settle();
    EXPECT_EQ(diary, "a");
    EXPECT_TRUE(done(early));
    EXPECT_FALSE(done(late));
    event_set(&event);
    event_set(&event);
    settle();
    EXPECT_EQ(diary, "ab");
}

TEST_P(EventTest, SY2_ACancelledOneWaitsNoMore)
{
    struct task *first = waiter("a"), *second = waiter("b");
    settle();
    task_cancel(first);
    settle();
    EXPECT_TRUE(cancelled(first));
    event_set(&event);
    task_cancel(second); /* awoken, and cancelled in the same turn */
    settle();
    EXPECT_TRUE(cancelled(second));
    EXPECT_EQ(diary, "");
    EXPECT_EQ(event.waiting.first, nullptr);
}

TEST_P(EventTest, SY2_OneThatIsClosedWaitsNoMore)
{
    struct task *first = waiter("a"), *second = waiter("b");
    settle();
    task_close(first);
    event_set(&event);
    task_close(second);
    settle();
    EXPECT_EQ(diary, "");
}

INSTANTIATE_OVER_ENGINES(EventTest);

/* ---- SY3 ---- */

class ConditionTest : public EngineTest
{
  protected:
    void SetUp() override
    {
        EngineTest::SetUp();
        lock_init(&lock, loop);
        condition_init(&condition, &lock);
    }
    /* Takes the lock, waits, writes its name, or a small one when the wait
     * failed, and whether the lock is taken; gives the lock back, unless
     * `keeps`. */
    struct task *waiter(char name, bool keeps = false)
    {
        waiters.emplace_back();
        struct condition_waiter *own = &waiters.back();
        Script &body = quiet();
        body.then([this] { return awaits(semaphore_acquire(&lock)); });
        body.with(
            [this, own](struct outcome) { /* the permit is kept */
                                          return yields_from(
                                              condition_wait(own, &condition));
            });
        body.except([this, name, keeps](struct outcome got) {
            bool failed = outcome_is_failure(&got);
            diary += failed ? (char)(name + 'a' - 'A') : name;
            EXPECT_TRUE(semaphore_locked(&lock));
            if (!keeps) {
                EXPECT_EQ(semaphore_release(&lock), 0);
            }
            return returns(got);
        });
        return task_of(body);
    }
    void notify(size_t count)
    {
        lock_now();
        EXPECT_EQ(condition_notify(&condition, count), 0);
        EXPECT_EQ(semaphore_release(&lock), 0);
    }
    /* Takes the lock, which is free. */
    void lock_now()
    {
        struct outcome permit = semaphore_acquire(&lock);
        ASSERT_EQ(permit.kind, &permit_kind);
    }
    struct semaphore lock;
    struct condition condition;
    std::list<struct condition_waiter> waiters;
};

TEST_P(ConditionTest, SY3_WakesThoseThatHaveWaitedLongestAndTheyTakeTheLock)
{
    for (char name : {'A', 'B', 'C'})
        waiter(name, true);
    settle();
    EXPECT_EQ(diary, "");
    EXPECT_FALSE(semaphore_locked(&lock));

    lock_now();
    EXPECT_EQ(condition_notify(&condition, 1), 0);
    settle();
    EXPECT_EQ(diary, ""); /* not before it has the lock */
    semaphore_release(&lock);
    settle();
    EXPECT_EQ(diary, "A");
    EXPECT_EQ(condition_notify(&condition, 2), 0);
    settle();
    EXPECT_EQ(diary, "A");
    semaphore_release(&lock);
    settle();
    EXPECT_EQ(diary, "AB");
    semaphore_release(&lock);
    settle();
    EXPECT_EQ(diary, "ABC");
    EXPECT_TRUE(semaphore_locked(&lock));
}

TEST_P(ConditionTest, SY3_WakesAsManyAsItIsToldOrAll)
{
    for (char name : {'A', 'B', 'C', 'D', 'E'})
        waiter(name);
    settle();
    notify(1);
    settle();
    EXPECT_EQ(diary, "A");
    notify(2);
    settle();
    EXPECT_EQ(diary, "ABC");
    lock_now();
    EXPECT_EQ(condition_notify_all(&condition), 0);
    semaphore_release(&lock);
    settle();
    EXPECT_EQ(diary, "ABCDE");
    notify(2048);
    EXPECT_FALSE(semaphore_locked(&lock));
}

TEST_P(ConditionTest, SY3_WithoutTheLockNoTaskWaitsOrNotifies)
{
    EXPECT_EQ(condition_notify(&condition, 1), -EPERM);
    EXPECT_EQ(condition_notify_all(&condition), -EPERM);
    struct condition_waiter own;
    EXPECT_EQ(complete(quiet().then([&] {
                  return yields_from(condition_wait(&own, &condition));
              })),
              "RuntimeError(cannot wait on un-acquired lock)");
}

TEST_P(ConditionTest, SY3_ACancelledOneHasTheLockAllTheSame)
{
    struct task *task = waiter('A', true);
    settle();
    lock_now();
    task_cancel(task);
    settle();
    EXPECT_EQ(diary, ""); /* it waits for the lock */
    task_cancel(task);    /* which cannot be cancelled either */
    settle();
    EXPECT_EQ(diary, "");
    semaphore_release(&lock);
    settle();
    EXPECT_EQ(diary, "a");
    EXPECT_TRUE(cancelled(task));
    EXPECT_TRUE(semaphore_locked(&lock));
    EXPECT_EQ(condition.waiting.first, nullptr);
}

TEST_P(ConditionTest, SY3_OneThatIsCancelledWhileItWaitsForTheLockFails)
{
    struct task *task = waiter('A');
    settle();
    lock_now();
    condition_notify(&condition, 1);
    settle(); /* it waits for the lock */
    task_cancel(task);
    settle();
    EXPECT_FALSE(done(task));
    semaphore_release(&lock);
    settle();
    EXPECT_EQ(diary, "a");
    EXPECT_TRUE(cancelled(task));
    EXPECT_FALSE(semaphore_locked(&lock));
}

TEST_P(ConditionTest, SY3_WhatACancelledOneWasWokenForGoesToTheNext)
{
    struct task *task = waiter('A');
    struct task *next = waiter('B');
    settle();
    lock_now();
    condition_notify(&condition, 1);
    settle(); /* A waits for the lock */
    task_cancel(task);
    settle();
    semaphore_release(&lock);
    settle();
    EXPECT_EQ(diary, "aB");
    EXPECT_TRUE(cancelled(task));
    EXPECT_TRUE(done(next));
}

TEST_P(ConditionTest, SY3_ALockThatIsPromisedToAnotherIsNotOurs)
{
    struct task *task = waiter('A');
    settle();
    lock_now();
    condition_notify(&condition, 1);
    settle(); /* A waits for the lock */
    semaphore_release(&lock);
    EXPECT_EQ(condition_notify(&condition, 1), -EPERM);
    settle();
    EXPECT_TRUE(done(task));
}

TEST_P(ConditionTest, SY3_OneThatIsCancelledAsTheLockReachesItHasItAgain)
{
    struct task *task = waiter('A');
    settle();
    lock_now();
    condition_notify(&condition, 1);
    settle();
    semaphore_release(&lock); /* the permit is on its way */
    task_cancel(task);
    settle();
    EXPECT_EQ(diary, "a");
    EXPECT_TRUE(cancelled(task));
    EXPECT_FALSE(semaphore_locked(&lock));
}

TEST_P(ConditionTest, SY3_ANotificationThatReachesACancelledOneGoesToTheNext)
{
    struct task *first = waiter('A'), *second = waiter('B');
    settle();
    notify(1);
    task_cancel(first);
    settle();
    EXPECT_TRUE(cancelled(first));
    EXPECT_EQ(result(second), "None");
    EXPECT_EQ(diary, "aB");
}

/* It cannot wait for the lock: it holds it beside the one that has it, and its
 * way out releases as ever. */
TEST_P(ConditionTest, SY3_OneThatIsClosedMayReleaseAsEver)
{
    struct task *task = waiter('A');
    settle();
    lock_now();
    task_close(task);
    EXPECT_EQ(diary, "a");
    EXPECT_TRUE(semaphore_locked(&lock));
    EXPECT_EQ(lock.permits, 0);
    semaphore_release(&lock);
    EXPECT_FALSE(semaphore_locked(&lock));
}

TEST_P(ConditionTest, SY3_OneThatIsClosedWhileItWaitsForTheLockToo)
{
    struct task *task = waiter('A');
    waiter('B');
    settle();
    lock_now();
    condition_notify_all(&condition);
    settle();
    task_close(task);
    EXPECT_EQ(diary, "a");
    semaphore_release(&lock);
    settle();
    EXPECT_EQ(diary, "aB");
    EXPECT_FALSE(semaphore_locked(&lock));
}

TEST_P(ConditionTest, SY3_WaitsUntilSomethingIsTrue)
{
    struct Asked {
        bool answer = false;
        int times = 0;
    } asked;
    condition_predicate *ask = [](void *context) {
        auto *it = static_cast<Asked *>(context);
        it->times++;
        return it->answer;
    };
    struct condition_until until;
    struct task *task =
        task_of(quiet()
                    .then([this] { return awaits(semaphore_acquire(&lock)); })
                    .with([&](struct outcome) {
                        return yields_from(condition_wait_until(
                            &until, &condition, ask, &asked));
                    })
                    .then([this] {
                        semaphore_release(&lock);
                        return returns(1);
                    }));
    settle();
    notify(1);
    settle();
    EXPECT_FALSE(done(task));
    EXPECT_EQ(asked.times, 2);
    asked.answer = true;
    notify(1);
    settle();
    EXPECT_EQ(result(task), "1");
    EXPECT_EQ(asked.times, 3);
    EXPECT_FALSE(semaphore_locked(&lock));
}

TEST_P(ConditionTest, SY3_WhatIsTrueAlreadyNeedsNoLock)
{
    bool answer = true;
    condition_predicate *ask = [](void *context) {
        return *static_cast<bool *>(context);
    };
    struct condition_until until;
    auto wait = [&] {
        return yields_from(
            condition_wait_until(&until, &condition, ask, &answer));
    };
    EXPECT_EQ(complete(quiet().then(wait).then(returns(1))), "1");
    answer = false;
    EXPECT_EQ(complete(quiet().then(wait).then(returns(1))),
              "RuntimeError(cannot wait on un-acquired lock)");
}

/* The lock is held on every way out of the block, and so is released once. */
TEST_P(ConditionTest, SY3_AWaitMayHaveADeadline)
{
    struct timeout_scope scope;
    struct condition_waiter own;
    struct task *task =
        task_of(quiet()
                    .then([this] { return awaits(semaphore_acquire(&lock)); })
                    .with([&](struct outcome) {
                        timeout_enter(&scope, 10);
                        return yields_from(condition_wait(&own, &condition));
                    })
                    .except([&](struct outcome got) {
                        EXPECT_TRUE(semaphore_locked(&lock));
                        EXPECT_EQ(semaphore_release(&lock), 0);
                        return returns(timeout_exit(&scope, got));
                    }));
    run();
    EXPECT_EQ(result(task), "TimeoutError()");
    EXPECT_FALSE(semaphore_locked(&lock));
    EXPECT_EQ(clock.now - start, 10);
}

TEST_P(ConditionTest, SY3_SeveralMayShareALock)
{
    struct condition other;
    condition_init(&other, &lock);
    waiter('A');
    settle();
    lock_now();
    EXPECT_EQ(condition_notify_all(&other), 0);
    semaphore_release(&lock);
    settle();
    EXPECT_EQ(diary, "");
    notify(1);
    settle();
    EXPECT_EQ(diary, "A");
}

INSTANTIATE_OVER_ENGINES(ConditionTest);
