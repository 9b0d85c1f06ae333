/* SPDX-License-Identifier: MIT */
/* What asyncore has on top: dispatcher_with_send (AS22) and file_dispatcher
 * (AS23). */
#include "actors.h"

#include <cerrno>
#include <fcntl.h>

namespace
{

class WithSend : public PolledTest
{
  protected:
    WithSend()
    {
        methods = dispatcher_with_send_methods();
        methods.handle_read = [](struct dispatcher *) { return 0; };
        methods.handle_close = [](struct dispatcher *self) {
            return dispatcher_close(self);
        };
        dispatcher_init(&self(), &methods, &map);
    }
    ~WithSend() override
    {
        dispatcher_with_send_deinit(&sender);
    }
    struct dispatcher &self()
    {
        return sender.dispatcher;
    }
    int attach_sender()
    {
        int ends[2];
        EXPECT_EQ(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), 0);
        EXPECT_EQ(dispatcher_init_socket(&self(), &methods, &map, ends[0]), 0);
        return keep(ends[1]);
    }
    int send_text(const std::string &text)
    {
        return dispatcher_with_send_send(&sender, text.data(), text.size());
    }
    static std::string read_now(int fd)
    {
        std::string all;
        char bytes[65536];
        ssize_t count;
        while ((count = recv(fd, bytes, sizeof bytes, MSG_DONTWAIT)) > 0)
            all.append(bytes, static_cast<size_t>(count));
        return all;
    }
    struct dispatcher_methods methods;
    struct dispatcher_with_send sender = {};
};
INSTANTIATE_TEST_SUITE_P(Each, WithSend, testing::ValuesIn(both_pollers),
                         name_of_poller);

TEST_P(WithSend, AS22TriesAtOnce)
{
    int peer = attach_sender();
    EXPECT_EQ(send_text("hello"), 0);
    EXPECT_EQ(read_now(peer), "hello");
    EXPECT_FALSE(methods.writable(&self()));
}

TEST_P(WithSend, AS22WhatDoesNotFitFollowsWithTheWriteEvents)
{
    int peer = attach_sender();
    std::string much;
    for (int i = 0; much.size() < 2000000; i++)
        much += std::to_string(i) + " ";
    EXPECT_EQ(send_text(much.substr(0, 1500000)), 0);
    EXPECT_EQ(send_text(much.substr(1500000)), 0);
    std::string got = read_now(peer);
    EXPECT_LE(got.size(), 2u * 65536) << "at most 64 KiB at once";
    EXPECT_TRUE(methods.writable(&self()));
    while (methods.writable(&self())) {
        pass();
        got += read_now(peer);
    }
    EXPECT_TRUE(got == much);
}

TEST_P(WithSend, AS22WantsToWriteUntilItIsConnected)
{
    int listener = bound(true);
    struct address there = address_of(listener);
    ASSERT_EQ(dispatcher_create_socket(&self(), AF_INET, SOCK_STREAM), 0);
    ASSERT_EQ(dispatcher_connect(&self(), &there), 0);
    EXPECT_TRUE(methods.writable(&self()));
    until(self().fd, POLLOUT);
    pass();
    EXPECT_TRUE(self().connected);
    EXPECT_FALSE(methods.writable(&self()));
}

TEST_P(WithSend, AS22ABrokenConnectionIsClosed)
{
    hang_up(attach_sender());
    EXPECT_EQ(send_text("x"), 0);
    EXPECT_EQ(self().fd, -1);
}

class FileDispatcher : public PolledTest
{
  protected:
    void SetUp() override
    {
        ASSERT_EQ(pipe2(ends, O_CLOEXEC), 0);
        keep(ends[0]);
        keep(ends[1]);
    }
    int ends[2];
};
INSTANTIATE_TEST_SUITE_P(Each, FileDispatcher, testing::ValuesIn(both_pollers),
                         name_of_poller);

TEST_P(FileDispatcher, AS23ReadsFromAPipeInTheLoop)
{
    Actor reader(&map, &calls);
    ASSERT_EQ(file_dispatcher_init(&reader, reader.methods, &map, ends[0]), 0);
    EXPECT_NE(reader.fd, ends[0]);
    EXPECT_TRUE(reader.connected);
    EXPECT_TRUE(fcntl(reader.fd, F_GETFL) & O_NONBLOCK);
    reader.wants(true, false);
    std::string got;
    reader.on["read"] = [&] {
        char bytes[16];
        ssize_t count = file_dispatcher_recv(&reader, bytes, sizeof bytes);
        EXPECT_EQ(file_dispatcher_recv(&reader, bytes + 8, 1), -EAGAIN);
        got.append(bytes, count > 0 ? static_cast<size_t>(count) : 0);
        return 0;
    };
    ASSERT_EQ(write(ends[1], "hello", 5), 5);
    pass();
    EXPECT_EQ(got, "hello");
    EXPECT_EQ(calls, (Calls{"read"}));
}

TEST_P(FileDispatcher, AS23WritesToAPipeInTheLoop)
{
    Actor writer(&map, &calls);
    ASSERT_EQ(file_dispatcher_init(&writer, writer.methods, &map, ends[1]), 0);
    writer.wants(false, true);
    writer.on["write"] = [&] {
        return file_dispatcher_send(&writer, "hello", 5) == 5 ? 0 : -EIO;
    };
    pass();
    char bytes[16];
    EXPECT_EQ(read(ends[0], bytes, sizeof bytes), 5);
    EXPECT_EQ(calls, (Calls{"write"}));
}

TEST_P(FileDispatcher, AS23UrgentEventsMeanNothingToAPipe)
{
    Actor reader(&map, &calls);
    ASSERT_EQ(file_dispatcher_init(&reader, reader.methods, &map, ends[0]), 0);
    EXPECT_EQ(asyncore_exception(&reader), 0);
    EXPECT_EQ(calls, (Calls{"expt"}));
}

TEST_P(FileDispatcher, AS23ItsDescriptorIsItsOwn)
{
    Actor reader(&map, &calls);
    ASSERT_EQ(file_dispatcher_init(&reader, reader.methods, &map, ends[0]), 0);
    EXPECT_EQ(dispatcher_close(&reader), 0);
    EXPECT_EQ(dispatcher_close(&reader), 0) << "twice is harmless";
    EXPECT_GE(fcntl(ends[0], F_GETFD), 0);
    EXPECT_EQ(map.count, 0);
    EXPECT_EQ(file_dispatcher_init(&reader, reader.methods, &map, -1), -EBADF);
    EXPECT_EQ(map.count, 0);
}

} // namespace
