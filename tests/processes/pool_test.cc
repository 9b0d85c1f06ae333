// SPDX-License-Identifier: MIT
#include "pool_fixture.h"

#include "support/scripted_sockets.h"

#include <cstdio>

namespace
{

TEST_F(Pool, NeedsAWorker)
{
    process_pool_options options = {};
    options.wake_fd = -1;
    EXPECT_EQ(process_pool_new(&pool, &options), -EINVAL);
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

TEST_F(Pool, WhatWaitsBehindALongJobGoesToWhoIsIdleAndIsRunOnce)
{
    start(2);
    warm_up();
    submit(wait_at_gate); // one stays here, whichever gets it
    for (size_t i = 0; i < 14; i++)
        submit(count_run);
    while (order.size() < 50 + 14)
        ASSERT_EQ(process_pool_wait(pool, NEVER), 0);
    open_gate(1);
    finish();
    // Whoever was at the gate goes on reading what was sent to him ahead.
    process_pool_free(pool);
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
        ASSERT_EQ(process_pool_wait(pool, NEVER), 0);
    EXPECT_EQ(job.output, "0 1 2 3 ");
    open_gate(2);
    finish();
    close(pipes[0]);
    close(pipes[1]);
}

TEST_F(Pool, BufferedOutputAppearsOnce)
{
#ifdef __SANITIZE_THREAD__
    GTEST_SKIP() << "with this sanitizer even _exit() flushes";
#endif
    testing::internal::CaptureStdout();
    printf("once");
    start(2);
    submit(echo);
    submit(leave);
    finish();
    process_pool_free(pool);
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
    process_pool_cancel(pool);
    EXPECT_EQ(process_pool_unfinished(pool), 0u);
    for (const Job &job : jobs) {
        EXPECT_EQ(job.times_done, 1);
        EXPECT_EQ(job.error, -ECANCELED);
    }
    Job &after = submit(echo, "after");
    finish();
    EXPECT_EQ(after.output, "after");
}

TEST_F(Pool, WaitReturnsWhenItsTimeIsUp)
{
    start(1);
    submit(wait_at_gate);
    nanos until = monotonic_now() + 5 * NANOS_PER_MILLISECOND;
    EXPECT_EQ(process_pool_wait(pool, until), 0);
    EXPECT_GE(monotonic_now(), until);
    EXPECT_EQ(jobs[0].times_done, 0);
    open_gate(1);
    finish();
}

} // namespace
