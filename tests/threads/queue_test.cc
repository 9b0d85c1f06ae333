/* SPDX-License-Identifier: MIT */
#include "support/gate.h"

#include "threads/queue.h"

#include <errno.h>
#include <gtest/gtest.h>
#include <thread>
#include <vector>

namespace
{

struct Item : queued {
    int number;
};

struct Queue : thread_queue {
    explicit Queue(size_t room)
    {
        EXPECT_EQ(thread_queue_init(this, room), 0);
    }
    ~Queue()
    {
        thread_queue_deinit(this);
    }

    int take(nanos deadline = NEVER)
    {
        struct queued *item;
        int error = thread_queue_take(this, &item, deadline);
        return error ? error : static_cast<Item *>(item)->number;
    }
};

TEST(Queue, FirstInFirstOut)
{
    Queue queue(0);
    Item items[3] = {};
    for (int i = 0; i < 3; i++) {
        items[i].number = i;
        EXPECT_EQ(thread_queue_put(&queue, &items[i], NEVER), 0);
    }
    EXPECT_EQ(thread_queue_size(&queue), 3u);
    for (int i = 0; i < 3; i++)
        EXPECT_EQ(queue.take(), i);
    EXPECT_EQ(thread_queue_size(&queue), 0u);
}

TEST(Queue, AnItemMayBeQueuedAgainOnceItIsOut)
{
    Queue queue(1);
    Item item = {};
    for (item.number = 1; item.number < 5; item.number++) {
        EXPECT_EQ(thread_queue_put(&queue, &item, 0), 0);
        EXPECT_EQ(queue.take(0), item.number);
    }
}

TEST(Queue, WithoutADeadlineLeftNothingWaits)
{
    Queue queue(1);
    Item first = {}, second = {};
    EXPECT_EQ(queue.take(0), -ETIMEDOUT);
    EXPECT_EQ(thread_queue_put(&queue, &first, 0), 0);
    EXPECT_EQ(thread_queue_put(&queue, &second, 0), -ETIMEDOUT);
    EXPECT_EQ(thread_queue_size(&queue), 1u);
    EXPECT_EQ(thread_queue_put_anyway(&queue, &second), 0);
    EXPECT_EQ(thread_queue_size(&queue), 2u);
}

TEST(Queue, ADeadlineThatHasPassedLongAgoDoesNotWaitEither)
{
    Queue queue(1);
    EXPECT_EQ(queue.take(-1), -ETIMEDOUT);
    EXPECT_EQ(queue.take(1), -ETIMEDOUT);
}

TEST(Queue, AChainIsAppendedInItsOrderBeyondTheRoom)
{
    Queue queue(1);
    Item items[3] = {};
    for (int i = 0; i < 3; i++) {
        items[i].number = i;
        items[i].next = i < 2 ? &items[i + 1] : nullptr;
    }
    thread_queue_put_chain(&queue, nullptr);
    EXPECT_EQ(thread_queue_size(&queue), 0u);
    thread_queue_put_chain(&queue, items);
    for (int i = 0; i < 3; i++)
        EXPECT_EQ(queue.take(0), i);
    EXPECT_EQ(queue.take(0), -ETIMEDOUT);
}

/* No waiting thread is left asleep beside an item: each of these takes one and
 * no more, and then there are none left. */
TEST(Queue, AChainWakesAsManyAsItHasItems)
{
    Queue queue(0);
    Item items[8] = {};
    std::vector<std::thread> takers;
    for (int i = 0; i < 8; i++)
        takers.emplace_back([&] { EXPECT_EQ(queue.take(), 0); });
    for (size_t waiting = 0; waiting < 8;) {
        pthread_mutex_lock(&queue.lock);
        waiting = queue.waiting;
        pthread_mutex_unlock(&queue.lock);
    }
    for (int i = 0; i < 7; i++)
        items[i].next = &items[i + 1];
    thread_queue_put_chain(&queue, items);
    for (std::thread &taker : takers)
        taker.join();
    EXPECT_EQ(thread_queue_size(&queue), 0u);
}

TEST(Queue, OneThatWasMadeSmallerIsFullUntilItHasShrunk)
{
    Queue queue(3);
    Item items[4] = {};
    for (int i = 0; i < 3; i++)
        ASSERT_EQ(thread_queue_put(&queue, &items[i], 0), 0);
    queue.capacity = 2;
    EXPECT_EQ(thread_queue_put(&queue, &items[3], 0), -ETIMEDOUT);
    queue.take();
    EXPECT_EQ(thread_queue_put(&queue, &items[3], 0), -ETIMEDOUT);
    queue.take();
    EXPECT_EQ(thread_queue_put(&queue, &items[3], 0), 0);
}

TEST(Queue, AFullQueueLetsTheProducerGoOnWhenThereIsRoom)
{
    Queue queue(1);
    Item first = {}, second = {};
    first.number = 1;
    second.number = 2;
    EXPECT_EQ(thread_queue_put(&queue, &first, NEVER), 0);
    std::thread producer(
        [&] { EXPECT_EQ(thread_queue_put(&queue, &second, NEVER), 0); });
    EXPECT_EQ(queue.take(), 1);
    EXPECT_EQ(queue.take(), 2);
    producer.join();
}

TEST(Queue, ClosedTakesNothingInAndGivesOutTheRest)
{
    Queue queue(0);
    Item item = {}, late = {};
    item.number = 7;
    EXPECT_EQ(thread_queue_put(&queue, &item, NEVER), 0);
    thread_queue_close(&queue);
    EXPECT_EQ(thread_queue_put(&queue, &late, NEVER), -ESHUTDOWN);
    EXPECT_EQ(thread_queue_put_anyway(&queue, &late), -ESHUTDOWN);
    EXPECT_EQ(queue.take(), 7);
    EXPECT_EQ(queue.take(), -ESHUTDOWN);
    EXPECT_EQ(queue.take(0), -ESHUTDOWN);
}

TEST(Queue, ClosingWakesEveryTakerAndEveryProducer)
{
    Queue empty(1), full(1);
    Item item = {}, late[4] = {};
    ASSERT_EQ(thread_queue_put(&full, &item, NEVER), 0);
    std::vector<std::thread> threads;
    Gate started;
    started.open();
    for (int i = 0; i < 4; i++) {
        threads.emplace_back([&] {
            started.pass();
            EXPECT_EQ(empty.take(), -ESHUTDOWN);
        });
        threads.emplace_back([&, i] {
            started.pass();
            EXPECT_EQ(thread_queue_put(&full, &late[i], NEVER), -ESHUTDOWN);
        });
    }
    started.wait_for(8);
    thread_queue_close(&empty);
    thread_queue_close(&full);
    for (std::thread &thread : threads)
        thread.join();
}

TEST(Queue, JoinWaitsUntilAllThatWasPutHasBeenReported)
{
    Queue queue(0);
    Item items[5] = {};
    int worked = 0;
    for (Item &item : items)
        ASSERT_EQ(thread_queue_put(&queue, &item, NEVER), 0);
    std::thread worker([&] {
        for (int i = 0; i < 5; i++) {
            EXPECT_EQ(queue.take(), 0);
            worked++;
            EXPECT_EQ(thread_queue_task_done(&queue), 0);
        }
    });
    thread_queue_join(&queue);
    EXPECT_EQ(worked, 5);
    worker.join();
    thread_queue_join(&queue); /* nothing left: at once */
}

TEST(Queue, MoreReportedThanWasPutIsRefused)
{
    Queue queue(0);
    EXPECT_EQ(thread_queue_task_done(&queue), -EINVAL);
}

} // namespace
