/* SPDX-License-Identifier: MIT */
/* Signals as calls of the loop (LO8). */
#include "callbacks/signal_handler.h"

#include "callbacks/loop_dump.h"
#include "loop_fixture.h"
#include "support/contract.h"

#include <cerrno>
#include <csignal>
#include <functional>
#include <sys/resource.h>
#include <thread>
#include <unistd.h>
#include <vector>

namespace
{

/* A handler that calls a C++ function. */
struct Signalled : signal_handler {
    explicit Signalled(std::function<void()> function)
        : signal_handler(), what(std::move(function))
    {
        signalled = [](signal_handler *self) {
            static_cast<Signalled *>(self)->what();
        };
    }
    Signalled(const Signalled &) = delete;
    ~Signalled()
    {
        signal_handler_remove(this);
    }
    std::function<void()> what;
};

bool is_blocked(int number)
{
    sigset_t now;
    pthread_sigmask(SIG_SETMASK, nullptr, &now);
    return sigismember(&now, number) == 1;
}

class SignalHandlerTest : public testing::Test
{
  protected:
    void SetUp() override
    {
        ASSERT_EQ(loop_new(&loop, &epoll_selector, &monotonic_clock), 0);
    }
    void TearDown() override
    {
        loop_free(loop);
    }
    int add(Signalled &handler, int number)
    {
        return signal_handler_add(&handler, loop, number);
    }
    struct loop *loop = nullptr;
    std::string diary;
};

TEST_F(SignalHandlerTest, LO8_ASignalIsACallOfTheLoop)
{
    Signalled handler([this] {
        diary += "signal ";
        loop_stop(loop);
    });
    ASSERT_EQ(add(handler, SIGUSR1), 0);
    raise(SIGUSR1);
    EXPECT_EQ(diary, "");
    EXPECT_EQ(loop_run(loop), 0);
    EXPECT_EQ(diary, "signal ");
}

TEST_F(SignalHandlerTest, LO8_WakesALoopThatWaits)
{
    Signalled handler([this] { loop_stop(loop); });
    ASSERT_EQ(add(handler, SIGUSR1), 0);
    std::thread other([] { kill(getpid(), SIGUSR1); });
    EXPECT_EQ(loop_run(loop), 0);
    other.join();
}

TEST_F(SignalHandlerTest, EachSignalHasItsOwnAndFindsWhatItIsAbout)
{
    auto note = [&](const char *name) {
        diary += name;
        loop_stop(loop);
    };
    Signalled one([&] { note("one "); }), two([&] { note("two "); });
    ASSERT_EQ(add(one, SIGUSR1), 0);
    ASSERT_EQ(add(two, SIGUSR2), 0);
    raise(SIGUSR1);
    EXPECT_EQ(loop_run(loop), 0);
    raise(SIGUSR2);
    EXPECT_EQ(loop_run(loop), 0);
    EXPECT_EQ(diary, "one two ");
}

TEST_F(SignalHandlerTest, OneAtATimeForEachSignal)
{
    Signalled first([] {}), second([] {});
    ASSERT_EQ(add(first, SIGUSR1), 0);
    EXPECT_EQ(add(second, SIGUSR1), -EBUSY);
    EXPECT_EQ(second.number, 0);
    signal_handler_remove(&first);
    EXPECT_EQ(add(second, SIGUSR1), 0);
}

TEST_F(SignalHandlerTest, LO8_WhatCannotBeCaughtIsRefused)
{
    Signalled handler([] {});
    for (int number : {SIGKILL, SIGSTOP, SIGSEGV, 0, -1, 65, 100000}) {
        EXPECT_EQ(add(handler, number), -EINVAL) << number;
        EXPECT_EQ(handler.number, 0);
    }
}

TEST_F(SignalHandlerTest, LO8_RemovedItIsAsItWasBefore)
{
    Signalled handler([] {});
    ASSERT_EQ(add(handler, SIGUSR1), 0);
    EXPECT_TRUE(is_blocked(SIGUSR1));
    signal_handler_remove(&handler);
    signal_handler_remove(&handler);
    EXPECT_FALSE(is_blocked(SIGUSR1));
    EXPECT_EQ(loop_run(loop), 0); /* nothing is left */
}

TEST_F(SignalHandlerTest, LO8_WhatWasBlockedBeforeStaysBlocked)
{
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGUSR1);
    pthread_sigmask(SIG_BLOCK, &set, nullptr);
    Signalled handler([] {});
    ASSERT_EQ(add(handler, SIGUSR1), 0);
    signal_handler_remove(&handler);
    EXPECT_TRUE(is_blocked(SIGUSR1));
    pthread_sigmask(SIG_UNBLOCK, &set, nullptr);
}

