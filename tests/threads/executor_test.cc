/* SPDX-License-Identifier: MIT */
#include "support/contract.h"
#include "support/gate.h"

#include "base/processors.h"
#include "threads/executor.h"

#include <atomic>
#include <errno.h>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <set>
#include <string>
#include <thread>
#include <vector>

namespace
{

/* Work that writes down what happened to it. */
struct Note : work {
    Gate *gate = nullptr;     /* where run() waits, if anywhere */
    Gate *entered = nullptr;  /* opened by run() */
    Gate *finished = nullptr; /* opened by done() */
    std::atomic<int> runs{0}, dones{0};
    int was_dropped = 0;
    std::thread::id runner, doner;

    Note()
    {
        run = [](struct work *one) {
            Note *note = static_cast<Note *>(one);
            note->runner = std::this_thread::get_id();
            note->runs++;
            if (note->entered)
                note->entered->open();
            if (note->gate)
                note->gate->pass();
        };
        done = [](struct work *one) {
            Note *note = static_cast<Note *>(one);
            note->doner = std::this_thread::get_id();
            note->was_dropped = note->dropped;
            note->dones++;
            if (note->finished)
                note->finished->open();
        };
    }
};

struct Executor {
    struct executor *it = nullptr;
    explicit Executor(size_t threads, size_t capacity = 0)
    {
        EXPECT_EQ(executor_new(&it, threads, capacity), 0);
    }
    ~Executor()
    {
        executor_free(it);
    }
};

TEST(Executor, NeedsAThread)
{
    struct executor *executor = nullptr;
    EXPECT_EQ(executor_new(&executor, 0, 0), -EINVAL);
    executor_free(nullptr);
}

TEST(Executor, RunsWorkElsewhereAndThenSaysSo)
{
    Executor executor(1);
    Note note;
    Gate finished;
    note.finished = &finished;
    ASSERT_EQ(executor_submit(executor.it, &note), 0);
    finished.pass();
    EXPECT_EQ(note.runs, 1);
    EXPECT_EQ(note.dones, 1);
    EXPECT_EQ(note.was_dropped, 0);
    EXPECT_EQ(note.runner, note.doner);
    EXPECT_NE(note.runner, std::this_thread::get_id());
}

TEST(Executor, WorkWithoutADoneIsFine)
{
    Note note;
    note.done = nullptr;
    {
        Executor executor(1);
        ASSERT_EQ(executor_submit(executor.it, &note), 0);
    }
    EXPECT_EQ(note.runs, 1);
}

/* A list that work appends its number to; one thread, so no lock. */
struct Numbered : work {
    std::vector<int> *order;
    int number;
};

TEST(Executor, OneThreadRunsInOrderOfArrival)
{
    std::vector<int> order;
    std::vector<Numbered> all(100);
    {
        Executor executor(1);
        for (size_t i = 0; i < 100; i++) {
            all[i].order = &order;
            all[i].number = (int)i;
            all[i].run = [](struct work *one) {
                Numbered *self = static_cast<Numbered *>(one);
                self->order->push_back(self->number);
            };
            all[i].done = nullptr;
            ASSERT_EQ(executor_submit(executor.it, &all[i]), 0);
        }
    }
    ASSERT_EQ(order.size(), 100u);
    for (size_t i = 0; i < 100; i++)
        EXPECT_EQ(order[i], (int)i);
}

TEST(Executor, AsManyAtOnceAsThereAreThreads)
{
    Gate gate;
    Note notes[4];
    Executor executor(4);
    for (Note &note : notes) {
        note.gate = &gate;
        ASSERT_EQ(executor_submit(executor.it, &note), 0);
    }
    gate.wait_for(4); /* hangs if they were not all there together */
    gate.open();
    executor_shutdown(executor.it, true, false);
    std::set<std::thread::id> runners;
    for (Note &note : notes)
        runners.insert(note.runner);
    EXPECT_EQ(runners.size(), 4u);
}

TEST(Executor, DoneMayFreeTheWork)
{
    Executor executor(2);
    for (int i = 0; i < 50; i++) {
        Note *note = new Note;
        note->done = [](struct work *one) { delete static_cast<Note *>(one); };
        ASSERT_EQ(executor_submit(executor.it, note), 0);
    }
}

TEST(Executor, MoreWorkMayComeFromInsideEvenWhenTheQueueIsFull)
{
    struct Breeder : Note {
        struct executor *executor;
        Note children[10];
    } breeder;
    Gate last;
    Executor executor(1, 1);
    breeder.executor = executor.it;
    breeder.children[9].finished = &last;
    breeder.run = [](struct work *one) {
        Breeder *self = static_cast<Breeder *>(one);
        for (Note &child : self->children)
            ASSERT_EQ(executor_submit(self->executor, &child), 0);
    };
    ASSERT_EQ(executor_submit(executor.it, &breeder), 0);
    last.pass();
    for (Note &child : breeder.children)
        EXPECT_EQ(child.runs, 1);
}

TEST(Executor, AFullQueueMakesTheProducerWait)
{
    Gate gate, entered;
    Note first, second, third;
    first.gate = &gate;
    first.entered = &entered;
    Executor executor(1, 1);
    ASSERT_EQ(executor_submit(executor.it, &first), 0);
    entered.pass();
    ASSERT_EQ(executor_submit(executor.it, &second), 0);
    std::atomic<bool> third_is_in{false};
    std::thread producer([&] {
        EXPECT_EQ(executor_submit(executor.it, &third), 0);
        third_is_in = true;
    });
    EXPECT_FALSE(third_is_in); /* it cannot be: the only thread is held */
    gate.open();
    producer.join();
    executor_shutdown(executor.it, true, false);
    EXPECT_EQ(third.runs, 1);
}

TEST(Executor, ShutDownTakesNoMoreWork)
{
    Executor executor(1);
    executor_shutdown(executor.it, true, false);
    Note note;
    EXPECT_EQ(executor_submit(executor.it, &note), -ESHUTDOWN);
    EXPECT_EQ(note.dones, 0);
    executor_shutdown(executor.it, true, true); /* twice is harmless */
}

TEST(Executor, ShutDownFinishesWhatIsQueued)
{
    Gate gate;
    Note first, second;
    first.gate = &gate;
    Executor executor(1);
    ASSERT_EQ(executor_submit(executor.it, &first), 0);
    ASSERT_EQ(executor_submit(executor.it, &second), 0);
    executor_shutdown(executor.it, false, false);
    gate.open();
    executor_shutdown(executor.it, true, false);
    EXPECT_EQ(second.runs, 1);
    EXPECT_EQ(second.was_dropped, 0);
}

TEST(Executor, CancelPendingDropsWhatHasNotBegun)
{
    Gate gate, entered;
    Note first, second;
    first.gate = &gate;
    first.entered = &entered;
    Executor executor(1);
    ASSERT_EQ(executor_submit(executor.it, &first), 0);
    entered.pass();
    ASSERT_EQ(executor_submit(executor.it, &second), 0);
    executor_shutdown(executor.it, false, true);
    EXPECT_EQ(second.runs, 0);
    EXPECT_EQ(second.dones, 1);
    EXPECT_EQ(second.was_dropped, -ECANCELED);
    EXPECT_EQ(second.doner, std::this_thread::get_id());
    gate.open();
    executor_shutdown(executor.it, true, false);
    EXPECT_EQ(first.dones, 1);
    EXPECT_EQ(first.was_dropped, 0);
}

TEST(Executor, AProducerThatWaitsIsSentAwayByShutDown)
{
    Gate gate, entered;
    Note first, second, third;
    first.gate = &gate;
    first.entered = &entered;
    Executor executor(1, 1);
    ASSERT_EQ(executor_submit(executor.it, &first), 0);
    entered.pass();
    ASSERT_EQ(executor_submit(executor.it, &second), 0);
    std::thread producer(
        [&] { EXPECT_EQ(executor_submit(executor.it, &third), -ESHUTDOWN); });
    executor_shutdown(executor.it, false, false);
    producer.join();
    gate.open();
}

TEST(Executor, ManyProducersLoseNothing)
{
    constexpr size_t producers = 4, each = 250;
    std::vector<Note> notes(producers * each);
    {
        Executor executor(3, 8);
        std::vector<std::thread> threads;
        for (size_t p = 0; p < producers; p++)
            threads.emplace_back([&, p] {
                for (size_t i = 0; i < each; i++)
                    ASSERT_EQ(
                        executor_submit(executor.it, &notes[p * each + i]), 0);
            });
        for (std::thread &thread : threads)
            thread.join();
    }
    for (Note &note : notes) {
        EXPECT_EQ(note.runs, 1);
        EXPECT_EQ(note.dones, 1);
    }
}

/* ---- how many threads ---- */

struct executor_counts count(const Executor &executor)
{
    struct executor_counts counts;
    executor_count(executor.it, &counts);
    return counts;
}

/* Lets the others run until it is so. */
template <typename Is> void wait_until(Is is_so)
{
    while (!is_so())
        std::this_thread::yield();
}

TEST(ExecutorThreads, ThereAreNoneBeforeThereIsWork)
{
    Executor executor(5);
    struct executor_counts counts = count(executor);
    EXPECT_EQ(counts.most, 5u);
    EXPECT_EQ(counts.threads, 0u);
    EXPECT_EQ(counts.working, 0u);
    EXPECT_EQ(counts.waiting, 0u);
}

TEST(ExecutorThreads, ByDefaultALittleMoreThanProcessors)
{
    EXPECT_GE(executor_default_threads(), 5u);
    EXPECT_LE(executor_default_threads(), 32u);
    std::thread confined([] {
        processors_pin(0, processors_from_last(0));
        EXPECT_EQ(executor_default_threads(), 5u);
    });
    confined.join();
}

TEST(ExecutorThreads, NoMoreThanWereAskedFor)
{
    Gate gate;
    Note notes[15];
    Executor executor(4);
    for (Note &note : notes) {
        note.gate = &gate;
        ASSERT_EQ(executor_submit(executor.it, &note), 0);
    }
    gate.wait_for(4);
    struct executor_counts counts = count(executor);
    EXPECT_EQ(counts.threads, 4u);
    EXPECT_EQ(counts.working, 4u);
    EXPECT_EQ(counts.waiting, 11u);
    gate.open();
}

TEST(ExecutorThreads, AnIdleOneIsUsedAgain)
{
    Executor executor(10);
    std::set<std::thread::id> runners;
    for (int i = 0; i < 3; i++) {
        Note note;
        ASSERT_EQ(executor_submit(executor.it, &note), 0);
        wait_until([&] { return note.dones && !count(executor).working; });
        runners.insert(note.runner);
    }
    EXPECT_EQ(count(executor).threads, 1u);
    EXPECT_EQ(runners.size(), 1u);
}

TEST(ExecutorThreads, TheyEndWithTheExecutor)
{
    Gate gate;
    Note notes[3];
    Executor executor(9);
    for (Note &note : notes) {
        note.gate = &gate;
        ASSERT_EQ(executor_submit(executor.it, &note), 0);
    }
    gate.wait_for(3);
    EXPECT_EQ(count(executor).threads, 3u);
    gate.open();
    executor_shutdown(executor.it, true, false);
    EXPECT_EQ(count(executor).threads, 0u);
}

TEST(ExecutorThreads, WithNoneWorkWaitsUntilThereAreSome)
{
    Gate gate;
    Note notes[8];
    Executor executor(1);
    ASSERT_EQ(executor_resize(executor.it, 0), 0);
    for (Note &note : notes) {
        note.gate = &gate;
        ASSERT_EQ(executor_submit(executor.it, &note), 0);
    }
    EXPECT_EQ(count(executor).threads, 0u);
    EXPECT_EQ(count(executor).waiting, 8u);
    ASSERT_EQ(executor_resize(executor.it, 3), 0);
    gate.wait_for(3);
    EXPECT_EQ(count(executor).threads, 3u);
    gate.open();
    executor_shutdown(executor.it, true, false);
    for (Note &note : notes)
        EXPECT_EQ(note.runs, 1);
}

TEST(ExecutorThreads, ThoseThatAreTooManyLeave)
{
    Gate gate;
    Note notes[4], last;
    Executor executor(4);
    for (Note &note : notes) {
        note.gate = &gate;
        ASSERT_EQ(executor_submit(executor.it, &note), 0);
    }
    gate.wait_for(4);
    ASSERT_EQ(executor_resize(executor.it, 1), 0);
    EXPECT_EQ(count(executor).threads, 4u) << "in the middle of something";
    gate.open();
    wait_until([&] { return count(executor).threads == 1; });
    Gate finished;
    last.finished = &finished;
    ASSERT_EQ(executor_submit(executor.it, &last), 0);
    finished.pass();
    EXPECT_EQ(count(executor).threads, 1u);
}

TEST(ExecutorThreads, AfterShutDownNoneIsStarted)
{
    Executor executor(1);
    executor_shutdown(executor.it, true, false);
    EXPECT_EQ(executor_resize(executor.it, 2), 0);
    EXPECT_EQ(count(executor).threads, 0u);
}

TEST(ExecutorThreads, AfterShutDownThoseThatAreThereFinishTheWork)
{
    Gate gate;
    Note notes[3];
    Executor executor(1);
    for (Note &note : notes) {
        note.gate = &gate;
        ASSERT_EQ(executor_submit(executor.it, &note), 0);
    }
    gate.wait_for(1);
    executor_shutdown(executor.it, false, false);
    EXPECT_EQ(executor_resize(executor.it, 3), 0);
    EXPECT_EQ(count(executor).threads, 1u);
    gate.open();
    executor_shutdown(executor.it, true, false);
    for (Note &note : notes)
        EXPECT_EQ(note.runs, 1);
}

TEST(ExecutorThreads, WorkThatWillNeverBeDoneIsDropped)
{
    Note note;
    Executor executor(1);
    ASSERT_EQ(executor_resize(executor.it, 0), 0);
    ASSERT_EQ(executor_submit(executor.it, &note), 0);
    executor_shutdown(executor.it, true, false);
    EXPECT_EQ(note.runs, 0);
    EXPECT_EQ(note.was_dropped, -ECANCELED);
}

TEST(ExecutorThreads, WhatOneWaitsForAnotherCanDo)
{
    /* All are at the gate; the last one opens it for all. */
    Gate gate;
    Note waiting[3], opener;
    opener.entered = &gate;
    Executor executor(4);
    for (Note &note : waiting) {
        note.gate = &gate;
        ASSERT_EQ(executor_submit(executor.it, &note), 0);
    }
    gate.wait_for(3);
    ASSERT_EQ(executor_submit(executor.it, &opener), 0);
    executor_shutdown(executor.it, true, false);
    for (Note &note : waiting)
        EXPECT_EQ(note.dones, 1);
}

/* ---- left behind ---- */

// The system's name for a thread, of those that are there.
static size_t count_threads_named(const std::string &name)
{
    size_t count = 0;
    for (auto &task : std::filesystem::directory_iterator("/proc/self/task")) {
        std::string line;
        std::ifstream file(task.path() / "comm");
        std::getline(file, line);
        count += line == name;
    }
    return count;
}

static void wait_until_none_is_left_behind()
{
    while (executor_left_behind() || count_threads_named("left behind"))
        std::this_thread::yield();
}

TEST(ExecutorLeft, GoesOnByItselfAndSaysWhenItIsDone)
{
    Gate gate, finished;
    Note note, waiting;
    note.gate = &gate;
    note.finished = &finished;
    struct executor *executor = nullptr;
    ASSERT_EQ(executor_new(&executor, 1, 0), 0);
    ASSERT_EQ(executor_submit(executor, &note), 0);
    ASSERT_EQ(executor_submit(executor, &waiting), 0);
    gate.wait_for(1);
    executor_leave(executor); // with the gate shut: it does not wait
    EXPECT_EQ(note.dones, 0);
    EXPECT_EQ(waiting.runs, 0);
    EXPECT_EQ(waiting.dones, 1);
    EXPECT_EQ(waiting.was_dropped, -ECANCELED);
    EXPECT_EQ(executor_left_behind(), 1u);
    EXPECT_EQ(count_threads_named("left behind"), 1u);
    gate.open();
    finished.pass();
    EXPECT_EQ(note.was_dropped, 0);
    wait_until_none_is_left_behind();
}

TEST(ExecutorLeft, OneThatIsIdleIsNot)
{
    Gate finished;
    Note note;
    note.finished = &finished;
    struct executor *executor = nullptr;
    ASSERT_EQ(executor_new(&executor, 3, 0), 0);
    executor_leave(executor);
    ASSERT_EQ(executor_new(&executor, 3, 0), 0);
    ASSERT_EQ(executor_submit(executor, &note), 0);
    finished.pass();
    struct executor_counts counts;
    do
        executor_count(executor, &counts);
    while (counts.working);
    executor_leave(executor);
    executor_leave(nullptr);
    EXPECT_EQ(executor_left_behind(), 0u);
}

TEST(ExecutorLeft, AreNAtMostAndThenNoThreadIsStarted)
{
    const size_t most = EXECUTOR_LEFT_BEHIND_MAX;
    Gate gate, last; /* of those that are left behind; of one more */
    std::vector<Note> notes(most + 2);
    struct executor *many = nullptr, *more = nullptr, *none = nullptr;
    ASSERT_EQ(executor_new(&many, most, 0), 0);
    ASSERT_EQ(executor_new(&more, 1, 0), 0);
    for (size_t i = 0; i <= most; i++) {
        notes[i].gate = i < most ? &gate : &last;
        ASSERT_EQ(executor_submit(i < most ? many : more, &notes[i]), 0);
    }
    gate.wait_for((int)most);
    last.wait_for(1);
    executor_leave(many);
    EXPECT_EQ(executor_left_behind(), most);

    ASSERT_EQ(executor_new(&none, 1, 0), 0);
    EXPECT_EQ(executor_submit(none, &notes[most + 1]), -EAGAIN);
    executor_leave(none);

    std::thread opener([&] { last.open(); });
    executor_leave(more); // one too many: it is waited for
    EXPECT_EQ(notes[most].dones, 1);
    EXPECT_EQ(executor_left_behind(), most);
    opener.join();
    gate.open();
    wait_until_none_is_left_behind();
    for (size_t i = 0; i <= most; i++)
        EXPECT_EQ(notes[i].dones, 1);
}

/* ---- initialising them ---- */

struct Initializer {
    std::atomic<int> calls{0};
    int answer = 0;

