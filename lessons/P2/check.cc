/* SPDX-License-Identifier: MIT */
/* What the steps of P2 promise. There is no network here: a page is fetched
 * when the check says so. And no clock: a check lets everybody run until nobody
 * can go on any more (all_wait), and then looks at who stands where. */
#include "lessons/P2/threads.h"
#include "lessons/P2/world.h"
#include "support/scripted_sockets.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include <unistd.h>

namespace
{

class Lesson : public testing::Test
{
  protected:
    /* What failed has said so already. Threads that still wait for something,
     * and what they hold, are not to be found fault with as well. */
    void TearDown() override
    {
        if (HasFailure())
            _exit(1);
    }

    /* Calls it, and goes on when it has returned; false: it never will. */
    static bool returns(const std::function<void()> &what)
    {
        Call call(what);
        all_wait();
        bool returned = call.returned();
        if (!returned) {
            show_where_all_are();
            call.give_up();
        }
        return returned;
    }

    Door door;
};

/* What can be said of a call that never returns. */
const char stuck[] =
    "everybody waits, and nobody is left who could wake one: is there a lock"
    " that is not let go, or a wake-up that does not come?";

using Step1 = Lesson;
using Step2 = Lesson;
using Step3 = Lesson;
using Step4 = Lesson;
using Step5 = Lesson;

} // namespace

/* ---- 1: a thread for each page ---- */

TEST_F(Step1, EachPageIsFetchedOnce)
{
    struct crew crew;
    int error = -1;
    crew_init(&crew, make_pages(8), 8, 8);
    if (!returns([&] { error = fetch_all(&crew); }))
        FAIL() << stuck;
    EXPECT_EQ(error, 0);
    EXPECT_EQ(sorted(world.trace), "abcdefgh")
        << "these are the pages that were fetched, sorted; each of a to h was"
           " to be fetched once. '!' is behind the last one. Does every thread"
           " have an errand of its own?";
}

TEST_F(Step1, AllPagesAreUnderWayAtOnce)
{
    struct crew crew;
    crew_init(&crew, make_pages(4), 4, 4);
    world.door = &door;
    Call all([&] { fetch_all(&crew); });
    all_wait();
    EXPECT_EQ(door.inside(), 4)
        << "no page comes before all four are under way, and now nobody can go"
           " on any more. Each page has to have a thread that waits for it.";
    door.open();
}

TEST_F(Step1, ItReturnsWhenAllItsThreadsHaveEnded)
{
    struct crew crew;
    crew_init(&crew, make_pages(4), 4, 4);
    world.door = &door;
    Call all([&] { fetch_all(&crew); });
    all_wait();
    ASSERT_FALSE(all.returned())
        << "fetch_all is back while its threads still wait for their pages:"
           " the crew, which they share, may be gone by now.";
    door.open();
    all_wait();
    EXPECT_TRUE(all.returned()) << "all pages have come, and fetch_all waits.";
    EXPECT_EQ(world.fetched, 4);
}

TEST_F(Step1, AThreadThatCannotBeStartedIsAnError)
{
    struct crew crew;
    struct scripted_rule rule = {};
    crew_init(&crew, make_pages(4), 4, 4);
    rule.call = SCRIPTED_THREAD;
    rule.first = 3;
    rule.error = EAGAIN;
    ASSERT_EQ(scripted_begin(0, &rule, 1), 0);
    int error = 0;
    if (!returns([&] { error = fetch_all(&crew); }))
        FAIL() << stuck;
    scripted_end();
    EXPECT_EQ(error, -EAGAIN)
        << "the third pthread_create of this check finds no room for another"
           " thread, and returns EAGAIN.";
    EXPECT_EQ(sorted(world.trace), "ab")
        << "two threads were started before it; they do their work.";
}

/* ---- 2: never more than so many ---- */

TEST_F(Step2, SoManyAreLetInAndNoMore)
{
    struct gate gate;
    gate_init(&gate, 2);
    if (!returns([&] {
            gate_enter(&gate);
            gate_enter(&gate);
        }))
        FAIL() << "there is room for two and nobody was inside: nobody has to "
                  "wait.";
    Call third([&] { gate_enter(&gate); });
    all_wait();
    ASSERT_FALSE(third.returned())
        << "there is room for two, two were inside, and a third one came in.";
    if (!returns([&] { gate_leave(&gate); }))
        FAIL() << stuck;
    EXPECT_TRUE(third.returned())
        << "one of the two has left, and the third one still waits.";
}

