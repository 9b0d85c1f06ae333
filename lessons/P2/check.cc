/* SPDX-License-Identifier: MIT */
/* What the steps of P2 promise. There is no network here: a page is fetched
 * when the check says so. And no clock: a check lets all threads run until none
 * can go on any more (all_wait), and then looks where each of them is. */
#include "lessons/P2/threads.h"
#include "lessons/P2/world.h"
#include "lessons/check/calls.h"
#include "lessons/check/words.h"
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
const char stuck[] = "all threads wait, and none is left that could wake "
                     "another: is there a lock"
                     " that is not let go, or a wake-up that does not come?";

/* How often something is tried that is a matter of which is quicker. */
const int tries = 20;

/* "a", "b" …; "-" for NULL, "?" for anything else. */
std::string name_of(const struct page *page)
{
    if (!page)
        return "-";
    ptrdiff_t place = page - world.pages.data();
    return place >= 0 && place < 26 ? std::string(1, (char)('a' + place)) : "?";
}

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
    EXPECT_EQ(error, 0) << "what fetch_all has returned.";
    std::string fetched = sorted(world.trace);
    EXPECT_EQ(fetched, "abcdefgh")
        << "these are the pages that were fetched, sorted; each of a to h was"
           " to be fetched once. '!' is behind the last one. Does every thread"
           " have a task of its own?";
}

TEST_F(Step1, WithoutPagesThereIsNothingToDo)
{
    struct crew crew;
    int error = -1;
    crew_init(&crew, make_pages(1), 0, 8);
    if (!returns([&] { error = fetch_all(&crew); }))
        FAIL() << stuck;
    EXPECT_EQ(error, 0) << "what fetch_all has returned, for no pages.";
    EXPECT_EQ(world.trace, "") << "pages that were fetched.";
}

TEST_F(Step1, AllPagesAreUnderWayAtOnce)
{
    struct crew crew;
    crew_init(&crew, make_pages(4), 4, 4);
    world.door = &door;
    Call all([&] { fetch_all(&crew); });
    all_wait();
    int under_way = door.inside();
    EXPECT_EQ(under_way, 4)
        << "pages under way. None comes before all four are, and now no thread"
           " can go on any more. Each page has to have a thread that waits for"
           " it.";
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
    int fetched = world.fetched;
    EXPECT_EQ(fetched, 4) << "pages that have come.";
}

TEST_F(Step1, ItReturnsWhenTheFirstHasEndedToo)
{
    static Door *of_the_first;
    of_the_first = &door;
    struct page *pages = make_pages(4);
    pages[0].fetch = [](struct page *page) {
        of_the_first->pass();
        fetch(page);
    };
    struct crew crew;
    crew_init(&crew, pages, 4, 4);
    Call all([&] { fetch_all(&crew); });
    all_wait();
    ASSERT_FALSE(all.returned())
        << "fetch_all is back, and the thread of the first page still waits"
           " for it.";
    door.open();
    all_wait();
    EXPECT_TRUE(all.returned()) << "all pages have come, and fetch_all waits.";
}

TEST_F(Step1, AThreadThatCannotBeStartedIsAnError)
{
    struct crew crew;
    struct scripted_rule rule = {};
    crew_init(&crew, make_pages(4), 4, 4);
    rule.call = SCRIPTED_THREAD;
    rule.first = 3;
    rule.error = EAGAIN;
    ASSERT_EQ(scripted_begin(0, &rule, 1), 0) << "the check's own";
    int error = 0;
    if (!returns([&] { error = fetch_all(&crew); }))
        FAIL() << stuck;
    scripted_end();
    std::string result = returned(error);
    EXPECT_EQ(result, "-EAGAIN")
        << "what fetch_all has returned. The third pthread_create of this check"
           " finds no room for another thread, and returns EAGAIN.";
    std::string fetched = sorted(world.trace);
    EXPECT_EQ(fetched, "ab") << "pages that were fetched. Two threads were"
                                " started before it; they do their work.";
}

