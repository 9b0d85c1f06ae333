/* SPDX-License-Identifier: MIT */
/* For the tests of asyncore: dispatchers that write down what is called, and
 * sockets of this machine for them to talk over. */
#ifndef NONBLOCKING_ACTORS_H
#define NONBLOCKING_ACTORS_H

#include "nonblocking/asyncore.h"

#include <cstring>
#include <functional>
#include <gtest/gtest.h>
#include <map>
#include <poll.h>
#include <string>
#include <sys/socket.h>
#include <unistd.h>
#include <utility>
#include <vector>

using Calls = std::vector<std::string>;

/* A dispatcher that overrides everything with a line in a list, and then does
 * what the test wants: a function by the name of the event. */
struct Actor : dispatcher {
    std::string name;
    Calls *calls;
    bool wants_read = true, wants_write = true;
    int asked = 0;  /* how often readable was called */
    int raised = 0; /* what handle_error was given */
    std::map<std::string, std::function<int()>> on;

    Actor(struct socket_map *in_map, Calls *list, std::string called = "")
        : name(std::move(called)), calls(list)
    {
        if (!name.empty())
            name += " ";
        dispatcher_init(this, class_of_actors(), in_map);
    }
    Actor(const Actor &) = delete;
    ~Actor()
    {
        dispatcher_close(this);
    }

    int happened(const std::string &event)
    {
        calls->push_back(name + event);
        auto action = on.find(event);
        return action == on.end() ? 0 : action->second();
    }
    void wants(bool read, bool write)
    {
        wants_read = read;
        wants_write = write;
    }

    static Actor *of(struct dispatcher *self)
    {
        return static_cast<Actor *>(self);
    }
    static const struct dispatcher_methods *class_of_actors()
    {
        static const struct dispatcher_methods methods = define();
        return &methods;
    }

  private:
    static struct dispatcher_methods define()
    {
        struct dispatcher_methods m = dispatcher_defaults;
        m.readable = [](struct dispatcher *self) {
            of(self)->asked++;
            if (of(self)->on.count("readable"))
                of(self)->on["readable"]();
            return of(self)->wants_read;
        };
        m.writable = [](struct dispatcher *self) {
            return of(self)->wants_write;
        };
        m.handle_read = [](struct dispatcher *self) {
            return of(self)->happened("read");
        };
        m.handle_write = [](struct dispatcher *self) {
            return of(self)->happened("write");
        };
        m.handle_connect = [](struct dispatcher *self) {
            return of(self)->happened("connect");
        };
        m.handle_accept = [](struct dispatcher *self) {
            return of(self)->happened("accept");
        };
        m.handle_accepted = [](struct dispatcher *self, int fd,
                               const struct address *) {
            close(fd);
            return of(self)->happened("accepted");
        };
        m.handle_expt = [](struct dispatcher *self) {
            return of(self)->happened("expt");
        };
        m.handle_close = [](struct dispatcher *self) {
            return of(self)->happened("close");
        };
        m.handle_error = [](struct dispatcher *self, int error) {
            of(self)->raised = error;
            return of(self)->happened("error");
        };
        m.log = [](struct dispatcher *self, const char *message) {
            of(self)->calls->push_back(message);
        };
        m.log_info = [](struct dispatcher *self, const char *message,
                        const char *type) {
            of(self)->calls->push_back(std::string(type) + ": " + message);
        };
        return m;
    }
};

/* A map, the list of what happened, and the usual steps. */
class ActorsTest : public testing::Test
{
  protected:
    ~ActorsTest() override
    {
        for (int fd : fds)
            close(fd);
        socket_map_deinit(&map);
    }

    /* A descriptor that is closed at the end of the test. */
    int keep(int fd)
    {
        EXPECT_GE(fd, 0) << strerror(errno);
        fds.push_back(fd);
        return fd;
    }

    /* Puts a connected socket around the actor: the other end. */
    int attach(Actor *actor)
    {
        int ends[2];
        EXPECT_EQ(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), 0);
        EXPECT_EQ(dispatcher_init_socket(actor, actor->methods, &map, ends[0]),
                  0);
        return keep(ends[1]);
    }

    static struct address loopback()
    {
        struct address address = {};
        address.size = sizeof address.socket.ipv4;
        address.socket.ipv4.sin_family = AF_INET;
        address.socket.ipv4.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        return address;
    }
    static struct address address_of(int fd)
    {
        struct address address = {};
        address.size = sizeof address.socket;
        EXPECT_EQ(getsockname(fd, &address.socket.any, &address.size), 0);
        return address;
    }

    /* A socket of this machine that is bound, and listens or does not. */
    int bound(bool listens)
    {
        int fd = keep(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
        struct address here = loopback();
        EXPECT_EQ(bind(fd, &here.socket.any, here.size), 0);
        if (listens) {
            EXPECT_EQ(listen(fd, 8), 0);
        }
        return fd;
    }
    void start_connect(Actor *actor, int to)
    {
        struct address address = address_of(to);
        ASSERT_EQ(dispatcher_create_socket(actor, AF_INET, SOCK_STREAM), 0);
        ASSERT_EQ(dispatcher_connect(actor, &address), 0);
    }
    int accept_one(int listener)
    {
        return keep(accept4(listener, nullptr, nullptr, SOCK_CLOEXEC));
    }

    /* Waits in the system, outside of asyncore, until this is so. */
    static void until(int fd, int events)
    {
        struct pollfd one = {fd, static_cast<short>(events), 0};
        EXPECT_EQ(poll(&one, 1, -1), 1);
    }
    static void say(int fd, const std::string &text, int flags = 0)
    {
        EXPECT_EQ(send(fd, text.data(), text.size(), flags | MSG_NOSIGNAL),
                  static_cast<ssize_t>(text.size()));
    }
    /* Closes with a reset. */
    void reset(int fd)
    {
        struct linger at_once = {1, 0};
        EXPECT_EQ(
            setsockopt(fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once), 0);
        hang_up(fd);
    }
    void hang_up(int fd)
    {
        for (size_t i = 0; i < fds.size(); i++)
            if (fds[i] == fd)
                fds.erase(fds.begin() + static_cast<long>(i));
        close(fd);
    }

    Calls calls;
    struct socket_map map = {};
    std::vector<int> fds;
};

/* The two ways in which asyncore's loop can wait. */
struct Poller {
    const char *name;
    int (*poll)(struct socket_map *map, nanos timeout);
    bool is_poll;
};

static const Poller both_pollers[] = {
    {"select", asyncore_poll, false},
    {"poll", asyncore_poll2, true},
};

inline std::string name_of_poller(const testing::TestParamInfo<Poller> &which)
{
    return which.param.name;
}

class PolledTest : public ActorsTest, public testing::WithParamInterface<Poller>
{
  protected:
    void pass(nanos timeout = NEVER, int expected = 0)
    {
        EXPECT_EQ(GetParam().poll(&map, timeout), expected);
    }
};

#endif
