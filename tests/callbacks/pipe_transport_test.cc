/* SPDX-License-Identifier: MIT */
/* The ends of pipes as transports: the same rules as for sockets. */
#include "callbacks/pipe_transport.h"

#include "support/contract.h"
#include "transports_fixture.h"

#include <cerrno>
#include <csignal>
#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

namespace
{

class PipeTest : public TransportsTest
{
  protected:
    void open_pipe()
    {
        ASSERT_EQ(pipe2(ends, O_CLOEXEC), 0);
    }
    /* The test has the other end. */
    void reader()
    {
        open_pipe();
        ASSERT_EQ(read_pipe_adopt(&stream, &shared, ends[0], &diary), 0);
        peer = ends[1];
    }
    void writer()
    {
        open_pipe();
        ASSERT_EQ(write_pipe_adopt(&stream, &shared, ends[1], &diary), 0);
        peer = ends[0];
        fcntl(peer, F_SETFL, O_NONBLOCK);
    }
    int ends[2] = {-1, -1};
    stream_transport stream;
    Diary diary;
};

using ReadPipe = PipeTest;
using WritePipe = PipeTest;

TEST_F(ReadPipe, TP1_IsMadeInItsOwnTurnAndThenReads)
{
    reader();
    say("hello");
    EXPECT_EQ(diary.text, "");
    turn();
    EXPECT_EQ(diary.text, "made ");
    turn();
    EXPECT_EQ(diary.text, "made data ");
    EXPECT_EQ(diary.bytes, "hello");
    transport_close(&stream.transport);
    run();
    EXPECT_EQ(diary.text, "made data lost ");
}

TEST_F(ReadPipe, TP4_ItsEndIsEofAndThenItIsLost)
{
    reader();
    say("all");
    hang_up();
    run();
    EXPECT_EQ(diary.text, "made data eof lost ");
}

TEST_F(ReadPipe, TP4_CloseIsHarmlessWhenDoneTwice)
{
    reader();
    stop_when_made(diary);
    transport_close(&stream.transport);
    transport_close(&stream.transport);
    EXPECT_EQ(diary.text, "made ");
    run();
    EXPECT_EQ(diary.text, "made lost ");
}

TEST_F(ReadPipe, TP4_AbortTellsTheReason)
{
    reader();
    stop_when_made(diary);
    transport_abort(&stream.transport, -ETIMEDOUT);
    run();
    EXPECT_EQ(diary.text, "made lost:ETIMEDOUT ");
}

TEST_F(ReadPipe, TP6_PausedItReadsNothingUntilItIsResumed)
{
    reader();
    say("wait");
    diary.when_made = [this] {
        transport_pause_reading(&stream.transport);
        transport_pause_reading(&stream.transport);
    };
    run(); /* nothing is watched */
    EXPECT_EQ(diary.text, "made ");
    transport_resume_reading(&stream.transport);
    transport_resume_reading(&stream.transport);
    hang_up();
    run();
    EXPECT_EQ(diary.text, "made data eof lost ");
}

TEST_F(ReadPipe, TP6_ClosedItNeitherPausesNorResumes)
{
    reader();
    say("late");
    stop_when_made(diary);
    transport_close(&stream.transport);
    transport_pause_reading(&stream.transport);
    transport_resume_reading(&stream.transport);
    run();
    EXPECT_EQ(diary.text, "made lost ");
}

TEST_F(ReadPipe, NothingToReadIsNotAnEnd)
{
    reader();
    stop_when_made(diary);
    stream.watch.ready = SELECT_READ; /* a loop may say so wrongly */
    stream.watch.handle.run(&stream.watch.handle);
    EXPECT_EQ(diary.text, "made ");
    transport_close(&stream.transport);
    run();
}

TEST_F(ReadPipe, AnErrorOfTheReadIsToldWhenItIsLost)
{
    open_pipe();
    int folder = open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    ASSERT_EQ(read_pipe_adopt(&stream, &shared, ends[0], &diary), 0);
    peer = ends[1];
    stop_when_made(diary);
    dup3(folder, ends[0], O_CLOEXEC); /* of which nothing can be read */
    close(folder);
    stream.watch.ready = SELECT_READ;
    stream.watch.handle.run(&stream.watch.handle);
    run();
    EXPECT_EQ(diary.text, "made lost:EISDIR ");
}

TEST_F(ReadPipe, IsInTheDump)
{
    reader();
    EXPECT_NE(dump().find("connection_made of a stream"), std::string::npos);
    stop_when_made(diary);
    EXPECT_NE(dump().find("read         on_ready, a stream"), std::string::npos)
        << dump();
    transport_close(&stream.transport);
    run();
}

TEST_F(ReadPipe, IsNotWrittenTo)
{
    reader();
    EXPECT_CONTRACT(put(&stream.transport, "x"), "transport_write:");
    transport_close(&stream.transport);
    run();
}

TEST_F(ReadPipe, AFileIsNotAPipe)
{
    int file = open("/proc/self/status", O_RDONLY | O_CLOEXEC);
    EXPECT_EQ(read_pipe_adopt(&stream, &shared, file, &diary), -EINVAL);
    EXPECT_EQ(write_pipe_adopt(&stream, &shared, file, &diary), -EINVAL);
    close(file);
    EXPECT_EQ(read_pipe_adopt(&stream, &shared, file, &diary), -EBADF);
}

TEST_F(WritePipe, TP2_WritesAtOnceWhatFits)
{
    writer();
    stop_when_made(diary);
    put(&stream.transport, "now");
    put(&stream.transport, "");
    EXPECT_EQ(hear(), "now");
    EXPECT_EQ(stream.watch.interest, (unsigned)SELECT_READ);
    transport_close(&stream.transport);
    run();
    EXPECT_EQ(diary.text, "made lost ");
}

TEST_F(WritePipe, TP2_KeepsWhatDoesNotFitAndSendsItInOrder)
{
    writer();
    stop_when_made(diary);
    put(&stream.transport, much());
    put(&stream.transport, "behind");
    transport_close(&stream.transport);
    std::string got;
    diary.when_lost = [&] { got += hear(); };
    while (stream.watch.fd >= 0) {
        got += hear();
        turn();
    }
    EXPECT_EQ(got.size(), much().size() + 6);
    EXPECT_EQ(got.substr(got.size() - 7), "xbehind");
    EXPECT_EQ(diary.text, "made pause resume lost ");
}

TEST_F(WritePipe, TP4_EofIsACloseAfterAllIsSent)
{
    writer();
    stop_when_made(diary);
    put(&stream.transport, much());
    transport_write_eof(&stream.transport);
    transport_write_eof(&stream.transport);
    put(&stream.transport, "dropped");
    size_t got = 0;
    diary.when_lost = [&] { got += hear().size(); };
    while (stream.watch.fd >= 0) {
        got += hear().size();
        turn();
    }
    EXPECT_EQ(got, much().size());
}

TEST_F(WritePipe, TP4_EofWithNothingKeptEndsAtOnce)
{
    writer();
    stop_when_made(diary);
    transport_write_eof(&stream.transport);
    run();
    EXPECT_EQ(diary.text, "made lost ");
    EXPECT_EQ(read(peer, &diary, 1), 0);
}

TEST_F(WritePipe, TP4_AbortDropsWhatIsKept)
{
    writer();
    stop_when_made(diary);
    put(&stream.transport, much());
    transport_abort(&stream.transport, 0);
    run();
    EXPECT_EQ(diary.text, "made pause lost ");
    EXPECT_LT(hear().size(), much().size());
}

TEST_F(WritePipe, AReaderThatGoesEndsItInGoodOrder)
{
    writer();
    stop_when_made(diary);
    hang_up();
    run();
    EXPECT_EQ(diary.text, "made lost ");
}

TEST(WritePipes, AReaderThatGoesIsNoticedByEachSelector)
{
    for (const selector_ops *ops :
         {&select_selector, &poll_selector, &epoll_selector}) {
        int ends[2];
        struct loop *loop;
        struct transports shared;
        stream_transport stream;
        Diary diary;
        ASSERT_EQ(loop_new(&loop, ops, &monotonic_clock), 0);
        ASSERT_EQ(transports_init(&shared, loop), 0);
        ASSERT_EQ(pipe2(ends, O_CLOEXEC), 0);
        ASSERT_EQ(write_pipe_adopt(&stream, &shared, ends[1], &diary), 0);
        diary.when_made = [&] { close(ends[0]); };
        EXPECT_EQ(loop_run(loop), 0);
        EXPECT_EQ(diary.text, "made lost ") << ops->name;
        transports_deinit(&shared);
        loop_free(loop);
    }
}

TEST_F(WritePipe, TP5_AReaderThatGoesWithBytesKeptIsEpipe)
{
    writer();
    stop_when_made(diary);
    put(&stream.transport, much());
    hang_up();
    run();
    EXPECT_EQ(diary.text, "made pause lost:EPIPE ");
}

TEST_F(WritePipe, TP5_AWriteWithoutAReaderIsEpipeAndNoSignal)
{
    writer();
    stop_when_made(diary);
    hang_up();
    put(&stream.transport, "into nothing");
    sigset_t pending;
    sigpending(&pending);
    EXPECT_EQ(sigismember(&pending, SIGPIPE), 0);
    run();
    EXPECT_EQ(diary.text, "made lost:EPIPE ");
}

TEST_F(WritePipe, TP6_HasNothingToPauseOrResume)
{
    writer();
    stop_when_made(diary);
    transport_pause_reading(&stream.transport);
    hang_up();
    run(); /* it still notices */
    EXPECT_EQ(diary.text, "made lost ");
}

TEST_F(WritePipe, ASocketWillDo)
{
    ASSERT_EQ(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), 0);
    ASSERT_EQ(write_pipe_adopt(&stream, &shared, ends[1], &diary), 0);
    peer = ends[0];
    stop_when_made(diary);
    hang_up();
    put(&stream.transport, "into nothing");
    run();
    EXPECT_EQ(diary.text, "made lost:EPIPE ");
}

TEST_F(WritePipe, GivenBackWithoutALoopLeavesNothing)
{
    writer();
    stop_when_made(diary);
    put(&stream.transport, much());
    stream_deinit(&stream);
    stream_deinit(&stream);
    run();
    EXPECT_EQ(diary.text, "made pause ");
}

} // namespace
