/* SPDX-License-Identifier: MIT */
/* The rules of queues, SY5, over every engine. */
#include "coroutines/queue.h"
#include "coroutines/sleep.h"
#include "task_fixture.h"

#include <functional>

class QueueTest : public EngineTest
{
  protected:
    void SetUp() override
    {
        EngineTest::SetUp();
        queue_init(&queue, loop, 0);
    }
    void TearDown() override
    {
        for (struct task *task : tasks)
            task_close(task);
        queue_deinit(&queue);
        EngineTest::TearDown();
    }
    void limit(size_t most)
    {
        queue_init(&queue, loop, most);
    }
    struct task *getter()
    {
        return task_of(
            quiet()
                .then([this] { return awaits(queue_get(&queue)); })
                .with([](struct outcome got) { return returns(got); }));
    }
    struct task *putter(intptr_t item)
    {
        return task_of(quiet().then([this, item] {
            return awaits(queue_put(&queue, outcome_number(item)));
        }));
    }
    int put(intptr_t item)
    {
        return queue_put_nowait(&queue, outcome_number(item));
    }
    std::string get()
    {
        struct outcome item;
        int error = queue_get_nowait(&queue, &item);
        return error ? strerrorname_np(-error) : shown(item);
    }
    std::string get_all()
    {
        std::string all;
        while (!queue_empty(&queue))
            all += get() + " ";
        return all;
    }
    struct queue queue;
};

TEST_P(QueueTest, SY5_IsEmptyAtFirstAndFullAtItsLimit)
{
    limit(2);
    EXPECT_TRUE(queue_empty(&queue));
    EXPECT_FALSE(queue_full(&queue));
    EXPECT_EQ(get(), "EAGAIN");
    EXPECT_EQ(put(1), 0);
    EXPECT_FALSE(queue_empty(&queue));
    EXPECT_FALSE(queue_full(&queue));
    EXPECT_EQ(put(2), 0);
    EXPECT_TRUE(queue_full(&queue));
    EXPECT_EQ(put(3), -EAGAIN);
    EXPECT_EQ(get_all(), "1 2 ");
}

TEST_P(QueueTest, SY5_TakesOverWhatIsRefused)
{
    limit(1);
    int drops = 0;
    put(1);
    EXPECT_EQ(queue_put_nowait(&queue, counted(&drops)), -EAGAIN);
    EXPECT_EQ(drops, 1);
    EXPECT_EQ(get(), "1");
    EXPECT_EQ(queue_put_nowait(&queue, counted(&drops)), 0);
    EXPECT_EQ(drops, 1);
    queue_deinit(&queue);
    EXPECT_EQ(drops, 2);
}

TEST_P(QueueTest, SY5_WithoutALimitIsNeverFull)
{
    std::string all;
    for (int i = 0; i < 1000; i++) {
        EXPECT_EQ(put(i), 0);
        all += std::to_string(i) + " ";
    }
    EXPECT_FALSE(queue_full(&queue));
    EXPECT_EQ(get_all(), all);
}

TEST_P(QueueTest, SY5_FirstInFirstOutAlsoWhereTheRingBegins)
{
    for (int i = 0; i < 100; i++) {
        put(2 * i);
        put(2 * i + 1);
        EXPECT_EQ(get(), std::to_string(i));
    }
}

TEST_P(QueueTest, SY5_LastInFirstOut)
{
    queue_init_lifo(&queue, loop, 0);
    for (int item : {1, 3, 2})
        put(item);
    EXPECT_EQ(get_all(), "2 3 1 ");
}

TEST_P(QueueTest, SY5_TheLowestComesFirstAndEqualOnesAsTheyCame)
{
    queue_init_priority(&queue, loop, 0,
                        [](const struct outcome *a, const struct outcome *b) {
                            return a->number / 10 < b->number / 10;
                        });
    for (int item : {10, 31, 11, 30, 20, 12})
        put(item);
    EXPECT_EQ(get(), "10");
    put(5);
    EXPECT_EQ(get_all(), "5 11 12 20 31 30 ");
}

TEST_P(QueueTest, SY5_AGetterWaitsForAnItem)
{
    struct task *task = getter();
    Call puts([this] { put(7); });
    at(puts, 10);
    settle();
    EXPECT_FALSE(done(task));
    run();
    EXPECT_EQ(result(task), "7");
    EXPECT_EQ(clock.now - start, 10);
}

