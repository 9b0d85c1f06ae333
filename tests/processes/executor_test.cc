// SPDX-License-Identifier: MIT
// Futures for calls in other processes: the rules of ProcessPoolExecutor and
// of multiprocessing.Pool.
#include "processes/executor.h"

#include "blocking/clock.h"
#include "kin.h"
#include "threads/futures.h"

#include <gtest/gtest.h>

#include <cerrno>
#include <csignal>
#include <memory>
#include <semaphore.h>
#include <set>
#include <string>
#include <sys/mman.h>

namespace
{

struct Gate {
    sem_t open, entered;
};

int square(void *, slice argument, buffer *answer)
{
    int number = std::stoi(std::string(argument.data, argument.size));
    return buffer_print(answer, "%d", number * number);
}

int fail_on_three(void *, slice argument, buffer *answer)
{
    if (slice_equal(argument, slice_of("3")))
        return -EDOM;
    return buffer_append(answer, argument.data, argument.size);
}

int tell_pid(void *, slice, buffer *answer)
{
    return buffer_print(answer, "%d", getpid());
}

int wait_at_gate(void *context, slice argument, buffer *answer)
{
    Gate *gate = static_cast<Gate *>(context);
    sem_post(&gate->entered);
    sem_wait(&gate->open);
    return buffer_append(answer, argument.data, argument.size);
}

int crash(void *, slice, buffer *)
{
    raise(SIGKILL);
    return 0;
}

int leave(void *, slice, buffer *)
{
    _exit(1);
}

int fail_to_begin(void *)
{
    return -EACCES;
}

// Counts from 0; with an error instead of number `fails`.
struct Numbers {
    int next = 0, end = 0, fails = -1;
    std::string text = {};

    static int give(void *context, slice *argument)
    {
        Numbers *self = static_cast<Numbers *>(context);
        if (self->next == self->fails)
            return -EILSEQ;
        if (self->next == self->end)
            return 0;
        self->text = std::to_string(self->next++);
        *argument = {self->text.data(), self->text.size()};
        return 1;
    }
};

using Future =
    std::unique_ptr<concurrent_future, decltype(&concurrent_future_unref)>;

class ProcessExecutor : public testing::Test
{
  protected:
    void SetUp() override
    {
        before = open_descriptors();
        gate = static_cast<Gate *>(mmap(nullptr, sizeof *gate,
                                        PROT_READ | PROT_WRITE,
                                        MAP_SHARED | MAP_ANONYMOUS, -1, 0));
        sem_init(&gate->open, 1, 0);
        sem_init(&gate->entered, 1, 0);
    }

    void TearDown() override
    {
        process_executor_free(executor);
        EXPECT_EQ(kin().alive.size() + kin().zombies.size(), 0u);
        EXPECT_EQ(open_descriptors(), before);
        munmap(gate, sizeof *gate);
    }

    void start(size_t workers, size_t lifetime = 0, size_t capacity = 0,
               int (*initialise)(void *) = nullptr)
    {
        process_executor_options options = {};
        options.workers = workers;
        options.jobs_per_worker = lifetime;
        options.capacity = capacity;
        options.initialise = initialise;
        options.context = gate;
        ASSERT_EQ(process_executor_new(&executor, &options), 0);
    }

    Future submit(process_function run, const std::string &argument = "",
                  nanos limit = NEVER)
    {
        concurrent_future *future = nullptr;
        EXPECT_EQ(process_executor_submit(executor, run,
                                          {argument.data(), argument.size()},
                                          limit, &future),
                  0);
        return Future(future, concurrent_future_unref);
    }

    static std::string result(const Future &future)
    {
        void *bytes = nullptr;
        int error = concurrent_future_result(future.get(), &bytes, NEVER);
        if (error)
            return strerrorname_np(-error);
        slice text = buffer_slice(static_cast<buffer *>(bytes));
        return std::string(text.size ? text.data : "", text.size);
    }

    static int error(const Future &future)
    {
        int error = 0;
        int why = concurrent_future_error(future.get(), &error, NEVER);
        return why ? why : error;
    }

    void wait_until_entered(int count)
    {
        while (count--)
            sem_wait(&gate->entered);
    }

    void open_gate(int count)
    {
        while (count--)
            sem_post(&gate->open);
    }

