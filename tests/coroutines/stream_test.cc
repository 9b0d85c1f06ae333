/* SPDX-License-Identifier: MIT */
/* Writing and the end of a connection, ST6, over every engine: two streams that
 * are each other's peer, in memory. */
#include "coroutines/stream.h"

#include "callbacks/memory_transport.h"
#include "loop_fixture.h"
#include "support/string_transport.h"
#include "tellers.h"

#include <cerrno>
#include <string>
#include <vector>

namespace
{

class StreamTest : public LoopTest,
                   public testing::WithParamInterface<const struct engine *>
{
  protected:
    void SetUp() override
    {
        LoopTest::SetUp();
        stream_init(&near, loop, STREAM_LIMIT);
        stream_init(&far, loop, STREAM_LIMIT);
        memory_transport_pair(pair, loop, &near.protocol, &far.protocol);
        turn();
    }
    void TearDown() override
    {
        transport_abort(&pair[0].transport, 0);
        transport_abort(&pair[1].transport, 0);
        run();
        tellers.end();
        stream_dispose(&near);
        stream_dispose(&far);
        LoopTest::TearDown();
    }
    void turn()
    {
        loop_stop(loop);
        run();
    }
    struct task *does(const std::vector<Tellers::Begin> &all)
    {
        return tellers.teller(loop, GetParam(), all);
    }
    static Tellers::Begin says(struct stream &stream, const std::string &text)
    {
        return [&stream, text] {
            stream_write(&stream, {text.data(), text.size()});
            return outcome_number(0);
        };
    }
    static Tellers::Begin line(struct stream &stream)
    {
        return [&stream] { return stream_readline(&stream); };
    }
    static Tellers::Begin drain(struct stream &stream)
    {
        return [&stream] { return stream_drain(&stream); };
    }
    static Tellers::Begin wait_closed(struct stream &stream)
    {
        return [&stream] { return stream_wait_closed(&stream); };
    }
    static Tellers::Begin closes(struct stream &stream)
    {
        return [&stream] {
            stream_close(&stream);
            return outcome_number(1);
        };
    }
    std::string told()
    {
        run();
        return tellers.since();
    }
    /* The far side reads no more, and near has written more than it should. */
    void fill()
    {
        transport_pause_reading(far.transport);
        memory_transport_set_limits(&pair[0], 8, 2);
        stream_write(&near, slice_of("more than that"));
        EXPECT_TRUE(near.paused);
    }
    memory_transport pair[2];
    struct stream near, far;
    Tellers tellers;
};

TEST_P(StreamTest, TwoTalkInLines)
{
    does({says(near, "ping\n"), line(near)});
    does({line(far), says(far, "pong\n")});
    EXPECT_EQ(told(), "0 b'ping\\n' 0 b'pong\\n' ");
}

TEST_P(StreamTest, TheEndOfWritingLeavesTheOtherDirectionOpen)
{
    does({says(near, "question"),
          [this] {
              stream_write_eof(&near);
              return outcome_number(1);
          },
          line(near)});
    does({[this] { return stream_read_all(&far); }, says(far, "answer\n")});
    EXPECT_EQ(told(), "0 1 b'question' 0 b'answer\\n' ");
    EXPECT_FALSE(stream_is_closing(&near));
}

/* ---- drain ---- */

TEST_P(StreamTest, ST6_DrainReturnsAtOnceWhenLittleIsKept)
{
    stream_write(&near, slice_of("little"));
    struct outcome drained = stream_drain(&near);
    EXPECT_EQ(shown(drained), "None");
}

TEST_P(StreamTest, ST6_AllThatDrainGoOnAtTheLowWaterMark)
{
    fill();
    for (int i = 0; i < 3; i++)
        does({drain(near)});
    EXPECT_EQ(told(), "");
    transport_resume_reading(far.transport);
    EXPECT_EQ(told(), "None None None ");
}

TEST_P(StreamTest, ST6_ACancelledDrainLeavesTheOthersWaiting)
{
    fill();
    struct task *cancelled = does({drain(near)});
    does({drain(near)});
    run();
    task_cancel(cancelled);
    EXPECT_EQ(told(), "CancelledError() ");
    transport_resume_reading(far.transport);
    EXPECT_EQ(told(), "None ");
}

TEST_P(StreamTest, ST6_AWaitThatIsClosedLeavesTheOthersWaiting)
{
    fill();
    struct task *closed = does({drain(near)});
    does({drain(near)});
    run();
    task_close(closed);
    transport_resume_reading(far.transport);
    EXPECT_EQ(told(), "None ");
}

TEST_P(StreamTest, ST6_DrainFailsWhenTheConnectionIsLost)
{
    Reports reports;
    fill();
    does({drain(near), drain(near)});
    EXPECT_EQ(told(), "");
    transport_abort(near.transport, 0);
    EXPECT_EQ(told(), "OSError(Connection reset by peer) OSError(Connection "
                      "reset by peer) ");
    EXPECT_EQ(reports.told, "");
}

TEST_P(StreamTest, ST6_DrainFailsWithWhatTheReaderFailsWith)
{
    transport_abort(near.transport, -ETIMEDOUT);
    run();
    does({drain(near), line(near)});
    EXPECT_EQ(told(), "OSError(Connection timed out) OSError(Connection timed "
                      "out) ");
}

TEST_P(StreamTest, ST6_ADrainBehindACloseSeesTheEnd)
{
    does({closes(near), drain(near), drain(near)});
    EXPECT_EQ(told(), "1 OSError(Connection reset by peer) OSError(Connection "
                      "reset by peer) ");
}

TEST_P(StreamTest, ST6_OrGoesOnIfItIsNotThereYet)
{
    transport_pause_reading(far.transport);
    stream_write(&near, slice_of("kept"));
    does({closes(near), drain(near)});
    EXPECT_EQ(told(), "1 None ");
    EXPECT_FALSE(near.lost);
}

TEST_P(StreamTest, ST6_ALoopThatWritesAndDrainsEndsWhenThePeerHasGone)
{
    stream_abort(&far);
    std::vector<Tellers::Begin> many;
    for (int i = 0; i < 5; i++)
        many.push_back([this] {
            stream_write(&near, slice_of("foo\n"));
            return stream_drain(&near);
        });
    does(many);
    std::string all = told();
    EXPECT_NE(all.find("OSError("), std::string::npos) << all;
}

/* ---- the end ---- */

TEST_P(StreamTest, WaitClosedIsOverWhenAllIsSent)
{
    transport_pause_reading(far.transport);
    stream_write(&near, slice_of("last words\n"));
    for (int i = 0; i < 2; i++)
        does({closes(near), wait_closed(near)});
    EXPECT_EQ(told(), "1 1 ");
    EXPECT_TRUE(stream_is_closing(&near));
    transport_resume_reading(far.transport);
    EXPECT_EQ(told(), "None None ");
    does({wait_closed(near), line(far), line(far)});
    EXPECT_EQ(told(), "None b'last words\\n' None ");
}

TEST_P(StreamTest, WhatWasNotReadDoesNotHoldUpTheEnd)
{
    does({says(far, "this is not read\n")});
    EXPECT_EQ(told(), "0 ");
    does({closes(near), wait_closed(near)});
    EXPECT_EQ(told(), "1 None ");
}

TEST_P(StreamTest, WaitClosedFailsWithWhatItWasLostWith)
{
    does({wait_closed(near)});
    run();
    transport_abort(near.transport, -EPIPE);
    EXPECT_EQ(told(), "OSError(Broken pipe) ");
    does({wait_closed(near)});
    EXPECT_EQ(told(), "OSError(Broken pipe) ");
}

TEST_P(StreamTest, ACancelledWaitClosedLeavesTheOthersWaiting)
{
    Reports reports;
    struct task *cancelled = does({wait_closed(near)});
    run();
    task_cancel(cancelled);
    EXPECT_EQ(told(), "CancelledError() ");
    stream_abort(&near);
    run();
    EXPECT_EQ(reports.told, "");
}

TEST_P(StreamTest, AReadSeesTheEndThatItsOwnSideMakes)
{
    does({line(near)});
    run();
    stream_close(&near);
    stream_close(&near);
    EXPECT_EQ(told(), "None ");
    EXPECT_TRUE(stream_at_eof(&near));
}

TEST_P(StreamTest, TheEndOfThePeerIsSeenOnceThoughTheConnectionEndsAsWell)
{
    does({line(near), [this] {
              stream_close(&near);
              return stream_wait_closed(&near);
          }});
    stream_close(&far);
    EXPECT_EQ(told(), "None None ");
}

TEST_P(StreamTest, IsToldWhenItIsConnectedAndWhenItIsOver)
{
    static std::string says;
    says.clear();
    struct stream stream;
    stream_init(&stream, loop, STREAM_LIMIT);
    stream.told = [](struct stream *one) {
        says += one->over ? "over" : "made ";
    };
    StringTransport transport(&stream.protocol);
    transport.make();
    transport.lose();
    EXPECT_EQ(says, "made over");
    stream_dispose(&stream);
}

TEST_P(StreamTest, MuchGoesThroughAndBothWaitForEachOther)
{
    std::string much(1 << 20, 'x');
    memory_transport_set_limits(&pair[0], 1000, 100);
    std::vector<Tellers::Begin> pieces;
    for (size_t at = 0; at < much.size(); at += 1 << 16)
        pieces.push_back([this, &much, at] {
            stream_write(&near, {much.data() + at, 1 << 16});
            return stream_drain(&near);
        });
    pieces.push_back(closes(near));
    does(pieces);
    does({[this] { return stream_read_all(&far); }});
    std::string all = told();
    EXPECT_EQ(all.size(), much.size() + 16 * 5 + 2 + 4);
}

INSTANTIATE_TEST_SUITE_P(Engines, StreamTest,
                         testing::Values(&frame_engine, &stack_engine),
                         [](const auto &by) { return by.param->name; });

} // namespace