TEST_P(QueueTest, SY5_NeedNotWaitForWhatIsThere)
{
    put(1);
    struct task *get_task = getter(), *put_task = putter(2);
    turns(1);
    EXPECT_EQ(result(get_task), "1");
    EXPECT_EQ(result(put_task), "None");
    EXPECT_EQ(get(), "2");
}

TEST_P(QueueTest, SY5_APutterWaitsForRoom)
{
    limit(1);
    struct task *task =
        task_of(quiet()
                    .then([this] {
                        return awaits(queue_put(&queue, outcome_number(1)));
                    })
                    .then([this] {
                        return awaits(queue_put(&queue, outcome_number(2)));
                    }));
    settle();
    EXPECT_FALSE(done(task));
    EXPECT_EQ(get(), "1");
    settle();
    EXPECT_TRUE(done(task));
    EXPECT_EQ(get(), "2");
}

TEST_P(QueueTest, SY5_GettersAreServedInTheOrderOfArrival)
{
    struct task *first = getter(), *second = getter();
    settle();
    put(1);
    EXPECT_EQ(get(), "EAGAIN"); /* it is promised: none overtakes */
    struct task *third = getter();
    put(2);
    put(3);
    settle();
    EXPECT_EQ(result(first), "1");
    EXPECT_EQ(result(second), "2");
    EXPECT_EQ(result(third), "3");
}

TEST_P(QueueTest, SY5_PuttersAreServedInTheOrderOfArrival)
{
    limit(1);
    for (int item : {1, 2, 3})
        putter(item);
    settle();
    EXPECT_EQ(get(), "1");
    EXPECT_EQ(put(9), -EAGAIN); /* the place is promised */
    settle();
    EXPECT_EQ(get(), "2");
    settle();
    EXPECT_EQ(get_all(), "3 ");
}

TEST_P(QueueTest, SY5_OneThatComesWhileAPlaceIsPromisedPutsBehindIt)
{
    limit(2);
    for (int item : {1, 2, 3})
        putter(item);
    settle();
    Call comes([this] { putter(4); });
    soon(comes);
    EXPECT_EQ(get_all(), "1 2 ");
    settle();
    EXPECT_EQ(get_all(), "3 4 ");
}

TEST_P(QueueTest, SY5_SeveralAreServedInOneTurn)
{
    limit(2);
    for (int item : {0, 1, 2, 3})
        putter(item);
    settle();
    EXPECT_EQ(get_all(), "0 1 ");
    settle();
    EXPECT_EQ(get_all(), "2 3 ");
    for (struct task *task : tasks)
        EXPECT_TRUE(done(task));
}

TEST_P(QueueTest, SY5_ProducerAndConsumerTakeTurns)
{
    limit(1);
    int sent = 0, received = 0;
    auto produce = [&] {
        return sent < 5 ? awaits(queue_put(&queue, outcome_number(sent++)))
                        : returns(sent);
    };
    auto consume = [&](struct outcome got) {
        EXPECT_EQ(got.number, received);
        return ++received < 5 ? awaits(queue_get(&queue)) : returns(received);
    };
    Script &producer = quiet(), &consumer = quiet();
    consumer.then([&] { return awaits(queue_get(&queue)); });
    for (int i = 0; i < 6; i++) {
        producer.then(produce);
        consumer.with(consume);
    }
    struct task *one = task_of(producer), *two = task_of(consumer);
    run();
    EXPECT_EQ(result(one), "5");
    EXPECT_EQ(result(two), "5");
}

/* ---- cancelling ---- */

TEST_P(QueueTest, SY5_ACancelledGetterWaitsNoMore)
{
    struct task *first = getter(), *second = getter();
    settle();
    task_cancel(first);
    settle();
    EXPECT_TRUE(cancelled(first));
    put(1);
    settle();
    EXPECT_EQ(result(second), "1");
}

TEST_P(QueueTest, SY5_AnItemThatReachesACancelledGetterStaysInTheQueue)
{
    struct task *task = getter();
    settle();
    put(1);
    put(2);
    task_cancel(task);
    EXPECT_EQ(get_all(), "1 2 ");
    settle();
    EXPECT_TRUE(cancelled(task));
}

