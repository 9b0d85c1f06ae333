/* SPDX-License-Identifier: MIT */
/* Programs beside the loop (SP1, SP2). */
#include "callbacks/subprocess.h"

#include "callbacks/signal_handler.h"
#include "support/contract.h"
#include "transports_fixture.h"

#include <cerrno>
#include <csignal>
#include <functional>
#include <sys/resource.h>
#include <sys/wait.h>
#include <vector>

namespace
{

/* A protocol that keeps a diary. What comes from a pipe is kept apart, for in
 * how many pieces that is, and what comes before what, is not promised. */
struct Log : subprocess_protocol {
    Log() : subprocess_protocol()
    {
        static const subprocess_protocol_ops all = {
            [](subprocess_protocol *p, struct subprocess *) {
                of(p)->note("made ", of(p)->when_made);
            },
            [](subprocess_protocol *p, int stream, slice data) {
                of(p)->bytes[stream].append(data.data, data.size);
                if (of(p)->when_data)
                    of(p)->when_data();
            },
            [](subprocess_protocol *p, int stream, int error) {
                std::string *end = &of(p)->lost[stream];
                *end += error ? strerrorname_np(-error) : "ended";
                EXPECT_EQ(of(p)->text.find("made"), 0u);
                EXPECT_EQ(of(p)->text.find("lost"), std::string::npos);
            },
            [](subprocess_protocol *p) {
                of(p)->note("exited ", of(p)->when_exited);
            },
            [](subprocess_protocol *p) {
                of(p)->note("lost ", of(p)->when_lost);
            },
            [](subprocess_protocol *p) { of(p)->text += "pause "; },
            [](subprocess_protocol *p) { of(p)->text += "resume "; },
        };
        ops = &all;
    }
    Log(const Log &) = delete;
    static Log *of(subprocess_protocol *p)
    {
        return static_cast<Log *>(p);
    }
    void note(const std::string &what, const std::function<void()> &then)
    {
        text += what;
        if (then)
            then();
    }
    std::string text, bytes[3], lost[3];
    std::function<void()> when_made, when_data, when_exited, when_lost;
};

class SubprocessTest : public TransportsTest
{
  protected:
    void TearDown() override
    {
        TransportsTest::TearDown();
        EXPECT_EQ(waitpid(-1, nullptr, WNOHANG), -1) << "a child is left";
    }
    int start(std::vector<const char *> argv)
    {
        argv.push_back(nullptr);
        options.argv = argv.data();
        int error = subprocess_start(&process, &shared, &options, &log);
        options.argv = nullptr;
        return error;
    }
    int shell(const char *script)
    {
        return start({"/bin/sh", "-c", script});
    }
    void write_in(const std::string &text)
    {
        put(subprocess_transport(&process, STDIN_FILENO), text);
    }
    struct subprocess process = {};
    subprocess_options options = {};
    Log log;
};

TEST_F(SubprocessTest, SP1_IsMadeThenItsPipesAndItsExitThenLost)
{
    ASSERT_EQ(start({"cat"}), 0);
    EXPECT_GT(process.pid, 0);
    EXPECT_EQ(process.returncode, SUBPROCESS_RUNNING);
    log.when_made = [this] {
        write_in("hello");
        transport_write_eof(subprocess_transport(&process, STDIN_FILENO));
    };
    run();
    EXPECT_EQ(log.text, "made exited lost ");
    EXPECT_EQ(log.bytes[1], "hello");
    EXPECT_EQ(log.bytes[2], "");
    for (const std::string &lost : log.lost)
        EXPECT_EQ(lost, "ended");
    EXPECT_EQ(process.returncode, 0);
}

TEST_F(SubprocessTest, TalksForAsLongAsBothLike)
{
    ASSERT_EQ(start({"cat"}), 0);
    log.when_made = [this] { write_in("one"); };
    log.when_data = [this] {
        if (log.bytes[1] == "one")
            write_in("two");
        else if (log.bytes[1] == "onetwo")
            transport_close(subprocess_transport(&process, STDIN_FILENO));
    };
    run();
    EXPECT_EQ(log.bytes[1], "onetwo");
    EXPECT_EQ(log.text, "made exited lost ");
}

TEST_F(SubprocessTest, TellsItsExitStatus)
{
    ASSERT_EQ(shell("exit 7"), 0);
    run();
    EXPECT_EQ(process.returncode, 7);
}

TEST_F(SubprocessTest, SP2_TellsTheSignalThatEndedIt)
{
    ASSERT_EQ(shell("kill -USR1 $$"), 0);
    run();
    EXPECT_EQ(process.returncode, -SIGUSR1);
}

TEST_F(SubprocessTest, HasStandardErrorApart)
{
    ASSERT_EQ(shell("echo out; echo err >&2"), 0);
    run();
    EXPECT_EQ(log.bytes[1], "out\n");
    EXPECT_EQ(log.bytes[2], "err\n");
}

TEST_F(SubprocessTest, OrTogetherWithStandardOutput)
{
    options.streams[STDERR_FILENO] = SUBPROCESS_STDOUT;
    ASSERT_EQ(shell("echo out; echo err >&2"), 0);
    EXPECT_EQ(subprocess_transport(&process, STDERR_FILENO), nullptr);
    run();
    EXPECT_EQ(log.bytes[1], "out\nerr\n");
    EXPECT_EQ(log.lost[2], "");
}

TEST_F(SubprocessTest, OrNoneOfThem)
{
    for (subprocess_stream &stream : options.streams)
        stream = SUBPROCESS_NULL;
    options.streams[STDERR_FILENO] = SUBPROCESS_INHERIT;
    ASSERT_EQ(shell("cat; echo nowhere"), 0);
    run();
    EXPECT_EQ(log.text, "made exited lost ");
    EXPECT_EQ(process.returncode, 0);
}

TEST_F(SubprocessTest, AProgramThatIsNotThereIsRefusedAndNothingIsLeft)
{
    EXPECT_EQ(start({"/no/such/program"}), -ENOENT);
    EXPECT_EQ(start({"no-such-program-in-the-path"}), -ENOENT);
    EXPECT_EQ(start({"/etc/passwd"}), -EACCES);
    run();
    EXPECT_EQ(log.text, "");
}

TEST_F(SubprocessTest, CanBeKilledTerminatedAndSignalled)
{
    struct {
        int (*end)(struct subprocess *);
        int number;
    } const ends[] = {
        {subprocess_kill, SIGKILL},
        {subprocess_terminate, SIGTERM},
        {[](struct subprocess *p) { return subprocess_send_signal(p, SIGHUP); },
         SIGHUP},
    };
    for (const auto &end : ends) {
        log.text.clear();
        ASSERT_EQ(start({"cat"}), 0);
        log.when_made = [&] { EXPECT_EQ(end.end(&process), 0); };
        run();
        EXPECT_EQ(process.returncode, -end.number);
    }
}

TEST_F(SubprocessTest, SP2_OnceItHasEndedASignalIsRefused)
{
    ASSERT_EQ(shell("exit 0"), 0);
    log.when_exited = [this] { EXPECT_EQ(subprocess_kill(&process), -ESRCH); };
    run();
    EXPECT_EQ(subprocess_terminate(&process), -ESRCH);
    EXPECT_EQ(subprocess_send_signal(&process, 0), -ESRCH);
}

TEST_F(SubprocessTest, SP2_CloseKillsOneThatRuns)
{
    ASSERT_EQ(start({"cat"}), 0);
    log.when_made = [this] {
        subprocess_close(&process);
        subprocess_close(&process);
    };
    run();
    EXPECT_EQ(log.text, "made exited lost ");
    EXPECT_EQ(process.returncode, -SIGKILL);
}

TEST_F(SubprocessTest, SP2_CloseAfterItsEndIsHarmless)
{
    ASSERT_EQ(shell("exit 3"), 0);
    log.when_exited = [this] { subprocess_close(&process); };
    run();
    EXPECT_EQ(process.returncode, 3);
    EXPECT_EQ(log.text, "made exited lost ");
}

TEST_F(SubprocessTest, SP1_ClosedBeforeItsFirstTurnItIsMadeAllTheSame)
{
    ASSERT_EQ(start({"cat"}), 0);
    subprocess_close(&process);
    run();
    EXPECT_EQ(log.text, "made exited lost ");
}

TEST_F(SubprocessTest, SP1_IsNotLostWhileAnotherProcessHoldsItsPipes)
{
    ASSERT_EQ(shell("exec 3<&0; (read line <&3) & exit 0"), 0);
    log.when_exited = [this] {
        EXPECT_NE(subprocess_transport(&process, STDOUT_FILENO), nullptr);
        loop_stop(loop);
    };
    run();
    EXPECT_EQ(log.text, "made exited ");
    subprocess_close(&process);
    run();
    EXPECT_EQ(log.text, "made exited lost ");
}

TEST_F(SubprocessTest, APipeThatItClosesIsLostWhileItRuns)
{
    ASSERT_EQ(shell("exec >&-; cat >&2"), 0);
    log.when_made = [this] { write_in("still here"); };
    while (log.lost[1].empty() || log.bytes[2].empty())
        turn();
    EXPECT_EQ(log.lost[1], "ended");
    EXPECT_EQ(process.returncode, SUBPROCESS_RUNNING);
    transport_close(subprocess_transport(&process, STDIN_FILENO));
    run();
    EXPECT_EQ(log.bytes[2], "still here");
}

TEST_F(SubprocessTest, ClosingItsOutputIsEpipeForIt)
{
    ASSERT_EQ(start({"cat"}), 0);
    log.when_made = [this] {
        transport_close(subprocess_transport(&process, STDOUT_FILENO));
    };
    while (log.lost[1].empty())
        turn();
    write_in("into nothing");
    run();
    EXPECT_NE(process.returncode, 0);
}

TEST_F(SubprocessTest, ItsInputPausesTheWriter_TP3)
{
    ASSERT_EQ(shell("cat >/dev/null"), 0);
    log.when_made = [this] { write_in(much()); };
    turn();
    EXPECT_EQ(log.text, "made pause ");
    while (log.text == "made pause ")
        turn();
    EXPECT_EQ(log.text, "made pause resume ");
    transport_close(subprocess_transport(&process, STDIN_FILENO));
    run();
}

TEST_F(SubprocessTest, TwoAtOnceEachTellTheirOwnEnd)
{
    struct subprocess second;
    Log other;
    const char *argv[] = {"/bin/sh", "-c", "exit 2", nullptr};
    subprocess_options more = {};
    more.argv = argv;
    ASSERT_EQ(shell("exit 1"), 0);
    ASSERT_EQ(subprocess_start(&second, &shared, &more, &other), 0);
    run();
    EXPECT_EQ(process.returncode, 1);
    EXPECT_EQ(second.returncode, 2);
    EXPECT_EQ(log.text + other.text, "made exited lost made exited lost ");
}

TEST_F(SubprocessTest, OneThatEndsBeforeTheLoopRunsIsMadeFirst)
{
    ASSERT_EQ(shell("exit 4"), 0);
    siginfo_t info;
    while (waitid(P_PID, (id_t)process.pid, &info, WEXITED | WNOWAIT) < 0)
        continue;
    run();
    EXPECT_EQ(log.text, "made exited lost ");
    EXPECT_EQ(process.returncode, 4);
}

TEST_F(SubprocessTest, OneThatOtherCodeHasWaitedForHasNoStatus)
{
    ASSERT_EQ(shell("exit 4"), 0);
    while (waitpid(-1, nullptr, 0) < 0)
        continue;
    run();
    EXPECT_EQ(log.text, "made exited lost ");
    EXPECT_EQ(process.returncode, SUBPROCESS_UNKNOWN);
}

/* Often enough for some to be gone before they can be watched. */
TEST_F(SubprocessTest, NorHasOneWhenSigchldIsIgnored)
{
    signal(SIGCHLD, SIG_IGN);
    for (int i = 0; i < 50; i++) {
        log.text.clear();
        ASSERT_EQ(start({"true"}), 0);
        run();
        EXPECT_EQ(log.text, "made exited lost ");
        EXPECT_EQ(process.returncode, SUBPROCESS_UNKNOWN);
    }
    signal(SIGCHLD, SIG_DFL);
}

TEST_F(SubprocessTest, LeavesHandlersOfSigchldToTheProgram)
{
    static bool called;
    called = false;
    signal(SIGCHLD, [](int) { called = true; });
    ASSERT_EQ(shell("exit 5"), 0);
    run();
    signal(SIGCHLD, SIG_DFL);
    EXPECT_TRUE(called);
    EXPECT_EQ(process.returncode, 5);
}

TEST_F(SubprocessTest, StartsWithoutBlockedSignals)
{
    signal_handler handler = {};
    handler.signalled = [](signal_handler *) {};
    ASSERT_EQ(signal_handler_add(&handler, loop, SIGTERM), 0);
    ASSERT_EQ(shell("kill -TERM $$; exit 0"), 0);
    log.when_lost = [&] { signal_handler_remove(&handler); };
    run();
    EXPECT_EQ(process.returncode, -SIGTERM);
}

TEST_F(SubprocessTest, InASessionOfItsOwnIfAsked)
{
    options.new_session = true;
    ASSERT_EQ(start({"cat"}), 0);
    EXPECT_EQ(getsid(process.pid), process.pid);
    subprocess_close(&process);
    run();
}

TEST_F(SubprocessTest, GivenBackWithoutALoopItIsKilledAndGone)
{
    ASSERT_EQ(start({"cat"}), 0);
    turn();
    write_in(much());
    subprocess_deinit(&process);
    subprocess_deinit(&process);
    EXPECT_EQ(process.returncode, -SIGKILL);
    run(); /* nothing is left */
    EXPECT_EQ(log.text, "made pause ");
}

TEST_F(SubprocessTest, WithoutDescriptorsNothingIsLeft)
{
    /* Called as plain C: a sanitizer needs descriptors for a method. */
    const char *argv[] = {"cat", nullptr}; /* which does not end by itself */
    struct subprocess *started = &process;
    struct transports *on = &shared;
    subprocess_options *what = &options;
    Log *told = &log;
    what->argv = argv;
    struct rlimit old, few;
    ASSERT_EQ(getrlimit(RLIMIT_NOFILE, &old), 0);
    int error;
    for (few = old, few.rlim_cur = 3;; few.rlim_cur++) {
        ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &few), 0);
        error = subprocess_start(started, on, what, told);
        setrlimit(RLIMIT_NOFILE, &old);
        if (!error)
            break;
        ASSERT_EQ(error, -EMFILE);
        ASSERT_EQ(waitpid(-1, nullptr, WNOHANG), -1) << "a child is left";
        run();
    }
    subprocess_close(&process);
    run();
    EXPECT_EQ(log.text, "made exited lost ");
}

TEST_F(SubprocessTest, IsInTheDumpWithItsPid)
{
    ASSERT_EQ(start({"cat"}), 0);
    turn();
    EXPECT_NE(dump().find("on_ended, the end of a subprocess: pid " +
                          std::to_string(process.pid)),
              std::string::npos)
        << dump();
    subprocess_close(&process);
    run();
}

} // namespace
