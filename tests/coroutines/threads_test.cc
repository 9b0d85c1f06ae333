/* SPDX-License-Identifier: MIT */
/* Coroutines and threads: run_in_executor, wrap_future (FU6), and coroutines
 * that another thread starts, CO7. On a real loop, and without any time. */
#include "coroutines/future_wrap.h"
#include "coroutines/run_in_executor.h"
#include "coroutines/threadsafe.h"
#include "loop_fixture.h"
#include "script.h"
#include "support/gate.h"

#include <list>
#include <memory>
#include <thread>

class ThreadsTest : public testing::Test
{
  protected:
    void SetUp() override
    {
        ASSERT_EQ(loop_new(&loop, &epoll_selector, &monotonic_clock), 0);
        ASSERT_EQ(mailbox_new(&mailbox, loop), 0);
        ASSERT_EQ(offloader_new(&offloader, loop, 2), 0);
    }
    void TearDown() override
    {
        offloader_free(offloader);
        mailbox_free(mailbox);
        loop_free(loop);
        EXPECT_EQ(reports.told, "");
    }
    Script &script()
    {
        scripts.emplace_back(&unread);
        return scripts.back();
    }
    struct generator *make(Script &body)
    {
        return frame_engine.make(&body);
    }
    std::string complete(Script &body)
    {
        return shown(run_until_complete(loop, make(body)));
    }
    static std::string result(struct future *future)
    {
        const struct outcome *outcome = nullptr;
        int error = future_result(future, &outcome);
        return error ? strerrorname_np(-error) : seen(outcome);
    }
    struct loop *loop = nullptr;
    struct mailbox *mailbox = nullptr;
    struct offloader *offloader = nullptr;
    Reports reports;
    std::string unread;
    std::list<Script> scripts;
};

/* ---- run_in_executor ---- */

TEST_F(ThreadsTest, AThreadDoesWhatATaskWaitsFor)
{
    std::thread::id here = std::this_thread::get_id(), there = here;
    thread_fn *work = [](void *context) {
        *static_cast<std::thread::id *>(context) = std::this_thread::get_id();
        return outcome_number(42);
    };
    EXPECT_EQ(complete(script()
                           .then([&] {
                               return awaits(
                                   run_in_executor(offloader, work, &there));
                           })
                           .with([](struct outcome got) {
                               return returns(got.number + 1);
                           })),
              "43");
    EXPECT_NE(there, here);
}

TEST_F(ThreadsTest, AFailureOfAThreadComesOutOfTheWait)
{
    thread_fn *work = [](void *) { return a_failure(); };
    EXPECT_EQ(complete(script()
                           .then([&] {
                               return awaits(
                                   run_in_executor(offloader, work, nullptr));
                           })
                           .except(returns(7))),
              "7");
}

/* The work owns what it touches: it ends some time after the wait. */
TEST_F(ThreadsTest, CancelledItDoesNotWaitForTheThread)
{
    struct Gates {
        Gate works, may_end;
    };
    auto gates = std::make_shared<Gates>();
    auto *theirs = new std::shared_ptr<Gates>(gates);
    thread_fn *work = [](void *context) {
        std::unique_ptr<std::shared_ptr<Gates>> own(
            static_cast<std::shared_ptr<Gates> *>(context));
        (*own)->works.open();
        (*own)->may_end.pass();
        return outcome_none();
    };
    struct task *task =
        task_new(loop, make(script().then([&] {
                     return awaits(run_in_executor(offloader, work, theirs));
                 })));
    Call cancels([&] {
        gates->works.pass();
        task_cancel(task);
    });
    loop_call_soon(loop, &cancels);
    EXPECT_EQ(loop_run(loop), 0);
    EXPECT_TRUE(future_cancelled(task_future(task)));
    task_unref(task);
    gates->may_end.open();
}

/* ---- wrap_future ---- */

class WrapTest : public ThreadsTest
{
  protected:
    void SetUp() override
    {
        ThreadsTest::SetUp();
        source = concurrent_future_new();
        wrapped = future_wrap(loop, mailbox, concurrent_future_ref(source));
        ASSERT_NE(wrapped, nullptr);
    }
    void TearDown() override
    {
        if (wrapped)
            future_unref(wrapped);
        concurrent_future_unref(source);
        ThreadsTest::TearDown();
    }
    struct concurrent_future *source = nullptr;
    struct future *wrapped = nullptr;
};