TEST_F(Step2, OneLeavesAndOneGoesIn)
{
    struct gate gate;
    gate_init(&gate, 1);
    if (!returns([&] { gate_enter(&gate); }))
        FAIL() << stuck;
    std::deque<Call> waiting;
    for (int i = 0; i < 3; i++)
        waiting.emplace_back([&] { gate_enter(&gate); });
    all_wait();
    for (int left = 1; left <= 3; left++) {
        if (!returns([&] { gate_leave(&gate); }))
            FAIL() << stuck;
        long in = std::count_if(waiting.begin(), waiting.end(),
                                [](Call &call) { return call.returned(); });
        ASSERT_EQ(in, left) << "there is room for one and three wait. So many"
                               " went in after so many have left.";
    }
}

TEST_F(Step2, WhoIsWokenLooksAgain)
{
    struct gate gate;
    gate_init(&gate, 1);
    if (!returns([&] { gate_enter(&gate); }))
        FAIL() << stuck;
    Call second([&] { gate_enter(&gate); });
    all_wait();
    ASSERT_FALSE(second.returned());
    pthread_cond_broadcast(&gate.left);
    all_wait();
    ASSERT_FALSE(second.returned())
        << "everybody was woken, but nobody had left: there is room for one,"
           " and now two are inside. To be woken is a reason to look again.";
    if (!returns([&] { gate_leave(&gate); }))
        FAIL() << stuck;
    EXPECT_TRUE(second.returned());
}

TEST_F(Step2, NoMorePagesAreInFlightThanThereIsRoomFor)
{
    struct crew crew;
    crew_init(&crew, make_pages(12), 12, 3);
    world.door = &door;
    Call all([&] { fetch_all(&crew); });
    all_wait();
    ASSERT_EQ(door.inside(), 3)
        << "so many of 12 pages are in flight, and three may be.";
    for (int i = 0; i < 3; i++) {
        pthread_cond_broadcast(&crew.gate.left);
        all_wait();
        ASSERT_EQ(door.inside(), 3)
            << "so many are in flight after everybody was woken once more.";
    }
    door.open();
    all_wait();
    ASSERT_TRUE(all.returned()) << "pages come, and the rest are not begun.";
    EXPECT_EQ(sorted(world.trace), "abcdefghijkl");
}

/* ---- 3: one sum, added to by all ---- */

namespace
{

/* The other one who adds. He comes when the first one has loaded, and then he
 * gets as far as he can, again before the first one stores. */
std::unique_ptr<Call> other;
std::thread::id first_one;
int between;
std::string slept;    /* the other one, when the first one had loaded */
bool woken_meanwhile; /* so the lock was let go */

void let_another_add(struct totals *totals)
{
    if (std::this_thread::get_id() != first_one)
        return;
    if (between++ == 0) {
        other = std::make_unique<Call>([totals] { totals_add(totals, 1000); });
        all_wait();
        slept = other->sleep();
    } else {
        all_wait();
        woken_meanwhile = !other->returned() && slept != other->sleep();
    }
}

} // namespace

TEST_F(Step3, NobodyComesBetweenLoadAndStore)
{
    struct totals totals;
    totals_init(&totals);
    totals.between = let_another_add;
    first_one = std::this_thread::get_id();
    totals_add(&totals, 1);
    ASSERT_EQ(between, 2) << "totals_add is to go through totals_load and"
                             " totals_store: there the check gets between.";
    all_wait();
    EXPECT_TRUE(other->returned()) << "the lock is held for ever.";
    EXPECT_FALSE(woken_meanwhile)
        << "somebody waited for the lock and was woken after the load, before"
           " the store: for a moment nobody held it.";
    EXPECT_EQ(totals.bytes, 1001u)
        << "one thread adds 1. When it has loaded, another one adds 1000, or"
           " tries to; then the first one stores.";
}

TEST_F(Step3, TheLockIsLetGo)
{
    struct totals totals;
    totals_init(&totals);
    if (!returns([&] {
            totals_add(&totals, 1);
            totals_add(&totals, 2);
        }))
        FAIL() << "the second totals_add waits for ever for the lock of the "
                  "first.";
    EXPECT_EQ(totals.bytes, 3u);
}

