// SPDX-License-Identifier: MIT
#include "pool_fixture.h"

#include "support/child.h"
#include "support/contract.h"
#include "support/sanitizer.h"
#include "support/scripted_sockets.h"

#include <cstdio>
#include <sched.h>
#include <sys/wait.h>

namespace
{

TEST_F(Pool, NeedsAWorker)
{
    worker_pool_options options = {};
    options.wake_fd = -1;
    EXPECT_EQ(worker_pool_new(&pool, &options), -EINVAL);
    EXPECT_EQ(pool, nullptr);
}

TEST_F(Pool, RunsAFunctionElsewhereAndBringsItsBytesBack)
{
    start(2);
    Job &job = submit(echo, "hello");
    EXPECT_EQ(job.times_done, 0); // never from inside submit
    finish();
    EXPECT_EQ(job.error, 0);
    EXPECT_EQ(job.output, "hello");
    EXPECT_NE(job.pid, getpid());
}

TEST_F(Pool, EveryJobIsDoneOnceAndHasItsOwnAnswer)
{
    start(4);
    for (size_t i = 0; i < 2000; i++)
        submit(echo, std::to_string(i));
    finish();
    for (size_t i = 0; i < 2000; i++)
        ASSERT_EQ(jobs[i].output, std::to_string(i));
}

TEST_F(Pool, AnErrorOfTheFunctionIsTheJobsAndTheWorkerLives)
{
    start(1);
    Job &bad = submit(refuse);
    Job &good = submit(echo, "x");
    finish();
    EXPECT_EQ(bad.error, -EDOM);
    EXPECT_EQ(good.error, 0);
    EXPECT_EQ(bad.pid, good.pid);
}

TEST_F(Pool, OneWorkerBeginsJobsInTheOrderOfSubmission)
{
    start(1);
    for (size_t i = 0; i < 100; i++)
        submit(echo);
    finish();
    for (size_t i = 0; i < 100; i++)
        ASSERT_EQ(order[i], &jobs[i]);
}

TEST_F(Pool, ForksNoMoreWorkersThanThereIsWorkFor)
{
    start(4);
    submit(echo);
    finish();
    submit(echo);
    finish();
    EXPECT_EQ(jobs[0].pid, jobs[1].pid);
    EXPECT_EQ(workers().size(), 1u);
}

TEST_F(Pool, NeverForksMoreWorkersThanAllowed)
{
    start(3);
    for (size_t i = 0; i < 60; i++)
        submit(wait_at_gate);
    wait_until_entered(3);
    EXPECT_EQ(kin().alive.size(), 3u);
    open_gate(60);
    finish();
    EXPECT_EQ(kin().alive.size(), 3u);
}

// The pool sleeps while answers gather, then looks for them. A signal in each
// look must not make it sleep again without ever having looked.
TEST_F(Pool, SeesItsAnswersThoughEveryLookIsInterrupted)
{
    const scripted_rule rule = {SCRIPTED_WAIT, 3, 2, 0, EINTR};
    start(1);
    for (size_t i = 0; i < 50; i++)
        submit(work_a_while);
    ASSERT_EQ(scripted_begin(0, &rule, 1), 0);
    finish();
    scripted_end();
    EXPECT_GT(scripted_bent(SCRIPTED_WAIT), 0u);
    for (Job &job : jobs)
        EXPECT_EQ(job.error, 0);
}

TEST_F(Pool, WorksInParallel)
{
    start(3);
    for (size_t i = 0; i < 3; i++)
        submit(wait_at_gate);
    wait_until_entered(3); // all are inside at the same time
    open_gate(3);
    finish();
}

TEST_F(Pool, WhatWaitsBehindALongJobGoesToAnIdleWorkerAndIsRunOnce)
{
    start(2);
    warm_up();
    submit(wait_at_gate); // one stays here, whichever gets it
    for (size_t i = 0; i < 14; i++)
        submit(count_run);
    while (order.size() < 50 + 14)
        ASSERT_EQ(worker_pool_wait(pool, NEVER), 0);
    open_gate(1);
    finish();
    // The worker at the gate goes on reading what was sent to it ahead.
    worker_pool_free(pool);
    pool = nullptr;
    EXPECT_EQ(shared->runs, 14);
}

TEST_F(Pool, AnInitialiserRunsOnceInEachWorker)
{
    start(2, count_begun);
    submit(wait_at_gate);
    submit(wait_at_gate);
    wait_until_entered(2);
    open_gate(12);
    for (size_t i = 0; i < 10; i++)
        submit(wait_at_gate);
    finish();
    EXPECT_EQ(shared->begun_workers, 2);
}

TEST_F(Pool, LargeAnswersAndArgumentsPassAtTheSameTime)
{
    start(2);
    warm_up(); // several are sent ahead: both directions fill up
    std::string megabyte(1 << 20, 'y');
    for (size_t i = 0; i < 12; i++)
        submit(echo, megabyte);
    Job &grown = submit(grow, "3000000");
    finish();
    for (size_t i = 0; i < 12; i++)
        EXPECT_EQ(jobs[50 + i].output, megabyte);
    EXPECT_EQ(grown.output, std::string(3000000, 'x'));
}

TEST_F(Pool, AWorkerHasNoDescriptorButItsOwn)
{
    int pipes[2];
    ASSERT_EQ(pipe(pipes), 0); // the program has others, and sisters come first
    start(3);
    for (size_t i = 0; i < 2; i++)
        submit(wait_at_gate);
    wait_until_entered(2);
    Job &job = submit(list_descriptors);
    while (!job.times_done)
        ASSERT_EQ(worker_pool_wait(pool, NEVER), 0);
    EXPECT_EQ(job.output, "0 1 2 3 ");
    open_gate(2);
    finish();
    close(pipes[0]);
    close(pipes[1]);
}

TEST_F(Pool, BufferedOutputAppearsOnce)
{
#ifdef WITH_TSAN
    GTEST_SKIP() << "with this sanitizer even _exit() flushes";
#endif
    testing::internal::CaptureStdout();
    printf("once");
    start(2);
    submit(echo);
    submit(leave);
    finish();
    worker_pool_free(pool);
    pool = nullptr;
    fflush(stdout);
    EXPECT_EQ(testing::internal::GetCapturedStdout(), "once");
}

TEST_F(Pool, CancelEndsWhatRunsAndWhatWaits)
{
    start(2);
    for (size_t i = 0; i < 10; i++)
        submit(wait_at_gate);
    wait_until_entered(2);
    worker_pool_cancel(pool);
    EXPECT_EQ(worker_pool_unfinished(pool), 0u);
    for (const Job &job : jobs) {
        EXPECT_EQ(job.times_done, 1);
        EXPECT_EQ(job.error, -ECANCELED);
    }
    Job &after = submit(echo, "after");
    finish();
    EXPECT_EQ(after.output, "after");
}

// "One has failed: cancel the rest", said from inside done().
class PoolCancelledInDone : public Pool
{
  protected:
    // A group of our own, for kill(0, SIGKILL) would end the test runner, too;
    // and a child that has nothing to do with the pool.
    void SetUp() override
    {
        setpgid(0, 0);
        bystander = fork();
        if (bystander == 0)
            for (;;)
                pause();
        Pool::SetUp();
    }