TEST_F(Step1, WithoutMemoryNoThreadIsStarted)
{
    struct crew crew;
    int error = 0;
    crew_init(&crew, make_pages(4), 4, 4);
    calls_fail(CALL_malloc, 3, ENOMEM);
    calls_fail(CALL_calloc, 4, ENOMEM); /* the first is for all threads */
    if (!returns([&] { error = fetch_all(&crew); }))
        FAIL() << stuck;
    std::string result = returned(error);
    EXPECT_EQ(result, "-ENOMEM")
        << "what fetch_all has returned. For the third task malloc has"
           " returned NULL.";
    std::string fetched = sorted(world.trace);
    EXPECT_EQ(fetched, "ab") << "pages that were fetched. Two threads were"
                                " started before it; they do their work.";
}

/* ---- 2: never more than N ---- */

TEST_F(Step2, AsManyAreLetInAsThereIsRoomFor)
{
    struct gate gate;
    gate_init(&gate, 2);
    if (!returns([&] {
            gate_enter(&gate);
            gate_enter(&gate);
        }))
        FAIL() << "there is room for two and none was inside: there is nothing "
                  "to wait for.";
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
        ASSERT_EQ(in, left) << "threads that have gone in, after " << left
                            << " have left. There is room for one, and three"
                               " waited.";
    }
}

TEST_F(Step2, TwoLeaveAndTwoGoIn)
{
    for (int i = 0; i < tries; i++) {
        struct gate gate;
        gate_init(&gate, 2);
        if (!returns([&] {
                gate_enter(&gate);
                gate_enter(&gate);
            }))
            FAIL() << stuck;
        std::deque<Call> waiting;
        for (int number = 0; number < 2; number++)
            waiting.emplace_back([&] { gate_enter(&gate); });
        all_wait();
        if (!returns([&] {
                gate_leave(&gate);
                gate_leave(&gate);
            }))
            FAIL() << stuck;
        long in = std::count_if(waiting.begin(), waiting.end(),
                                [](Call &call) { return call.returned(); });
        ASSERT_EQ(in, 2)
            << "threads that have gone in. Two were inside, and two waited;"
               " then the two inside left, one right after the other. Each"
               " that leaves has to wake one that waits, whether it was full"
               " or not: by the time that one looks, it may not be any more.";
    }
}

TEST_F(Step2, AThreadThatIsWokenLooksAgain)
{
    struct gate gate;
    gate_init(&gate, 1);
    if (!returns([&] { gate_enter(&gate); }))
        FAIL() << stuck;
    Call second([&] { gate_enter(&gate); });
    all_wait();
    ASSERT_FALSE(second.returned())
        << "there is room for one, one was inside, and a second one came in.";
    pthread_cond_broadcast(&gate.left);
    all_wait();
    ASSERT_FALSE(second.returned())
        << "all that waited were woken, but none had left: there is room for"
           " one, and now two are inside. To be woken is a reason to look"
           " again.";
    if (!returns([&] { gate_leave(&gate); }))
        FAIL() << stuck;
    EXPECT_TRUE(second.returned()) << "the one that was inside has left, and"
                                      " the one that waited still does.";
}

TEST_F(Step2, NoMorePagesAreInFlightThanThereIsRoomFor)
{
    struct crew crew;
    crew_init(&crew, make_pages(12), 12, 3);
    world.door = &door;
    Call all([&] { fetch_all(&crew); });
    all_wait();
    int in_flight = door.inside();
    ASSERT_EQ(in_flight, 3) << "pages in flight, of twelve. Three may be.";
    for (int i = 0; i < 3; i++) {
        pthread_cond_broadcast(&crew.gate.left);
        all_wait();
        in_flight = door.inside();
        ASSERT_EQ(in_flight, 3)
            << "pages in flight, after all that waited were woken once more.";
    }
    door.open();
    all_wait();
    ASSERT_TRUE(all.returned()) << "pages come, and the rest are not begun.";
    std::string fetched = sorted(world.trace);
    EXPECT_EQ(fetched, "abcdefghijkl") << "pages that were fetched, sorted.";
}