TEST_F(SignalHandlerTest, LO8_RemovedItIsAsBeforeEvenIfItsDescriptorIsGone)
{
    Signalled handler([] {}), second([] {});
    ASSERT_EQ(add(handler, SIGUSR1), 0);
    close(handler.watch.fd);
    signal_handler_remove(&handler);
    EXPECT_FALSE(is_blocked(SIGUSR1));
    EXPECT_EQ(add(second, SIGUSR1), 0);
}

TEST_F(SignalHandlerTest, OneThatWasNotToldYetIsForgottenWithTheHandler)
{
    Signalled handler([this] { diary += "signal "; });
    ASSERT_EQ(add(handler, SIGTERM), 0);
    kill(getpid(), SIGTERM);
    signal_handler_remove(&handler); /* and the program lives on */
    EXPECT_EQ(loop_run(loop), 0);
    EXPECT_EQ(diary, "");
}

TEST_F(SignalHandlerTest, ACallBeforeItInTheTurnMayRemoveIt)
{
    Signalled handler([this] { diary += "signal "; });
    ASSERT_EQ(add(handler, SIGUSR1), 0);
    Call removes([&] { signal_handler_remove(&handler); });
    loop_call_soon(loop, &removes);
    raise(SIGUSR1);
    EXPECT_EQ(loop_run(loop), 0);
    EXPECT_EQ(diary, "");
}

TEST_F(SignalHandlerTest, MayRemoveItselfAndBeFreedInItsCall)
{
    Signalled *handler = nullptr;
    handler = new Signalled([&] { delete handler; });
    ASSERT_EQ(add(*handler, SIGUSR1), 0);
    raise(SIGUSR1);
    EXPECT_EQ(loop_run(loop), 0);
}

TEST_F(SignalHandlerTest, AnIgnoredSignalIsTold)
{
    signal(SIGUSR1, SIG_IGN);
    Signalled handler([this] { loop_stop(loop); });
    ASSERT_EQ(add(handler, SIGUSR1), 0);
    raise(SIGUSR1);
    EXPECT_EQ(loop_run(loop), 0);
    signal_handler_remove(&handler);
    signal(SIGUSR1, SIG_DFL);
}

TEST_F(SignalHandlerTest, WithoutADescriptorAllIsAsItWas)
{
    /* Called as plain C: a sanitizer needs descriptors for a method. */
    struct loop *on = loop;
    struct rlimit before, none;
    Signalled handler([] {});
    ASSERT_EQ(getrlimit(RLIMIT_NOFILE, &before), 0);
    none = before;
    none.rlim_cur = 0;
    ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &none), 0);
    int error = signal_handler_add(&handler, on, SIGUSR1);
    setrlimit(RLIMIT_NOFILE, &before);
    EXPECT_EQ(error, -EMFILE);
    EXPECT_FALSE(is_blocked(SIGUSR1));
    EXPECT_EQ(handler.number, 0);
    EXPECT_EQ(add(handler, SIGUSR1), 0);
}

TEST_F(SignalHandlerTest, WhatTheLoopCannotWatchIsNotAdded)
{
    struct virtual_clock clock;
    struct script script;
    struct loop *other;
    virtual_clock_init(&clock);
    script_init(&script, &clock);
    ASSERT_EQ(loop_new(&other, &scripted_selector, &clock.clock), 0);
    std::vector<int> copies; /* as many as leave no room for the next */
    do
        copies.push_back(dup(STDERR_FILENO));
    while (copies.back() < SCRIPT_FDS_MAX);
    Signalled handler([] {});
    EXPECT_EQ(signal_handler_add(&handler, other, SIGUSR1), -EINVAL);
    EXPECT_FALSE(is_blocked(SIGUSR1));
    EXPECT_EQ(add(handler, SIGUSR1), 0);
    for (int copy : copies)
        close(copy);
    loop_free(other);
}

TEST_F(SignalHandlerTest, IsInTheDumpWithItsSignal)
{
    Signalled handler([] {});
    ASSERT_EQ(add(handler, SIGTERM), 0);
    char *text = nullptr;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    loop_dump(loop, out);
    fclose(out);
    EXPECT_NE(strstr(text, "on_signal, the handler of a signal: SIGTERM"),
              nullptr)
        << text;
    free(text);
}

TEST_F(SignalHandlerTest, IsAddedOnce)
{
    Signalled handler([] {});
    ASSERT_EQ(add(handler, SIGUSR1), 0);
    EXPECT_CONTRACT(add(handler, SIGUSR2), "signal_handler_add:");
}

} // namespace
