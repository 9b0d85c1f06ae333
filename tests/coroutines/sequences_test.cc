/* SPDX-License-Identifier: MIT */
/* SY1, SY3 to SY5, CO4 and CO5 in whatever order things happen: every sequence
 * of a few steps, in which Tasks come, are cancelled or closed, and turns of
 * the loop pass. Whatever happened, nothing is lost, no Task was overtaken, and
 * none waits for what is there. */
#include "coroutines/condition.h"
#include "coroutines/queue.h"
#include "coroutines/shield.h"
#include "coroutines/wait_for.h"
#include "task_fixture.h"

#include <algorithm>

/* Calls it with each word of that length over the letters. */
static void each_word(const std::string &letters, size_t length,
                      const std::function<void(const std::string &)> &with,
                      const std::string &begun = "")
{
    if (begun.size() == length) {
        SCOPED_TRACE("the steps " + begun);
        with(begun);
        return;
    }
    for (char letter : letters)
        each_word(letters, length, with, begun + letter);
}

enum { STEPS = 6 };

class SequencesTest : public EngineTest
{
  protected:
    /* The steps that all have in common. False: it is another one. */
    bool step(char letter)
    {
        switch (letter) {
        case '.':
            turns(1);
            return true;
        case 'c':
            if (struct task *task = oldest())
                task_cancel(task);
            return true;
        case 'x':
            if (struct task *task = newest())
                task_close(task);
            return true;
        default:
            return false;
        }
    }
    /* Of those that are not over. */
    struct task *oldest()
    {
        for (struct task *task : tasks)
            if (!done(task))
                return task;
        return nullptr;
    }
    struct task *newest()
    {
        struct task *found = nullptr;
        for (struct task *task : tasks)
            if (!done(task))
                found = task;
        return found;
    }
    void forget_tasks()
    {
        for (struct task *task : tasks) {
            task_close(task);
            task_unref(task);
        }
        tasks.clear();
        scripts.clear();
    }
};

TEST_P(SequencesTest, SY4_APermitIsNeitherLostNorDoubled)
{
    each_word("ar.cx", STEPS, [this](const std::string &steps) {
        struct semaphore semaphore;
        std::string order;
        long held = 0;
        char name = 'a';
        semaphore_init(&semaphore, loop, 1);
        for (char letter : steps) {
            if (letter == 'r' && held > 0) {
                held--;
                semaphore_release(&semaphore);
            } else if (letter == 'a') {
                char mine = name++;
                task_of(quiet()
                            .then([&] {
                                return awaits(semaphore_acquire(&semaphore));
                            })
                            .with([&, mine](struct outcome permit) {
                                EXPECT_EQ(permit.kind, &permit_kind);
                                order += mine;
                                held++;
                                return returns(1);
                            }));
            } else {
                step(letter);
            }
        }
        run();
        EXPECT_TRUE(std::is_sorted(order.begin(), order.end())) << order;
        EXPECT_EQ(semaphore.permits + held, 1);
        EXPECT_TRUE(!semaphore.waiting.first || !semaphore.permits);
        forget_tasks();
        EXPECT_EQ(semaphore.waiting.first, nullptr);
    });
}

TEST_P(SequencesTest, SY5_AnItemIsNeitherLostNorDoubledNorOvertaken)
{
    each_word("pg.cx", STEPS, [this](const std::string &steps) {
        struct queue queue;
        std::vector<intptr_t> put, got;
        intptr_t item = 0;
        queue_init(&queue, loop, 1);
        for (char letter : steps) {
            if (letter == 'p') {
                intptr_t mine = item++;
                task_of(quiet()
                            .then([&, mine] {
                                return awaits(
                                    queue_put(&queue, outcome_number(mine)));
                            })
                            .then([&, mine] {
                                put.push_back(mine);
                                return returns(1);
                            }));
            } else if (letter == 'g') {
                task_of(quiet()
                            .then([&] { return awaits(queue_get(&queue)); })
                            .with([&](struct outcome number) {
                                got.push_back(number.number);
                                return returns(1);
                            }));
            } else {
                step(letter);
            }
        }
        run();
        EXPECT_TRUE(!queue.getters.first || queue_empty(&queue));
        EXPECT_TRUE(!queue.putters.first || queue_full(&queue));
        EXPECT_EQ(queue.claimed + queue.reserved, 0u);
        forget_tasks();
        struct outcome left;
        while (!queue_get_nowait(&queue, &left))
            got.push_back(left.number);
        EXPECT_EQ(got, put);
        queue_deinit(&queue);
    });
}

