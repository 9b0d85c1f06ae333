/* SPDX-License-Identifier: MIT */
/* What tests of streams over sockets begin with: a loop that waits for real,
 * Tasks on both sides. */
#ifndef COROUTINES_STREAMS_FIXTURE_H
#define COROUTINES_STREAMS_FIXTURE_H

#include "coroutines/open_connection.h"
#include "coroutines/task_server.h"
#include "nonblocking/selector.h"
#include "tellers.h"
#include "transports_fixture.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <functional>
#include <list>
#include <string>
#include <vector>

/* A server whose connections run a script. */
struct ScriptServer : task_server {
    using Writes = std::function<void(Script &, struct stream *)>;

    ScriptServer(const struct engine *on, Writes what)
        : task_server(), engine(on), writes(std::move(what))
    {
        client_connected = [](task_server *self, struct stream *stream) {
            return static_cast<ScriptServer *>(self)->serve(stream);
        };
    }
    ScriptServer(const ScriptServer &) = delete;
    struct generator *serve(struct stream *stream)
    {
        scripts.emplace_back(&diary);
        writes(scripts.back(), stream);
        return engine->make(&scripts.back());
    }
    const struct engine *engine;
    Writes writes;
    std::list<Script> scripts;
    std::string diary; /* what came to them */
};

/* Sends one line back as it is. */
inline void echoes(Script &script, struct stream *stream)
{
    script.then([stream] { return awaits(stream_readline(stream)); })
        .with([stream](struct outcome got) {
            stream_write(stream, outcome_slice(&got));
            outcome_drop(got);
            return awaits(stream_drain(stream));
        });
}

/* Reads all, and notes how much that was. */
inline ScriptServer::Writes swallows(size_t *size)
{
    return [size](Script &script, struct stream *stream) {
        script.then([stream] { return awaits(stream_read_all(stream)); })
            .with([size](struct outcome got) {
                *size = outcome_slice(&got).size;
                outcome_drop(got);
                return returns(0);
            });
    };
}

class StreamsTest : public testing::TestWithParam<const struct engine *>
{
  protected:
    void SetUp() override
    {
        char name[] = "/tmp/streams_XXXXXX";
        ASSERT_TRUE(mkdtemp(name));
        folder = name;
        path = folder + "/socket";
        open_before = descriptors();
        ASSERT_EQ(loop_new(&loop, &epoll_selector, &monotonic_clock), 0);
        ASSERT_EQ(transports_init(&transports, loop), 0);
        streams_init(&streams, &transports);
    }
    void TearDown() override
    {
        tellers.end();
        streams_deinit(&streams);
        transports_deinit(&transports);
        loop_free(loop);
        EXPECT_EQ(descriptors(), open_before) << "some were left open";
        std::filesystem::remove_all(folder);
    }
    /* Until nothing is left. */
    void run()
    {
        ASSERT_EQ(loop_run(loop), 0);
    }
    /* One turn, which may wait. */
    void turn()
    {
        Call stops([this] { loop_stop(loop); });
        loop_call_soon(loop, &stops);
        run();
    }
    std::string told()
    {
        run();
        return tellers.since();
    }
    /* Listens at a free port of this machine. */
    void start(ScriptServer &server)
    {
        ASSERT_TRUE(address_from_literal(&address, "127.0.0.1", 0));
        ASSERT_EQ(start_server(&server, &streams, &address), 0);
        ASSERT_EQ(stream_server_address(&server.listener, &address), 0);
    }
    /* Gives all back in the middle of things, while the server is there. */
    void end(ScriptServer &server)
    {
        task_server_close(&server);
        tellers.end();
        streams_deinit(&streams);
    }
    struct task *does(const std::vector<Tellers::Begin> &all)
    {
        return tellers.teller(loop, GetParam(), all);
    }

    /* ---- what a client does ---- */

    Tellers::Begin opens()
    {
        return [this] { return open_connection(&streams, &address); };
    }
    Tellers::Begin writes(const std::string &text)
    {
        return [this, text] {
            stream_write(tellers.opened, {text.data(), text.size()});
            return outcome_text("wrote");
        };
    }
    Tellers::Begin line()
    {
        return [this] { return stream_readline(tellers.opened); };
    }
    Tellers::Begin drops()
    {
        return [this] {
            stream_drop(tellers.opened);
            return outcome_text("dropped");
        };
    }
    static Tellers::Begin ends(ScriptServer &server)
    {
        return [&server] {
            task_server_close(&server);
            return outcome_text("closed");
        };
    }

    int open_before = 0;
    std::string folder, path;
    struct loop *loop = nullptr;
    struct transports transports;
    struct streams streams;
    struct address address;
    Tellers tellers;
};

#endif