TEST_F(WrapTest, FU6_EndsOnTheLoopWithTheResultOfAThread)
{
    static char oi[] = "oi";
    std::thread other([this] {
        concurrent_future_set_running(source);
        concurrent_future_set_result(source, oi, nullptr);
    });
    EXPECT_EQ(run_until_done(loop, wrapped), 0);
    other.join();
    const struct outcome *outcome = nullptr;
    ASSERT_EQ(future_result(wrapped, &outcome), 0);
    ASSERT_EQ(outcome->kind, &concurrent_kind);
    void *value = nullptr;
    auto *done = static_cast<struct concurrent_future *>(outcome->pointer);
    EXPECT_EQ(concurrent_future_result(done, &value, 0), 0);
    EXPECT_EQ(value, oi);
    EXPECT_EQ(loop_run(loop), 0); /* nothing holds it any more */
}

TEST_F(WrapTest, FU6_AnErrorAndACancellationOfTheOtherSideArrive)
{
    concurrent_future_set_running(source);
    concurrent_future_set_error(source, -ENOENT);
    EXPECT_FALSE(future_done(wrapped)); /* not before the loop runs */
    EXPECT_EQ(loop_run(loop), 0);
    EXPECT_EQ(result(wrapped), "OSError(No such file or directory)");

    future_unref(wrapped);
    concurrent_future_unref(source);
    source = concurrent_future_new();
    wrapped = future_wrap(loop, mailbox, concurrent_future_ref(source));
    concurrent_future_cancel(source);
    EXPECT_EQ(loop_run(loop), 0);
    EXPECT_TRUE(future_cancelled(wrapped));
}

TEST_F(WrapTest, FU6_CancelledItCancelsTheSource)
{
    EXPECT_TRUE(future_cancel(wrapped));
    EXPECT_FALSE(future_cancel(wrapped));
    EXPECT_TRUE(concurrent_future_cancelled(source));
    EXPECT_TRUE(future_cancelled(wrapped));
    EXPECT_EQ(loop_run(loop), 0);
}

TEST_F(WrapTest, FU6_ASourceThatHasEndedIsNotCancelledAnyMore)
{
    concurrent_future_set_running(source);
    concurrent_future_set_result(source, nullptr, nullptr);
    EXPECT_TRUE(future_cancel(wrapped)); /* before it has arrived */
    EXPECT_EQ(loop_run(loop), 0);
    EXPECT_FALSE(concurrent_future_cancelled(source));
    EXPECT_TRUE(future_cancelled(wrapped));
}

TEST_F(WrapTest, FU6_DroppedItLeavesWorkThatRunsToItself)
{
    concurrent_future_set_running(source);
    future_unref(wrapped);
    wrapped = nullptr;
    EXPECT_EQ(loop_run(loop), 0); /* the loop does not wait for it */
    std::thread other([this] { concurrent_future_set_error(source, -ENOENT); });
    other.join();
    EXPECT_TRUE(concurrent_future_done(source));
}

/* ---- CO7 ---- */

class ThreadsafeTest : public ThreadsTest
{
  protected:
    void SetUp() override
    {
        ThreadsTest::SetUp();
        ASSERT_EQ(mailbox_hold(mailbox), 0);
        ends.handle.run = [](struct handle *handle) {
            mailbox_release(container_of(handle, struct Ends, handle)->held);
        };
        ends.held = mailbox;
    }
    /* Another thread does this; the loop runs until it has. */
    void beside_the_loop(std::function<void()> what)
    {
        std::thread other([this, what] {
            what();
            mailbox_post(mailbox, &ends.handle);
        });
        EXPECT_EQ(loop_run(loop), 0);
        other.join();
        EXPECT_EQ(all_tasks_next(loop, nullptr), nullptr);
    }
    struct concurrent_future *start(Script &body)
    {
        return run_coroutine_threadsafe(loop, mailbox, make(body));
    }
    struct Ends {
        struct handle handle;
        struct mailbox *held;
    } ends = {};
};

