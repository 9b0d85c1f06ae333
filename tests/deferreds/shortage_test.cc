/* SPDX-License-Identifier: MIT */
/* Each allocation of a scenario fails once. Whatever the scenario comes to, it
 * comes to an end, and nothing is left: no descriptor, and no memory (the leak
 * sanitizer looks for that). */
#include "deferreds/agent.h"
#include "deferreds/client_creator.h"
#include "deferreds/connector.h"
#include "deferreds/ladder.h"
#include "deferreds/later.h"
#include "deferreds/line_receiver.h"
#include "deferreds/looping_call.h"
#include "deferreds/made.h"
#include "deferreds/notes.h"
#include "deferreds/page.h"
#include "deferreds/timeout.h"
#include "deferreds/to_thread.h"
#include "nonblocking/selector.h"
#include "support/failing_malloc.h"
#include "support/outcomes.h"
#include "support/string_transport.h"
#include "support/tiny_server.h"

#include <gtest/gtest.h>

#include <cerrno>
#include <functional>
#include <string>
#include <unistd.h>

namespace
{

/* A reactor, if there is memory for one. */
struct Ground {
    Ground()
    {
        if (loop_new(&loop, &epoll_selector, &monotonic_clock))
            return;
        is_there = !reactor_init(&reactor, loop);
    }
    Ground(const Ground &) = delete;
    ~Ground()
    {
        if (is_there)
            reactor_deinit(&reactor);
        loop_free(loop);
    }
    struct loop *loop = nullptr;
    struct reactor reactor;
    bool is_there = false;
};

void each_allocation_fails(unsigned least,
                           const std::function<void(Ground &)> &scenario)
{
    Reports reports;
    unsigned number = 1, seen;
    do {
        failing_malloc_begin(number);
        {
            Ground ground;
            if (ground.is_there)
                scenario(ground);
        }
        seen = failing_malloc_end();
    } while (seen >= number++);
    EXPECT_GE(seen, least);
}

/* Adds a rung that drops whatever comes, and lets go. NULL is harmless. */
void consume(struct deferred *deferred)
{
    if (!deferred)
        return;
    auto drop = [](void *, struct outcome outcome) {
        outcome_drop(outcome);
        return outcome_none();
    };
    if (deferred_add_both(deferred, drop, nullptr))
        deferred_drop(deferred);
    else
        deferred_detach(deferred);
}

TinyServer::Script answers(const std::string &answer)
{
    return [answer](int fd, int) {
        char request[4096];
        (void)TinyServer::hear(fd, request, sizeof request);
        (void)!write(fd, answer.data(), answer.size());
    };
}

const char page[] = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello";

std::string url_of(const TinyServer &server)
{
    return "http://127.0.0.1:" + std::to_string(server.port()) + "/";
}

TEST(DeferredShortage, OfAPageIsAFailure)
{
    TinyServer server(answers(page));
    const std::string url = url_of(server);
    each_allocation_fails(5, [&](Ground &ground) {
        consume(deferred_get_page(&ground.reactor, url.c_str()));
        EXPECT_EQ(loop_run(ground.loop), 0);
    });
}

TEST(DeferredShortage, OfAnAgentIsAFailure)
{
    TinyServer server(answers(page));
    const std::string url = url_of(server);
    each_allocation_fails(5, [&](Ground &ground) {
        struct deferred *d =
            agent_request(&ground.reactor, METHOD_GET, url.c_str());
        if (d)
            (void)deferred_add_callback(
                d,
                [](void *, struct outcome response) {
                    struct deferred *body = agent_read_body(response);
                    return body ? outcome_deferred(body)
                                : outcome_failure(&failure_no_memory);
                },
                nullptr);
        consume(d);
        EXPECT_EQ(loop_run(ground.loop), 0);
    });
}

TEST(DeferredShortage, OfAConnectionIsAFailure)
{
    TinyServer server(answers(""));
    each_allocation_fails(4, [&](Ground &ground) {
        static const struct protocol_ops ops = {
            [](protocol *, struct transport *wire) { transport_close(wire); },
            [](protocol *, slice) {},
            nullptr,
            [](protocol *, int) {},
            nullptr,
            nullptr,
        };
        protocol told = {&ops};
        consume(client_connect_tcp(&ground.reactor, "127.0.0.1", server.port(),
                                   &told, CONNECT_TIMEOUT));
        EXPECT_EQ(loop_run(ground.loop), 0);
    });
}

TEST(DeferredShortage, OfALineEndsItsConnection)
{
    each_allocation_fails(3, [](Ground &) {
        static const struct line_receiver_ops ops = {
            nullptr, [](line_receiver *, slice) {}, nullptr,
            nullptr, [](line_receiver *, int) {},
        };
        struct line_receiver receiver;
        line_receiver_init(&receiver, &ops);
        StringTransport wire(&receiver.protocol);
        wire.make();
        wire.arrive("half a li");
        if (!wire.aborted)
            wire.arrive(std::string(10000, 'x') + "\r\nand more");
        EXPECT_TRUE(wire.aborted == 0 || wire.aborted == -ENOMEM);
        wire.lose();
    });
}

TEST(DeferredShortage, OfTimeAndThreadsIsAFailure)
{
    each_allocation_fails(5, [](Ground &ground) {
        struct deferred *d = deferred_sleep(ground.loop, 1);
        if (d)
            (void)deferred_add_timeout(d, ground.loop, NANOS_PER_SECOND);
        consume(d);
        consume(deferred_to_thread(
            ground.reactor.calls.offloader,
            [](void *) { return outcome_number(1); }, nullptr));
        struct looping_call call = {};
        call.loop = ground.loop;
        call.fn = [](void *loop, struct outcome) {
            struct deferred *nap =
                deferred_sleep(static_cast<struct loop *>(loop), 1);
            return nap ? outcome_deferred(nap)
                       : outcome_failure(&failure_no_memory);
        };
        call.context = ground.loop;
        struct deferred *done = looping_call_start(&call, 1, true);
        if (looping_call_is_running(&call))
            looping_call_stop(&call);
        consume(done);
        EXPECT_EQ(loop_run(ground.loop), 0);
    });
}

TEST(DeferredShortage, OfADrawingIsSaidInIt)
{
    each_allocation_fails(6, [](Ground &) {
        struct deferred_notes *notes = nullptr;
        (void)deferred_notes_new(&notes);
        struct deferred *d = deferred_succeed(outcome_text("a page"));
        struct ladder ladder = {};
        struct buffer text = {}, svg = {};
        if (d) {
            for (int i = 0; i < 12; i++)
                (void)deferred_add_callback(
                    d, [](void *, struct outcome same) { return same; },
                    nullptr);
            ladder_add(&ladder, d);
        }
        ladder_text(&ladder, true, &text);
        ladder_svg(&ladder, &svg);
        buffer_deinit(&text);
        buffer_deinit(&svg);
        ladder_deinit(&ladder);
        consume(d);
        deferred_notes_free(notes);
    });
}

TEST(DeferredShortage, OfAReactIsACode)
{
    each_allocation_fails(3, [](Ground &ground) {
        int code = task_react_on(
            &ground.reactor,
            [](struct reactor *on, void *) {
                struct deferred *nap = deferred_sleep(on->loop, 1);
                return nap ? outcome_deferred(nap)
                           : outcome_failure(&failure_no_memory);
            },
            nullptr);
        EXPECT_TRUE(code == 0 || code == 1);
    });
}

} // namespace
