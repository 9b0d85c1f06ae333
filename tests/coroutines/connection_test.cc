/* SPDX-License-Identifier: MIT */
/* Streams over sockets, over every engine: opening them, serving them, and
 * their end. */
#include "callbacks/pipe_transport.h"
#include "callbacks/unix_stream.h"
#include "coroutines/sleep.h"
#include "nonblocking/socket.h"
#include "streams_fixture.h"
#include "support/contract.h"

#include <cerrno>
#include <fcntl.h>
#include <sys/socket.h>

namespace
{

class ConnectionTest : public StreamsTest
{
  protected:
    /* What a client sees of an echo server. */
    const std::string talk = "<stream> 'wrote' b'hello\\n' 'dropped' 'closed' ";
};

/* ---- opening ---- */

TEST_P(ConnectionTest, AClientAndAServerTalk)
{
    ScriptServer server(GetParam(), echoes);
    start(server);
    does({opens(), writes("hello\n"), line(), drops(), ends(server)});
    EXPECT_EQ(told(), talk);
    EXPECT_EQ(server.diary, "None b'hello\\n' None finally ");
    EXPECT_EQ(streams.first, nullptr);
}

TEST_P(ConnectionTest, AlsoAtAUnixAddress)
{
    ScriptServer server(GetParam(), echoes);
    ASSERT_EQ(start_unix_server(&server, &streams, path.c_str()), 0);
    does({[this] { return open_unix_connection(&streams, path.c_str()); },
          writes("hello\n"), line(), drops(),
          [&] {
              unix_server_close(&server.listener, path.c_str());
              return outcome_text("closed");
          }});
    EXPECT_EQ(told(), talk);
    EXPECT_FALSE(std::filesystem::exists(path));
}

TEST_P(ConnectionTest, AlsoOverASocketThatIsConnectedAlready)
{
    int pair[2];
    ASSERT_EQ(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, pair), 0);
    does({[&] { return open_connection_on(&streams, pair[0]); },
          [&] {
              EXPECT_EQ(stream_fd(tellers.opened), pair[0]);
              return outcome_none();
          },
          writes("hello\n"), drops()});
    does({[&] { return open_connection_on(&streams, pair[1]); }, line(),
          drops()});
    EXPECT_EQ(count_of("dropped", told()), 2);
}

TEST_P(ConnectionTest, AServerThatIsNotThereIsAFailure)
{
    /* A port that is taken, so that no other program listens there. */
    struct address any;
    ASSERT_TRUE(address_from_literal(&any, "127.0.0.1", 0));
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    ASSERT_EQ(bind(fd, &any.socket.any, any.size), 0);
    ASSERT_EQ(socket_address(fd, &address), 0);
    does({opens()});
    EXPECT_EQ(told(), "OSError(Connection refused) ");
    close(fd);
    does({[this] { return open_unix_connection(&streams, path.c_str()); }});
    EXPECT_EQ(told(), "OSError(No such file or directory) ");
    EXPECT_EQ(streams.first, nullptr);
}

TEST_P(ConnectionTest, AServerIsClosedOnceThoughItIsAskedTwice)
{
    ScriptServer server(GetParam(), echoes);
    start(server);
    task_server_close(&server);
    task_server_close(&server);
    run();
    EXPECT_FALSE(server.listener.listening);
}

TEST_P(ConnectionTest, AnAttemptThatIsCancelledLeavesNothing)
{
    ScriptServer server(GetParam(), echoes);
    start(server);
    struct task *task = does({opens(), ends(server)});
    Call cancels([task] { task_cancel(task); });
    loop_call_soon(loop, &cancels);
    EXPECT_EQ(told(), "CancelledError() 'closed' ");
    EXPECT_EQ(streams.first, nullptr);
}

TEST_P(ConnectionTest, AnAttemptThatIsDroppedLeavesNothing)
{
    ScriptServer server(GetParam(), echoes);
    start(server);
    outcome_drop(open_connection(&streams, &address));
    task_server_close(&server);
    run();
    EXPECT_EQ(streams.first, nullptr);
}

TEST_P(ConnectionTest, AStreamThatComesToNoCodeIsClosed)
{
    ScriptServer server(GetParam(), echoes);
    start(server);
    struct outcome opening = open_connection(&streams, &address);
    ASSERT_TRUE(outcome_is_pending(&opening));
    Call waits([&] {
        outcome_drop(awaitable_take(opening.awaitable));
        task_server_close(&server);
    });
    awaitable_notify(opening.awaitable, &waits);
    run();
    EXPECT_EQ(streams.first, nullptr);
}

/* ---- the end ---- */

