/* SPDX-License-Identifier: MIT */
/* The servers of this repository, for tests that hold for each of them: the
 * origin, and an application on callbacks/http_server.h. Both serve /bytes/N,
 * /echo and /delay/TIME. */
#ifndef TESTS_HARNESS_SERVER_KINDS_H
#define TESTS_HARNESS_SERVER_KINDS_H

#include "origin_fixture.h"

#include "callbacks/http_server.h"

#include <algorithm>
#include <atomic>
#include <functional>
#include <memory>

/* One that serves on a thread of its own, until it goes. */
class AnyServer
{
  public:
    virtual ~AnyServer() = default;
    virtual uint16_t port() const = 0;
    /* Waits until it has given up one client that asked for
     * /bytes/N?run=given-up; false: it does not. */
    virtual bool gives_up() = 0;
};

struct ServerKind {
    const char *name;
    int told_when_late; /* the status for a request that does not end; 0: none
                         */
    /* `patience` is how long a client may be silent; 0: as usual. */
    std::function<std::unique_ptr<AnyServer>(nanos patience)> start;
};

class OriginServer : public AnyServer
{
  public:
    explicit OriginServer(nanos patience)
        : origin(with(&origin_options::idle_timeout, patience))
    {
    }
    uint16_t port() const override
    {
        return origin.port;
    }
    bool gives_up() override
    {
        return comes_to(port(), "given-up", "abandoned", 1);
    }

  private:
    Origin origin;
};

/* The application: its requests are answered now, later, or piece by piece. */
class Application : public AnyServer, private http_server
{
  public:
    explicit Application(nanos patience) : http_server()
    {
        handle_request = [](http_server *server, http_request *request) {
            static_cast<Application *>(server)->handle(request);
        };
        idle_timeout = request_timeout = send_timeout = patience;
        EXPECT_EQ(pipe(ends), 0);
        std::future<uint16_t> known = listening.get_future();
        thread = std::thread([this] { serve(); });
        port_ = known.get();
    }
    ~Application() override
    {
        close(ends[1]);
        thread.join();
        close(ends[0]);
    }
    uint16_t port() const override
    {
        return port_;
    }
    bool gives_up() override
    {
        for (int i = 0; i < 2000 && !lost_streams; i++)
            std::this_thread::sleep_for(std::chrono::milliseconds(1));
        return lost_streams == 1;
    }

  private:
    /* An answer that takes its time, or is large. */
    struct Later {
        struct handle timer;
        http_request *request;
        Application *application;
        size_t made, rest; /* bytes of the body */
    };

    void serve()
    {
        struct transports all;
        struct address here;
        ASSERT_TRUE(address_from_literal(&here, "127.0.0.1", 0));
        ASSERT_EQ(loop_new(&loop, &epoll_selector, &monotonic_clock), 0);
        ASSERT_EQ(transports_init(&all, loop), 0);
        ASSERT_EQ(http_server_listen(this, &all, &here), 0);
        ASSERT_EQ(stream_server_address(&listener, &here), 0);
        stop.loop = loop;
        stop.watch.handle.run = [](struct handle *handle) {
            auto *told = container_of(handle, Stop, watch.handle);
            loop_stop(told->loop);
        };
        stop.watch.fd = ends[0];
        ASSERT_EQ(loop_watch(loop, &stop.watch, SELECT_READ), 0);
        listening.set_value(ntohs(here.socket.ipv4.sin_port));
        loop_run(loop);
        loop_watch(loop, &stop.watch, 0);
        http_server_abort(this);
        loop_run(loop);
        transports_deinit(&all);
        loop_free(loop);
    }

    void handle(http_request *request)
    {
        std::string target(request->target.data, request->target.size);
        if (target.rfind("/bytes/", 0) == 0)
            stream(request, std::stoul(target.substr(7)));
        else if (target.rfind("/delay/", 0) == 0)
            delay(request, span_of(target.substr(7)));
        else if (target == "/echo")
            http_request_answer(request, 200, nullptr, request->body);
        else
            http_request_refuse(request, 404, nullptr);
    }

    Later *later(http_request *request)
    {
        auto *later = new Later{{}, request, this, 0, 0};
        request->context = later;
        request->lost = [](http_request *lost) {
            auto *self = static_cast<Later *>(lost->context);
            self->application->lost_streams += self->rest > 0;
            end(self);
        };
        return later;
    }
    static void end(Later *later)
    {
        loop_cancel(later->application->loop, &later->timer);
        http_request_end(later->request);
        delete later;
    }

    static nanos span_of(const std::string &text)
    {
        nanos span = 0;
        EXPECT_TRUE(nanos_parse(slice_of(text.c_str()), &span));
        return span;
    }

    void delay(http_request *request, nanos span)
    {
        response_head head = {};
        head.status = 200;
        EXPECT_EQ(http_request_start(request, &head), 0);
        Later *answer = later(request);
        answer->timer.run = [](struct handle *timer) {
            end(container_of(timer, Later, timer));
        };
        loop_call_at(loop, &answer->timer, loop_time(loop) + span);
    }

    void stream(http_request *request, size_t size)
    {
        response_head head = {};
        head.status = 200;
        head.length = size;
        EXPECT_EQ(http_request_start(request, &head), 0);
        Later *answer = later(request);
        answer->rest = size;
        request->resume = [](http_request *resumed) {
            write_more(static_cast<Later *>(resumed->context));
        };
        write_more(answer);
    }
    /* The bytes of the origin, from the first one on. */
    static void write_more(Later *answer)
    {
        char piece[65536];
        bool more = true;
        while (answer->rest > 0 && more) {
            size_t size = std::min(answer->rest, sizeof piece);
            origin_bytes(0, answer->made, piece, size);
            answer->made += size;
            answer->rest -= size;
            more = http_request_write(answer->request, {piece, size});
        }
        if (answer->rest == 0)
            end(answer);
    }

    int ends[2];
    uint16_t port_ = 0;
    struct loop *loop = nullptr;
    struct Stop {
        struct watch watch;
        struct loop *loop;
    } stop = {};
    std::atomic<int> lost_streams{0};
    std::promise<uint16_t> listening;
    std::thread thread;
};

inline const ServerKind server_kinds[] = {
    {"origin", 0,
     [](nanos patience) { return std::make_unique<OriginServer>(patience); }},
    {"http_server", 408,
     [](nanos patience) { return std::make_unique<Application>(patience); }},
};

#endif