TEST_P(SequencesTest, SY3_HoweverAWaitEndsTheLockIsHeldOnce)
{
    each_word("wn.cx", STEPS, [this](const std::string &steps) {
        struct semaphore lock;
        struct condition condition;
        std::list<struct condition_waiter> waiters;
        lock_init(&lock, loop);
        condition_init(&condition, &lock);
        for (char letter : steps) {
            if (letter == 'w') {
                waiters.emplace_back();
                struct condition_waiter *mine = &waiters.back();
                task_of(
                    quiet()
                        .then([&] { return awaits(semaphore_acquire(&lock)); })
                        .with([&, mine](struct outcome) {
                            return yields_from(
                                condition_wait(mine, &condition));
                        })
                        .except([&](struct outcome got) {
                            EXPECT_EQ(semaphore_release(&lock), 0);
                            return returns(got);
                        }));
            } else if (letter == 'n' && !semaphore_locked(&lock)) {
                struct outcome permit = semaphore_acquire(&lock);
                EXPECT_EQ(condition_notify(&condition, 1), 0);
                outcome_drop(permit);
            } else {
                step(letter);
            }
        }
        run();
        EXPECT_EQ(lock.permits, 1);
        EXPECT_EQ(lock.waiting.first, nullptr);
        forget_tasks();
        EXPECT_EQ(lock.permits, 1);
        EXPECT_EQ(condition.waiting.first, nullptr);
    });
}

/* A value, the end of the time, a cancellation: the first of them wins. */
TEST_P(SequencesTest, CO4_WhatComesFirstIsWhatItComesTo)
{
    each_word("vtc.", STEPS, [this](const std::string &steps) {
        struct future *inner = future_new(loop);
        struct task *outer =
            waiter([&] { return wait_for(loop, future_await(inner), 10); });
        std::string expected;
        bool late = false;
        turns(1);
        for (char letter : steps) {
            if (letter == 'v')
                future_set_result(inner, outcome_number(1));
            else if (letter == 'c')
                task_cancel(outer);
            else if (letter == 't')
                late = (clock.now += 10) > 0;
            else
                turns(1);
            if (expected.empty())
                expected = letter == 'v'           ? "1"
                           : letter == 'c'         ? "CancelledError()"
                           : letter == '.' && late ? "TimeoutError()"
                                                   : "";
        }
        run();
        if (expected.empty())
            expected = "TimeoutError()";
        /* Cancelled while it is being told of the end of the time */
        bool twice = expected[0] == 'T' && cancelled(outer);
        EXPECT_TRUE(result(outer) == expected || twice) << result(outer);
        EXPECT_EQ(inner->references, 1u);
        EXPECT_EQ(inner->first, nullptr);
        future_unref(inner);
        forget_tasks();
    });
}

/* The inner one ends as if there were no shield. */
TEST_P(SequencesTest, CO5_NothingThatHappensToAShieldReachesTheInnerOne)
{
    each_word("vfo.d", STEPS - 1, [this](const std::string &steps) {
        struct future *inner = future_new(loop);
        struct future *outer = future_shield(future_ref(inner));
        std::string expected;
        for (char letter : steps) {
            if (letter == 'v' || letter == 'f') {
                bool fails = letter == 'f';
                future_finish(inner, fails ? a_failure() : outcome_number(1));
                if (expected.empty())
                    expected = fails ? "OSError(no)" : "1";
            } else if (letter == 'o' && outer) {
                future_cancel(outer);
            } else if (letter == 'd' && outer) {
                future_unref(outer);
                outer = nullptr;
            } else {
                turns(1);
            }
        }
        run();
        EXPECT_EQ(result(inner), expected.empty() ? "EINVAL" : expected);
        if (outer && !future_cancelled(outer)) {
            EXPECT_EQ(result(outer), result(inner));
        }
        if (outer)
            future_unref(outer);
        EXPECT_EQ(inner->references, 1u);
        future_unref(inner);
    });
    /* Of a shield that was dropped when the failure had reached it. */
    reports.told = "";
}

/* What drives them has no part in this. */
INSTANTIATE_TEST_SUITE_P(Engines, SequencesTest, testing::Values(&frame_engine),
                         [](const auto &by) { return by.param->name; });