TEST_P(ConnectionTest, WhatIsDroppedSendsFirstWhatItKeeps)
{
    const std::string much(4 << 20, 'x');
    size_t size = 0;
    ScriptServer server(GetParam(), swallows(&size));
    start(server);
    does({opens(), writes(much), drops(), ends(server)});
    EXPECT_EQ(told(), "<stream> 'wrote' 'dropped' 'closed' ");
    EXPECT_EQ(size, much.size());
}

TEST_P(ConnectionTest, AServersConnectionIsClosedWhenItsTaskIsOver)
{
    ScriptServer server(GetParam(), [](Script &script, struct stream *stream) {
        script.then([stream] {
            stream_write(stream, slice_of("bye\n"));
            return returns(0);
        });
    });
    start(server);
    does({opens(), line(), line(), drops(), ends(server)});
    EXPECT_EQ(told(), "<stream> b'bye\\n' None 'dropped' 'closed' ");
}

TEST_P(ConnectionTest, ATaskGoesOnWhenItsConnectionIsLost)
{
    ScriptServer server(GetParam(), [&](Script &script, struct stream *stream) {
        script.then([stream] { return awaits(stream_readline(stream)); })
            .then([stream] {
                stream_abort(stream);
                return awaits(stream_wait_closed(stream));
            })
            .then([this] { return awaits(sleep_for(loop, 0)); })
            .then([&server, stream] {
                EXPECT_EQ(server.listener.connections, 0u);
                EXPECT_EQ(server.served, 1u);
                EXPECT_TRUE(stream->over) << "and it is lent still";
                return awaits(stream_drain(stream));
            })
            .except(returns(0));
    });
    start(server);
    does({opens(), drops(), ends(server)});
    EXPECT_EQ(told(), "<stream> 'dropped' 'closed' ");
    EXPECT_EQ(server.diary, "None None None None OSError(Connection reset by "
                            "peer) finally ");
    EXPECT_EQ(server.served, 0u);
    EXPECT_EQ(streams.first, nullptr);
}

TEST_P(ConnectionTest, AFailureOfAServersTaskIsReportedAndTheServerGoesOn)
{
    Reports reports;
    ScriptServer server(GetParam(), [](Script &script, struct stream *stream) {
        script.then([stream] { return awaits(stream_readline(stream)); })
            .then(returns(a_failure("bad line")));
    });
    start(server);
    does({opens(), writes("one\n"), line(), drops(), opens(), writes("two\n"),
          line(), drops(), ends(server)});
    EXPECT_EQ(told(), "<stream> 'wrote' None 'dropped' <stream> 'wrote' None "
                      "'dropped' 'closed' ");
    EXPECT_EQ(count_of("Unhandled exception in client_connected: "
                       "OSError(bad line)\n",
                       reports.told),
              2);
}

TEST_P(ConnectionTest, WithoutMemoryForItsTaskAConnectionIsCut)
{
    ScriptServer server(GetParam(), echoes);
    server.client_connected = [](task_server *, struct stream *) {
        return static_cast<struct generator *>(nullptr);
    };
    start(server);
    does({opens(), line(), drops(), ends(server)});
    EXPECT_EQ(told(), "<stream> None 'dropped' 'closed' ");
    EXPECT_EQ(streams.first, nullptr);
}

TEST_P(ConnectionTest, WhatIsLeftAtTheEndIsGivenBack)
{
    Reports reports;
    ScriptServer server(GetParam(), echoes);
    start(server);
    does({opens(), [this] {
              loop_stop(loop);
              return outcome_none();
          }});
    while (server.diary.empty())
        turn();
    end(server);
    EXPECT_EQ(server.diary, "None GeneratorExit() finally ");
    EXPECT_EQ(reports.told, "");
}

TEST_P(ConnectionTest, TheEndOfAPipeIsReadAsThatOfAStream)
{
    int ends[2];
    struct stream stream;
    struct stream_transport pipe;
    ASSERT_EQ(pipe2(ends, O_CLOEXEC), 0);
    ASSERT_EQ(write(ends[1], "data", 4), 4);
    close(ends[1]);
    stream_init(&stream, loop, STREAM_LIMIT);
    ASSERT_EQ(read_pipe_adopt(&pipe, &transports, ends[0], &stream.protocol),
              0);
    does({[&] { return stream_read_all(&stream); },
          [&] {
              stream_close(&stream);
              return stream_wait_closed(&stream);
          }});
    EXPECT_EQ(told(), "b'data' None ");
    stream_dispose(&stream);
}

INSTANTIATE_TEST_SUITE_P(Engines, ConnectionTest,
                         testing::Values(&frame_engine, &stack_engine),
                         [](const auto &by) { return by.param->name; });

} // namespace
