/* SPDX-License-Identifier: MIT */
/* Each allocation of a scenario fails once. Whatever the scenario comes to, it
 * comes to an end, and nothing is left: no Task, and no memory (the leak
 * sanitizer looks for that). */
#include "coroutines/as_completed.h"
#include "coroutines/condition.h"
#include "coroutines/event.h"
#include "coroutines/future_of.h"
#include "coroutines/future_wrap.h"
#include "coroutines/gather.h"
#include "coroutines/queue.h"
#include "coroutines/run_in_executor.h"
#include "coroutines/run_main.h"
#include "coroutines/shield.h"
#include "coroutines/sleep.h"
#include "coroutines/threadsafe.h"
#include "coroutines/wait.h"
#include "coroutines/wait_for.h"
#include "deferreds/made.h"
#include "script.h"
#include "support/failing_malloc.h"
#include "support/scripted_selector.h"

#include <list>

namespace
{

/* A loop on a virtual clock, if there is memory for one. */
struct Ground {
    Ground()
    {
        virtual_clock_init(&clock);
        script_init(&selected, &clock);
        if (loop_new(&loop, &scripted_selector, &clock.clock))
            loop = nullptr;
    }
    Ground(const Ground &) = delete;
    ~Ground()
    {
        loop_free(loop);
    }
    Script &body()
    {
        bodies.emplace_back(&unread);
        return bodies.back();
    }
    /* NULL: no memory. */
    struct task *task(Script &of)
    {
        struct generator *generator = frame_engine.make(&of);
        return generator ? task_new(loop, generator) : nullptr;
    }
    void spawn(Script &of)
    {
        struct task *made = task(of);
        if (made)
            task_unref(made);
    }
    struct future *sleeper(nanos span)
    {
        struct task *made = task(body().then(
            [this, span] { return awaits(sleep_for(loop, span)); }));
        return made ? task_future(made) : nullptr;
    }
    void run()
    {
        EXPECT_EQ(loop_run(loop), 0);
        all_tasks_end(loop);
        EXPECT_EQ(all_tasks_next(loop, nullptr), nullptr);
    }
    struct virtual_clock clock;
    struct script selected;
    struct loop *loop = nullptr;
    std::string unread;
    std::list<Script> bodies;
};

void each_allocation_fails(unsigned least,
                           const std::function<void(Ground &)> &scenario)
{
    Reports reports;
    unsigned number = 1, seen;
    do {
        failing_malloc_begin(number);
        {
            Ground ground;
            if (ground.loop)
                scenario(ground);
        }
        seen = failing_malloc_end();
    } while (seen >= number++);
    EXPECT_GE(seen, least);
}

/* A Future, or what means that there is none, for code that takes an outcome.
 */
struct outcome awaited(struct future *future)
{
    return future ? outcome_pending(&future->awaitable)
                  : outcome_failure(&failure_no_memory);
}

/* As many Futures as there was memory for. */
std::vector<struct future *> some(Ground &ground, std::vector<nanos> spans)
{
    std::vector<struct future *> all;
    for (nanos span : spans)
        if (struct future *one = ground.sleeper(span))
            all.push_back(one);
    return all;
}

void forget(const std::vector<struct future *> &futures)
{
    for (struct future *one : futures)
        future_unref(one);
}

TEST(CoroutinesShortage, OfALockLosesNoPermit)
{
    each_allocation_fails(9, [](Ground &ground) {
        struct semaphore lock;
        lock_init(&lock, ground.loop);
        for (int i = 0; i < 3; i++)
            ground.spawn(
                ground.body()
                    .then([&] { return awaits(semaphore_acquire(&lock)); })
                    .with([&](struct outcome) {
                        return awaits(sleep_for(ground.loop, 1));
                    })
                    .except([&](struct outcome got) {
                        if (semaphore_locked(&lock))
                            semaphore_release(&lock);
                        return returns(got);
                    }));
        ground.run();
        EXPECT_EQ(lock.waiting.first, nullptr);
    });
}

TEST(CoroutinesShortage, OfAnEventWakesThoseThatWait)
{
    each_allocation_fails(6, [](Ground &ground) {
        struct event event;
        event_init(&event, ground.loop);
        for (int i = 0; i < 2; i++)
            ground.spawn(
                ground.body().then([&] { return awaits(event_wait(&event)); }));
        ground.spawn(ground.body().then([&] {
            event_set(&event);
            return returns(1);
        }));
        ground.run();
        EXPECT_EQ(event.waiting.first, nullptr);
    });
}

/* Where the lock was had, the wait needs no memory. */
TEST(CoroutinesShortage, OfAConditionHasItsLockAgain)
{
    each_allocation_fails(5, [](Ground &ground) {
        struct semaphore lock;
        struct condition condition;
        struct condition_waiter waiter;
        lock_init(&lock, ground.loop);
        condition_init(&condition, &lock);
        ground.spawn(ground.body()
                         .then([&] { return awaits(semaphore_acquire(&lock)); })
                         .with([&](struct outcome) {
                             return yields_from(
                                 condition_wait(&waiter, &condition));
                         })
                         .except([&](struct outcome got) {
                             EXPECT_EQ(semaphore_release(&lock), 0);
                             return returns(got);
                         }));
        ground.spawn(ground.body()
                         .then([&] { return awaits(semaphore_acquire(&lock)); })
                         .with([&](struct outcome permit) {
                             condition_notify_all(&condition);
                             return returns(permit);
                         }));
        ground.run();
        EXPECT_FALSE(semaphore_locked(&lock));
    });
}

TEST(CoroutinesShortage, OfAQueueDropsWhatCannotBePut)
{
    static int made, dropped;
    static const struct kind item_kind = {
        "item", [](struct outcome) { dropped++; }, nullptr, nullptr};
    each_allocation_fails(8, [](Ground &ground) {
        struct queue queue;
        made = dropped = 0;
        queue_init(&queue, ground.loop, 9);
        Script &puts = ground.body(), &gets = ground.body();
        for (int i = 0; i < 20; i++) {
            puts.except([&](struct outcome got) {
                outcome_drop(got);
                made++;
                return awaits(
                    queue_put(&queue, outcome_value(&item_kind, nullptr)));
            });
            gets.except([&](struct outcome got) {
                outcome_drop(got);
                return awaits(queue_get(&queue));
            });
        }
        ground.spawn(puts);
        ground.spawn(gets);
        ground.run();
        queue_deinit(&queue);
        EXPECT_EQ(made, dropped);
    });
}

TEST(CoroutinesShortage, OfAWaitIsAFailureOfTheWaitAlone)
{
    each_allocation_fails(10, [](Ground &ground) {
        std::vector<struct future *> all = some(ground, {5, 10, 15});
        ground.spawn(ground.body().then([&] {
            return awaits(futures_wait(ground.loop, all.data(), all.size(),
                                       WAIT_FIRST_COMPLETED, 20));
        }));
        ground.run();
        for (struct future *one : all)
            EXPECT_TRUE(future_done(one));
        forget(all);
    });
}

TEST(CoroutinesShortage, OfAGatherGivesTheReferencesBack)
{
    each_allocation_fails(10, [](Ground &ground) {
        std::vector<struct future *> all = some(ground, {5, 10});
        ground.spawn(ground.body().then([&] {
            for (struct future *one : all)
                future_ref(one);
            return awaits(awaited(
                future_gather(ground.loop, all.data(), all.size(), false)));
        }));
        ground.run();
        for (struct future *one : all)
            EXPECT_EQ(one->references, 1u);
        forget(all);
    });
}

TEST(CoroutinesShortage, OfAsCompletedIsSaidAtTheBeginning)
{
    each_allocation_fails(14, [](Ground &ground) {
        std::vector<struct future *> all = some(ground, {10, 5, 1000});
        struct completed_futures *each =
            futures_as_completed(ground.loop, all.data(), all.size(), 100);
        size_t come = 0;
        Script &body = ground.body();
        for (size_t i = 0; each && i < all.size(); i++)
            body.except([&](struct outcome got) {
                outcome_drop(got);
                come++;
                return awaits(completed_next(each));
            });
        if (each) {
            EXPECT_EQ(completed_count(each), all.size());
            ground.spawn(body);
        }
        ground.run();
        completed_free(each);
        forget(all);
    });
}

TEST(CoroutinesShortage, OfADeadlineDropsWhatWasWaitedFor)
{
    each_allocation_fails(8, [](Ground &ground) {
        ground.spawn(
            ground.body()
                .then([&] {
                    return awaits(
                        wait_for(ground.loop, sleep_for(ground.loop, 10), 5));
                })
                .except([&](struct outcome got) {
                    outcome_drop(got);
                    struct future *inner = ground.sleeper(10);
                    return awaits(wait_for(ground.loop, awaited(inner), 5));
                }));
        nanos begin = ground.clock.now;
        ground.run();
        EXPECT_LE(ground.clock.now - begin, 15);
    });
}

TEST(CoroutinesShortage, OfAShieldIsNone)
{
    each_allocation_fails(6, [](Ground &ground) {
        struct future *inner = ground.sleeper(10);
        if (!inner)
            return;
        ground.spawn(ground.body().then(
            [&] { return awaits(awaited(future_shield(future_ref(inner)))); }));
        ground.run();
        EXPECT_TRUE(future_done(inner));
        EXPECT_EQ(inner->references, 1u);
        future_unref(inner);
    });
}

TEST(CoroutinesShortage, OfAFutureForADeferredDropsTheDeferred)
{
    each_allocation_fails(4, [](Ground &ground) {
        struct deferred *deferred =
            deferred_new([](struct deferred *) { return false; });
        struct future *future =
            deferred ? future_of(ground.loop, outcome_deferred(deferred))
                     : nullptr;
        if (!future)
            return;
        deferred_callback(deferred, outcome_number(1));
        ground.run();
        EXPECT_TRUE(future_done(future));
        struct deferred *back = deferred_maybe(future_await(future));
        if (back)
            deferred_drop(back);
        future_unref(future);
    });
}

TEST(CoroutinesShortage, OfAProgramEndsIt)
{
    each_allocation_fails(6, [](Ground &ground) {
        ground.spawn(ground.body().then(
            [&] { return awaits(sleep_for(ground.loop, 1000)); }));
        struct generator *main = frame_engine.make(&ground.body().then(
            [&] { return awaits(sleep_for(ground.loop, 10)); }));
        if (main)
            outcome_drop(run_main(ground.loop, main));
        else
            all_tasks_end(ground.loop);
        EXPECT_EQ(all_tasks_next(ground.loop, nullptr), nullptr);
    });
}

/* ---- with threads, on a real loop ---- */

struct Threads {
    Threads()
    {
        if (loop_new(&loop, &epoll_selector, &monotonic_clock))
            return;
        if (mailbox_new(&mailbox, loop))
            mailbox = nullptr;
        if (offloader_new(&offloader, loop, 1))
            offloader = nullptr;
    }
    Threads(const Threads &) = delete;
    ~Threads()
    {
        offloader_free(offloader);
        mailbox_free(mailbox);
        loop_free(loop);
    }
    struct loop *loop = nullptr;
    struct mailbox *mailbox = nullptr;
    struct offloader *offloader = nullptr;
};

void each_allocation_fails_with_threads(
    unsigned least, const std::function<void(Threads &)> &scenario)
{
    each_allocation_fails(least, [&](Ground &) {
        Threads threads;
        if (threads.loop && threads.mailbox && threads.offloader)
            scenario(threads);
    });
}

TEST(CoroutinesShortage, OfAThreadIsAFailure)
{
    each_allocation_fails_with_threads(6, [](Threads &threads) {
        thread_fn *work = [](void *) { return outcome_number(1); };
        struct future *future = future_of(
            threads.loop, run_in_executor(threads.offloader, work, nullptr));
        EXPECT_EQ(loop_run(threads.loop), 0);
        if (!future)
            return;
        EXPECT_TRUE(future_done(future));
        future->unasked = false;
        future_unref(future);
    });
}

TEST(CoroutinesShortage, OfAWrappedFutureIsNoneOrAFailure)
{
    each_allocation_fails_with_threads(6, [](Threads &threads) {
        struct concurrent_future *source = concurrent_future_new();
        if (!source)
            return;
        struct future *future = future_wrap(threads.loop, threads.mailbox,
                                            concurrent_future_ref(source));
        concurrent_future_set_running(source);
        concurrent_future_set_error(source, -ENOENT);
        EXPECT_EQ(loop_run(threads.loop), 0);
        if (future) {
            EXPECT_TRUE(future_done(future));
            future_unref(future);
        }
        concurrent_future_unref(source);
    });
}

TEST(CoroutinesShortage, OfACoroutineForAnotherThreadIsToldThere)
{
    each_allocation_fails_with_threads(8, [](Threads &threads) {
        std::string unread;
        Script body(&unread);
        body.then(returns(1));
        struct generator *generator = frame_engine.make(&body);
        if (!generator || mailbox_hold(threads.mailbox)) {
            if (generator)
                generator_drop(generator);
            return;
        }
        struct concurrent_future *future =
            run_coroutine_threadsafe(threads.loop, threads.mailbox, generator);
        /* Behind the start, which holds it once more. */
        struct Release {
            struct handle handle;
            struct mailbox *mailbox;
        } release = {{}, threads.mailbox};
        release.handle.run = [](struct handle *handle) {
            mailbox_release(container_of(handle, Release, handle)->mailbox);
        };
        mailbox_post(threads.mailbox, &release.handle);
        EXPECT_EQ(loop_run(threads.loop), 0);
        if (!future)
            return;
        struct outcome came = coroutine_result(future, 0);
        EXPECT_TRUE(outcome_is_failure(&came) || came.number == 1);
        EXPECT_FALSE(outcome_failed_with(&came, &timeout_type));
        outcome_drop(came);
        concurrent_future_unref(future);
    });
}

} // namespace
