/* SPDX-License-Identifier: MIT */
/* What is true of stacks alone. */
#include "base/container_of.h"
#include "coroutines/stack.h"
#include "support/outcomes.h"

#include <cstring>
#include <functional>
#include <utility>

namespace
{

/* A stack that runs a C++ function. No exception may leave it. */
struct Stack : stack {
    explicit Stack(struct stack_pool *of,
                   std::function<struct outcome(struct outcome)> function)
        : stack(), what(std::move(function))
    {
        error = stack_init(this, of, run, "what");
    }
    Stack(const Stack &) = delete;
    ~Stack()
    {
        stack_deinit(this);
    }
    static struct outcome run(struct stack *self, struct outcome got)
    {
        return static_cast<Stack *>(self)->what(got);
    }
    struct outcome next()
    {
        return generator_send(&generator, outcome_none());
    }
    std::function<struct outcome(struct outcome)> what;
    int error;
};

class StackTest : public testing::Test
{
  protected:
    void SetUp() override
    {
        stack_pool_init(&pool, 0);
    }
    void TearDown() override
    {
        stack_pool_deinit(&pool);
    }
    struct stack_pool pool;
};

/* Yields the numbers below n, deepest first. */
void count_down(intptr_t n)
{
    if (n > 0) {
        count_down(n - 1);
        outcome_drop(stack_yield(outcome_number(n - 1)));
    }
}

TEST_F(StackTest, AFunctionHoweverDeepMayYield)
{
    Stack stack(&pool, [](struct outcome got) {
        count_down(5);
        return got;
    });
    std::string all;
    struct outcome value;
    while (generator_next(&stack.generator, &value))
        all += shown(value) + " ";
    EXPECT_EQ(all, "0 1 2 3 4 ");
}

TEST_F(StackTest, LocalsAreKept)
{
    Stack stack(&pool, [](struct outcome got) {
        double halves[4] = {0.5, 1.5, 2.5, 3.5}, sum = 0;
        for (double half : halves) {
            got = stack_yield(outcome_none());
            sum += half;
        }
        return outcome_number(static_cast<intptr_t>(sum));
    });
    for (int i = 0; i < 4; i++)
        outcome_drop(stack.next());
    EXPECT_EQ(shown(stack.next()), "8");
}

TEST_F(StackTest, TheThreadsOwnStackCannotYield)
{
    EXPECT_EQ(stack_current(), nullptr);
    int drops = 0;
    EXPECT_EQ(shown(stack_yield(counted(&drops))),
              "RuntimeError(a yield on the thread\\'s own stack)");
    EXPECT_EQ(drops, 1);
}

TEST_F(StackTest, TheCurrentOneIsTheOneThatRuns)
{
    struct stack *inside = nullptr, *nested = nullptr;
    Stack inner(&pool, [&](struct outcome) {
        nested = stack_current();
        return stack_yield(outcome_none());
    });
    Stack outer(&pool, [&](struct outcome) {
        outcome_drop(inner.next());
        inside = stack_current();
        return stack_yield(outcome_none());
    });
    outcome_drop(outer.next());
    EXPECT_EQ(nested, &inner);
    EXPECT_EQ(inside, &outer);
    EXPECT_EQ(stack_current(), nullptr);
    outcome_drop(outer.next());
    outcome_drop(inner.next());
}

TEST_F(StackTest, MayBeResumedByAnotherOneThanBefore)
{
    Stack worker(&pool, [](struct outcome got) {
        for (intptr_t i = 0; i < 3; i++)
            got = stack_yield(outcome_number(i));
        return got;
    });
    EXPECT_EQ(shown(worker.next()), "0");
    Stack other(&pool, [&](struct outcome) { return worker.next(); });
    EXPECT_EQ(shown(other.next()), "1");
    EXPECT_EQ(shown(worker.next()), "2");
    EXPECT_EQ(shown(worker.next()), "None");
}

TEST_F(StackTest, IsUsedAgain)
{
    char *first;
    for (int i = 0; i < 3; i++) {
        Stack stack(&pool, [](struct outcome got) { return got; });
        ASSERT_EQ(stack.error, 0);
        if (i == 0)
            first = stack.low;
        EXPECT_EQ(stack.low, first);
        EXPECT_EQ(shown(stack.next()), "None");
    }
}

TEST_F(StackTest, MemoryIsAskedForInPagesAndMayBeRefused)
{
    struct stack_pool huge;
    stack_pool_init(&huge, size_t{1} << 60);
    Stack stack(&huge, [](struct outcome got) { return got; });
    EXPECT_EQ(stack.error, -ENOMEM);
    stack_pool_deinit(&huge);

    struct stack_pool odd;
    stack_pool_init(&odd, 10001);
    EXPECT_EQ(odd.size % 4096, 0u);
    EXPECT_GE(odd.size, 10001u);
}

TEST_F(StackTest, KnowsHowMuchOfItWasUsed)
{
    Stack stack(&pool, [](struct outcome got) {
        volatile char room[20000];
        memset(const_cast<char *>(room), 1, sizeof room);
        got = stack_yield(outcome_number(room[0]));
        return got;
    });
    EXPECT_LT(stack_high_water(&stack), 4096u);
    outcome_drop(stack.next());
#ifndef STACK_WITH_ASAN /* which keeps large locals elsewhere */
    EXPECT_GT(stack_high_water(&stack), 20000u);
    EXPECT_LT(stack_high_water(&stack), 40000u);
#endif
    outcome_drop(stack.next());
}

/* Does it touch the page below? */
void run_into_the_guard()
{
    struct stack_pool pool;
    stack_pool_init(&pool, 0);
    Stack stack(&pool, [](struct outcome got) {
        *(volatile char *)(stack_current()->low - 1) = 1;
        return got;
    });
    outcome_drop(stack.next());
}

TEST(StackDeathTest, CodeThatNeedsMoreThanThereIsMeetsTheGuardPage)
{
    EXPECT_DEATH(run_into_the_guard(), "");
}

} // namespace
