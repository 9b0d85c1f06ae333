/* SPDX-License-Identifier: MIT */
/* Lines out of bytes, however they come: rule TR13. */
#include "deferreds/line_receiver.h"

#include "support/outcomes.h"
#include "support/string_transport.h"

#include <gtest/gtest.h>

#include <functional>

namespace
{

class LineReceiverTest : public testing::Test
{
  protected:
    struct Receiver : line_receiver {
        LineReceiverTest *test;
    };
    static LineReceiverTest *of(line_receiver *receiver)
    {
        return static_cast<Receiver *>(receiver)->test;
    }
    void SetUp() override
    {
        static const struct line_receiver_ops all = {
            [](line_receiver *r) { of(r)->diary += "made "; },
            [](line_receiver *r, slice line) { of(r)->line(line); },
            [](line_receiver *r, slice data) { of(r)->raw(data); },
            nullptr,
            [](line_receiver *r, int) { of(r)->diary += "lost "; },
        };
        ops = all;
        receiver.test = this;
        line_receiver_init(&receiver, &ops);
        wire.make();
        diary.clear();
    }
    void TearDown() override
    {
        wire.lose();
    }
    void line(slice line)
    {
        std::string text(line.data, line.size);
        diary += "<" + text + ">";
        if (on_line)
            on_line(text);
    }
    void raw(slice data)
    {
        std::string text(data.data, data.size);
        diary += "{" + text + "}";
        if (on_raw)
            on_raw(text);
    }
    void tell_too_long()
    {
        ops.line_length_exceeded = [](line_receiver *r, slice data) {
            of(r)->diary += "!" + std::to_string(data.size) + "!";
        };
    }
    static slice slice_of(const std::string &text)
    {
        return {text.data(), text.size()};
    }