    process_executor *executor = nullptr;
    Gate *gate = nullptr;
    std::vector<int> before;
};

TEST_F(ProcessExecutor, NeedsAWorker)
{
    process_executor_options options = {};
    EXPECT_EQ(process_executor_new(&executor, &options), -EINVAL);
}

TEST_F(ProcessExecutor, ACallsResultComesBack)
{
    start(2);
    EXPECT_EQ(result(submit(square, "5")), "25");
}

TEST_F(ProcessExecutor, AResultIsNotWaitedForLongerThanAsked)
{
    start(1);
    Future slow = submit(wait_at_gate);
    nanos soon = monotonic_now() + 10 * NANOS_PER_MILLISECOND;
    EXPECT_EQ(concurrent_future_result(slow.get(), nullptr, soon), -ETIMEDOUT);
    open_gate(1);
    EXPECT_EQ(error(slow), 0);
}

TEST_F(ProcessExecutor, AnErrorComesBackAndDoesNoHarm)
{
    start(1);
    Future bad = submit(fail_on_three, "3"), good = submit(fail_on_three, "4");
    EXPECT_EQ(error(bad), -EDOM);
    EXPECT_EQ(result(good), "4");
}

TEST_F(ProcessExecutor, ManySubmitsAtOnce)
{
    start(3);
    std::vector<Future> futures;
    for (int i = 0; i < 500; i++)
        futures.push_back(submit(square, std::to_string(i)));
    for (int i = 0; i < 500; i++)
        ASSERT_EQ(result(futures[i]), std::to_string(i * i));
}

TEST_F(ProcessExecutor, IsNeverSaturatedWithWorkers)
{
    start(4);
    std::vector<Future> futures;
    for (int i = 0; i < 60; i++)
        futures.push_back(submit(wait_at_gate));
    wait_until_entered(4);
    EXPECT_EQ(kin().alive.size(), 4u);
    open_gate(60);
    for (const Future &future : futures)
        EXPECT_EQ(error(future), 0);
}

TEST_F(ProcessExecutor, AnIdleWorkerIsUsedAgain)
{
    start(4);
    std::string first = result(submit(tell_pid));
    EXPECT_EQ(result(submit(tell_pid)), first);
    EXPECT_EQ(kin().alive.size(), 1u);
}

TEST_F(ProcessExecutor, IdleWorkersAreUsedBeforeOthersAreForked)
{
    start(4);
    Future a = submit(wait_at_gate), b = submit(wait_at_gate);
    wait_until_entered(2);
    open_gate(2);
    EXPECT_EQ(error(a) + error(b), 0);
    Future c = submit(tell_pid), d = submit(tell_pid);
    EXPECT_EQ(error(c) + error(d), 0);
    EXPECT_EQ(kin().alive.size(), 2u);
}

TEST_F(ProcessExecutor, AWorkerIsReplacedAfterSoManyCalls)
{
    start(1, 3);
    std::vector<std::string> pids;
    for (int i = 0; i < 7; i++)
        pids.push_back(result(submit(tell_pid)));
    EXPECT_EQ(std::set<std::string>(pids.begin(), pids.end()).size(), 3u);
    EXPECT_EQ(pids[0], pids[2]);
    EXPECT_NE(pids[2], pids[3]);
}

TEST_F(ProcessExecutor, ShutsDownThoughWorkersAreJustBeingReplaced)
{
    start(3, 1);
    std::vector<Future> futures;
    for (int i = 0; i < 6; i++)
        futures.push_back(submit(square, std::to_string(i)));
    process_executor_shutdown(executor, true, false);
    for (int i = 0; i < 6; i++)
        EXPECT_EQ(result(futures[i]), std::to_string(i * i));
}

TEST_F(ProcessExecutor, AnInitialiserThatFailsBreaksIt)
{
    start(2, 0, 0, fail_to_begin);
    EXPECT_EQ(error(submit(square, "2")), -EACCES);
    EXPECT_EQ(error(submit(square, "2")), -EACCES);
}

// ---- the end ----

TEST_F(ProcessExecutor, AfterShutdownNoWorkerIsLeft)
{
    start(3);
    for (int i = 0; i < 3; i++)
        submit(square, "2");
    process_executor_shutdown(executor, true, false);
    EXPECT_TRUE(kin().alive.empty() && kin().zombies.empty());
    concurrent_future *late = nullptr;
    EXPECT_EQ(process_executor_submit(executor, square, {}, NEVER, &late),
              -ESHUTDOWN);
    EXPECT_EQ(late, nullptr);
}

TEST_F(ProcessExecutor, ShutdownThatDoesNotWaitStillFinishesTheWork)
{
    start(1);
    Future first = submit(wait_at_gate, "a"), second = submit(square, "7");
    wait_until_entered(1);
    process_executor_shutdown(executor, false, false);
    open_gate(1);
    EXPECT_EQ(result(first), "a");
    EXPECT_EQ(result(second), "49");
}

TEST_F(ProcessExecutor, ShutdownMayCancelWhatWaits)
{
    start(1);
    Future running = submit(wait_at_gate, "a");
    wait_until_entered(1);
    std::vector<Future> waiting;
    for (int i = 0; i < 20; i++)
        waiting.push_back(submit(wait_at_gate));
    process_executor_shutdown(executor, false, true);
    open_gate(20);
    EXPECT_EQ(result(running), "a");
    EXPECT_EQ(error(waiting.back()), -ECANCELED);
}

TEST_F(ProcessExecutor, TerminateWaitsForNobody)
{
    start(2);
    std::vector<Future> futures;
    for (int i = 0; i < 20; i++)
        futures.push_back(submit(wait_at_gate)); // nobody will open it
    wait_until_entered(2);
    process_executor_terminate(executor);
    process_executor_shutdown(executor, true, false);
    for (const Future &future : futures)
        EXPECT_EQ(error(future), -ECANCELED);
}

TEST_F(ProcessExecutor, ShutsDownThoughAWorkerWasKilled)
{
    start(2);
    Future bad = submit(crash);
    process_executor_shutdown(executor, true, false);
    EXPECT_EQ(error(bad), -EOWNERDEAD);
}

// ---- deaths ----

TEST_F(ProcessExecutor, AWorkerThatCrashesBreaksItsOwnCall)
{
    start(1);
    EXPECT_EQ(error(submit(crash)), -EOWNERDEAD);
    EXPECT_EQ(result(submit(square, "3")), "9");
}

TEST_F(ProcessExecutor, AWorkerThatExitsBreaksItsOwnCall)
{
    start(1);
    EXPECT_EQ(error(submit(leave)), -EOWNERDEAD);
    EXPECT_EQ(result(submit(square, "3")), "9");
}

TEST_F(ProcessExecutor, AKilledWorkersOtherCallsGoOn)
{
    start(2);
    Future a = submit(wait_at_gate, "a"), b = submit(wait_at_gate, "b");
    wait_until_entered(2);
    kill(kin().alive.at(0), SIGKILL);
    open_gate(2); // one for the other; one for whoever is left
    EXPECT_EQ((error(a) == -EOWNERDEAD) + (error(b) == -EOWNERDEAD), 1);
    EXPECT_EQ(result(submit(square, "4")), "16");
}

TEST_F(ProcessExecutor, AStoppedWorkerIsKilledWhenItsTimeIsUp)
{
    start(1);
    Future stuck = submit(wait_at_gate, "", 200 * NANOS_PER_MILLISECOND);
    wait_until_entered(1);
    for (pid_t worker : kin().alive) /* none, if we were slower than that */
        kill(worker, SIGSTOP);
    EXPECT_EQ(error(stuck), -ETIME);
    EXPECT_EQ(result(submit(square, "4")), "16");
}

// ---- futures of theirs ----

TEST_F(ProcessExecutor, AWaitingCallCanBeCancelled)
{
    start(1);
    std::vector<Future> futures;
    for (int i = 0; i < 10; i++)
        futures.push_back(submit(wait_at_gate));
    wait_until_entered(1);
    EXPECT_FALSE(concurrent_future_cancel(futures[0].get()));
    EXPECT_TRUE(concurrent_future_cancel(futures[9].get()));
    open_gate(9);
    for (int i = 0; i < 9; i++)
        EXPECT_EQ(error(futures[i]), 0);
    EXPECT_EQ(error(futures[9]), -ECANCELED);
}

TEST_F(ProcessExecutor, TheQueueHasABound)
{
    start(1, 0, 2);
    std::vector<Future> futures;
    // One runs, one is with the pool, two wait; submit returned four times.
    for (int i = 0; i < 4; i++)
        futures.push_back(submit(wait_at_gate));
    wait_until_entered(1);
    open_gate(5);
    futures.push_back(submit(wait_at_gate)); // waited for room
    for (const Future &future : futures)
        EXPECT_EQ(error(future), 0);
}

struct Called : done_callback {
    sem_t called;
    int error = 1;
    std::string text = {};
};

void remember(done_callback *self, concurrent_future *future)
{
    Called *called = static_cast<Called *>(self);
    void *bytes = nullptr;
    called->error = concurrent_future_result(future, &bytes, 0);
    if (bytes)
        called->text.assign(static_cast<buffer *>(bytes)->data,
                            static_cast<buffer *>(bytes)->size);
    sem_post(&called->called);
}

TEST_F(ProcessExecutor, CallbacksAreToldOfResultsAndErrors)
{
    start(1);
    Future good = submit(fail_on_three, "1"), bad = submit(fail_on_three, "3");
    Called told[2];
    for (Called &called : told) {
        called.call = remember;
        sem_init(&called.called, 0, 0);
    }
    concurrent_future_add_done_callback(good.get(), &told[0]);
    concurrent_future_add_done_callback(bad.get(), &told[1]);
    sem_wait(&told[0].called);
    sem_wait(&told[1].called);
    EXPECT_EQ(told[0].text, "1");
    EXPECT_EQ(told[1].error, -EDOM);
}

TEST_F(ProcessExecutor, ResultsCanBeTakenAsTheyAreCompleted)
{
    start(2);
    Future slow = submit(wait_at_gate, "slow");
    wait_until_entered(1);
    std::vector<Future> futures;
    std::vector<concurrent_future *> list = {slow.get()};
    for (int i = 0; i < 10; i++) {
        futures.push_back(submit(square, std::to_string(i)));
        list.push_back(futures.back().get());
    }
    as_completed *it;
    ASSERT_EQ(as_completed_new(&it, list.data(), list.size(), NEVER), 0);
    concurrent_future *next;
    for (int i = 0; i < 10; i++) {
        ASSERT_EQ(as_completed_next(it, &next), 0);
        EXPECT_NE(next, slow.get());
    }
    open_gate(1);
    ASSERT_EQ(as_completed_next(it, &next), 0);
    EXPECT_EQ(next, slow.get());
    as_completed_free(it);
}

// ---- map ----

class ProcessMap : public ProcessExecutor
{
  protected:
    void map_over(process_function run, int end, size_t window, int fails = -1)
    {
        numbers.end = end;
        numbers.fails = fails;
        ASSERT_EQ(process_map_init(&map, executor, run, Numbers::give, &numbers,
                                   window),
                  0);
    }

