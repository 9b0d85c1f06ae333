// SPDX-License-Identifier: MIT
// Workers that die, hang, are stopped, or never begin: whose loss is it?
#include "pool_fixture.h"

#include "support/child.h"
#include "support/scripted_sockets.h"

#include <fcntl.h>
#include <random>
#include <set>
#include <sys/socket.h>
#include <sys/wait.h>

namespace
{

TEST_F(Pool, AKilledWorkerCostsTheJobItWasAt)
{
    start(1);
    warm_up();
    Job &dead = submit(kill_itself);
    for (size_t i = 0; i < 7; i++)
        submit(echo, std::to_string(i)); // sent ahead to the same worker
    finish();
    EXPECT_EQ(dead.error, -EOWNERDEAD);
    EXPECT_EQ(child_explain(dead.status), SIGKILL);
    for (size_t i = 0; i < 7; i++) {
        EXPECT_EQ(jobs[51 + i].error, 0);
        EXPECT_EQ(jobs[51 + i].output, std::to_string(i));
    }
    EXPECT_EQ(kin().zombies.size(), 0u);
}

TEST_F(Pool, AWorkerThatExitsOrCrashesSaysHow)
{
    start(2);
    Job &left = submit(leave), &crashed = submit(crash);
    finish();
    EXPECT_EQ(left.error, -EOWNERDEAD);
    EXPECT_EQ(child_explain(left.status), -3);
    EXPECT_EQ(crashed.error, -EOWNERDEAD);
    EXPECT_EQ(child_explain(crashed.status), SIGSEGV);
}

TEST_F(Pool, AWorkerKilledBetweenJobsCostsNothing)
{
    start(1);
    submit(echo);
    finish();
    pid_t first = workers().at(0);
    signal_child(first, SIGKILL);
    Job &next = submit(echo, "again");
    finish();
    EXPECT_EQ(next.error, 0);
    EXPECT_NE(next.pid, first);
    EXPECT_EQ(kin().zombies.size(), 0u);
}

TEST_F(Pool, AStoppedWorkerIsKilledWhenItsJobsTimeIsUp)
{
    start(1);
    warm_up();
    Job &stopped = submit(stop_itself, "", 20 * NANOS_PER_MILLISECOND);
    Job &behind = submit(echo, "behind");
    finish();
    EXPECT_EQ(stopped.error, -ETIME);
    EXPECT_EQ(behind.output, "behind");
    EXPECT_EQ(kin().zombies.size(), 0u);
}

TEST_F(Pool, ATimeLimitHoldsBehindAJobThatHasNone)
{
    start(1);
    submit(wait_at_gate);
    Job &stopped = submit(stop_itself, "", 20 * NANOS_PER_MILLISECOND);
    wait_until_entered(1);
    open_gate(1);
    nanos deadline = monotonic_now() + 20 * NANOS_PER_SECOND;
    while (!stopped.times_done && monotonic_now() < deadline)
        worker_pool_wait(pool, deadline);
    EXPECT_EQ(stopped.error, -ETIME);
    worker_pool_cancel(pool);
}

TEST_F(Pool, ATimeLimitTooShortForAnyWorkerCostsItsOwnJobOnly)
{
    start(1);
    Job &hurried = submit(echo, "", 0);
    Job &other = submit(echo, "other");
    finish();
    EXPECT_TRUE(hurried.error == -ETIME || hurried.error == 0);
    EXPECT_EQ(other.output, "other");
}

TEST_F(Pool, AStoppedWorkerDoesNotHoldUpTheEnd)
{
    start(1);
    submit(echo);
    finish();
    signal_child(workers().at(0), SIGSTOP);
    // TearDown: the pool is freed, and no child is left.
}

TEST_F(Pool, AnInitialiserThatFailsBreaksThePool)
{
    start(2, fail_to_begin);
    Job &job = submit(echo);
    finish();
    EXPECT_EQ(job.error, -EACCES);
    Job &later = submit(echo);
    finish();
    EXPECT_EQ(later.error, -EACCES);
}

TEST_F(Pool, WorkersThatDieInTheirInitialiserAreNotForkedForEver)
{
    start(2, die_at_birth);
    Job &job = submit(echo);
    finish();
    EXPECT_EQ(job.error, -EOWNERDEAD);
    EXPECT_EQ(child_explain(job.status), -7);
}

// Begins well, but has lost its job by then, and leaves.
int swallow_job(void *)
{
    char bytes[4096];
    if (recv(CHILD_CHANNEL, bytes, sizeof bytes, 0) <= 0)
        return -EIO;
    return fcntl(CHILD_CHANNEL, F_SETFL, O_NONBLOCK);
}

TEST_F(Pool, WorkersThatNeverBeginTheirJobAreNotForkedForEver)
{
    start(2, swallow_job);
    Job &job = submit(echo);
    finish();
    EXPECT_EQ(job.error, -EOWNERDEAD);
}

// What runs in a worker may write anything to its channel.
template <int64_t size, int64_t spent> int lie(void *, slice, buffer *)
{
    const int64_t head[] = {size, 0, spent};
    for (int i = 0; i < 100; i++)
        if (write(CHILD_CHANNEL, head, sizeof head) < 0)
            _exit(1);
    for (;;)
        pause();
}

TEST_F(Pool, AWorkerThatSendsWhatIsNotAnAnswerCostsItsJob)
{
    start(1);
    for (process_function liar :
         {lie<-1, 0>, lie<-24, 0>, lie<INT64_MAX / 2, 0>, lie<0, -1>,
          lie<0, INT64_MAX>}) {
        Job &lied = submit(liar);
        Job &next = submit(echo, "next");
        finish();
        EXPECT_EQ(lied.error, -EOWNERDEAD);
        EXPECT_EQ(next.output, "next");
    }
}

TEST_F(Pool, AWorkerKilledInTheMiddleOfALargeAnswerCostsThatJob)
{
    start(1);
    Job &large = submit(grow, "50000000");
    while (workers().empty())
        worker_pool_wait(pool, monotonic_now());
    signal_child(workers().at(0), SIGSTOP);
    for (size_t i = 0; i < 3; i++)
        worker_pool_wait(pool, monotonic_now());
    signal_child(workers().at(0), SIGKILL);
    Job &next = submit(echo, "next");
    finish();
    // Killed before it had begun, it was done by another.
    EXPECT_TRUE(large.error == -EOWNERDEAD || large.output.size() == 50000000);
    EXPECT_EQ(next.output, "next");
}

TEST_F(Pool, DoesNotReapTheProgramsOtherChildren)
{
    pid_t foreign = fork();
    if (foreign == 0)
        _exit(42);
    start(1);
    submit(kill_itself);
    submit(echo);
    finish();
    worker_pool_free(pool);
    pool = nullptr;
    int status;
    ASSERT_EQ(waitpid(foreign, &status, 0), foreign);
    EXPECT_EQ(WEXITSTATUS(status), 42);
}

TEST_F(Pool, SurvivesAProgramThatLetsTheKernelReap)
{
    auto handler = signal(SIGCHLD, SIG_IGN);
    start(1);
    Job &dead = submit(kill_itself);
    Job &next = submit(echo, "next");
    finish();
    worker_pool_free(pool);
    pool = nullptr;
    signal(SIGCHLD, handler);
    EXPECT_EQ(dead.error, -EOWNERDEAD);
    EXPECT_EQ(next.output, "next");
}

TEST_F(Pool, SignalsOfTheProgramAreNotTheWorkers)
{
    start(1);
    submit(echo);
    finish();
    pid_t worker = workers().at(0);
    signal_child(worker, SIGINT); // as Ctrl-C sends it to all of the group
    signal_child(worker, SIGTERM);
    Job &next = submit(echo, "next");
    finish();
    EXPECT_EQ(next.pid, worker);
}

TEST_F(Pool, AWorkerIsReplacedAfterItsLastJob)
{
    start(1, count_begun, 3);
    std::set<pid_t> pids;
    for (size_t i = 0; i < 10; i++)
        submit(echo);
    finish();
    for (const Job &job : jobs) {
        EXPECT_EQ(job.error, 0);
        pids.insert(job.pid);
    }
    EXPECT_EQ(shared->begun_workers, 4); // 3 + 3 + 3 + 1
}

TEST_F(Pool, AWorkerThatIsStoppedAfterItsLastJobIsReplacedToo)
{
    start(1, nullptr, 1);
    submit(echo);
    finish();
    signal_child(workers().at(0), SIGSTOP);
    Job &next = submit(echo, "next");
    finish();
    EXPECT_EQ(next.output, "next");
}

TEST_F(Pool, AJobThatWasTakenBackHasNoTimeToBeUp)
{
    start(2);
    submit(wait_at_gate);
    wait_until_entered(1);
    submit(echo);
    while (worker_pool_unfinished(pool) > 1)
        worker_pool_wait(pool, NEVER);
    std::vector<pid_t> before_it = workers();
    signal_child(jobs[1].pid, SIGSTOP); // so that it does not begin
    Job &dropped = submit(echo, "", 20 * NANOS_PER_MILLISECOND);
    worker_pool_wait(pool, monotonic_now());
    open_gate(1);
    while (!jobs[0].times_done)
        worker_pool_wait(pool, NEVER);
    worker_pool_cancel(pool);
    EXPECT_EQ(dropped.error, -ECANCELED);
    signal_child(jobs[1].pid, SIGCONT);
    submit(wait_at_gate);
    wait_until_entered(2);
    worker_pool_wait(pool, monotonic_now() + 30 * NANOS_PER_MILLISECOND);
    EXPECT_EQ(workers(), before_it);
    open_gate(1);
    finish();
}

// A child that was forked without closing anything still holds the channel of a
// worker that is dead.
TEST_F(Pool, ADeadWorkersChannelDoesNotWakeAnyMore)
{
    start(1);
    submit(echo);
    finish();
    pid_t foreign = fork();
    if (foreign == 0)
        for (;;)
            pause();
    signal_child(workers().at(0), SIGKILL);
    submit(wait_at_gate);
    wait_until_entered(1);
    ASSERT_EQ(scripted_begin(0, nullptr, 0), 0);
    worker_pool_wait(pool, monotonic_now() + 20 * NANOS_PER_MILLISECOND);
    scripted_end();
    EXPECT_LE(scripted_seen(SCRIPTED_WAIT), 4u);
    end_child(foreign);
    open_gate(1);
    finish();
}

TEST_F(Pool, WhenOneMoreWorkerCannotBeHadTheNextIsNotTriedAtOnce)
{
    scripted_rule none_left = {SCRIPTED_FORK, 3, 1, 0, EAGAIN};
    start(10);
    for (int i = 0; i < 10; i++)
        submit(echo);
    ASSERT_EQ(scripted_begin(0, &none_left, 1), 0);
    worker_pool_wait(pool, monotonic_now());
    EXPECT_EQ(scripted_seen(SCRIPTED_FORK), 3u);
    finish();
    scripted_end();
    for (const Job &job : jobs)
        EXPECT_EQ(job.error, 0);
}

TEST_F(Pool, WhenNoWorkerCanBeHadALaterJobMayFareBetter)
{
    scripted_rule not_now = {SCRIPTED_FORK, 1, 0, 0, EAGAIN};
    start(2);
    ASSERT_EQ(scripted_begin(0, &not_now, 1), 0);
    Job &early = submit(echo);
    finish();
    Job &late = submit(echo);
    finish();
    scripted_end();
    EXPECT_EQ(early.error, -EAGAIN);
    EXPECT_EQ(late.error, 0);
}

TEST_F(Pool, ALifetimeThatIsOverMayEndWithThePool)
{
    start(3, nullptr, 1);
    for (size_t i = 0; i < 6; i++)
        submit(echo, std::to_string(i));
    finish();
    for (size_t i = 0; i < 6; i++)
        EXPECT_EQ(jobs[i].output, std::to_string(i));
}

// ---- a thousand deaths ----

int count_up(void *, slice argument, buffer *answer)
{
    unsigned long rounds =
        std::stoul(std::string(argument.data, argument.size));
    volatile unsigned long sum = 0;
    for (unsigned long i = 0; i < rounds; i++)
        sum = sum + i;
    return buffer_append(answer, argument.data, argument.size);
}

TEST_F(Pool, AThousandKillsLoseNothingButTheJobsThatWereRunning)
{
    std::mt19937 random(20261121);
    start(4);
    size_t kills = 0, lost = 0, checked = 0;
    while (kills < 1000) {
        while (worker_pool_has_room(pool))
            submit(count_up, std::to_string(random() % 20000));
        for (auto i = random() % 3; i > 0; i--)
            ASSERT_EQ(worker_pool_wait(pool, NEVER), 0);
        volatile auto spin = random() % 50000;
        while (spin)
            spin = spin - 1;
        std::vector<pid_t> pids = workers();
        if (!pids.empty()) {
            signal_child(pids[random() % pids.size()], SIGKILL);
            kills++;
        }
        if (jobs.size() > 2000 || kills == 1000) {
            finish();
            for (const Job &job : jobs) {
                lost += job.error == -EOWNERDEAD;
                if (job.error == -EOWNERDEAD)
                    ASSERT_EQ(child_explain(job.status), SIGKILL);
                else
                    ASSERT_EQ(job.output, job.input);
            }
            checked += jobs.size();
            jobs.clear();
            order.clear();
        }
    }
    EXPECT_LE(lost, kills);
    EXPECT_GT(checked, lost);
    /* The last one killed may have been idle, and was not looked at since. */
    worker_pool_free(pool);
    pool = nullptr;
    EXPECT_EQ(kin().zombies.size(), 0u);
}

} // namespace
