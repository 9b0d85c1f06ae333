// SPDX-License-Identifier: MIT
// A pool, jobs for it, and a look at what it leaves behind.
#ifndef TESTS_PROCESSES_POOL_FIXTURE_H
#define TESTS_PROCESSES_POOL_FIXTURE_H

#include "processes/pool/worker_pool.h"

#include "base/clock.h"
#include "kin.h"
#include "processes/child.h"

#include <gtest/gtest.h>

#include <cerrno>
#include <csignal>
#include <deque>
#include <functional>
#include <semaphore.h>
#include <string>
#include <sys/mman.h>
#include <vector>

// Shared with the workers: descriptors are not.
struct Shared {
    sem_t gate;
    int entered;
    int begun_workers;
    int runs;
};

struct Job : process_job {
    std::string input, output;
    int error = 1, status = 0;
    pid_t pid = 0;
    unsigned slot = 0;
    int times_done = 0;
    std::vector<Job *> *order = nullptr;
    std::function<void()> and_then; // called from inside done()
};

inline void job_done(process_job *job, const process_answer *answer)
{
    Job *self = static_cast<Job *>(job);
    self->error = answer->error;
    self->status = answer->status;
    self->pid = answer->pid;
    self->slot = answer->slot;
    self->output.assign(answer->result.data ? answer->result.data : "",
                        answer->result.size);
    self->times_done++;
    if (self->order)
        self->order->push_back(self);
    if (self->and_then)
        self->and_then();
}

// ---- what workers do ----

inline int echo(void *, slice argument, buffer *answer)
{
    return buffer_append(answer, argument.data, argument.size);
}

inline int refuse(void *, slice, buffer *)
{
    return -EDOM;
}

inline int kill_itself(void *, slice, buffer *)
{
    raise(SIGKILL);
    return 0;
}

inline int stop_itself(void *, slice, buffer *)
{
    raise(SIGSTOP);
    return 0;
}

inline int leave(void *, slice, buffer *)
{
    _exit(3);
}

inline int crash(void *, slice, buffer *)
{
    signal(SIGSEGV, SIG_DFL); // a sanitizer would turn it into an exit
    raise(SIGSEGV);
    return 0;
}

inline int grow(void *, slice argument, buffer *answer)
{
    std::string text(std::stoul(std::string(argument.data, argument.size)),
                     'x');
    return buffer_append(answer, text.data(), text.size());
}

inline int count_run(void *context, slice, buffer *)
{
    Shared *shared = static_cast<Shared *>(context);
    __atomic_add_fetch(&shared->runs, 1, __ATOMIC_SEQ_CST);
    return 0;
}

// Long enough for the pool to let answers gather.
inline int work_a_while(void *, slice, buffer *)
{
    nanos begun = monotonic_now();
    while (monotonic_now() - begun < NANOS_PER_MILLISECOND)
        ;
    return 0;
}

inline int list_descriptors(void *, slice, buffer *answer)
{
    for (int fd : open_descriptors())
        buffer_print(answer, "%d ", fd);
    return 0;
}

inline int wait_at_gate(void *context, slice argument, buffer *answer)
{
    Shared *shared = static_cast<Shared *>(context);
    __atomic_add_fetch(&shared->entered, 1, __ATOMIC_SEQ_CST);
    while (sem_wait(&shared->gate) < 0)
        ;
    return buffer_append(answer, argument.data, argument.size);
}

inline int count_begun(void *context)
{
    Shared *shared = static_cast<Shared *>(context);
    __atomic_add_fetch(&shared->begun_workers, 1, __ATOMIC_SEQ_CST);
    return 0;
}

inline int fail_to_begin(void *)
{
    return -EACCES;
}

inline int die_at_birth(void *)
{
    _exit(7);
}

class Pool : public testing::Test
{
  protected:
    void SetUp() override
    {
        before = open_descriptors();
        shared = static_cast<Shared *>(mmap(nullptr, sizeof *shared,
                                            PROT_READ | PROT_WRITE,
                                            MAP_SHARED | MAP_ANONYMOUS, -1, 0));
        sem_init(&shared->gate, 1, 0);
    }

    void TearDown() override
    {
        worker_pool_free(pool);
        EXPECT_EQ(kin().alive.size() + kin().zombies.size(), 0u);
        EXPECT_EQ(open_descriptors(), before);
        munmap(shared, sizeof *shared);
    }

    void start(size_t workers, int (*initialise)(void *) = nullptr,
               size_t lifetime = 0)
    {
        worker_pool_options options = {};
        options.workers = workers;
        options.jobs_per_worker = lifetime;
        options.initialise = initialise;
        options.context = shared;
        options.wake_fd = -1;
        ASSERT_EQ(worker_pool_new(&pool, &options), 0);
    }

    Job &submit(process_function run, const std::string &input = "",
                nanos limit = NEVER)
    {
        Job &job = jobs.emplace_back();
        job.run = run;
        job.input = input;
        job.argument = {job.input.data(), job.input.size()};
        job.time_limit = limit;
        job.done = job_done;
        job.order = &order;
        worker_pool_submit(pool, &job);
        return job;
    }

    void finish()
    {
        while (worker_pool_unfinished(pool))
            ASSERT_EQ(worker_pool_wait(pool, NEVER), 0);
        for (const Job &job : jobs)
            EXPECT_EQ(job.times_done, 1);
    }

    // Makes the pool believe that jobs are short, so that it sends ahead.
    void warm_up()
    {
        for (int i = 0; i < 50; i++)
            submit(echo, "warm");
        finish();
    }

    // Lets the jobs that wait at the gate begin; they are not done by that.
    void wait_until_entered(int count)
    {
        while (__atomic_load_n(&shared->entered, __ATOMIC_SEQ_CST) < count)
            ASSERT_EQ(worker_pool_wait(pool, monotonic_now()), 0);
    }

    void open_gate(int times)
    {
        while (times--)
            sem_post(&shared->gate);
    }

    std::vector<pid_t> workers() const
    {
        std::vector<pid_t> pids(100);
        pids.resize(worker_pool_pids(pool, pids.data(), pids.size()));
        return pids;
    }

    worker_pool *pool = nullptr;
    Shared *shared = nullptr;
    std::deque<Job> jobs;
    std::vector<Job *> order;
    std::vector<int> before;
};

#endif