    void TearDown() override
    {
        EXPECT_EQ(waitpid(bystander, nullptr, WNOHANG), 0);
        end_child(bystander);
        Pool::TearDown();
    }

    // Two jobs that the one worker has begun, as far as the pool knows: the
    // answer to the first is on its way, and nothing has read it yet.
    void begin_two()
    {
        start(1);
        warm_up();
        for (int i = 0; i < 2; i++)
            submit(wait_at_gate).and_then = [this] {
                worker_pool_cancel(pool);
            };
        wait_until_entered(1);
        open_gate(1);
        while (__atomic_load_n(&shared->entered, __ATOMIC_SEQ_CST) < 2)
            sched_yield();
    }

    pid_t bystander;
};

TEST_F(PoolCancelledInDone, OfACancelledJobWhileItsWorkerHadBegunTwo)
{
    begin_two();
    worker_pool_cancel(pool);
    EXPECT_EQ(jobs[50].error, -ECANCELED);
    EXPECT_EQ(jobs[51].error, -ECANCELED);
    Job &after = submit(echo, "after");
    finish();
    EXPECT_EQ(after.output, "after");
}

TEST_F(PoolCancelledInDone, OfAnAnswerWhileItsWorkerHasBegunTheNext)
{
    begin_two();
    ASSERT_EQ(worker_pool_wait(pool, NEVER), 0);
    EXPECT_EQ(jobs[50].error, 0);
    EXPECT_EQ(jobs[51].error, -ECANCELED);
    Job &after = submit(echo, "after");
    finish();
    EXPECT_EQ(after.output, "after");
}

TEST_F(PoolCancelledInDone, OfTheFirstOfManyAnswersThatCameTogether)
{
    start(1);
    warm_up();
    for (int i = 0; i < 8; i++)
        submit(wait_at_gate);
    jobs[50].and_then = [this] { worker_pool_cancel(pool); };
    wait_until_entered(1);
    open_gate(8);
    while (__atomic_load_n(&shared->entered, __ATOMIC_SEQ_CST) < 8)
        sched_yield();
    finish();
    EXPECT_EQ(jobs[50].error, 0);
    for (size_t i = 51; i < 58; i++)
        EXPECT_EQ(jobs[i].error, -ECANCELED);
    Job &after = submit(echo, "after");
    finish();
    EXPECT_EQ(after.output, "after");
}

TEST_F(PoolCancelledInDone, OfAJobWhoseWorkerDied)
{
    start(1);
    warm_up();
    submit(kill_itself).and_then = [this] { worker_pool_cancel(pool); };
    for (int i = 0; i < 4; i++)
        submit(echo, "behind");
    finish();
    EXPECT_EQ(jobs[50].error, -EOWNERDEAD);
    for (size_t i = 51; i < 55; i++)
        EXPECT_EQ(jobs[i].error, -ECANCELED);
}

TEST_F(PoolCancelledInDone, ByEachOfThemInSeveralWorkers)
{
    start(3);
    size_t left = 30;
    for (int i = 0; i < 30; i++)
        submit(wait_at_gate).and_then = [this, &left] {
            EXPECT_EQ(worker_pool_unfinished(pool), --left);
            worker_pool_cancel(pool);
        };
    wait_until_entered(3);
    worker_pool_cancel(pool);
    EXPECT_EQ(worker_pool_unfinished(pool), 0u);
    for (const Job &job : jobs) {
        EXPECT_EQ(job.times_done, 1);
        EXPECT_EQ(job.error, -ECANCELED);
    }
}

// The job that done() hands over is a new one, and is not cancelled with the
// rest.
TEST_F(PoolCancelledInDone, AndReplacedByANewJob)
{
    begin_two();
    jobs[50].and_then = [this] {
        worker_pool_cancel(pool);
        submit(echo, "instead");
    };
    jobs[51].and_then = nullptr;
    ASSERT_EQ(worker_pool_wait(pool, NEVER), 0);
    finish();
    EXPECT_EQ(jobs[51].error, -ECANCELED);
    EXPECT_EQ(jobs[52].output, "instead");
}

// It may have begun one more job by then; what else was sent ahead to it goes
// to the other worker, and so does all that comes later.
TEST_F(Pool, AWorkerThatIsDismissedEndsAndNoOtherTakesItsPlace)
{
    start(2, count_begun);
    warm_up();
    Job &last = submit(wait_at_gate);
    Job &stays = submit(wait_at_gate);
    last.and_then = [&] { worker_pool_dismiss(pool, last.slot); };
    wait_until_entered(2);
    for (int i = 0; i < 60; i++)
        submit(echo, std::to_string(i));
    open_gate(2);
    finish();
    for (size_t i = 0; i < 60; i++)
        EXPECT_EQ(jobs[52 + i].output, std::to_string(i));
    EXPECT_TRUE(worker_pool_has_dismissed(pool, last.slot));
    EXPECT_FALSE(worker_pool_has_dismissed(pool, stays.slot));
    while (workers().size() > 1) {
        Job &next = submit(echo);
        finish();
        EXPECT_EQ(next.pid, stays.pid);
    }
    for (int i = 0; i < 200; i++)
        submit(echo);
    finish();
    EXPECT_EQ(workers(), (std::vector<pid_t>{stays.pid}));
    EXPECT_CONTRACT(worker_pool_dismiss(pool, last.slot), "another worker");
    EXPECT_CONTRACT(worker_pool_dismiss(pool, stays.slot), "not the last one");
    worker_pool_free(pool);
    pool = nullptr;
    EXPECT_EQ(shared->begun_workers, 2);
}

TEST_F(Pool, IsNotWaitedForAndNotFreedInDone)
{
    auto call_in_done = [this](void (*call)(worker_pool *)) {
        start(1);
        submit(echo).and_then = [this, call] { call(pool); };
        finish();
    };
    auto wait = [](worker_pool *it) { worker_pool_wait(it, 0); };
    EXPECT_CONTRACT(call_in_done(wait), "not from inside done");
    EXPECT_CONTRACT(call_in_done(worker_pool_free), "not from inside done");
}

TEST_F(Pool, IsNotFreedWithAJobWhoseDoneWouldNeverCome)
{
    auto free_with_a_job = [this] {
        start(1);
        submit(echo);
        worker_pool_free(pool);
    };
    EXPECT_CONTRACT(free_with_a_job(), "all jobs are done or cancelled");
}

TEST(Child, OneIsReapedAndNeverAGroup)
{
    for (pid_t pid : {0, -1, -7})
        EXPECT_CONTRACT(child_reap(pid), "the pid of one child");
}

TEST_F(Pool, WaitReturnsWhenItsTimeIsUp)
{
    start(1);
    submit(wait_at_gate);
    nanos until = monotonic_now() + 5 * NANOS_PER_MILLISECOND;
    EXPECT_EQ(worker_pool_wait(pool, until), 0);
    EXPECT_GE(monotonic_now(), until);
    EXPECT_EQ(jobs[0].times_done, 0);
    open_gate(1);
    finish();
}

} // namespace