TEST_F(ThreadsafeTest, CO7_AnotherThreadGetsWhatACoroutineReturns)
{
    std::thread::id here = std::this_thread::get_id(), there;
    Script &body = script().then(yields(outcome_none())).then([&] {
        there = std::this_thread::get_id();
        return returns(3);
    });
    std::string first, second;
    beside_the_loop([&] {
        struct concurrent_future *future = start(body);
        first = shown(coroutine_result(future, NEVER));
        second = shown(coroutine_result(future, NEVER));
        concurrent_future_unref(future);
    });
    EXPECT_EQ(first, "3");
    EXPECT_EQ(second, "ValueTakenError(another has taken it already)");
    EXPECT_EQ(there, here);
}

TEST_F(ThreadsafeTest, CO7_AndItsFailureAsACopy)
{
    struct outcome kept = a_failure("deep");
    const struct failure *original = kept.failure;
    Script &body = script().then([original] {
        return returns(outcome_because(a_failure(),
                                       outcome_failure(failure_ref(original))));
    });
    std::string told_there;
    beside_the_loop([&] {
        struct concurrent_future *future = start(body);
        struct outcome came = coroutine_result(future, NEVER);
        told_there = told(came.failure);
        EXPECT_NE(came.failure->cause, original);
        outcome_drop(came);
        concurrent_future_unref(future);
    });
    EXPECT_NE(told_there.find("OSError(no)"), told_there.npos) << told_there;
    EXPECT_NE(told_there.find("deep"), told_there.npos) << told_there;
    EXPECT_EQ(original->references, 1u);
    outcome_drop(kept);
}

TEST_F(ThreadsafeTest, CO7_CancellingTheFutureCancelsTheTask)
{
    struct future *never = future_new(loop);
    std::string seen_there, late;
    Gate waits;
    Script &body = script()
                       .then([&] {
                           waits.open();
                           return awaits(future_await(never));
                       })
                       .except([&](struct outcome got) {
                           seen_there = seen(&got);
                           return returns(got);
                       });
    beside_the_loop([&] {
        struct concurrent_future *future = start(body);
        waits.pass();
        late = shown(coroutine_result(future, 0));
        EXPECT_TRUE(concurrent_future_cancel(future));
        EXPECT_EQ(shown(coroutine_result(future, NEVER)), "CancelledError()");
        concurrent_future_unref(future);
    });
    EXPECT_EQ(late, "TimeoutError()");
    EXPECT_EQ(seen_there, "CancelledError()");
    EXPECT_TRUE(future_cancelled(never));
    future_unref(never);
}

TEST_F(ThreadsafeTest, CO7_ATaskThatIsCancelledCancelsTheFuture)
{
    Script &body = script().then(returns(outcome_failure(&failure_cancelled)));
    std::string came;
    bool cancelled = false;
    beside_the_loop([&] {
        struct concurrent_future *future = start(body);
        came = shown(coroutine_result(future, NEVER));
        cancelled = concurrent_future_cancelled(future);
        concurrent_future_unref(future);
    });
    EXPECT_EQ(came, "CancelledError()");
    EXPECT_TRUE(cancelled);
}

TEST_F(ThreadsafeTest, CO7_OneThatIsNotWaitedForRunsAllTheSame)
{
    int ran = 0;
    std::vector<Script *> bodies;
    for (int i = 0; i < 100; i++)
        bodies.push_back(&script().then([&] {
            ran++;
            return returns(1);
        }));
    beside_the_loop([&] {
        for (Script *body : bodies)
            concurrent_future_unref(start(*body));
    });
    EXPECT_EQ(ran, 100);
}

/* Whichever comes first, the end or the cancellation: nothing is lost, and
 * nothing stays. */
TEST_F(ThreadsafeTest, CO7_ACancellationMayMeetTheEnd)
{
    std::vector<Script *> bodies;
    for (int i = 0; i < 200; i++)
        bodies.push_back(
            &script().then(yields(outcome_none())).then(returns(1)));
    beside_the_loop([&] {
        for (Script *body : bodies) {
            struct concurrent_future *future = start(*body);
            bool stopped = concurrent_future_cancel(future);
            EXPECT_EQ(shown(coroutine_result(future, NEVER)),
                      stopped ? "CancelledError()" : "1");
            concurrent_future_unref(future);
        }
    });
}
