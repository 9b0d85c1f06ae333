/* SPDX-License-Identifier: MIT */
/* An HTTP server on a loop with a virtual clock, and clients that are the other
 * ends of its sockets. Nothing waits: a client hears what is there. The wire
 * between them is a parameter. */
#ifndef CALLBACKS_HTTP_SERVER_FIXTURE_H
#define CALLBACKS_HTTP_SERVER_FIXTURE_H

#include "callbacks/http_server.h"
#include "loop_fixture.h"

#include <cerrno>
#include <list>
#include <memory>
#include <sys/socket.h>
#include <unistd.h>

/* What both ends of a connection need, if it is TLS. */
struct Wire {
    const char *name;
    int many;          /* how many clients that test has */
    size_t idle_bytes; /* a connection that waits keeps less */
    std::function<struct tls_context *()> server, client;
};

class Peer
{
  public:
    Peer(int fd, struct tls_context *context) : fd_(fd)
    {
        if (context && tls_connect_new(&tls_, context, "localhost"))
            abort();
        flush();
    }
    ~Peer()
    {
        hang_up();
        tls_free(tls_);
    }
    Peer(const Peer &) = delete;

    /* What cannot be sent yet, because TLS still shakes hands, waits. */
    void say(const std::string &text)
    {
        if (!tls_) {
            EXPECT_EQ(send(fd_, text.data(), text.size(), MSG_NOSIGNAL),
                      (ssize_t)text.size());
            return;
        }
        unsaid_ += text;
        pump();
    }
    void ask(const std::string &target, const std::string &method = "GET",
             const std::string &fields = "", const std::string &body = "")
    {
        say(method + " " + target + " HTTP/1.1\r\nHost: h\r\n" + fields +
            (body.empty()
                 ? ""
                 : "Content-Length: " + std::to_string(body.size()) + "\r\n") +
            "\r\n" + body);
    }
    /* Takes what has come. */
    std::string hear()
    {
        pump();
        std::string all = std::move(heard_);
        heard_.clear();
        return all;
    }
    /* Has the server closed, after all that it has said was heard? */
    bool is_closed()
    {
        pump();
        return closed_;
    }
    /* Was it a reset, or an end of TLS without notice? */
    bool is_cut() const
    {
        return cut_;
    }
    void end_its_side()
    {
        if (tls_) {
            tls_close(tls_);
            flush();
        }
        shutdown(fd_, SHUT_WR);
    }
    void hang_up()
    {
        if (fd_ >= 0)
            close(fd_);
        fd_ = -1;
    }
    /* Moves bytes, as far as it goes without waiting. */
    void pump()
    {
        char piece[16384];
        ssize_t count;
        while (fd_ >= 0 &&
               (count = recv(fd_, piece, sizeof piece, MSG_DONTWAIT)) > 0)
            take(piece, (size_t)count);
        if (fd_ >= 0 && count == 0)
            end();
        else if (fd_ >= 0 && errno != EAGAIN)
            closed_ = cut_ = true;
        if (tls_)
            speak();
    }

  private:
    void take(const char *piece, size_t count)
    {
        char plain[16384];
        if (!tls_) {
            heard_.append(piece, count);
            return;
        }
        EXPECT_EQ(tls_received(tls_, piece, count), 0)
            << tls_error_sentence(tls_error(tls_));
        for (ssize_t n; (n = tls_read(tls_, plain, sizeof plain)) > 0;)
            heard_.append(plain, (size_t)n);
    }
    void end()
    {
        if (tls_ && !closed_ && tls_ended(tls_))
            cut_ = true;
        closed_ = true;
    }
    void speak()
    {
        ssize_t count;
        while (!unsaid_.empty() &&
               (count = tls_write(tls_, {unsaid_.data(), unsaid_.size()})) > 0)
            unsaid_.erase(0, (size_t)count);
        flush();
    }
    void flush()
    {
        for (struct slice out; tls_ && (out = tls_output(tls_)).size > 0;) {
            ssize_t count =
                send(fd_, out.data, out.size, MSG_NOSIGNAL | MSG_DONTWAIT);
            if (count <= 0)
                return;
            tls_sent(tls_, (size_t)count);
        }
    }
    int fd_;
    struct tls *tls_ = nullptr;
    std::string heard_, unsaid_;
    bool closed_ = false, cut_ = false;
};

class HttpServerTest : public testing::TestWithParam<const Wire *>
{
  protected:
    struct Server : http_server {
        std::function<void(http_request *)> handle;
    };

    void SetUp() override
    {
        virtual_clock_init(&clock);
        script_init(&script, &clock);
        ASSERT_EQ(loop_new(&loop, &virtual_time_selector, &clock.clock), 0);
        ASSERT_EQ(transports_init(&shared, loop), 0);
        server.handle_request = [](http_server *s, http_request *request) {
            static_cast<Server *>(s)->handle(request);
        };
        server.handle = [](http_request *request) {
            http_request_answer(request, 200, "text/plain", request->target);
        };
        server.tls = GetParam()->server();
        trust = GetParam()->client();
        struct address any;
        ASSERT_TRUE(address_from_literal(&any, "127.0.0.1", 0));
        ASSERT_EQ(http_server_listen(&server, &shared, &any), 0);
        /* Clients come by socket pairs, which deliver at once. */
        stream_server_close(&server.listener);
    }
    void TearDown() override
    {
        http_server_abort(&server);
        turns();
        EXPECT_EQ(server.connections, nullptr);
        peers.clear();
        tls_context_free(trust);
        tls_context_free(server.tls);
        transports_deinit(&shared);
        loop_free(loop);
    }

    /* A client that has just connected. */
    Peer &connect()
    {
        int pair[2];
        EXPECT_EQ(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, pair), 0);
        EXPECT_NE(server.listener.accepted(&server.listener, pair[0]), nullptr);
        peers.push_back(std::make_unique<Peer>(pair[1], trust));
        Peer &peer = *peers.back();
        for (int i = 0; trust && i < 4; i++) {
            turns();
            peer.pump();
        }
        return peer;
    }
    /* The clock does not move meanwhile. */
    void turns(int count = 12)
    {
        while (count-- > 0) {
            loop_stop(loop);
            ASSERT_EQ(loop_run(loop), 0);
        }
    }
    /* The clock moves on by that much, timer by timer. */
    void pass(nanos span)
    {
        Call stop([this] { loop_stop(loop); });
        loop_call_at(loop, &stop, clock.now + span);
        ASSERT_EQ(loop_run(loop), 0);
        turns();
    }
    /* What the client hears by now. */
    std::string heard(Peer &peer)
    {
        std::string all;
        for (int i = 0; i < 3; i++) {
            turns();
            all += peer.hear();
        }
        return all;
    }

    struct virtual_clock clock;
    struct script script;
    struct loop *loop = nullptr;
    struct transports shared;
    struct tls_context *trust = nullptr;
    Server server = {};
    std::list<std::unique_ptr<Peer>> peers;
};

#endif
