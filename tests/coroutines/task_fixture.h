/* SPDX-License-Identifier: MIT */
/* What every test of Tasks begins with: scripts for their bodies, over every
 * engine, and Futures for them to wait for. */
#ifndef COROUTINES_TASK_FIXTURE_H
#define COROUTINES_TASK_FIXTURE_H

#include "coroutines/sleep.h"
#include "coroutines/task.h"
#include "loop_fixture.h"
#include "script.h"

#include <list>
#include <memory>

class EngineTest : public LoopTest,
                   public testing::WithParamInterface<const struct engine *>
{
  protected:
    void TearDown() override
    {
        for (struct task *task : tasks) {
            task_close(task);
            task_unref(task);
        }
        LoopTest::TearDown();
        EXPECT_EQ(reports.told, expected_reports);
    }
    /* A body that writes into the diary what it is sent. */
    Script &script()
    {
        scripts.emplace_back(&diary);
        return scripts.back();
    }
    /* One that does not. */
    Script &quiet()
    {
        scripts.emplace_back(&unread);
        return scripts.back();
    }
    struct generator *make(Script &body)
    {
        return GetParam()->make(&body);
    }
    /* Runs by itself; given back at the end of the test. */
    struct task *task_of(Script &body)
    {
        tasks.push_back(task_new(loop, make(body)));
        return tasks.back();
    }
    /* Returns a number after a while, and says nothing. */
    struct task *sleeper(nanos span, intptr_t number)
    {
        return sleeper(span, returns(number));
    }
    struct task *sleeper(nanos span, struct act end)
    {
        return task_of(
            quiet()
                .then([this, span] { return awaits(sleep_for(loop, span)); })
                .then(end));
    }
    /* One that waits for what `come` returns, and comes to the same. */
    struct task *waiter(std::function<struct outcome()> come)
    {
        return task_of(
            quiet()
                .then([come] { return awaits(come()); })
                .with([](struct outcome got) { return returns(got); }));
    }
    static std::string result(struct future *future)
    {
        const struct outcome *outcome = nullptr;
        int error = future_result(future, &outcome);
        return error ? strerrorname_np(-error) : seen(outcome);
    }
    static std::string result(struct task *task)
    {
        return result(task_future(task));
    }
    static bool done(struct task *task)
    {
        return future_done(task_future(task));
    }
    static bool cancelled(struct task *task)
    {
        return future_cancelled(task_future(task));
    }
    std::string complete(Script &body)
    {
        return shown(run_until_complete(loop, make(body)));
    }
    /* A Future that the test owns, and an act that waits for it. */
    struct future *promise()
    {
        return owned(future_new(loop));
    }
    struct future *owned(struct future *future)
    {
        promises.emplace_back(future, future_unref);
        return future;
    }
    static struct act waits(struct future *future)
    {
        return awaits(future_await(future));
    }
    /* Runs what is ready, and what that makes ready, but no timer. */
    void settle()
    {
        turns(5);
    }
    void turns(int count)
    {
        Call last([this] { loop_stop(loop); });
        for (int i = 0; i < count; i++) {
            soon(last);
            run();
        }
    }

    Reports reports;
    std::string expected_reports, unread;
    std::list<Script> scripts;
    std::vector<struct task *> tasks;
    std::list<std::unique_ptr<struct future, void (*)(struct future *)>>
        promises;
};

#define INSTANTIATE_OVER_ENGINES(suite)                                        \
    INSTANTIATE_TEST_SUITE_P(Engines, suite,                                   \
                             testing::Values(&frame_engine, &stack_engine),    \
                             [](const auto &by) { return by.param->name; })

#endif
