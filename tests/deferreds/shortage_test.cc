/* SPDX-License-Identifier: MIT */
/* Each allocation of a scenario fails once. Whatever the scenario comes to, it
 * comes to an end, and nothing is left: no descriptor, and no memory (the leak
 * sanitizer looks for that). */
#include "callbacks/moment.h"
#include "deferreds/agent.h"
#include "deferreds/client_creator.h"
#include "deferreds/connector.h"
#include "deferreds/ladder.h"
#include "deferreds/later.h"
#include "deferreds/line_receiver.h"
#include "deferreds/list.h"
#include "deferreds/looping_call.h"
#include "deferreds/made.h"
#include "deferreds/notes.h"
#include "deferreds/page.h"
#include "deferreds/queue.h"
#include "deferreds/reconnecting.h"
#include "deferreds/semaphore.h"
#include "deferreds/timeout.h"
#include "deferreds/to_thread.h"
#include "nonblocking/selector.h"
#include "support/failing_malloc.h"
#include "support/outcomes.h"
#include "support/string_transport.h"
#include "support/tiny_server.h"

#include <gtest/gtest.h>

#include <arpa/inet.h>
#include <cerrno>
#include <cstdlib>
#include <functional>
#include <string>
#include <sys/socket.h>
#include <unistd.h>
#include <vector>

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

/* What came out of a Deferred, or of several. */
struct Ends {
    int values = 0, failures = 0;
    int all() const
    {
        return values + failures;
    }
};

/* Adds a rung that counts and drops whatever comes, and lets go. NULL is
 * harmless. */
void consume(struct deferred *deferred, Ends *ends = nullptr)
{
    if (!deferred)
        return;
    auto drop = [](void *context, struct outcome outcome) {
        if (auto *counted = static_cast<Ends *>(context))
            ++(outcome_is_failure(&outcome) ? counted->failures
                                            : counted->values);
        outcome_drop(outcome);
        return outcome_none();
    };
    if (deferred_add_both(deferred, drop, ends))
        deferred_drop(deferred);
    else
        deferred_detach(deferred);
}