TEST_F(Step3, TheSumOfAllPagesIsRight)
{
    struct crew crew;
    crew_init(&crew, make_pages(12), 12, 4);
    if (!returns([&] { fetch_all(&crew); }))
        FAIL() << stuck;
    EXPECT_EQ(crew.totals.bytes, 1266u)
        << "12 pages of 100, 101, 102 … bytes, on 12 threads.";
}

/* ---- 4: a pool of threads ---- */

TEST_F(Step4, FirstInFirstOut)
{
    struct pool pool;
    struct page *pages = make_pages(5);
    ASSERT_EQ(pool_start(&pool, 1), 0);
    if (!returns([&] {
            for (int i = 0; i < 5; i++)
                job_queue_put(&pool.queue, &pages[i]);
        }))
        FAIL() << stuck;
    if (!returns([&] { pool_finish(&pool); }))
        FAIL() << "the queue is closed, and the worker has not come back.";
    EXPECT_EQ(world.trace, "abcde")
        << "the pages a to e were put into the queue in this order, and there"
           " is one worker.";
    EXPECT_EQ(pool.totals.bytes, 510u);
}

TEST_F(Step4, TakeWaitsForAPage)
{
    struct job_queue queue;
    struct page *pages = make_pages(1), *taken = nullptr;
    job_queue_init(&queue);
    Call take([&] { taken = job_queue_take(&queue); });
    all_wait();
    ASSERT_FALSE(take.returned())
        << "there was no page, the queue is open, and job_queue_take is back.";
    pthread_cond_broadcast(&queue.changed);
    all_wait();
    ASSERT_FALSE(take.returned())
        << "it was woken, and there was still no page. To be woken is a reason"
           " to look again.";
    if (!returns([&] { job_queue_put(&queue, pages); }))
        FAIL() << stuck;
    ASSERT_TRUE(take.returned())
        << "a page was put, and job_queue_take still waits.";
    EXPECT_EQ(taken, pages);
}

TEST_F(Step4, AfterCloseNobodyWaits)
{
    struct job_queue queue;
    std::deque<Call> waiting;
    job_queue_init(&queue);
    for (int i = 0; i < 4; i++)
        waiting.emplace_back([&] { job_queue_take(&queue); });
    all_wait();
    if (!returns([&] { job_queue_close(&queue); }))
        FAIL() << stuck;
    long back = std::count_if(waiting.begin(), waiting.end(),
                              [](Call &call) { return call.returned(); });
    EXPECT_EQ(back, 4) << "four waited in job_queue_take when the queue was"
                          " closed. So many came back; the rest wait for ever.";
}

TEST_F(Step4, WhatIsInAClosedQueueIsStillTaken)
{
    struct job_queue queue;
    struct page *pages = make_pages(3), *first = nullptr, *second = nullptr;
    job_queue_init(&queue);
    int put = 0;
    if (!returns([&] {
            job_queue_put(&queue, &pages[0]);
            job_queue_put(&queue, &pages[1]);
            job_queue_close(&queue);
            put = job_queue_put(&queue, &pages[2]);
        }))
        FAIL() << stuck;
    EXPECT_EQ(put, -ESHUTDOWN) << "the queue was closed before.";
    struct page *third = nullptr;
    if (!returns([&] {
            first = job_queue_take(&queue);
            second = job_queue_take(&queue);
            third = job_queue_take(&queue);
        }))
        FAIL() << "job_queue_take waits, for a page that will never come or "
                  "for a lock that is not let go. The queue is closed.";
    EXPECT_EQ(first, &pages[0]) << "this one was put before the queue closed.";
    EXPECT_EQ(second, &pages[1]) << "and this one after it.";
    EXPECT_EQ(third, nullptr) << "and then there is nothing left.";
}