    void TearDown() override
    {
        process_map_deinit(&map);
        ProcessExecutor::TearDown();
    }

    std::string next()
    {
        slice text;
        int error = process_map_next(&map, &text, NEVER);
        return error ? strerrorname_np(-error)
                     : std::string(text.data, text.size);
    }

    Numbers numbers;
    process_map map = {};
};

TEST_F(ProcessMap, GivesResultsInTheOrderOfTheArguments)
{
    start(3);
    map_over(square, 100, 100);
    for (int i = 0; i < 100; i++)
        ASSERT_EQ(next(), std::to_string(i * i));
    EXPECT_EQ(next(), "ENODATA");
    EXPECT_EQ(next(), "ENODATA");
}

TEST_F(ProcessMap, GivesTheSameThroughEveryWindow)
{
    start(3);
    for (size_t window : {1, 2, 7, 50}) {
        numbers.next = 0;
        map_over(square, 20, window);
        for (int i = 0; i < 20; i++)
            ASSERT_EQ(next(), std::to_string(i * i));
        EXPECT_EQ(next(), "ENODATA");
        process_map_deinit(&map);
    }
    EXPECT_EQ(
        process_map_init(&map, executor, square, Numbers::give, &numbers, 0),
        -EINVAL);
}

TEST_F(ProcessMap, AsksForArgumentsOnlyAsResultsAreTaken)
{
    start(2);
    map_over(square, 1000000, 5); // far more than anybody will take
    EXPECT_EQ(numbers.next, 5);
    EXPECT_EQ(next(), "0");
    EXPECT_EQ(numbers.next, 6);
}

TEST_F(ProcessMap, OfNothingIsNothing)
{
    start(2);
    map_over(square, 0, 4);
    EXPECT_EQ(next(), "ENODATA");
    EXPECT_TRUE(kin().alive.empty()); // and nobody was forked for it
}

TEST_F(ProcessMap, AnErrorComesAtItsPlaceAndTheOthersAreDone)
{
    start(2);
    map_over(fail_on_three, 6, 6);
    for (const char *text : {"0", "1", "2", "EDOM", "4", "5", "ENODATA"})
        EXPECT_EQ(next(), text);
}

TEST_F(ProcessMap, AnErrorOfTheSourceComesAtItsPlace)
{
    start(2);
    map_over(square, 10, 3, 4);
    for (const char *text : {"0", "1", "4", "9", "EILSEQ", "ENODATA"})
        EXPECT_EQ(next(), text);
}

TEST_F(ProcessMap, CanBeAskedAgainAfterATimeout)
{
    start(1);
    map_over(wait_at_gate, 1, 1);
    slice text;
    EXPECT_EQ(process_map_next(&map, &text, 0), -ETIMEDOUT);
    open_gate(1);
    EXPECT_EQ(next(), "0");
}

} // namespace
