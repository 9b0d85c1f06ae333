/* SPDX-License-Identifier: MIT */
/* AS16 where accept does not go well. */
#include "actors.h"

#include "support/scripted_sockets.h"

#include <cerrno>

namespace
{

/* A listener of asyncore, and a client that has connected to it. */
class AcceptFails : public ActorsTest
{
  protected:
    void SetUp() override
    {
        methods.handle_accept = dispatcher_defaults.handle_accept;
        listener.methods = &methods;
        struct address here = loopback();
        ASSERT_EQ(dispatcher_create_socket(&listener, AF_INET, SOCK_STREAM), 0);
        ASSERT_EQ(dispatcher_bind(&listener, &here), 0);
        ASSERT_EQ(dispatcher_listen(&listener, 5), 0);
        here = address_of(listener.fd);
        int client = keep(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
        ASSERT_EQ(connect(client, &here.socket.any, here.size), 0);
        port = ntohs(here.socket.ipv4.sin_port);
    }
    void TearDown() override
    {
        scripted_end();
    }
    void fail_once(int error)
    {
        scripted_rule rule = {SCRIPTED_ACCEPT, 1, 0, 0, error};
        ASSERT_EQ(scripted_begin(port, &rule, 1), 0);
    }

    struct dispatcher_methods methods = *Actor::class_of_actors();
    Actor listener{&map, &calls};
    uint16_t port = 0;
};

TEST_F(AcceptFails, AS16ForAMomentIsNothing)
{
    for (int error : {EAGAIN, ECONNABORTED, EINTR}) {
        fail_once(error);
        struct address from;
        EXPECT_EQ(dispatcher_accept(&listener, &from), -EAGAIN)
            << strerror(error);
        fail_once(error);
        EXPECT_EQ(asyncore_read(&listener), 0);
        EXPECT_EQ(calls, Calls{}) << strerror(error);
    }
    EXPECT_EQ(asyncore_read(&listener), 0);
    EXPECT_EQ(calls, (Calls{"accepted"}));
}

TEST_F(AcceptFails, AS16ForAnyOtherReasonIsRaised)
{
    fail_once(EMFILE);
    EXPECT_EQ(asyncore_read(&listener), 0);
    EXPECT_EQ(calls, (Calls{"error"}));
    EXPECT_EQ(listener.raised, -EMFILE);
}

} // namespace
