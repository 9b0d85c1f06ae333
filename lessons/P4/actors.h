/* SPDX-License-Identifier: MIT */
/* For the check: objects that write down what is called, and sockets of this
 * machine for them to talk over. */
#ifndef LESSONS_P4_ACTORS_H
#define LESSONS_P4_ACTORS_H

#include "lessons/P4/asyncore.h"
#include "lessons/check/words.h"
#include "support/scripted_sockets.h"

#include <gtest/gtest.h>

#include <cerrno>
#include <cstring>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

/* ---- objects that write down what is called ---- */

/* Words, and no more of them than can be read. */
class Trace
{
  public:
    void add(const std::string &event)
    {
        if (++words > 20)
            return;
        if (!text.empty())
            text += ' ';
        text += words == 20 ? "and so on" : event;
    }

    void clear()
    {
        text.clear();
        words = 0;
    }

    std::string text;

  private:
    int words = 0;
};

/* What an object thinks of itself. */
inline std::string state(const struct dispatcher &object)
{
    if (object.connecting)
        return object.connected ? "connecting and connected" : "connecting";
    return object.connected ? "connected" : "neither";
}

/* Out of the map and closed, without the learner's help. */
inline void drop(struct dispatcher *object)
{
    if (object->fd < 0)
        return;
    socket_map_remove(object->map, object);
    ::close(object->fd);
    object->fd = -1;
}

/* Every handler is a word in the trace, and then whatever the test wants. */
struct Recorder : dispatcher {
    std::string prefix;
    Trace *trace;
    bool wants_read = true, wants_write = true;
    int asked_read = 0, asked_write = 0;
    std::map<std::string, std::function<int()>> on;

    Recorder(struct socket_map *in_map, Trace *to, const std::string &name = "")
        : prefix(name.empty() ? "" : name + "."), trace(to)
    {
        dispatcher_init(this, table(), in_map);
    }
    Recorder(const Recorder &) = delete;

    ~Recorder()
    {
        drop(this);
    }

    int happened(const std::string &event)
    {
        trace->add(prefix + event);
        auto then = on.find(event);
        return then == on.end() ? 0 : then->second();
    }

    static Recorder *of(struct dispatcher *self)
    {
        return static_cast<Recorder *>(self);
    }

    static const struct dispatcher_methods *table()
    {
        static const struct dispatcher_methods methods = define();
        return &methods;
    }

    static struct dispatcher_methods define()
    {
        struct dispatcher_methods m = dispatcher_defaults;
        m.readable = [](struct dispatcher *self) {
            of(self)->asked_read++;
            return of(self)->wants_read;
        };
        m.writable = [](struct dispatcher *self) {
            of(self)->asked_write++;
            return of(self)->wants_write;
        };
        m.handle_connect = [](struct dispatcher *self) {
            return of(self)->happened("connect");
        };
        m.handle_read = [](struct dispatcher *self) {
            return of(self)->happened("read");
        };
        m.handle_write = [](struct dispatcher *self) {
            return of(self)->happened("write");
        };
        m.handle_close = [](struct dispatcher *self) {
            return of(self)->happened("close");
        };
        m.handle_error = [](struct dispatcher *self, int error) {
            self->error = error;
            return of(self)->happened("error");
        };
        return m;
    }
};

/* ---- sockets ---- */

/* Waits in the system until this is so: then a pass finds it so. */
inline void until(int fd, short events)
{
    struct pollfd one = {fd, events, 0};
    ASSERT_EQ(poll(&one, 1, 5000), 1) << "the check itself waited in vain";
}

/* Not send and recv: those may be under a script. */
inline void say(int fd, const std::string &text)
{
    ASSERT_EQ(sendto(fd, text.data(), text.size(), MSG_NOSIGNAL, nullptr, 0),
              static_cast<ssize_t>(text.size()))
        << own_trouble;
}

/* What has come so far. */
inline std::string heard(int fd)
{
    char bytes[4096];
    ssize_t count = recvfrom(fd, bytes, sizeof bytes, MSG_DONTWAIT, nullptr, 0);
    return std::string(bytes, count > 0 ? static_cast<size_t>(count) : 0);
}

inline struct address address_of(int fd)
{
    struct address address = {};
    address.size = sizeof address.socket;
    EXPECT_EQ(getsockname(fd, &address.socket.any, &address.size), 0)
        << own_trouble;
    return address;
}

class Lesson : public testing::Test
{
  protected:
    Lesson()
    {
        calls_may_wait(CALLS_NONE);
    }
    ~Lesson() override
    {
        scripted_end();
        for (int fd : fds)
            ::close(fd);
    }

    int keep(int fd)
    {
        EXPECT_GE(fd, 0) << strerror(errno);
        fds.push_back(fd);
        return fd;
    }

    /* A socket of this machine; no client can connect unless it listens. */
    int bound(bool listens)
    {
        int fd = keep(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
        struct sockaddr_in here = {};
        here.sin_family = AF_INET;
        here.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        auto *any = reinterpret_cast<struct sockaddr *>(&here);
        EXPECT_EQ(bind(fd, any, sizeof here), 0) << own_trouble;
        if (listens) {
            EXPECT_EQ(listen(fd, 8), 0) << own_trouble;
        }
        return fd;
    }

    /* What the system does to clients that connect there. */
    void script(int listener, const struct scripted_rule *rules, size_t count)
    {
        uint16_t port = ntohs(address_of(listener).socket.ipv4.sin_port);
        ASSERT_EQ(scripted_begin(port, rules, count), 0) << own_trouble;
    }

    int accept_one(int listener)
    {
        return keep(accept4(listener, nullptr, nullptr, SOCK_CLOEXEC));
    }

    void hang_up(int fd)
    {
        for (int &kept : fds)
            if (kept == fd)
                kept = -1;
        ::close(fd);
    }

    /* Closes with a reset. */
    void reset(int fd)
    {
        struct linger at_once = {1, 0};
        setsockopt(fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
        hang_up(fd);
    }

    /* Gives the object a connected socket; returns the other end. */
    int attach(struct dispatcher *object)
    {
        int ends[2];
        int type = SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC;
        EXPECT_EQ(socketpair(AF_UNIX, type, 0, ends), 0) << own_trouble;
        object->fd = ends[0];
        calls_give(object->fd);
        object->connected = true;
        EXPECT_EQ(socket_map_add(&map, object), 0) << own_trouble;
        return keep(ends[1]);
    }

    void start_connect(struct dispatcher *object, int to)
    {
        struct address address = address_of(to);
        ASSERT_EQ(dispatcher_connect(object, &address), 0) << own_trouble;
        calls_give(object->fd);
    }

    /* Passes, in which poll may wait, and nothing else. */
    void one_pass(int timeout, const std::string &wanted = "0")
    {
        calls_may_wait(CALL_poll);
        std::string raised = returned(asyncore_poll(&map, timeout));
        calls_may_wait(CALLS_NONE);
        EXPECT_EQ(raised, wanted) << "what asyncore_poll has returned.";
    }

    void run_loop(int timeout, int passes, const std::string &wanted = "0")
    {
        calls_may_wait(CALL_poll);
        std::string raised = returned(asyncore_loop(&map, timeout, passes));
        calls_may_wait(CALLS_NONE);
        EXPECT_EQ(raised, wanted) << "what asyncore_loop has returned.";
    }

    struct socket_map map = {};
    Trace trace;
    std::vector<int> fds;
};

#endif