TEST_P(QueueTest, SY5_AnItemThatReachesACancelledGetterGoesToTheNext)
{
    struct task *first = getter(), *second = getter(), *third = getter();
    settle();
    put(1);
    put(2);
    task_cancel(first);
    settle();
    EXPECT_TRUE(cancelled(first));
    EXPECT_EQ(result(second), "1");
    EXPECT_EQ(result(third), "2");
    EXPECT_TRUE(queue_empty(&queue));
}

TEST_P(QueueTest, SY5_ACancelledPutterPutsNothing)
{
    limit(1);
    int drops = 0;
    put(1);
    struct task *task = task_of(quiet().then(
        [&] { return awaits(queue_put(&queue, counted(&drops))); }));
    struct task *next = putter(3);
    settle();
    task_cancel(task);
    settle();
    EXPECT_TRUE(cancelled(task));
    EXPECT_EQ(drops, 1);
    EXPECT_EQ(get(), "1");
    settle();
    EXPECT_TRUE(done(next));
    EXPECT_EQ(get(), "3");
}

TEST_P(QueueTest, SY5_APlaceThatReachesACancelledPutterGoesToTheNext)
{
    limit(1);
    put(1);
    struct task *first = putter(2), *second = putter(3);
    settle();
    EXPECT_EQ(get(), "1");
    task_cancel(first);
    settle();
    EXPECT_TRUE(cancelled(first));
    EXPECT_TRUE(done(second));
    EXPECT_EQ(get_all(), "3 ");
    EXPECT_EQ(put(4), 0);
}

TEST_P(QueueTest, SY5_OnesThatAreClosedLoseNothing)
{
    limit(1);
    struct task *first = getter(), *second = getter();
    settle();
    put(1);
    task_close(first);
    settle();
    EXPECT_EQ(result(second), "1");
    put(2);
    struct task *third = putter(3), *fourth = putter(4);
    settle();
    EXPECT_EQ(get(), "2");
    task_close(third);
    settle();
    EXPECT_TRUE(done(fourth));
    EXPECT_EQ(get_all(), "4 ");
}

/* ---- join ---- */

TEST_P(QueueTest, SY5_TooManyAreDone)
{
    EXPECT_EQ(queue_task_done(&queue), -EINVAL);
    put(1);
    EXPECT_EQ(queue_task_done(&queue), 0);
    EXPECT_EQ(queue_task_done(&queue), -EINVAL);
}

TEST_P(QueueTest, SY5_OfNothingIsJoinedAtOnce)
{
    for (int i = 0; i < 2; i++) {
        struct outcome joined = queue_join(&queue);
        EXPECT_TRUE(outcome_is_none(&joined));
    }
}

TEST_P(QueueTest, SY5_IsJoinedWhenAllWorkIsDone)
{
    std::function<void()> inits[] = {
        [this] { queue_init(&queue, loop, 0); },
        [this] { queue_init_lifo(&queue, loop, 0); },
        [this] {
            queue_init_priority(
                &queue, loop, 0,
                [](const struct outcome *a, const struct outcome *b) {
                    return a->number < b->number;
                });
        }};
    for (auto &init : inits) {
        init();
        intptr_t sum = 0;
        for (int i = 0; i < 100; i++)
            put(i);
        Script *workers[] = {&quiet(), &quiet()};
        for (Script *worker : workers) {
            worker->then([this] { return awaits(queue_get(&queue)); });
            for (int i = 0; i < 50; i++) {
                worker->with([this, &sum](struct outcome item) {
                    sum += item.number;
                    return awaits(sleep_for(loop, 1));
                });
                worker->then([this, i] {
                    queue_task_done(&queue);
                    return i < 49 ? awaits(queue_get(&queue)) : returns(1);
                });
            }
            task_of(*worker);
        }
        intptr_t joined = -1;
        task_of(quiet()
                    .then([this] { return awaits(queue_join(&queue)); })
                    .then([&] {
                        joined = sum;
                        return returns(1);
                    }));
        run();
        EXPECT_EQ(joined, 99 * 100 / 2);
        queue_deinit(&queue);
    }
    queue_init(&queue, loop, 0);
}

INSTANTIATE_OVER_ENGINES(QueueTest);