struct outcome new_string()
{
    return outcome_string(static_cast<char *>(calloc(1, 8)));
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

/* To wait for a Deferred takes no memory, to wait for anything else does. */
TEST(DeferredShortage, OfAWaitForSomethingElseFailsTheNextRung)
{
    each_allocation_fails(5, [](Ground &ground) {
        struct moment moment;
        moment_init(&moment, ground.loop);
        struct deferred *d = deferred_new(nullptr);
        if (!d)
            return;
        (void)deferred_add_callback(
            d,
            [](void *context, struct outcome) {
                return moment_next(static_cast<struct moment *>(context));
            },
            &moment);
        deferred_callback(d, outcome_none());
        bool waits = !deferred_is_over(d);
        EXPECT_EQ(moment.waiter != nullptr, waits);
        if (!waits) {
            EXPECT_TRUE(outcome_is_failure(&d->outcome));
        }
        moment_come(&moment);
        Ends ends;
        consume(d, &ends);
        EXPECT_EQ(ends.values, waits);
        EXPECT_EQ(ends.failures, !waits);
    });
}

/* ---- several at once ---- */

/* Up to three, each with as many rungs as fit: one more takes memory. */
std::vector<struct deferred *> members()
{
    std::vector<struct deferred *> made;
    for (int i = 0; i < 3; i++) {
        struct deferred *d = deferred_new(nullptr);
        for (int rung = 0; d && rung < DEFERRED_RUNGS; rung++)
            (void)deferred_add_callback(
                d, [](void *, struct outcome same) { return same; }, nullptr);
        if (d)
            made.push_back(d);
    }
    return made;
}

using Make = struct deferred *(*)(struct deferred *const *, size_t);

/* All of its members are fired, whether there is a list or not: it took them
 * over. */
void list_ends_once(unsigned least, Make make)
{
    each_allocation_fails(least, [make](Ground &) {
        std::vector<struct deferred *> all = members();
        if (all.empty())
            return;
        struct deferred *list = make(all.data(), all.size());
        Ends ends;
        consume(list, &ends);
        for (struct deferred *member : all)
            EXPECT_EQ(deferred_fire(member, new_string()), 0);
        EXPECT_EQ(ends.all(), list ? 1 : 0);
    });
}

TEST(DeferredShortage, OfAListEndsItOnce)
{
    list_ends_once(10, [](struct deferred *const *all, size_t count) {
        return deferred_list(all, count, CONSUME_ERRORS);
    });
}

TEST(DeferredShortage, OfAGatherEndsItOnce)
{
    list_ends_once(10, [](struct deferred *const *all, size_t count) {
        return deferred_gather(all, count, CONSUME_ERRORS);
    });
}

TEST(DeferredShortage, OfARaceEndsItOnce)
{
    list_ends_once(10, [](struct deferred *const *all, size_t count) {
        return deferred_race(all, count);
    });
}

struct outcome release_it(void *, struct outcome semaphore)
{
    deferred_release(static_cast<deferred_semaphore *>(semaphore.pointer));
    return outcome_none();
}

/* Each token comes back. */
TEST(DeferredShortage, OfALockLosesNoToken)
{
    each_allocation_fails(5, [](Ground &ground) {
        struct deferred_semaphore lock;
        deferred_lock_init(&lock);
        Ends ends;
        struct deferred *holds = deferred_acquire(&lock);
        struct deferred *waits = deferred_acquire(&lock);
        struct deferred *runs = deferred_run_with(
            &lock,
            [](void *loop, struct outcome) {
                struct deferred *nap =
                    deferred_sleep(static_cast<struct loop *>(loop), 1);
                return nap ? outcome_deferred(nap)
                           : outcome_failure(&failure_no_memory);
            },
            ground.loop);
        const int made = !!holds + !!waits + !!runs;
        for (struct deferred *d : {waits, holds})
            if (d)
                (void)deferred_add_callback(d, release_it, nullptr);
        for (struct deferred *d : {holds, waits, runs})
            consume(d, &ends);
        EXPECT_EQ(loop_run(ground.loop), 0);
        EXPECT_EQ(ends.all(), made);
        EXPECT_EQ(lock.tokens, 1u);
    });
}

TEST(DeferredShortage, OfASemaphoreThatIsGivenUpLosesNoToken)
{
    each_allocation_fails(4, [](Ground &) {
        struct deferred_semaphore semaphore;
        deferred_semaphore_init(&semaphore, 2);
        Ends ends;
        for (int i = 0; i < 2; i++) {
            struct deferred *d = deferred_acquire(&semaphore);
            if (d)
                (void)deferred_add_callback(d, release_it, nullptr);
            consume(d, &ends);
        }
        struct deferred *given_up = deferred_acquire(&semaphore);
        if (given_up) {
            (void)deferred_add_callback(given_up, release_it, nullptr);
            deferred_drop(given_up);
        }
        EXPECT_EQ(ends.failures, 0);
        EXPECT_EQ(semaphore.tokens, 2u);
    });
}

/* What was put in comes out, or is kept. */
TEST(DeferredShortage, OfAQueueLosesNothingThatWentIn)
{
    each_allocation_fails(7, [](Ground &) {
        struct deferred_queue queue;
        deferred_queue_init(&queue, 2, 1);
        Ends ends;
        int put = 0, refused = 0;
        for (int i = 0; i < 3; i++)
            ++(deferred_queue_put(&queue, outcome_number(i)) ? refused : put);
        EXPECT_GE(refused, 1);
        EXPECT_EQ(queue.kept, (size_t)put);
        for (int i = 0; i < 3; i++)
            consume(deferred_queue_get(&queue), &ends);
        put += !deferred_queue_put(&queue, outcome_number(3));
        EXPECT_EQ(ends.values + (int)queue.kept, put);
        EXPECT_EQ(queue.waiting, 0u);
        deferred_queue_deinit(&queue);
    });
}

/* ---- again and again ---- */

/* An address that nothing else can take meanwhile, and that no program listens
 * at. */
class ClosedPort
{
  public:
    ClosedPort() : fd(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0))
    {
        struct sockaddr_in name = {};
        name.sin_family = AF_INET;
        name.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t size = sizeof name;
        EXPECT_EQ(bind(fd, (struct sockaddr *)&name, size), 0);
        EXPECT_EQ(getsockname(fd, (struct sockaddr *)&name, &size), 0);
        port = ntohs(name.sin_port);
    }
    ClosedPort(const ClosedPort &) = delete;
    ~ClosedPort()
    {
        close(fd);
    }
    uint16_t port;

  private:
    int fd;
};

/* Tries again until it may not any more. */
struct Persistent : client_factory {
    explicit Persistent(struct loop *loop) : client_factory()
    {
        static const struct client_factory_ops all = {
            nullptr,
            [](client_factory *f) { of(f)->stopped++; },
            [](client_factory *f, struct connector *) { of(f)->attempts++; },
            [](client_factory *, const address *) -> protocol * {
                return nullptr;
            },
            [](client_factory *f, struct connector *c, struct outcome reason) {
                outcome_drop(reason);
                reconnecting_retry(&of(f)->again, c);
            },
            nullptr,
        };
        ops = &all;
        reconnecting_init(&again, loop);
        again.initial_delay = again.max_delay = 1;
        again.max_retries = 2;
        reconnecting_reset(&again);
    }
    static Persistent *of(client_factory *f)
    {
        return static_cast<Persistent *>(f);
    }
    struct reconnecting again;
    int attempts = 0, stopped = 0;
};

TEST(DeferredShortage, OfAnAttemptIsOneOfThose)
{
    ClosedPort closed;
    each_allocation_fails(4, [&](Ground &ground) {
        Persistent factory(ground.loop);
        int error = connect_tcp(&ground.reactor, "127.0.0.1", closed.port,
                                &factory, CONNECT_TIMEOUT, nullptr);
        EXPECT_TRUE(error == 0 || error == -ENOMEM) << error;
        EXPECT_EQ(loop_run(ground.loop), 0);
        EXPECT_EQ(factory.attempts, error ? 0 : 3);
        EXPECT_EQ(factory.stopped, error ? 0 : 1);
    });
}

} // namespace
