/* SPDX-License-Identifier: MIT */
/* The script itself: does it bend exactly the calls that it was told to? */
#include "support/scripted_sockets.h"

#include <arpa/inet.h>
#include <cerrno>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <poll.h>
#include <string>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>
#include <vector>

namespace
{

struct sockaddr_in loopback(uint16_t port)
{
    struct sockaddr_in address = {};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return address;
}

/* A client and a server end of one connection. */
class ScriptedSockets : public testing::Test
{
  protected:
    void SetUp() override
    {
        listener = socket(AF_INET, SOCK_STREAM, 0);
        struct sockaddr_in address = loopback(0);
        socklen_t size = sizeof address;
        ASSERT_EQ(0, bind(listener, (struct sockaddr *)&address, size));
        ASSERT_EQ(0, listen(listener, 8));
        getsockname(listener, (struct sockaddr *)&address, &size);
        port = ntohs(address.sin_port);
    }

    void TearDown() override
    {
        scripted_end();
        for (int fd : {client, server, listener})
            if (fd >= 0)
                close(fd);
    }

    int connect_client(int flags = 0)
    {
        client = socket(AF_INET, SOCK_STREAM | flags, 0);
        struct sockaddr_in address = loopback(port);
        return connect(client, (struct sockaddr *)&address, sizeof address);
    }

    void open_both(int flags = 0)
    {
        ASSERT_EQ(0, connect_client());
        server = accept(listener, nullptr, nullptr);
        ASSERT_GE(server, 0);
        if (flags)
            fcntl(client, F_SETFL, flags);
    }

    void script(std::vector<struct scripted_rule> rules)
    {
        ASSERT_EQ(0, scripted_begin(port, rules.data(), rules.size()));
    }

