/* SPDX-License-Identifier: MIT */
/* For the check: a single connection in the world of world.h, and the program
 * that drives it. */
#ifndef LESSONS_P3_ONE_PAGE_H
#define LESSONS_P3_ONE_PAGE_H

#include "lessons/P3/conn.h"
#include "lessons/P3/world.h"
#include "lessons/check/calls.h"
#include "lessons/check/sockets.h"
#include "lessons/check/words.h"
#include "support/asked.h"

#include <cstring>
#include <memory>

inline const char *name(enum conn_state state)
{
    static const char *const names[] = {"CONN_FREE", "CONN_CONNECTING",
                                        "CONN_TRANSFERRING", "CONN_DONE"};
    return names[state];
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
        ASSERT_EQ(0, scripted_begin(world.port, rules.data(), rules.size()))
            << own_trouble;
    }

    /* A port at which no server listens. */
    uint16_t closed_port()
    {
        closed = std::make_unique<Bound>();
        files++;
        return closed->port();
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
     * what each step has done. At most that often. */
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
        return body_of(conn.call.result);
    }

    const char *error() const
    {
        return fetch_error_word(conn.call.result.error);
    }

    void expect_whole(size_t size)
    {
        EXPECT_STREQ(name(conn.state), "CONN_DONE")
            << "conn->state after " << steps
            << " steps, and a server that has answered.";
        EXPECT_STREQ(error(), "ok")
            << "what the call was told: " << explained(conn.call.result);
        size_t came = page().size();
        EXPECT_EQ(came, size) << "bytes of the page that came.";
        EXPECT_TRUE(page() == World::body(size)) << "the page is damaged.";
    }

    void expect_closed()
    {
        EXPECT_EQ(conn.fd, -1) << "conn->fd after the end.";
        expect_no_more_files();
    }

    void expect_no_more_files()
    {
        size_t open = world.others_files();
        EXPECT_EQ(open, files) << "descriptors that are open, and as many as"
                                  " there were before.";
    }

    World world;
    struct conn conn;
    std::unique_ptr<Asked> asked;
    std::unique_ptr<Bound> closed;
    size_t files;
    int steps = 0;
    unsigned most_sends = 0, most_recvs = 0;
};

#endif
