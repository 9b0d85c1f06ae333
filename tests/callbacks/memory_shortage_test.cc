/* SPDX-License-Identifier: MIT */
/* Each allocation of a scenario fails once. Whatever the scenario comes to, it
 * comes to an end, and nothing is left: no descriptor, no child, no memory (the
 * leak sanitizer looks for that). */
#include "callbacks/datagram_endpoint.h"
#include "callbacks/exception_handler.h"
#include "callbacks/memory_transport.h"
#include "callbacks/offload.h"
#include "callbacks/pipe_transport.h"
#include "callbacks/signal_handler.h"
#include "callbacks/subprocess.h"
#include "callbacks/unhandled.h"
#include "callbacks/unix_stream.h"
#include "support/failing_malloc.h"
#include "support/virtual_clock.h"
#include "transports_fixture.h"

#include <cerrno>
#include <csignal>
#include <fcntl.h>
#include <functional>
#include <string>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

namespace
{

/* A loop and what transports share, if there is memory for both. */
struct Ground {
    Ground()
    {
        if (loop_new(&loop, &epoll_selector, &monotonic_clock))
            return;
        is_there = !transports_init(&shared, loop);
    }
    Ground(const Ground &) = delete;
    ~Ground()
    {
        transports_deinit(&shared);
        loop_free(loop);
    }
    struct loop *loop = nullptr;
    struct transports shared = {};
    bool is_there = false;
};

/* Runs it with each of its allocations failing in turn, and once with none. At
 * least `least` of them are expected: else nothing was tried. */
void each_allocation_fails(unsigned least,
                           const std::function<void(Ground &)> &scenario)
{
    int before = descriptors();
    unsigned number = 1, seen;
    do {
        failing_malloc_begin(number);
        {
            Ground ground;
            if (ground.is_there)
                scenario(ground);
        }
        seen = failing_malloc_end();
        ASSERT_EQ(descriptors(), before) << "allocation " << number;
        ASSERT_EQ(waitpid(-1, nullptr, WNOHANG), -1);
    } while (seen >= number++);
    EXPECT_GE(seen, least);
}

const std::string much(1 << 20, 'x');

void put(struct transport *transport, const std::string &text)
{
    transport_write(transport, {text.data(), text.size()});
}

TEST(MemoryShortage, OfAStreamThatKeepsEndsIt)
{
    each_allocation_fails(4, [](Ground &ground) {
        int ends[2];
        ASSERT_EQ(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends), 0);
        stream_transport left, right;
        Diary one, two;
        stream_adopt(&left, &ground.shared, ends[0], &one);
        stream_adopt(&right, &ground.shared, ends[1], &two);
        one.when_made = [&] {
            put(&left.transport, much);
            transport_close(&left.transport);
        };
        ASSERT_EQ(loop_run(ground.loop), 0);
        bool whole = two.bytes.size() == much.size();
        EXPECT_EQ(one.text.find("lost:ENOMEM") == std::string::npos, whole);
        EXPECT_NE(two.text.find("lost"), std::string::npos);
    });
}

TEST(MemoryShortage, OfPipesEndsThem)
{
    each_allocation_fails(4, [](Ground &ground) {
        int ends[2];
        ASSERT_EQ(pipe2(ends, O_CLOEXEC), 0);
        stream_transport reader, writer;
        Diary reads, writes;
        ASSERT_EQ(read_pipe_adopt(&reader, &ground.shared, ends[0], &reads), 0);
        ASSERT_EQ(write_pipe_adopt(&writer, &ground.shared, ends[1], &writes),
                  0);
        put(&writer.transport, much);
        transport_write_eof(&writer.transport);
        ASSERT_EQ(loop_run(ground.loop), 0);
        EXPECT_NE(reads.text.find("lost"), std::string::npos);
        EXPECT_NE(writes.text.find("lost"), std::string::npos);
    });
}

/* A server of one connection at a UNIX address. */
struct Greeter : stream_server {
    Greeter() : stream_server()
    {
        accepted = [](stream_server *base, int fd) {
            auto *self = static_cast<Greeter *>(base);
            stream_adopt(&self->stream, self->shared, fd, &self->diary);
            return &self->stream;
        };
    }
    stream_transport stream = {};
    Diary diary;
};

TEST(MemoryShortage, OfAUnixServerAndItsClientEndsBoth)
{
    const std::string path = "/tmp/memory_shortage_" + std::to_string(getpid());
    each_allocation_fails(3, [&](Ground &ground) {
        Greeter server;
        stream_transport client;
        Diary diary;
        ASSERT_EQ(unix_server_listen(&server, &ground.shared, path.c_str()), 0);
        ASSERT_EQ(
            unix_stream_connect(&client, &ground.shared, path.c_str(), &diary),
            0);
        server.diary.when_made = [&] {
            put(&server.stream.transport, much);
            transport_close(&server.stream.transport);
            unix_server_close(&server, path.c_str());
        };
        ASSERT_EQ(loop_run(ground.loop), 0);
        EXPECT_NE(diary.text.find("lost"), std::string::npos);
    });
}

