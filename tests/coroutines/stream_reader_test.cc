/* SPDX-License-Identifier: MIT */
/* The rules of reading, ST1 to ST5, over every engine. */
#include "coroutines/stream_reader.h"

#include "loop_fixture.h"
#include "support/contract.h"
#include "support/string_transport.h"
#include "tellers.h"

#include <cerrno>
#include <functional>
#include <string>
#include <vector>

namespace
{

class StreamReaderTest
    : public LoopTest,
      public testing::WithParamInterface<const struct engine *>
{
  protected:
    void SetUp() override
    {
        LoopTest::SetUp();
        reader_init(&reader, loop, STREAM_LIMIT);
    }
    void TearDown() override
    {
        tellers.end();
        reader_deinit(&reader);
        LoopTest::TearDown();
    }
    void limit(size_t bytes)
    {
        reader.limit = bytes;
    }
    /* A Task that makes these reads, one after the other. */
    struct task *reads(const std::vector<Tellers::Begin> &all)
    {
        return tellers.teller(loop, GetParam(), all);
    }
    Tellers::Begin line()
    {
        return [this] { return reader_readline(&reader); };
    }
    Tellers::Begin some(size_t count)
    {
        return [this, count] { return reader_read(&reader, count); };
    }
    Tellers::Begin exactly(size_t count)
    {
        return [this, count] { return reader_readexactly(&reader, count); };
    }
    Tellers::Begin all()
    {
        return [this] { return reader_read_all(&reader); };
    }
    Tellers::Begin until(const char *separator)
    {
        return [this, separator] {
            return reader_readuntil(&reader, slice_of(separator));
        };
    }
    void feed(const std::string &bytes)
    {
        EXPECT_EQ(reader_feed_data(&reader, {bytes.data(), bytes.size()}), 0);
    }
    void fail(const char *message = "no")
    {
        reader_set_exception(&reader, a_failure(message));
    }
    /* Does it in a turn of its own, behind what is ready now. */
    void then(std::function<void()> what)
    {
        Call call(std::move(what));
        soon(call);
        run();
    }
    /* What has come so far. */
    std::string told()
    {
        run();
        return tellers.since();
    }
    struct stream_reader reader;
    Tellers tellers;
};

/* ---- read ---- */

TEST_P(StreamReaderTest, FeedingNothingIsNothing)
{
    feed("");
    EXPECT_EQ(reader.kept.size, 0u);
    feed("data");
    EXPECT_EQ(reader.kept.size, 4u);
    reads({some(10)});
    EXPECT_EQ(told(), "b'data' ");
    EXPECT_EQ(reader.kept.capacity, 0u) << "it holds a buffer for nothing";
}

TEST_P(StreamReaderTest, ST2_ReadingNothingIsNothingAtOnce)
{
    feed("data");
    reads({some(0), some(10)});
    EXPECT_EQ(told(), "None b'data' ");
}

TEST_P(StreamReaderTest, ST2_ReadWaitsForAByteAndTakesWhatThereIs)
{
    reads({some(30), some(3), some(3)});
    EXPECT_EQ(told(), "");
    then([this] { feed("hello"); });
    EXPECT_EQ(told(), "b'hello' ");
    then([this] { feed("abcdef"); });
    EXPECT_EQ(told(), "b'abc' b'def' ");
}

TEST_P(StreamReaderTest, ST2_ReadGoesOnInTheTurnInWhichBytesArrive)
{
    Call after(note('|'));
    reads({some(9)});
    run();
    Call feeds([&] {
        soon(after);
        feed("now");
        diary += tellers.told;
    });
    soon(feeds);
    run();
    EXPECT_EQ(diary, "b'now' |");
}

TEST_P(StreamReaderTest, ST2_ReadDoesNotCareForLines)
{
    feed("line1");
    reads({some(5), some(5)});
    EXPECT_EQ(told(), "b'line1' ");
    then([this] { feed("line2\n"); });
    EXPECT_EQ(told(), "b'line2' ");
}

TEST_P(StreamReaderTest, ST2_ReadAtTheEndIsNothing)
{
    reads({some(1024), some(1)});
    then([this] { reader_feed_eof(&reader); });
    EXPECT_EQ(told(), "None None ");
}

TEST_P(StreamReaderTest, ST2_ReadAllIsUpToTheEndHoweverMuchThatIs)
{
    limit(3);
    reads({all(), all()});
    then([this] { feed("chunk1\n"); });
    then([this] { feed("chunk2"); });
    EXPECT_EQ(told(), "");
    then([this] { reader_feed_eof(&reader); });
    EXPECT_EQ(told(), "b'chunk1\\nchunk2' None ");
}

TEST_P(StreamReaderTest, ST2_ReadIsNotBoundedByTheLimit)
{
    limit(3);
    feed("chunk");
    reads({some(5)});
    EXPECT_EQ(told(), "b'chunk' ");
}

TEST_P(StreamReaderTest, ReadFailsWithWhatTheReaderFailsWith)
{
    feed("line\n");
    reads({some(2)});
    EXPECT_EQ(told(), "b'li' ");
    fail();
    reads(
        {some(2), some(0), all(), line(), exactly(2), exactly(0), until("x")});
    std::string seven;
    for (int i = 0; i < 7; i++)
        seven += "OSError(no) ";
    EXPECT_EQ(told(), seven);
}

/* ---- readline ---- */

TEST_P(StreamReaderTest, ST3_ALineMayComeInPieces)
{
    feed("chunk1 ");
    reads({line()});
    then([this] { feed("chunk2 "); });
    EXPECT_EQ(told(), "");
    then([this] {
        feed("chunk3 ");
        feed("\n chunk4");
    });
    EXPECT_EQ(told(), "b'chunk1 chunk2 chunk3 \\n' ");
    reads({some(100)});
    EXPECT_EQ(told(), "b' chunk4' ");
}

TEST_P(StreamReaderTest, ST3_SeveralLinesMayComeInOnePiece)
{
    reads({line(), line(), line(), some(9)});
    then([this] { feed("line1\nline2\nline3\nmore"); });
    EXPECT_EQ(told(), "b'line1\\n' b'line2\\n' b'line3\\n' b'more' ");
}

TEST_P(StreamReaderTest, ST3_TheLastLineMayHaveNoEnd)
{
    feed("some data");
    reader_feed_eof(&reader);
    reads({line(), line()});
    EXPECT_EQ(told(), "b'some data' None ");
}

TEST_P(StreamReaderTest, ST3_AtTheEndThereIsNoLine)
{
    reader_feed_eof(&reader);
    reads({line()});
    EXPECT_EQ(told(), "None ");
}

TEST_P(StreamReaderTest, ST3_ALineLeavesWhatIsBehindIt)
{
    feed("line1\nline2\nline3\n");
    reads({line(), all()});
    then([this] { reader_feed_eof(&reader); });
    EXPECT_EQ(told(), "b'line1\\n' b'line2\\nline3\\n' ");
}

TEST_P(StreamReaderTest, ST3_ALineBeyondTheLimitIsDropped)
{
    limit(3);
    feed("li");
    feed("ne1\nline2\n");
    reads({line()});
    EXPECT_EQ(told(), "ValueError(Separator is found, but chunk is longer than "
                      "limit) ");
    limit(5);
    reads({line()});
    EXPECT_EQ(told(), "b'line2\\n' ");
}

TEST_P(StreamReaderTest, ST3_AllOfItIfItsEndHasNotCome)
{
    limit(7);
    reads({line(), line()});
    then([this] { feed("chunk1"); });
    then([this] { feed("chunk2"); });
    EXPECT_EQ(told(), "ValueError(Separator is not found, and chunk exceed the "
                      "limit) ");
    EXPECT_EQ(reader.kept.size, 0u);
    then([this] { feed("chunk3\n"); });
    EXPECT_EQ(told(), "b'chunk3\\n' ");
}

TEST_P(StreamReaderTest, ST3_ALineMayBeAsLongAsTheLimit)
{
    limit(4);
    reads({line(), line()});
    then([this] { feed("1234\n12345\n"); });
    EXPECT_EQ(told(), "b'1234\\n' ValueError(Separator is found, but chunk is "
                      "longer than limit) ");
}

/* ---- readexactly ---- */

TEST_P(StreamReaderTest, ST3_ExactlyNothingIsNothingAtOnce)
{
    reads({exactly(0)});
    EXPECT_EQ(told(), "None ");
}

TEST_P(StreamReaderTest, ST3_ExactlyThatManyMayComeInPieces)
{
    reads({exactly(9), some(9)});
    then([this] { feed("chunk"); });
    then([this] { feed("chu"); });
    EXPECT_EQ(told(), "");
    then([this] { feed("nk more"); });
    EXPECT_EQ(told(), "b'chunkchun' b'k more' ");
}

TEST_P(StreamReaderTest, ST3_ExactlyThatManyMayBeMoreThanTheLimit)
{
    StringTransport transport(nullptr);
    limit(3);
    reader_set_transport(&reader, &transport);
    feed("chunks!");
    EXPECT_FALSE(transport.reading);
    reads({exactly(9)});
    EXPECT_EQ(told(), "");
    EXPECT_TRUE(transport.reading) << "the rest could never come";
    then([this] { feed("..."); });
    EXPECT_EQ(told(), "b'chunks!..' ");
}

TEST_P(StreamReaderTest, ST3_TheEndBeforeAllHasComeIsAFailureWithWhatHas)
{
    std::string partial;
    int expected = 0;
    auto read = [&] {
        struct outcome failed = reader_readexactly(&reader, 9);
        EXPECT_TRUE(outcome_failed_with(&failed, &incomplete_read_type));
        partial = seen(&failed.failure->detail);
        expected = failed.failure->code;
        return failed;
    };
    feed("some");
    reader_feed_eof(&reader);
    reads({read, some(1)});
    EXPECT_EQ(told(), "IncompleteReadError(4 bytes read on a total of 9 "
                      "expected bytes) None ");
    EXPECT_EQ(partial, "b'some'");
    EXPECT_EQ(expected, 9);
}

/* ---- readuntil ---- */

TEST_P(StreamReaderTest, ST4_AnEmptySeparatorIsAMistake)
{
    feed("data");
    reads({until(""), some(4)});
    EXPECT_EQ(told(), "RuntimeError(a separator is one byte long at least) "
                      "b'data' ");
}

TEST_P(StreamReaderTest, ST4_TheSeparatorIsPartOfIt)
{
    feed("AAA12BBB");
    reads({until("12"), some(9)});
    EXPECT_EQ(told(), "b'AAA12' b'BBB' ");
}

TEST_P(StreamReaderTest, ST4_TheSeparatorMayBeSplit)
{
    reads({until("aaa"), until("bbb"), until("ccc")});
    for (const char *piece : {"QWERTY", "a", "a", "aXb", "b", "bYcc"})
        then([this, piece] { feed(piece); });
    EXPECT_EQ(told(), "b'QWERTYaaa' b'Xbbb' ");
    then([this] { feed("ccZ"); });
    EXPECT_EQ(told(), "b'Yccc' ");
    reads({some(9)});
    EXPECT_EQ(told(), "b'cZ' ");
}

TEST_P(StreamReaderTest, ST4_WhatLooksLikeItsBeginningIsNotIt)
{
    for (const char *piece : {"aaa", "aa", "aAaa", "a b"})
        feed(piece);
    reads({until("aA"), until("aaa "), some(9)});
    EXPECT_EQ(told(), "b'aaaaaaA' b'aaa ' b'b' ");
}

TEST_P(StreamReaderTest, ST4_TheEndBeforeTheSeparatorIsAFailureWithAllThereIs)
{
    std::string partial;
    feed("data");
    reader_feed_eof(&reader);
    reads({[&] {
               struct outcome failed = reader_readuntil(&reader, slice_of("A"));
               partial = seen(&failed.failure->detail);
               return failed;
           },
           some(1)});
    EXPECT_EQ(told(), "IncompleteReadError(4 bytes read on a total of "
                      "undefined expected bytes) None ");
    EXPECT_EQ(partial, "b'data'");
}

TEST_P(StreamReaderTest, ST4_BeyondTheLimitAllStaysWhereItIs)
{
    limit(3);
    feed("some dataAA");
    reads({until("AA")});
    EXPECT_EQ(told(), "LimitOverrunError(Separator is found, but chunk is "
                      "longer than limit) ");
    EXPECT_EQ(reader.kept.size - reader.taken, 11u);
    reads({some(99)});
    EXPECT_EQ(told(), "b'some dataAA' ");
}

TEST_P(StreamReaderTest, ST4_TheFailureSaysHowMuchWasInVain)
{
    int consumed = 0;
    limit(3);
    feed("data");
    reads({until("AA")});
    EXPECT_EQ(told(), "") << "3 bytes are without it, and that is the limit";
    then([this] { feed("A"); });
    EXPECT_EQ(told(), "LimitOverrunError(Separator is not found, and chunk "
                      "exceed the limit) ");
    reads({[&] {
               struct outcome failed =
                   reader_readuntil(&reader, slice_of("AA"));
               EXPECT_TRUE(outcome_failed_with(&failed, &limit_overrun_type));
               consumed = failed.failure->code;
               return failed;
           },
           exactly(5)});
    told();
    EXPECT_EQ(consumed, 4);
}

/* ---- flow control ---- */

TEST_P(StreamReaderTest, ST1_PausesAboveTwiceTheLimitAndResumesAtTheLimit)
{
    StringTransport transport(nullptr);
    limit(4);
    reader_set_transport(&reader, &transport);
    feed("12345678");
    EXPECT_TRUE(transport.reading);
    feed("9");
    EXPECT_FALSE(transport.reading);
    reads({some(4)});
    EXPECT_EQ(told(), "b'1234' ");
    EXPECT_FALSE(transport.reading);
    reads({some(1)});
    EXPECT_EQ(told(), "b'5' ");
    EXPECT_TRUE(transport.reading);
}

TEST_P(StreamReaderTest, ST1_ADroppedLineMakesRoomToo)
{
    StringTransport transport(nullptr);
    limit(4);
    reader_set_transport(&reader, &transport);
    feed("123456789");
    EXPECT_FALSE(transport.reading);
    reads({line()});
    EXPECT_EQ(told(), "ValueError(Separator is not found, and chunk exceed the "
                      "limit) ");
    EXPECT_TRUE(transport.reading);
}

TEST_P(StreamReaderTest, ST1_TheLimitIsNotZero)
{
    EXPECT_CONTRACT(reader_init(&reader, loop, 0), "the limit is not 0");
}

/* ---- the end, failures, one at a time ---- */

TEST_P(StreamReaderTest, IsAtItsEndWhenAllWasRead)
{
    EXPECT_FALSE(reader_at_eof(&reader));
    feed("some data\n");
    reader_feed_eof(&reader);
    EXPECT_FALSE(reader_at_eof(&reader));
    reads({line()});
    EXPECT_EQ(told(), "b'some data\\n' ");
    EXPECT_TRUE(reader_at_eof(&reader));
}

TEST_P(StreamReaderTest, ST5_OneReadAtATime)
{
    reads({some(9)});
    reads({line(), all()});
    std::string refused = "RuntimeError(read called while other code is "
                          "already waiting for incoming data) ";
    EXPECT_EQ(told(), refused + refused);
    then([this] { feed("x"); });
    EXPECT_EQ(told(), "b'x' ");
}

TEST_P(StreamReaderTest, ST5_AFailureWakesTheReadAndStays)
{
    EXPECT_EQ(reader_exception(&reader), nullptr);
    reads({line(), line()});
    then([this] { fail(); });
    EXPECT_EQ(told(), "OSError(no) OSError(no) ");
    ASSERT_NE(reader_exception(&reader), nullptr);
    fail("another");
    EXPECT_STREQ(reader_exception(&reader)->message, "no");
}

TEST_P(StreamReaderTest, ST5_ACancelledReadHasTakenNothing)
{
    struct task *task = reads({line()});
    run();
    task_cancel(task);
    EXPECT_EQ(told(), "CancelledError() ");
    fail();
    EXPECT_EQ(told(), "") << "none waits any more";
    EXPECT_EQ(reader.moment.waiter, nullptr);
}

TEST_P(StreamReaderTest, ST5_WhatArrivesWithTheCancelIsForTheNextRead)
{
    struct task *task = reads({some(9), some(9)});
    run();
    then([this, task] {
        task_cancel(task);
        feed("late");
    });
    EXPECT_EQ(told(), "CancelledError() b'late' ");
}

TEST_P(StreamReaderTest, ST5_ATaskThatIsClosedWhileItReadsLeavesTheReaderFree)
{
    reads({some(9)});
    run();
    tellers.end();
    feed("x");
    reads({some(9)});
    EXPECT_EQ(told(), "b'x' ");
}

TEST_P(StreamReaderTest, NothingIsFedBehindTheEnd)
{
    reader_feed_eof(&reader);
    EXPECT_CONTRACT(feed("x"), "reader_feed_data: not after reader_feed_eof");
}

TEST_P(StreamReaderTest, ManySmallPiecesAreMovedSeldom)
{
    std::string text, out;
    for (int i = 0; i < 1000; i++) {
        feed("0123456789");
        struct outcome got = reader_read(&reader, 7);
        struct slice bytes = outcome_slice(&got);
        out.append(bytes.data, bytes.size);
        outcome_drop(got);
        text += "0123456789";
    }
    reader_feed_eof(&reader);
    struct outcome got = reader_read_all(&reader);
    struct slice bytes = outcome_slice(&got);
    out.append(bytes.data, bytes.size);
    outcome_drop(got);
    EXPECT_EQ(out, text);
}

INSTANTIATE_TEST_SUITE_P(Engines, StreamReaderTest,
                         testing::Values(&frame_engine, &stack_engine),
                         [](const auto &by) { return by.param->name; });

} // namespace
