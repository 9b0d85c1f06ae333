/* SPDX-License-Identifier: MIT */
/* Programs that are waited for, over every engine (SP1, SP2). */
#include "coroutines/process.h"

#include "deferreds/list.h"
#include "streams_fixture.h"

#include <cerrno>
#include <csignal>
#include <string>
#include <sys/wait.h>
#include <vector>

namespace
{

class ProcessTest : public StreamsTest
{
  protected:
    void TearDown() override
    {
        StreamsTest::TearDown();
        EXPECT_EQ(waitpid(-1, nullptr, WNOHANG), -1) << "a child is left";
    }
    void start(std::vector<const char *> argv)
    {
        argv.push_back(nullptr);
        options.argv = argv.data();
        struct outcome got = create_subprocess_exec(&streams, &options);
        options.argv = nullptr;
        ASSERT_TRUE(outcome_is_pending(&got)) << shown(got);
        while (!awaitable_ready(got.awaitable))
            turn();
        got = awaitable_take(got.awaitable);
        ASSERT_EQ(got.kind, &process_kind) << shown(got);
        process = static_cast<struct process *>(got.pointer);
    }
    void shell(const char *script)
    {
        start({"/bin/sh", "-c", script});
    }
    struct stream *stream(int number)
    {
        return process_stream(process, number);
    }
    Tellers::Begin says(const std::string &text)
    {
        return [this, text] {
            stream_write(stream(STDIN_FILENO), {text.data(), text.size()});
            return stream_drain(stream(STDIN_FILENO));
        };
    }
    Tellers::Begin closes()
    {
        return [this] {
            stream_close(stream(STDIN_FILENO));
            return stream_wait_closed(stream(STDIN_FILENO));
        };
    }
    Tellers::Begin line(int number = STDOUT_FILENO)
    {
        return [this, number] { return stream_readline(stream(number)); };
    }
    Tellers::Begin all(int number = STDOUT_FILENO)
    {
        return [this, number] { return stream_read_all(stream(number)); };
    }
    Tellers::Begin waits()
    {
        return [this] { return process_wait(process); };
    }
    Tellers::Begin drops()
    {
        return [this] {
            process_drop(process);
            return outcome_text("dropped");
        };
    }
    Tellers::Begin signals(int number)
    {
        return [this, number] {
            return outcome_number(process_send_signal(process, number));
        };
    }
    /* What comes of it is told as a list of two. */
    Tellers::Begin communicates(const std::string &text)
    {
        return [this, text] {
            input = text;
            return of_a_task(process_communicate(&frame, process,
                                                 {input.data(), input.size()}));
        };
    }
    struct outcome of_a_task(struct generator *generator)
    {
        struct task *task = task_new(loop, generator);
        struct outcome come = task_await(task);
        task_unref(task);
        return come;
    }
    struct subprocess_options options = {};
    struct process *process = nullptr;
    struct communicate frame;
    std::string input;
};

/* ---- its streams ---- */

TEST_P(ProcessTest, TalksOverItsStreams)
{
    start({"cat"});
    does({says("hello\n"), line(), says("more\n"), line(), closes(), line(),
          waits(), drops()});
    EXPECT_EQ(told(), "None b'hello\\n' None b'more\\n' None None 0 "
                      "'dropped' ");
    EXPECT_EQ(streams.first, nullptr);
}

TEST_P(ProcessTest, WhatItSaidIsThereAfterItsEnd)
{
    shell("echo out; echo err >&2");
    does({waits(), all(), all(STDERR_FILENO), drops()});
    EXPECT_EQ(told(), "0 b'out\\n' b'err\\n' 'dropped' ");
}

TEST_P(ProcessTest, StreamsThatAreNotPipesAreNotThere)
{
    options.streams[STDIN_FILENO] = SUBPROCESS_NULL;
    options.streams[STDOUT_FILENO] = SUBPROCESS_NULL;
    options.streams[STDERR_FILENO] = SUBPROCESS_STDOUT;
    shell("cat; echo unheard; echo unheard >&2");
    for (int number = 0; number < 3; number++)
        EXPECT_EQ(stream(number), nullptr);
    does({communicates("unread"), drops()});
    EXPECT_EQ(told(), "[None, None] 'dropped' ");
}

TEST_P(ProcessTest, ItsOutputWaitsUntilItIsRead)
{
    streams.limit = 1024;
    shell("head -c 1000000 /dev/zero");
    Call soon([this] {
        EXPECT_LT(stream(STDOUT_FILENO)->reader.kept.size, 1000000u);
        EXPECT_TRUE(stream(STDOUT_FILENO)->reader.paused);
        does({[this] {
                  struct outcome got = stream_read_all(stream(STDOUT_FILENO));
                  EXPECT_TRUE(outcome_is_pending(&got));
                  return got;
              },
              waits(), drops()});
    });
    while (!stream(STDOUT_FILENO)->reader.paused)
        turn();
    loop_call_soon(loop, &soon);
    std::string all = told();
    EXPECT_EQ(all.substr(all.size() - 12), "0 'dropped' ");
    EXPECT_GT(all.size(), 1000000u);
}

/* Whether it is seen before the write or by it is not promised. */
TEST_P(ProcessTest, InputThatIsNotReadFailsTheDrain)
{
    const std::string much(1 << 20, 'x');
    shell("exec <&-; echo closed");
    does({line(), says(much), waits(), drops()});
    std::string all = told();
    bool either =
        all == "b'closed\\n' OSError(Broken pipe) 0 'dropped' " ||
        all == "b'closed\\n' OSError(Connection reset by peer) 0 'dropped' ";
    EXPECT_TRUE(either) << all;
}

/* ---- communicate ---- */

TEST_P(ProcessTest, CommunicateSaysAllAndHearsAll)
{
    shell("cat; echo err >&2");
    struct outcome got = run_until_complete(
        loop, process_communicate(&frame, process, slice_of("some data")));
    ASSERT_EQ(got.kind, &list_kind) << shown(got);
    auto *list = static_cast<struct outcome_list *>(got.pointer);
    ASSERT_EQ(list->count, 2u);
    EXPECT_EQ(seen(&list->outcomes[0]), "b'some data'");
    EXPECT_EQ(seen(&list->outcomes[1]), "b'err\\n'");
    outcome_drop(got);
    EXPECT_EQ(process->subprocess.returncode, 0);
    process_drop(process);
    run();
}

TEST_P(ProcessTest, CommunicateReadsBothOutputsAtOnce)
{
    streams.limit = 1024;
    shell("head -c 1000000 /dev/zero >&2; head -c 1000000 /dev/zero");
    struct outcome got =
        run_until_complete(loop, process_communicate(&frame, process, {}));
    ASSERT_EQ(got.kind, &list_kind) << shown(got);
    auto *list = static_cast<struct outcome_list *>(got.pointer);
    for (int i = 0; i < 2; i++)
        EXPECT_EQ(outcome_slice(&list->outcomes[i]).size, 1000000u);
    outcome_drop(got);
    process_drop(process);
    run();
}

TEST_P(ProcessTest, SP2_CommunicateDoesNotMindInputThatIsNotRead)
{
    shell("exec <&-; echo done");
    does({communicates(std::string(1 << 20, 'x')), waits(), drops()});
    EXPECT_EQ(told(), "[b'done\\n', None] 0 'dropped' ");
}

TEST_P(ProcessTest, EmptyInputIsTheEndAtOnce)
{
    start({"cat"});
    does({communicates(""), waits(), drops()});
    EXPECT_EQ(told(), "[None, None] 0 'dropped' ");
}

/* ---- its end ---- */

TEST_P(ProcessTest, SP2_TheReturncodeIsForAllThatWait)
{
    shell("read line; exit 7");
    for (int i = 0; i < 3; i++)
        does({waits()});
    does({says("go\n"), waits(), waits(), drops()});
    EXPECT_EQ(count_of("7 ", told()), 5);
}

TEST_P(ProcessTest, SP2_ASignalThatEndedItIsANegativeReturncode)
{
    for (int number : {SIGKILL, SIGTERM, SIGHUP}) {
        start({"sleep", "1000"});
        does({signals(number), waits(), signals(number), drops()});
        EXPECT_EQ(told(), "0 " + std::to_string(-number) + " " +
                              std::to_string(-ESRCH) + " 'dropped' ");
    }
}

TEST_P(ProcessTest, SP2_KillAndTerminateAreSignals)
{
    start({"sleep", "1000"});
    EXPECT_EQ(process_terminate(process), 0);
    does({waits(), drops()});
    EXPECT_EQ(told(), "-15 'dropped' ");
    start({"sleep", "1000"});
    EXPECT_EQ(process_kill(process), 0);
    does({waits(), [this] { return outcome_number(process_kill(process)); },
          drops()});
    EXPECT_EQ(told(), "-9 -3 'dropped' ");
}

TEST_P(ProcessTest, ACancelledWaitLeavesTheOthersWaiting)
{
    start({"cat"});
    struct task *cancelled = does({waits()});
    does({waits()});
    Call cancels([&] {
        task_cancel(cancelled);
        does({closes(), waits(), drops()});
    });
    while (!process->exited)
        turn();
    loop_call_soon(loop, &cancels);
    std::string all = told();
    EXPECT_EQ(count_of("CancelledError() ", all), 1);
    EXPECT_EQ(count_of("0 ", all), 2);
}

TEST_P(ProcessTest, SP2_DroppedWhileItRunsItIsKilled)
{
    start({"sleep", "1000"});
    does({drops()});
    EXPECT_EQ(told(), "'dropped' ");
    EXPECT_EQ(streams.first, nullptr);
}

TEST_P(ProcessTest, SP2_DroppedAfterItsEndNothingIsKilled)
{
    options.streams[STDIN_FILENO] = SUBPROCESS_NULL;
    shell("exit 3");
    does({all(), waits()});
    EXPECT_EQ(told(), "None 3 ");
    EXPECT_TRUE(process->over);
    EXPECT_EQ(process->subprocess.returncode, 3);
    process_drop(process);
    process_drop(nullptr);
}

TEST_P(ProcessTest, LeftAtTheEndOfTheLoopItIsKilledAndGone)
{
    start({"sleep", "1000"});
    does({waits()});
    turn();
}

TEST_P(ProcessTest, AProgramThatIsNotThereIsAFailure)
{
    const char *argv[] = {"/no/such/program", nullptr};
    options.argv = argv;
    does({[this] { return create_subprocess_exec(&streams, &options); }});
    EXPECT_EQ(told(), "OSError(No such file or directory) ");
    EXPECT_EQ(streams.first, nullptr);
}

TEST_P(ProcessTest, OneThatComesToNoCodeIsKilled)
{
    const char *argv[] = {"sleep", "1000", nullptr};
    options.argv = argv;
    outcome_drop(create_subprocess_exec(&streams, &options));
    run();
    EXPECT_EQ(streams.first, nullptr);
}

TEST_P(ProcessTest, OneWhoseCreatorIsCancelledIsKilled)
{
    const char *argv[] = {"sleep", "1000", nullptr};
    options.argv = argv;
    struct task *creator =
        does({[this] { return create_subprocess_exec(&streams, &options); }});
    Call cancels([creator] { task_cancel(creator); });
    loop_call_soon(loop, &cancels);
    EXPECT_EQ(told(), "CancelledError() ");
    EXPECT_EQ(streams.first, nullptr);
}

TEST_P(ProcessTest, MayHaveASessionOfItsOwn)
{
    options.new_session = true;
    shell("read -r a b c d e f rest </proc/$$/stat; echo $f; echo $$");
    does({line(), line(), waits(), drops()});
    std::string all = told();
    size_t end = all.find(' ');
    EXPECT_EQ(all.substr(0, end), all.substr(end + 1, end)) << all;
}

INSTANTIATE_TEST_SUITE_P(Engines, ProcessTest,
                         testing::Values(&frame_engine, &stack_engine),
                         [](const auto &by) { return by.param->name; });

} // namespace