TEST(MemoryShortage, OfAPairInMemoryEndsBoth)
{
    each_allocation_fails(4, [](Ground &ground) {
        memory_transport pair[2];
        Diary one, two;
        memory_transport_pair(pair, ground.loop, &one, &two);
        one.when_made = [&] { put(&pair[0].transport, "question"); };
        two.when_received = [&] {
            put(&pair[1].transport, "answer");
            transport_close(&pair[1].transport);
        };
        ASSERT_EQ(loop_run(ground.loop), 0);
        EXPECT_NE(one.text.find("lost"), std::string::npos);
        EXPECT_NE(two.text.find("lost"), std::string::npos);
    });
}

struct Receiver : datagram_protocol {
    Receiver() : datagram_protocol()
    {
        static const datagram_protocol_ops all = {
            [](datagram_protocol *, datagram_endpoint *) {},
            [](datagram_protocol *, slice, const address *) {},
            [](datagram_protocol *p, int received) {
                static_cast<Receiver *>(p)->error = received;
            },
            [](datagram_protocol *p, int) {
                static_cast<Receiver *>(p)->lost = true;
            },
            nullptr,
            nullptr,
        };
        ops = &all;
    }
    int error = 0;
    bool lost = false;
};

TEST(MemoryShortage, OfADatagramThatIsKeptLosesTheMessageOnly)
{
    each_allocation_fails(3, [](Ground &ground) {
        int ends[2];
        struct address any;
        Receiver receiver;
        datagram_endpoint endpoint;
        ASSERT_TRUE(address_from_literal(&any, "127.0.0.1", 9));
        ASSERT_EQ(
            datagram_open(&endpoint, &ground.shared, nullptr, &any, &receiver),
            0);
        /* One that says when it is full. */
        ASSERT_EQ(socketpair(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0, ends), 0);
        dup3(ends[0], endpoint.watch.fd, O_CLOEXEC);
        close(ends[0]);
        while (!endpoint.unsent.size && !receiver.error)
            datagram_send(&endpoint, slice_of("x"), nullptr);
        EXPECT_EQ(receiver.error, endpoint.unsent.size ? 0 : -ENOMEM);
        datagram_abort(&endpoint, 0);
        ASSERT_EQ(loop_run(ground.loop), 0);
        EXPECT_TRUE(receiver.lost);
        close(ends[1]);
    });
}

struct Program : subprocess_protocol {
    Program() : subprocess_protocol()
    {
        static const subprocess_protocol_ops all = {
            [](subprocess_protocol *, struct subprocess *process) {
                struct transport *in = subprocess_transport(process, 0);
                put(in, much);
                transport_close(in);
            },
            [](subprocess_protocol *, int, slice) {},
            nullptr,
            nullptr,
            [](subprocess_protocol *p) {
                static_cast<Program *>(p)->lost = true;
            },
            nullptr,
            nullptr,
        };
        ops = &all;
    }
    bool lost = false;
};

TEST(MemoryShortage, OfASubprocessLeavesNoChild)
{
    each_allocation_fails(4, [](Ground &ground) {
        const char *argv[] = {"cat", nullptr};
        subprocess_options options = {};
        struct subprocess process;
        Program program;
        options.argv = argv;
        ASSERT_EQ(
            subprocess_start(&process, &ground.shared, &options, &program), 0);
        ASSERT_EQ(loop_run(ground.loop), 0);
        EXPECT_TRUE(program.lost);
    });
}

TEST(MemoryShortage, OfASignalHandlerLeavesTheSignalAsItWas)
{
    each_allocation_fails(2, [](Ground &ground) {
        signal_handler handler = {};
        handler.signalled = [](signal_handler *self) { loop_stop(self->loop); };
        ASSERT_EQ(signal_handler_add(&handler, ground.loop, SIGUSR1), 0);
        raise(SIGUSR1);
        ASSERT_EQ(loop_run(ground.loop), 0);
        signal_handler_remove(&handler);
    });
}

/* A piece of work, which drops itself. */
struct Piece : offload {
    Piece() : offload()
    {
        run = [](offload *) {};
        done = drop = [](offload *self) { delete static_cast<Piece *>(self); };
    }
};

TEST(MemoryShortage, OfAnOffloaderLeavesTheWorkToItsCaller)
{
    each_allocation_fails(4, [](Ground &ground) {
        struct offloader *offloader = nullptr;
        if (offloader_new(&offloader, ground.loop, 1))
            return;
        auto *piece = new Piece;
        if (offload_start(offloader, piece))
            delete piece;
        EXPECT_EQ(loop_run(ground.loop), 0);
        offloader_free(offloader);
    });
}

TEST(MemoryShortage, OfAReportStillTellsWhatHeldTheFailure)
{
    exception_handler_set(nullptr);
    each_allocation_fails(3, [](Ground &) {
        struct outcome failure = outcome_fail(&system_type, -EIO, "disk");
        testing::internal::CaptureStderr();
        unhandled_report("Unhandled error in Deferred", &failure);
        std::string text = testing::internal::GetCapturedStderr();
        EXPECT_EQ(text.find("Unhandled error in Deferred\n"), 0u);
        outcome_drop(failure);
    });
}

} // namespace