    struct line_receiver_ops ops;
    Receiver receiver;
    StringTransport wire{&receiver.protocol};
    std::string diary;
    std::function<void(const std::string &)> on_line, on_raw;
};

TEST_F(LineReceiverTest, TellsLinesInWhateverPiecesTheyCome_TR13)
{
    const std::string bytes = "one\r\ntwo\r\n\r\nthree\rfour\nfive\r\nrest";
    for (size_t size = 1; size <= bytes.size(); size++) {
        diary.clear();
        for (size_t at = 0; at < bytes.size(); at += size)
            wire.arrive(bytes.substr(at, size));
        EXPECT_EQ(diary, "<one><two><><three\rfour\nfive>") << size;
        line_receiver_clear_buffer(&receiver);
    }
}

TEST_F(LineReceiverTest, SendsALineWithItsDelimiter)
{
    line_receiver_send_line(&receiver, slice_of("hello"));
    receiver.delimiter = {"\n", 1};
    line_receiver_send_line(&receiver, slice_of("you"));
    EXPECT_EQ(wire.written, "hello\r\nyou\n");
    wire.arrive("a\r\nb\n");
    EXPECT_EQ(diary, "<a\r><b>");
}

TEST_F(LineReceiverTest, TellsNothingWhileItIsPaused_TR13)
{
    on_line = [&](const std::string &) { line_receiver_pause(&receiver); };
    wire.arrive("one\r\ntwo\r\nthree\r\n");
    EXPECT_EQ(diary, "<one>");
    EXPECT_FALSE(wire.reading);
    wire.arrive("four\r\n");
    EXPECT_EQ(diary, "<one>");
    line_receiver_resume(&receiver);
    EXPECT_EQ(diary, "<one><two>");
    on_line = nullptr;
    line_receiver_resume(&receiver);
    EXPECT_EQ(diary, "<one><two><three><four>");
    EXPECT_TRUE(wire.reading);
}

TEST_F(LineReceiverTest, RawBytesCanBePausedToo_TR13)
{
    line_receiver_set_raw_mode(&receiver);
    on_raw = [&](const std::string &) { line_receiver_pause(&receiver); };
    wire.arrive("one");
    wire.arrive("two");
    EXPECT_EQ(diary, "{one}");
    line_receiver_resume(&receiver);
    EXPECT_EQ(diary, "{one}{two}");
}

TEST_F(LineReceiverTest, TellsNothingMoreOnceItIsClosed_TR13)
{
    on_line = [&](const std::string &) { line_receiver_close(&receiver); };
    wire.arrive("one\r\ntwo\r\n");
    wire.arrive("three\r\n");
    EXPECT_EQ(diary, "<one>");
    EXPECT_TRUE(wire.closing);
}

TEST_F(LineReceiverTest, ForgetsWhatWasReceivedOnRequest_TR13)
{
    on_line = [&](const std::string &text) {
        if (text == "clear")
            line_receiver_clear_buffer(&receiver);
    };
    wire.arrive("a\r\nclear\r\nlost\r\nlost too");
    wire.arrive("b\r\n");
    EXPECT_EQ(diary, "<a><clear><b>");
}

TEST_F(LineReceiverTest, ChangesBetweenLinesAndRawBytes_TR13)
{
    on_line = [&](const std::string &text) {
        if (text == "raw 5")
            line_receiver_set_raw_mode(&receiver);
    };
    on_raw = [&](const std::string &bytes) {
        line_receiver_set_line_mode(&receiver, slice_of(bytes.substr(5)));
    };
    wire.arrive("one\r\nraw 5\r\nhellotwo\r\nraw 5\r\nworldthree\r\n");
    EXPECT_EQ(diary, "<one><raw 5>{hellotwo\r\nraw 5\r\nworldthree\r\n}<two>"
                     "<raw 5>{worldthree\r\n}<three>");
}

TEST_F(LineReceiverTest, NeedsNoStackForManyChangesOfMode_TR13)
{
    on_line = [&](const std::string &) {
        line_receiver_set_raw_mode(&receiver);
    };
    on_raw = [&](const std::string &bytes) {
        line_receiver_set_line_mode(&receiver, slice_of(bytes.substr(1)));
    };
    std::string bytes;
    for (int i = 0; i < 2000; i++)
        bytes += "\r\nx";
    in_a_small_stack([&] { wire.arrive(bytes); });
    EXPECT_EQ(count_of("<>", diary), 2000);
    EXPECT_EQ(count_of("{x", diary), 2000);
}

TEST_F(LineReceiverTest, BytesThatArriveInsideACallAreToldAfterIt_TR13)
{
    on_line = [&](const std::string &text) {
        diary += "(";
        if (text == "a")
            wire.arrive("c\r\n");
        diary += ")";
    };
    wire.arrive("a\r\nb\r\n");
    EXPECT_EQ(diary, "<a>()<b>()<c>()");
}

TEST_F(LineReceiverTest, ALineOfTheGreatestLengthIsALine_TR13)
{
    receiver.max_length = 5;
    wire.arrive("12345\r\n");
    EXPECT_EQ(diary, "<12345>");
    EXPECT_FALSE(wire.closing);
}

TEST_F(LineReceiverTest, APartOfTheDelimiterAtTheLimitIsAllowed_TR13)
{
    receiver.max_length = 5;
    wire.arrive("12345\r");
    EXPECT_FALSE(wire.closing);
    wire.arrive("\n");
    EXPECT_EQ(diary, "<12345>");
}

TEST_F(LineReceiverTest, ALineThatIsNotQuiteTooLongMayGoOn_TR13)
{
    receiver.max_length = 5;
    wire.arrive("123456");
    EXPECT_EQ(diary, "");
    EXPECT_FALSE(wire.closing);
}

TEST_F(LineReceiverTest, ALineThatIsTooLongEndsTheConnection_TR13)
{
    receiver.max_length = 5;
    wire.arrive("123456\r\nmore\r\n");
    EXPECT_EQ(diary, "");
    EXPECT_TRUE(wire.closing);
}

TEST_F(LineReceiverTest, WhatIsTooLongIsToldWithAllThatFollows_TR13)
{
    receiver.max_length = 5;
    tell_too_long();
    wire.arrive("123456\r\nmore\r\n");
    EXPECT_EQ(diary, "!14!");
    wire.arrive("next\r\n");
    EXPECT_EQ(diary, "!14!<next>");
}

TEST_F(LineReceiverTest, ALongLineWithoutAnEndIsToldWhenItIsTooLong_TR13)
{
    receiver.max_length = 5;
    tell_too_long();
    wire.arrive("1234567");
    EXPECT_EQ(diary, "!7!");
}

TEST_F(LineReceiverTest, ALongLineAfterAShortOneIsToldAlone_TR13)
{
    receiver.max_length = 5;
    tell_too_long();
    wire.arrive("ok\r\n1234567890\r\n");
    EXPECT_EQ(diary, "<ok>!12!");
}

TEST_F(LineReceiverTest, ItsLinesMayBeAsLongAsItSays)
{
    receiver.max_length = 100000;
    std::string line(100000, 'x');
    for (size_t at = 0; at < line.size(); at += 1000)
        wire.arrive(line.substr(at, 1000));
    wire.arrive("\r\n");
    EXPECT_EQ(diary, "<" + line + ">");
}

} // namespace
