// SPDX-License-Identifier: MIT
// An executor, calls for it, and a look at what it leaves behind.
#ifndef TESTS_PROCESSES_EXECUTOR_FIXTURE_H
#define TESTS_PROCESSES_EXECUTOR_FIXTURE_H

#include "processes/executor.h"

#include "kin.h"

#include <gtest/gtest.h>

#include <cerrno>
#include <memory>
#include <semaphore.h>
#include <string>
#include <sys/mman.h>
#include <vector>

struct Gate {
    sem_t open, entered;
};

inline int square(void *, slice argument, buffer *answer)
{
    int number = std::stoi(std::string(argument.data, argument.size));
    return buffer_print(answer, "%d", number * number);
}

inline int fail_on_three(void *, slice argument, buffer *answer)
{
    if (slice_equal(argument, slice_of("3")))
        return -EDOM;
    return buffer_append(answer, argument.data, argument.size);
}

inline int wait_at_gate(void *context, slice argument, buffer *answer)
{
    Gate *gate = static_cast<Gate *>(context);
    sem_post(&gate->entered);
    sem_wait(&gate->open);
    return buffer_append(answer, argument.data, argument.size);
}

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

#endif