    struct executor_options options(size_t threads)
    {
        struct executor_options options = {};
        options.threads = threads;
        options.context = this;
        options.initialize = [](void *context) {
            Initializer *self = static_cast<Initializer *>(context);
            self->calls++;
            return self->answer;
        };
        return options;
    }
};

TEST(ExecutorInitializer, RunsOnceOnEachThreadBeforeItsWork)
{
    Initializer initializer;
    struct executor_options options = initializer.options(3);
    struct executor *executor;
    ASSERT_EQ(executor_new_with(&executor, &options), 0);
    EXPECT_EQ(initializer.calls, 0);
    Gate gate;
    Note notes[9];
    for (Note &note : notes) {
        note.gate = &gate;
        ASSERT_EQ(executor_submit(executor, &note), 0);
    }
    gate.wait_for(3);
    EXPECT_EQ(initializer.calls, 3);
    gate.open();
    executor_free(executor);
    EXPECT_EQ(initializer.calls, 3);
}

TEST(Executor, AThreadOfItDoesNotWaitForItself)
{
    struct Closing : work {
        struct executor *executor;
    };
    auto close_from_inside = [] {
        Closing closing = {};
        executor_new(&closing.executor, 1, 0);
        closing.run = [](struct work *one) {
            executor_shutdown(static_cast<Closing *>(one)->executor, true,
                              false);
        };
        executor_submit(closing.executor, &closing);
        executor_free(closing.executor);
    };
    EXPECT_CONTRACT(close_from_inside(), "executor_shutdown: a thread of it "
                                         "does not wait for itself");
}

TEST(ExecutorInitializer, OneThatFailsBreaksTheExecutor)
{
    Initializer initializer;
    initializer.answer = -EPERM;
    struct executor_options options = initializer.options(1);
    struct executor *executor;
    ASSERT_EQ(executor_new_with(&executor, &options), 0);
    Gate finished;
    Note first, late;
    first.finished = &finished;
    executor_resize(executor, 0); /* so that it is not refused at once */
    ASSERT_EQ(executor_submit(executor, &first), 0);
    executor_resize(executor, 1);
    finished.pass();
    EXPECT_EQ(first.runs, 0);
    EXPECT_EQ(first.was_dropped, -EPERM);
    EXPECT_EQ(executor_submit(executor, &late), -ESHUTDOWN);
    executor_free(executor);
}

} // namespace