/* ---- 3: one sum, added to by all ---- */

namespace
{

/* The other one that adds. It comes when the first one has loaded, and then it
 * gets as far as it can, again before the first one stores. */
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

TEST_F(Step3, NothingComesBetweenLoadAndStore)
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
        << "another thread waited for the lock and was woken after the load,"
           " before the store: for a moment the lock was free.";
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
    EXPECT_EQ(totals.bytes, 3u) << "1 and 2 were added.";
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
    ASSERT_EQ(pool_start(&pool, 1), 0) << "pool_start, which is given";
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
    EXPECT_EQ(pool.totals.bytes, 510u) << "pages of 100 to 104 bytes.";
}

TEST_F(Step4, APoolMayHaveNothingToDo)
{
    struct pool pool;
    make_pages(1);
    ASSERT_EQ(pool_start(&pool, 2), 0) << "pool_start, which is given";
    all_wait();
    if (!returns([&] { pool_finish(&pool); }))
        FAIL() << "the queue is closed, and the workers have not come back.";
    EXPECT_EQ(world.trace, "") << "pages that were fetched; none was put.";
}

TEST_F(Step4, TwoArePutAndTwoAreTaken)
{
    struct page *pages = make_pages(2);
    for (int i = 0; i < tries; i++) {
        struct job_queue queue;
        std::atomic<int> taken{0};
        job_queue_init(&queue);
        std::deque<Call> waiting;
        for (int number = 0; number < 2; number++)
            waiting.emplace_back([&] { taken += !!job_queue_take(&queue); });
        all_wait();
        if (!returns([&] {
                job_queue_put(&queue, &pages[0]);
                job_queue_put(&queue, &pages[1]);
            }))
            FAIL() << stuck;
        int count = taken;
        ASSERT_EQ(count, 2)
            << "pages that were taken. Two threads waited, and then two pages"
               " were put, one right after the other. Each put has to wake one"
               " that waits, also when the queue was not empty.";
    }
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
    bool is_the_one = taken == pages;
    EXPECT_TRUE(is_the_one) << "job_queue_take has returned another page than"
                               " the one that was put.";
}

TEST_F(Step4, AfterCloseNoThreadWaits)
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
    EXPECT_EQ(back, 4) << "threads that came back out of job_queue_take. Four"
                          " waited in it when the queue was closed; the rest"
                          " wait for ever.";
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
    std::string result = returned(put);
    EXPECT_EQ(result, "-ESHUTDOWN")
        << "what job_queue_put has returned. The queue was closed before.";
    struct page *third = nullptr;
    if (!returns([&] {
            first = job_queue_take(&queue);
            second = job_queue_take(&queue);
            third = job_queue_take(&queue);
        }))
        FAIL() << "job_queue_take waits, for a page that will never come or "
                  "for a lock that is not let go. The queue is closed.";
    std::string order = name_of(first) + name_of(second) + name_of(third);
    EXPECT_EQ(order, "ab-")
        << "what three calls of job_queue_take have returned. a and b were put"
           " before the queue was closed, in this order; c was put afterwards,"
           " and '-' is NULL.";
}

TEST_F(Step4, AllWorkersWorkAndNoOtherThread)
{
    struct pool pool;
    struct page *pages = make_pages(6);
    world.door = &door;
    ASSERT_EQ(scripted_begin(0, nullptr, 0), 0) << "the check's own";
    ASSERT_EQ(pool_start(&pool, 3), 0) << "pool_start, which is given";
    if (!returns([&] {
            for (int i = 0; i < 6; i++)
                job_queue_put(&pool.queue, &pages[i]);
        }))
        FAIL() << stuck;
    int under_way = door.inside();
    EXPECT_EQ(under_way, 3) << "pages under way, of six, with three workers.";
    unsigned threads = scripted_seen(SCRIPTED_THREAD);
    EXPECT_EQ(threads, 3u) << "threads that were created.";
    scripted_end();
    door.open();
    if (!returns([&] { pool_finish(&pool); }))
        FAIL() << "the queue is closed, and not all workers have come back.";
    std::string fetched = sorted(world.trace);
    EXPECT_EQ(fetched, "abcdef") << "pages that were fetched, sorted.";
    EXPECT_EQ(pool.totals.bytes, 615u) << "pages of 100 to 105 bytes.";
}

