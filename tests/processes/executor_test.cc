// SPDX-License-Identifier: MIT
// Futures for calls in other processes: the rules of ProcessPoolExecutor and
// of multiprocessing.Pool.
#include "executor_fixture.h"

#include "base/clock.h"
#include "support/child.h"
#include "support/contract.h"
#include "threads/futures.h"

#include <csignal>
#include <set>

namespace
{

int tell_pid(void *, slice, buffer *answer)
{
    return buffer_print(answer, "%d", getpid());
}

int crash(void *, slice, buffer *)
{
    raise(SIGKILL);
    return 0;
}

int stop(void *, slice, buffer *)
{
    raise(SIGSTOP);
    return 0;
}

int leave(void *, slice, buffer *)
{
    _exit(1);
}

int tell_blocked_signals(void *, slice, buffer *answer)
{
    sigset_t mask;
    sigprocmask(SIG_SETMASK, nullptr, &mask);
    for (int number : {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGTRAP,
                       SIGSYS, SIGINT, SIGTERM})
        if (sigismember(&mask, number))
            buffer_print(answer, "%s ", sigabbrev_np(number));
    return 0;
}

int fail_to_begin(void *)
{
    return -EACCES;
}

TEST_F(ProcessExecutor, NeedsAWorker)
{
    process_executor_options options = {};
    EXPECT_EQ(process_executor_new(&executor, &options), -EINVAL);
}

// Else a handler never sees them, and with it a sanitizer or a core's report.
TEST_F(ProcessExecutor, AWorkerReceivesTheSignalsThatItCausesItself)
{
    start(1);
    EXPECT_EQ(result(submit(tell_blocked_signals)), "INT TERM ");
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
    for (size_t i = 0; i < 500; i++)
        futures.push_back(submit(square, std::to_string(i)));
    for (size_t i = 0; i < 500; i++)
        ASSERT_EQ(result(futures[i]), std::to_string(i * i));
}

TEST_F(ProcessExecutor, IsNeverSaturatedWithWorkers)
{
    start(4);
    std::vector<Future> futures;
    for (size_t i = 0; i < 60; i++)
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

TEST_F(ProcessExecutor, AWorkerIsReplacedAfterNCalls)
{
    start(1, 3);
    std::vector<std::string> pids;
    for (size_t i = 0; i < 7; i++)
        pids.push_back(result(submit(tell_pid)));
    EXPECT_EQ(std::set<std::string>(pids.begin(), pids.end()).size(), 3u);
    EXPECT_EQ(pids[0], pids[2]);
    EXPECT_NE(pids[2], pids[3]);
}

TEST_F(ProcessExecutor, ShutsDownThoughWorkersAreJustBeingReplaced)
{
    start(3, 1);
    std::vector<Future> futures;
    for (size_t i = 0; i < 6; i++)
        futures.push_back(submit(square, std::to_string(i)));
    process_executor_shutdown(executor, true, false);
    for (size_t i = 0; i < 6; i++)
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
    for (size_t i = 0; i < 3; i++)
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
    for (size_t i = 0; i < 20; i++)
        waiting.push_back(submit(wait_at_gate));
    process_executor_shutdown(executor, false, true);
    open_gate(20);
    EXPECT_EQ(result(running), "a");
    EXPECT_EQ(error(waiting.back()), -ECANCELED);
}

TEST_F(ProcessExecutor, TerminateWaitsForNoCall)
{
    start(2);
    std::vector<Future> futures;
    for (size_t i = 0; i < 20; i++)
        futures.push_back(submit(wait_at_gate)); // it will not be opened
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
    signal_child(kin().alive.at(0), SIGKILL);
    open_gate(2); // one for the other; one for what is left
    EXPECT_EQ((error(a) == -EOWNERDEAD) + (error(b) == -EOWNERDEAD), 1);
    EXPECT_EQ(result(submit(square, "4")), "16");
}

TEST_F(ProcessExecutor, AStoppedWorkerIsKilledWhenItsTimeIsUp)
{
    start(1);
    EXPECT_EQ(error(submit(stop, "", 20 * NANOS_PER_MILLISECOND)), -ETIME);
    EXPECT_EQ(result(submit(square, "4")), "16");
}

// ---- futures of theirs ----

TEST_F(ProcessExecutor, AWaitingCallCanBeCancelled)
{
    start(1);
    std::vector<Future> futures;
    for (size_t i = 0; i < 10; i++)
        futures.push_back(submit(wait_at_gate));
    wait_until_entered(1);
    EXPECT_FALSE(concurrent_future_cancel(futures[0].get()));
    EXPECT_TRUE(concurrent_future_cancel(futures[9].get()));
    open_gate(9);
    for (size_t i = 0; i < 9; i++)
        EXPECT_EQ(error(futures[i]), 0);
    EXPECT_EQ(error(futures[9]), -ECANCELED);
}

TEST_F(ProcessExecutor, TheQueueHasABound)
{
    start(1, 0, 2);
    std::vector<Future> futures;
    // One runs, one is with the pool, two wait; submit returned four times.
    for (size_t i = 0; i < 4; i++)
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

TEST_F(ProcessExecutor, ItsThreadDoesNotWaitForItself)
{
    struct Closing : done_callback {
        process_executor *executor;
    };
    start(1);
    Closing closing = {};
    closing.executor = executor;
    closing.call = [](done_callback *one, concurrent_future *) {
        process_executor_shutdown(static_cast<Closing *>(one)->executor, true,
                                  false);
    };
    auto close_from_inside = [&] {
        Future future = submit(wait_at_gate);
        concurrent_future_add_done_callback(future.get(), &closing);
        open_gate(1);
        pause();
    };
    EXPECT_CONTRACT(close_from_inside(), "process_executor_shutdown: its "
                                         "thread does not wait for itself");
}

TEST_F(ProcessExecutor, ResultsCanBeTakenAsTheyAreCompleted)
{
    start(2);
    Future slow = submit(wait_at_gate, "slow");
    wait_until_entered(1);
    std::vector<Future> futures;
    std::vector<concurrent_future *> list = {slow.get()};
    for (size_t i = 0; i < 10; i++) {
        futures.push_back(submit(square, std::to_string(i)));
        list.push_back(futures.back().get());
    }
    as_completed *it;
    ASSERT_EQ(as_completed_new(&it, list.data(), list.size(), NEVER), 0);
    concurrent_future *next;
    for (size_t i = 0; i < 10; i++) {
        ASSERT_EQ(as_completed_next(it, &next), 0);
        EXPECT_NE(next, slow.get());
    }
    open_gate(1);
    ASSERT_EQ(as_completed_next(it, &next), 0);
    EXPECT_EQ(next, slow.get());
    as_completed_free(it);
}

} // namespace
