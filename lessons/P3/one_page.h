/* SPDX-License-Identifier: MIT */
/* For the check: a single connection in the world of world.h, and the program
 * that drives it. */
#ifndef LESSONS_P3_ONE_PAGE_H
#define LESSONS_P3_ONE_PAGE_H

#include "lessons/P3/conn.h"
#include "lessons/P3/world.h"
#include "lessons/check/calls.h"
#include "support/asked.h"

#include <cstring>
#include <memory>

inline const char *name(enum conn_state state)
{
    static const char *const names[] = {"CONN_FREE", "CONN_CONNECTING",
                                        "CONN_TRANSFERRING", "CONN_DONE"};
    return names[state];
}

/* As conn_open says it: "0" or "-ENAME". */
inline std::string said(int error)
{
    return error < 0 ? std::string("-") + strerrorname_np(-error)
                     : std::to_string(error);
}

class OnePage : public testing::Test
{
  protected:
    void SetUp() override
    {
        calls_may_wait(CALLS_NONE);
        conn_init(&conn, &call_default_options, &world.clock.clock);
        files = world.others_files();
    }

    void TearDown() override
    {
        scripted_end();
        conn_deinit(&conn);
    }

    void script(std::vector<struct scripted_rule> rules)
    {
        ASSERT_EQ(0, scripted_begin(world.port, rules.data(), rules.size()));
    }

    static struct scripted_rule rule(enum scripted_call call, unsigned first,
                                     unsigned every, size_t limit, int error)
    {
        return {call, first, every, limit, error};
    }

    struct address address(uint16_t port)
    {
        struct address to = {};
        EXPECT_TRUE(address_from_literal(&to, "127.0.0.1", port));
        return to;
    }

    /* A port on which nobody listens: bound, so that nobody else can. */
    uint16_t closed_port()
    {
        int fd = socket(AF_INET, SOCK_STREAM, 0);
        struct address to = address(0);
        EXPECT_EQ(0, bind(fd, &to.socket.any, to.size));
        EXPECT_EQ(0, getsockname(fd, &to.socket.any, &to.size));
        files++;
        return ntohs(to.socket.ipv4.sin_port);
    }

    /* A page of its own for the connection, before anything is opened. */
    const struct address *ask(uint16_t port, const std::string &path)
    {
        asked = std::make_unique<Asked>(port, path);
        call_start(&conn.call, &asked->request, 0, world.clock.now);
        return call_address(&conn.call);
    }

    void start(uint16_t port, const std::string &path)
    {
        asked = std::make_unique<Asked>(port, path);
        struct job job = {0, &asked->request, 0};
        conn_start(&conn, &job);
    }

    /* Calls conn_step whenever poll says that something is ready, and looks at
     * what each step has done. At most so many times. */
    void drive(int most)
    {
        for (int i = 0; i < most && conn.state != CONN_DONE; i++) {
            short ready = world.ready(conn.fd, POLLIN | POLLOUT);
            unsigned sends = scripted_seen(SCRIPTED_SEND),
                     recvs = scripted_seen(SCRIPTED_RECV);
            conn_step(&conn, ready);
            steps++;
            most_sends =
                std::max(most_sends, scripted_seen(SCRIPTED_SEND) - sends);
            most_recvs =
                std::max(most_recvs, scripted_seen(SCRIPTED_RECV) - recvs);
        }
    }

    std::string page() const
    {
        const struct buffer &body = conn.call.result.body;
        return std::string(body.data ? body.data : "", body.size);
    }

    const char *error() const
    {
        return fetch_error_word(conn.call.result.error);
    }

    std::string explained() const
    {
        struct buffer text = {};
        result_explain(&conn.call.result, &text);
        std::string all(text.data ? text.data : "", text.size);
        buffer_deinit(&text);
        return all;
    }

    void expect_whole(size_t size)
    {
        EXPECT_STREQ(name(conn.state), "CONN_DONE")
            << "after " << steps << " steps, and a server that has answered.";
        EXPECT_STREQ(error(), "ok")
            << "this is what the call was told: " << explained();
        EXPECT_EQ(page().size(), size) << "bytes of the page.";
        EXPECT_TRUE(page() == World::body(size)) << "the page is damaged.";
    }

    void expect_closed()
    {
        EXPECT_EQ(conn.fd, -1) << "conn->fd after the end.";
        EXPECT_EQ(world.others_files(), files)
            << "descriptors are open; as many as before should be.";
    }

    World world;
    struct conn conn;
    std::unique_ptr<Asked> asked;
    size_t files;
    int steps = 0;
    unsigned most_sends = 0, most_recvs = 0;
};

#endif
