/* SPDX-License-Identifier: MIT */
/* A contestant may do what it likes: the race goes on. */
#include "base/cancel.h"
#include "base/wakeup.h"
#include "harness/race/calls.h"
#include "harness/race/launch.h"
#include "harness/race/memory.h"
#include "harness/race/tracee.h"

#include <cerrno>
#include <csignal>
#include <gtest/gtest.h>
#include <string>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

/* A shell with a script in the place of a contestant. */
class Launch : public testing::Test
{
  protected:
    ~Launch() override
    {
        buffer_deinit(&outcome.output);
    }

    void run(const char *script)
    {
        char *arguments[] = {const_cast<char *>("sh"), const_cast<char *>("-c"),
                             const_cast<char *>(script), nullptr};
        launch.arguments = arguments;
        buffer_deinit(&outcome.output);
        ASSERT_EQ(launch_run(&launch, &outcome), 0);
        failed = launch_explain(&outcome, why, sizeof why);
    }

    struct launch launch = {"/bin/sh", nullptr, NEVER, -1,      -1,     nullptr,
                            nullptr,   0,       -1,    nullptr, nullptr};
    struct launch_outcome outcome = {};
    bool failed = false;
    char why[200] = "";
};

TEST_F(Launch, BringsTheOutputHome)
{
    run("echo one; echo two");
    EXPECT_FALSE(failed);
    EXPECT_STREQ(outcome.output.data, "one\ntwo\n");
}

TEST_F(Launch, SaysWhichSignalKilledIt)
{
    run("kill -9 $$");
    EXPECT_TRUE(failed);
    EXPECT_STREQ(why, "it died of signal 9 (Killed)");
}

TEST_F(Launch, SaysHowItExited)
{
    run("exit 5");
    EXPECT_TRUE(failed);
    EXPECT_STREQ(why, "it ended with exit code 5");
}

struct Question {
    pid_t group = 0;
    struct cancel stop;
};

TEST_F(Launch, IsAskedWhileItWaits)
{
    Question question;
    ASSERT_EQ(cancel_init(&question.stop), 0);
    launch.stop_fd = question.stop.fd;
    launch.asked_fd = wakeup_open();
    launch.asked_context = &question;
    launch.asked = [](void *context, pid_t group, nanos left) {
        auto *asked = static_cast<Question *>(context);
        asked->group = group;
        EXPECT_EQ(left, NEVER);
        cancel_request(&asked->stop);
    };
    wakeup_set(launch.asked_fd);
    run("sleep 1000");
    EXPECT_GT(question.group, 0);
    EXPECT_EQ(outcome.end, LAUNCH_STOPPED);
    close(launch.asked_fd);
    cancel_deinit(&question.stop);
}

TEST_F(Launch, EndsOneThatHangs)
{
    /* Until there was time enough for a shell to begin. */
    launch.timeout = 25 * NANOS_PER_MILLISECOND;
    do {
        launch.timeout *= 2;
        run("echo before; while :; do sleep 1000; done");
        EXPECT_TRUE(failed);
        ASSERT_EQ(outcome.end, LAUNCH_TIMED_OUT);
    } while (!outcome.output.size);
    EXPECT_STREQ(outcome.output.data, "before\n");
}

/* The child it leaves behind holds our pipe open: waiting for the end of the
 * output would be waiting for ever. */
TEST_F(Launch, EndsWhatItLeavesBehind)
{
    prctl(PR_SET_CHILD_SUBREAPER, 1);
    run("sleep 1000 & echo $!");
    EXPECT_FALSE(failed);
    pid_t left = std::stoi(outcome.output.data);
    EXPECT_EQ(kill(left, 0), -1);
    EXPECT_EQ(errno, ESRCH);
    EXPECT_EQ(waitpid(-1, nullptr, WNOHANG), -1) << "a child was not reaped";
}

