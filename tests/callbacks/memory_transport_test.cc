/* SPDX-License-Identifier: MIT */
/* The same rules as for sockets, between two protocols in memory. The loop has
 * no descriptor to watch, and its clock is virtual. */
#include "callbacks/memory_transport.h"

#include "callbacks/loop_dump.h"
#include "diary.h"
#include "loop_fixture.h"
#include "support/contract.h"

#include <cerrno>

namespace
{

class MemoryTransportTest : public LoopTest
{
  protected:
    void SetUp() override
    {
        LoopTest::SetUp();
        memory_transport_pair(pair, loop, &left, &right);
    }
    static void put(memory_transport &from, const std::string &text)
    {
        transport_write(&from.transport, {text.data(), text.size()});
    }
    /* One turn that does not wait. */
    void turn()
    {
        loop_stop(loop);
        ASSERT_EQ(run(), 0);
    }
    void end()
    {
        transport_abort(&pair[0].transport, 0);
        transport_abort(&pair[1].transport, 0);
        EXPECT_EQ(run(), 0);
    }
    memory_transport pair[2];
    Diary left, right;
};

TEST_F(MemoryTransportTest, BothAreMadeInTheNextTurnAndWaitForEachOther_TP1)
{
    EXPECT_EQ(left.text + right.text, "");
    turn();
    EXPECT_EQ(left.text, "made ");
    EXPECT_EQ(right.text, "made ");
    EXPECT_EQ(run(), 0); /* neither has anything to say */
    end();
    EXPECT_EQ(left.text, "made lost ");
    EXPECT_EQ(right.text, "made lost ");
}

TEST_F(MemoryTransportTest, WhatOneWritesTheOtherReceivesInALaterTurn_TP2)
{
    turn();
    put(pair[0], "one ");
    put(pair[0], "");
    put(pair[0], "two");
    EXPECT_EQ(right.text, "made ");
    turn();
    EXPECT_EQ(right.text, "made data ");
    EXPECT_EQ(right.bytes, "one two");
    end();
}

TEST_F(MemoryTransportTest, WritesBeforeItIsMadeArriveAfterIt_TP1)
{
    put(pair[0], "early");
    right.when_made = [this] { EXPECT_EQ(right.bytes, ""); };
    EXPECT_EQ(run(), 0);
    EXPECT_EQ(right.text, "made data ");
    end();
}

TEST_F(MemoryTransportTest, AnswersMayBeAnsweredInside)
{
    left.when_received = [this] {
        if (left.bytes.size() < 5)
            put(pair[0], "l");
    };
    right.when_received = [this] { put(pair[1], "r"); };
    put(pair[0], "l");
    EXPECT_EQ(run(), 0);
    EXPECT_EQ(left.bytes, "rrrrr");
    EXPECT_EQ(right.bytes, "lllll");
    end();
}

TEST_F(MemoryTransportTest, PausesAboveTheHighMarkAndResumesAtTheLowOne_TP3)
{
    turn();
    memory_transport_set_limits(&pair[0], 10, 0);
    transport_pause_reading(&pair[1].transport);
    put(pair[0], "0123456789");
    EXPECT_EQ(left.text, "made ");
    put(pair[0], "0");
    put(pair[0], "1");
    EXPECT_EQ(left.text, "made pause ");
    transport_resume_reading(&pair[1].transport);
    EXPECT_EQ(run(), 0);
    EXPECT_EQ(left.text, "made pause resume ");
    end();
}

TEST_F(MemoryTransportTest, CloseFlushesAndTheOtherSeesTheEnd_TP4)
{
    turn();
    transport_pause_reading(&pair[1].transport);
    put(pair[0], "last words");
    transport_close(&pair[0].transport);
    transport_close(&pair[0].transport);
    put(pair[0], "dropped");
    EXPECT_EQ(run(), 0);
    EXPECT_EQ(left.text, "made ");
    transport_resume_reading(&pair[1].transport);
    EXPECT_EQ(run(), 0);
    EXPECT_EQ(left.text, "made lost ");
    EXPECT_EQ(right.text, "made data eof lost ");
    EXPECT_EQ(right.bytes, "last words");
}

TEST_F(MemoryTransportTest, AbortDropsAndTheOtherIsReset_TP4)
{
    turn();
    put(pair[0], "never heard");
    transport_abort(&pair[0].transport, -ETIMEDOUT);
    EXPECT_EQ(run(), 0);
    EXPECT_EQ(left.text, "made lost:ETIMEDOUT ");
    EXPECT_EQ(right.text, "made lost:ECONNRESET ");
}

TEST_F(MemoryTransportTest, AbortWithNothingKeptIsAnEnd_TP4)
{
    turn();
    transport_abort(&pair[0].transport, -EIO);
    EXPECT_EQ(run(), 0);
    EXPECT_EQ(left.text, "made lost:EIO ");
    EXPECT_EQ(right.text, "made eof lost ");
}

TEST_F(MemoryTransportTest, HalfClosesAndTheOtherMayStillWrite_TP4)
{
    right.keeps_open = true;
    turn();
    put(pair[0], "all");
    transport_write_eof(&pair[0].transport);
    transport_write_eof(&pair[0].transport);
    EXPECT_EQ(run(), 0);
    EXPECT_EQ(right.text, "made data eof ");
    put(pair[1], "answer");
    transport_close(&pair[1].transport);
    EXPECT_EQ(run(), 0);
    EXPECT_EQ(left.text, "made data eof lost ");
    EXPECT_EQ(right.text, "made data eof lost ");
}

TEST_F(MemoryTransportTest, BothMayCloseWithBytesOnTheWay)
{
    turn();
    put(pair[0], "to the right");
    put(pair[1], "to the left");
    transport_close(&pair[0].transport);
    transport_close(&pair[1].transport);
    EXPECT_EQ(run(), 0);
    EXPECT_EQ(left.text, "made lost ");
    EXPECT_EQ(right.text, "made lost ");
}

TEST_F(MemoryTransportTest, AnAbortOfTheOtherEndsOneThatFlushes)
{
    turn();
    transport_pause_reading(&pair[1].transport);
    put(pair[0], "not received");
    transport_close(&pair[0].transport);
    transport_abort(&pair[1].transport, -EIO);
    EXPECT_EQ(run(), 0);
    EXPECT_EQ(left.text, "made lost ");
    EXPECT_EQ(right.text, "made lost:EIO ");
}

TEST_F(MemoryTransportTest, OneThatWasAbortedIsNotAskedToResume_TP3)
{
    turn();
    memory_transport_set_limits(&pair[0], 0, 0);
    put(pair[0], "much");
    right.when_received = [this] { transport_abort(&pair[0].transport, -EIO); };
    EXPECT_EQ(run(), 0);
    EXPECT_EQ(left.text, "made pause lost:EIO ");
}

TEST_F(MemoryTransportTest, OneThatWritesToOneThatIsGoneIsLost_TP5)
{
    turn();
    transport_pause_reading(&pair[1].transport);
    transport_close(&pair[0].transport);
    EXPECT_EQ(run(), 0);
    put(pair[1], "into nothing");
    EXPECT_EQ(run(), 0);
    EXPECT_EQ(right.text, "made lost:EPIPE ");
}

TEST_F(MemoryTransportTest, NoDataComesAfterACloseInsideDataReceived_TP6)
{
    right.when_received = [this] {
        put(pair[0], "more");
        transport_close(&pair[1].transport);
    };
    put(pair[0], "one");
    EXPECT_EQ(run(), 0);
    EXPECT_EQ(right.text, "made data lost ");
    EXPECT_EQ(left.text, "made eof lost ");
}

TEST_F(MemoryTransportTest, ClosedBeforeItIsMadeItIsLostWithoutThat)
{
    transport_close(&pair[0].transport);
    EXPECT_EQ(run(), 0);
    EXPECT_EQ(left.text, "lost ");
    EXPECT_EQ(right.text, "made eof lost ");
}

TEST_F(MemoryTransportTest, TimeoutsRunOnTheVirtualClock)
{
    Call gives_up([this] { transport_abort(&pair[0].transport, -ETIMEDOUT); });
    at(gives_up, 3600 * NANOS_PER_SECOND);
    EXPECT_EQ(run(), 0);
    EXPECT_EQ(left.text, "made lost:ETIMEDOUT ");
    EXPECT_EQ(right.text, "made eof lost ");
    EXPECT_EQ(clock.now, start + 3600 * NANOS_PER_SECOND);
}

TEST_F(MemoryTransportTest, IsInTheDump)
{
    char *text = nullptr;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    loop_dump(loop, out);
    fclose(out);
    EXPECT_NE(strstr(text, "on_turn, a transport in memory"), nullptr) << text;
    free(text);
    end();
}

TEST_F(MemoryTransportTest, NothingIsWrittenAfterTheEndWasWritten)
{
    transport_write_eof(&pair[0].transport);
    EXPECT_CONTRACT(put(pair[0], "x"), "transport_write:");
    end();
}

} // namespace