TEST_F(Step4, AllWorkersWorkAndNobodyElse)
{
    struct pool pool;
    struct page *pages = make_pages(6);
    world.door = &door;
    ASSERT_EQ(scripted_begin(0, nullptr, 0), 0);
    ASSERT_EQ(pool_start(&pool, 3), 0);
    if (!returns([&] {
            for (int i = 0; i < 6; i++)
                job_queue_put(&pool.queue, &pages[i]);
        }))
        FAIL() << stuck;
    EXPECT_EQ(door.inside(), 3) << "there are 3 workers and 6 pages. So many"
                                   " are under way.";
    EXPECT_EQ(scripted_seen(SCRIPTED_THREAD), 3u) << "threads were created.";
    scripted_end();
    door.open();
    if (!returns([&] { pool_finish(&pool); }))
        FAIL() << "the queue is closed, and not all workers have come back.";
    EXPECT_EQ(sorted(world.trace), "abcdef");
    EXPECT_EQ(pool.totals.bytes, 615u);
}

/* ---- 5: results that come later ---- */

TEST_F(Step5, WhoAsksLaterGetsTheResultAtOnce)
{
    struct future future;
    size_t size = 0;
    future_init(&future);
    future_set(&future, 100);
    if (!returns([&] { size = future_get(&future); }))
        FAIL() << "the result is there, and future_get waits.";
    EXPECT_EQ(size, 100u) << "the future was set to 100.";
}

TEST_F(Step5, AllWhoAskBeforeWaitForIt)
{
    struct future future;
    std::atomic<size_t> sum{0};
    std::deque<Call> waiting;
    future_init(&future);
    for (int i = 0; i < 3; i++)
        waiting.emplace_back([&] { sum += future_get(&future); });
    all_wait();
    pthread_cond_broadcast(&future.changed);
    all_wait();
    for (Call &call : waiting)
        ASSERT_FALSE(call.returned())
            << "nobody has set the future, and future_get is back.";
    if (!returns([&] { future_set(&future, 100); }))
        FAIL() << stuck;
    EXPECT_EQ(sum, 300u) << "three waited; this is the sum of what they got"
                            " when the future was set to 100.";
}

TEST_F(Step5, NoWakeUpIsLost)
{
    struct future future;
    future_init(&future);
    pthread_mutex_lock(&future.lock);
    Call set([&] { future_set(&future, 100); });
    all_wait();
    EXPECT_FALSE(set.returned())
        << "somebody holds the lock, has seen that the future is not done, and"
           " is about to wait. future_set went on all the same: that wake-up"
           " is lost.";
    pthread_mutex_unlock(&future.lock);
    all_wait();
    EXPECT_TRUE(set.returned());
}

TEST_F(Step5, APageMayComeAtOnce)
{
    struct pool pool;
    struct page *pages = make_pages(3);
    ASSERT_EQ(pool_start(&pool, 2), 0);
    for (size_t i = 0; i < 3; i++) {
        struct future future;
        size_t size = 0;
        future_init(&future);
        EXPECT_EQ(pool_submit(&pool, &pages[i], &future), 0);
        all_wait();
        if (!returns([&] { size = future_get(&future); }))
            FAIL() << "the page has come, and its future was never set.";
        EXPECT_EQ(size, 100 + i) << "page " << i << " has that many bytes.";
    }
    if (!returns([&] { pool_finish(&pool); }))
        FAIL() << stuck;
}

TEST_F(Step5, EachPageHasAFutureOfItsOwn)
{
    struct pool pool;
    struct page *pages = make_pages(5);
    struct future futures[5];
    size_t sizes[5] = {};
    world.door = &door;
    ASSERT_EQ(pool_start(&pool, 2), 0);
    for (int i = 0; i < 5; i++) {
        future_init(&futures[i]);
        EXPECT_EQ(pool_submit(&pool, &pages[i], &futures[i]), 0);
    }
    Call get([&] {
        for (int i = 5; i-- > 0;)
            sizes[i] = future_get(&futures[i]);
    });
    all_wait();
    EXPECT_FALSE(get.returned()) << "no page has come yet.";
    door.open();
    all_wait();
    ASSERT_TRUE(get.returned()) << "all pages have come.";
    for (size_t i = 0; i < 5; i++)
        EXPECT_EQ(sizes[i], 100 + i) << "page " << i << " has that many bytes.";
    if (!returns([&] { pool_finish(&pool); }))
        FAIL() << stuck;
    EXPECT_EQ(pool_submit(&pool, &pages[0], &futures[0]), -ESHUTDOWN)
        << "the pool is closed; what job_queue_put says is the answer.";
}