/* ---- 5: results that come later ---- */

TEST_F(Step5, ALateGetReturnsAtOnce)
{
    struct future future;
    size_t size = 0;
    future_init(&future);
    future_set(&future, 100);
    if (!returns([&] { size = future_get(&future); }))
        FAIL() << "the result is there, and future_get waits.";
    EXPECT_EQ(size, 100u) << "the future was set to 100.";
}

TEST_F(Step5, APageOfNoBytesHasComeToo)
{
    struct future future;
    size_t size = 1;
    future_init(&future);
    future_set(&future, 0);
    if (!returns([&] { size = future_get(&future); }))
        FAIL() << "the future was set, to 0 bytes, and future_get waits.";
    EXPECT_EQ(size, 0u) << "what future_get has returned.";
}

TEST_F(Step5, AnEarlyGetWaits)
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
            << "the future was not set, and future_get is back.";
    if (!returns([&] { future_set(&future, 100); }))
        FAIL() << stuck;
    size_t all = sum;
    EXPECT_EQ(all, 300u) << "three waited; this is the sum of what they got"
                            " when the future was set to 100.";
}

TEST_F(Step5, AFutureMayBeAskedBeforeItsPageIsSubmitted)
{
    struct pool pool;
    struct page *pages = make_pages(1);
    struct future future;
    size_t size = 0;
    future_init(&future);
    ASSERT_EQ(pool_start(&pool, 2), 0) << "pool_start, which is given";
    Call get([&] { size = future_get(&future); });
    all_wait();
    pool_submit(&pool, pages, &future);
    all_wait();
    EXPECT_TRUE(get.returned())
        << "a thread waited in future_get before the page was submitted. The"
           " page has come, and it still waits. The future is in use:"
           " pool_submit must not initialise it anew.";
    if (!get.returned())
        return;
    EXPECT_EQ(size, 100u) << "what future_get has returned.";
    if (!returns([&] { pool_finish(&pool); }))
        FAIL() << stuck;
}

TEST_F(Step5, NoWakeUpIsLost)
{
    struct future future;
    future_init(&future);
    pthread_mutex_lock(&future.lock);
    Call set([&] { future_set(&future, 100); });
    all_wait();
    EXPECT_FALSE(set.returned())
        << "another thread holds the lock, has seen that the future is not"
           " done, and is about to wait. future_set went on all the same: that"
           " wake-up is lost.";
    pthread_mutex_unlock(&future.lock);
    all_wait();
    EXPECT_TRUE(set.returned()) << "the lock is free, and future_set waits.";
}

TEST_F(Step5, APageMayComeAtOnce)
{
    struct pool pool;
    struct page *pages = make_pages(3);
    ASSERT_EQ(pool_start(&pool, 2), 0) << "pool_start, which is given";
    for (size_t i = 0; i < 3; i++) {
        struct future future;
        size_t size = 0;
        future_init(&future);
        int error = pool_submit(&pool, &pages[i], &future);
        EXPECT_EQ(error, 0) << "what pool_submit has returned.";
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
    ASSERT_EQ(pool_start(&pool, 2), 0) << "pool_start, which is given";
    for (int i = 0; i < 5; i++) {
        future_init(&futures[i]);
        int error = pool_submit(&pool, &pages[i], &futures[i]);
        EXPECT_EQ(error, 0) << "what pool_submit has returned.";
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
    std::string result = returned(pool_submit(&pool, &pages[0], &futures[0]));
    EXPECT_EQ(result, "-ESHUTDOWN")
        << "what pool_submit has returned. The pool is closed; what"
           " job_queue_put says is the answer.";
}