    int listener = -1, client = -1, server = -1;
    uint16_t port = 0;
};

struct scripted_rule rule(enum scripted_call call, unsigned first,
                          unsigned every, size_t limit, int error)
{
    struct scripted_rule rule = {call, first, every, limit, error};
    return rule;
}

TEST_F(ScriptedSockets, LimitsEverySendByWhicheverName)
{
    open_both();
    script({rule(SCRIPTED_SEND, 1, 1, 3, 0)});
    EXPECT_EQ(3, send(client, "abcdef", 6, 0));
    EXPECT_EQ(3, write(client, "abcdef", 6));
    EXPECT_EQ(2, send(client, "ab", 2, 0)) << "it had no more";
    EXPECT_EQ(3u, scripted_seen(SCRIPTED_SEND));
    char got[32];
    EXPECT_EQ("abcabcab",
              std::string(got, (size_t)recv(server, got, sizeof got, 0)));
}

TEST_F(ScriptedSockets, LimitsEveryRecvByWhicheverName)
{
    open_both();
    script({rule(SCRIPTED_RECV, 1, 1, 1, 0)});
    ASSERT_EQ(2, send(server, "ab", 2, 0)) << "the other end is untouched";
    char got[4] = {};
    EXPECT_EQ(1, recv(client, got, 2, 0));
    EXPECT_EQ(1, read(client, got + 1, 2));
    EXPECT_EQ("ab", std::string(got, 2));
}

TEST_F(ScriptedSockets, ACloseThatFailsHasClosed)
{
    open_both();
    script({rule(SCRIPTED_CLOSE, 1, 0, 0, EIO)});
    EXPECT_EQ(-1, close(client));
    EXPECT_EQ(EIO, errno);
    EXPECT_EQ(-1, fcntl(client, F_GETFD));
    client = -1;
    char byte;
    EXPECT_EQ(0, recv(server, &byte, 1, 0)) << "the other end sees the end";
    EXPECT_EQ(1u, scripted_bent(SCRIPTED_CLOSE));
}

TEST_F(ScriptedSockets, FailsExactlyTheCallThatIsAskedFor)
{
    open_both();
    script({rule(SCRIPTED_SEND, 3, 0, 0, ENOBUFS)});
    EXPECT_EQ(1, send(client, "a", 1, 0));
    EXPECT_EQ(1, send(client, "b", 1, 0));
    EXPECT_EQ(-1, send(client, "c", 1, 0));
    EXPECT_EQ(ENOBUFS, errno);
    EXPECT_EQ(1, send(client, "d", 1, 0));
    EXPECT_EQ(1u, scripted_bent(SCRIPTED_SEND));
    char got[8];
    EXPECT_EQ("abd", std::string(got, (size_t)recv(server, got, 8, 0)));
}

TEST_F(ScriptedSockets, BreaksAConnectionForGood)
{
    open_both();
    script({rule(SCRIPTED_SEND, 1, 0, 0, EPIPE)});
    char got[8];
    EXPECT_EQ(-1, send(client, "a", 1, MSG_NOSIGNAL));
    EXPECT_EQ(EPIPE, errno);
    EXPECT_EQ(-1, send(client, "a", 1, MSG_NOSIGNAL)) << "no rule said so";
    EXPECT_EQ(0, recv(client, got, sizeof got, 0));
    EXPECT_EQ(0, recv(server, got, sizeof got, 0));
}

TEST_F(ScriptedSockets, FailsEveryNth)
{
    open_both();
    script({rule(SCRIPTED_SEND, 2, 2, 0, EINTR)});
    std::string outcome;
    for (int i = 0; i < 6; i++)
        outcome += send(client, "a", 1, 0) == 1 ? '.' : 'E';
    EXPECT_EQ(".E.E.E", outcome);
}

TEST_F(ScriptedSockets, SaysTryAgainOnlyWhereNothingBlocks)
{
    open_both();
    script({rule(SCRIPTED_SEND, 1, 1, 0, EAGAIN)});
    EXPECT_EQ(1, send(client, "a", 1, 0)) << "a blocking socket never says it";
    EXPECT_EQ(-1, send(client, "a", 1, MSG_DONTWAIT));
    fcntl(client, F_SETFL, O_NONBLOCK);
    EXPECT_EQ(-1, send(client, "a", 1, 0));
    EXPECT_EQ(EAGAIN, errno);
}

TEST_F(ScriptedSockets, LeavesOtherDescriptorsAlone)
{
    open_both();
    int pair[2];
    ASSERT_EQ(0, socketpair(AF_UNIX, SOCK_STREAM, 0, pair));
    script({rule(SCRIPTED_SEND, 1, 1, 0, EPIPE)});
    EXPECT_EQ(1, send(pair[0], "a", 1, 0));
    EXPECT_EQ(1, send(server, "a", 1, 0));
    EXPECT_EQ(0u, scripted_seen(SCRIPTED_SEND));
    close(pair[0]);
    close(pair[1]);
}

TEST_F(ScriptedSockets, AnInterruptedConnectGoesOn)
{
    script({rule(SCRIPTED_CONNECT, 1, 0, 0, EINTR)});
    EXPECT_EQ(-1, connect_client());
    EXPECT_EQ(EINTR, errno);
    EXPECT_EQ(0, fcntl(client, F_GETFL) & O_NONBLOCK);
    struct pollfd wait = {client, POLLOUT, 0};
    EXPECT_EQ(1, poll(&wait, 1, -1));
    server = accept(listener, nullptr, nullptr);
    EXPECT_GE(server, 0);
    EXPECT_EQ(1, send(client, "a", 1, 0));
}

TEST_F(ScriptedSockets, ConnectsAtOnce)
{
    script({rule(SCRIPTED_CONNECT, 1, 1, 0, 0)});
    EXPECT_EQ(0, connect_client(SOCK_NONBLOCK));
    close(listener);
    listener = -1;
    close(client);
    EXPECT_EQ(-1, connect_client(SOCK_NONBLOCK));
    EXPECT_EQ(ECONNREFUSED, errno);
}

TEST_F(ScriptedSockets, OneThatIsNotAcceptedStaysInTheQueue)
{
    script({rule(SCRIPTED_ACCEPT, 1, 0, 0, ECONNABORTED),
            rule(SCRIPTED_ACCEPT, 2, 0, 0, EAGAIN)});
    ASSERT_EQ(0, connect_client());
    EXPECT_EQ(-1, accept(listener, nullptr, nullptr));
    EXPECT_EQ(ECONNABORTED, errno);
    server = accept4(listener, nullptr, nullptr, SOCK_CLOEXEC);
    EXPECT_GE(server, 0) << "a listener that blocks never says EAGAIN";
    EXPECT_EQ(2u, scripted_seen(SCRIPTED_ACCEPT));
    EXPECT_EQ(1u, scripted_bent(SCRIPTED_ACCEPT));
}

TEST_F(ScriptedSockets, RefusesASocket)
{
    script({rule(SCRIPTED_SOCKET, 1, 1, 0, EMFILE)});
    EXPECT_EQ(-1, socket(AF_INET6, SOCK_STREAM, 0));
    EXPECT_EQ(EMFILE, errno);
    int local = socket(AF_UNIX, SOCK_STREAM, 0);
    EXPECT_GE(local, 0);
    close(local);
}

TEST_F(ScriptedSockets, InterruptsAWait)
{
    script({rule(SCRIPTED_WAIT, 1, 2, 0, EINTR)});
    EXPECT_EQ(-1, poll(nullptr, 0, 0));
    EXPECT_EQ(EINTR, errno);
    EXPECT_EQ(0, poll(nullptr, 0, 0));
}

TEST_F(ScriptedSockets, LetsTheTestAnswerPoll)
{
    int asked = 0;
    auto answer = [](void *context, struct pollfd *, nfds_t, int timeout) {
        *static_cast<int *>(context) = timeout;
        return 0;
    };
    scripted_poll_by(answer, &asked);
    EXPECT_EQ(0, poll(nullptr, 0, 3600000));
    EXPECT_EQ(3600000, asked);
    scripted_poll_by(nullptr, nullptr);
    EXPECT_EQ(0, poll(nullptr, 0, 0));
}

TEST_F(ScriptedSockets, RefusesThreadsAndChildren)
{
    script({rule(SCRIPTED_THREAD, 1, 0, 0, EAGAIN),
            rule(SCRIPTED_FORK, 1, 0, 0, ENOMEM)});
    pthread_t thread;
    auto nothing = [](void *) -> void * { return nullptr; };
    EXPECT_EQ(EAGAIN, pthread_create(&thread, nullptr, nothing, nullptr));
    EXPECT_EQ(-1, fork());
    EXPECT_EQ(ENOMEM, errno);
    EXPECT_EQ(0, pthread_create(&thread, nullptr, nothing, nullptr));
    EXPECT_EQ(0, pthread_join(thread, nullptr));
}

TEST_F(ScriptedSockets, ChildrenCountWithTheirParent)
{
    open_both();
    script({rule(SCRIPTED_SEND, 2, 0, 0, ECONNRESET)});
    pid_t child = fork();
    if (child == 0)
        _exit(send(client, "a", 1, 0) == 1 ? 0 : 1);
    int status = -1;
    ASSERT_EQ(child, waitpid(child, &status, 0));
    EXPECT_EQ(0, status);
    EXPECT_EQ(-1, send(client, "b", 1, 0)) << "the second of all";
    EXPECT_EQ(2u, scripted_seen(SCRIPTED_SEND));
}

TEST_F(ScriptedSockets, NothingIsBentAfterTheEnd)
{
    open_both();
    script({rule(SCRIPTED_SEND, 1, 1, 0, EPIPE)});
    scripted_end();
    EXPECT_EQ(1, send(client, "a", 1, 0));
}

TEST_F(ScriptedSockets, RefusesMoreRulesThanItHolds)
{
    std::vector<struct scripted_rule> rules(SCRIPTED_RULES_MAX + 1);
    EXPECT_EQ(-EINVAL, scripted_begin(port, rules.data(), rules.size()));
}

} // namespace