TEST_F(Launch, StopsWhenToldTo)
{
    int ends[2];
    ASSERT_EQ(pipe(ends), 0);
    ASSERT_EQ(write(ends[1], "x", 1), 1);
    launch.stop_fd = ends[0];
    run("while :; do sleep 1000; done");
    EXPECT_EQ(outcome.end, LAUNCH_STOPPED);
    close(ends[0]);
    close(ends[1]);
}

TEST_F(Launch, IsNotDrownedByOutput)
{
    run("yes | head -c 10000000");
    EXPECT_FALSE(failed);
    EXPECT_LT(outcome.output.size, 100000u);
}

TEST_F(Launch, SaysThatThereIsNoSuchProgram)
{
    launch.program = "/nonexistent";
    run("");
    EXPECT_TRUE(failed);
    EXPECT_STREQ(why, "its program could not be run");
}

static void look(void *context, pid_t group)
{
    memory_sample(static_cast<struct memory_peak *>(context), group);
}

/* It ends once it has been seen with all its processes, so this does not depend
 * on how quick any is. */
TEST_F(Launch, LooksAtTheMemoryOfAllItsProcesses)
{
    int ends[2];
    ASSERT_EQ(pipe(ends), 0);
    struct seen {
        struct memory_peak peak;
        int stop;
    } seen = {{}, ends[1]};
    launch.stop_fd = ends[0];
    launch.sample_context = &seen;
    launch.sample_every = NANOS_PER_MILLISECOND;
    launch.sample = [](void *context, pid_t group) {
        struct seen *now = static_cast<struct seen *>(context);
        look(&now->peak, group);
        if (now->peak.processes == 3)
            (void)!write(now->stop, "x", 1);
    };
    run("sleep 1000 & sleep 1000 & wait");
    EXPECT_EQ(seen.peak.processes, 3u);
    EXPECT_EQ(seen.peak.threads, 3u);
    EXPECT_GE(seen.peak.descriptors, 9u) << "the standard streams of three";
    EXPECT_GT(seen.peak.pss_bytes, 0u);
    EXPECT_GT(seen.peak.samples, 0u);
    close(ends[0]);
    close(ends[1]);
}

/* ---- system calls ---- */

static int calls_of(const char *script, uint64_t *count)
{
    char *arguments[] = {const_cast<char *>("sh"), const_cast<char *>("-c"),
                         const_cast<char *>(script), nullptr};
    return calls_count("/bin/sh", arguments, count);
}

/* How many calls a shell makes for a umask is not known, but always the same. A
 * subshell is a process of its own. */
TEST(Calls, AreCountedInAllProcesses)
{
    uint64_t one, two, four, more;
    int error = calls_of("umask 22; :", &one);
    if (error == -EPERM)
        GTEST_SKIP() << "this machine lets no program look at another";
    ASSERT_EQ(error, 0);
    ASSERT_EQ(calls_of("umask 22; umask 22; :", &two), 0);
    ASSERT_EQ(calls_of("umask 22; umask 22; umask 22; umask 22; :", &four), 0);
    EXPECT_GT(two, one);
    EXPECT_EQ(four - one, 3 * (two - one));
    ASSERT_EQ(calls_of("(umask 22; umask 22; umask 22; umask 22); :", &more),
              0);
    EXPECT_GT(more, four) << "there are those of fork and wait, too";
}

TEST(Calls, OfOneThatFailsAreNone)
{
    uint64_t count;
    int error = calls_of("exit 3", &count);
    EXPECT_TRUE(error == -EIO || error == -EPERM) << error;
    error = calls_of("kill -9 $$", &count);
    EXPECT_TRUE(error == -EIO || error == -EPERM) << error;
}

TEST(Tracee, GetsTheSignalsThatAreItsOwn)
{
    for (int ours : {SIGTRAP, SIGTRAP | 0x80, SIGSTOP})
        EXPECT_EQ(tracee_signal(W_STOPCODE(ours)), 0) << ours;
    for (int its : {SIGALRM, SIGCHLD, SIGSEGV})
        EXPECT_EQ(tracee_signal(W_STOPCODE(its)), its);
}
