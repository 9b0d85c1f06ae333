/* SPDX-License-Identifier: MIT */
/* The callback client by itself, without a batch. */
#include "callbacks/callbacks.h"
#include "support/asked.h"
#include "support/scripted_selector.h"
#include "support/tiny_server.h"

#include <functional>
#include <memory>
#include <utility>

namespace
{

/* As short as a program that fetches a page can be. */
TEST(CallbackClient, FetchesAPageInTwentyLines)
{
    TinyServer server(TinyServer::echo);
    Asked page(server.port(), "/hello");
    struct loop *loop;
    struct client_calls calls;
    struct callback_client client;
    ASSERT_EQ(loop_new(&loop, &epoll_selector, &monotonic_clock), 0);
    ASSERT_EQ(client_calls_init(&calls, loop), 0);
    callback_client_init(
        &client, &calls, &call_default_options,
        [](struct callback_client *self) {
            const struct result *result = call_result(&self->base.call);
            EXPECT_EQ(std::string(result->body.data, result->body.size),
                      "/hello");
        });
    callback_client_start(&client, &page.request);
    EXPECT_EQ(loop_run(loop), 0);
    callback_client_deinit(&client);
    client_calls_deinit(&calls);
    loop_free(loop);
}

/* A client that counts how often it is done. */
struct Fetching : callback_client {
    int times = 0;
    std::function<void(Fetching *)> then;

    Fetching(struct client_calls *calls, const struct call_options *options)
    {
        callback_client_init(this, calls, options,
                             [](struct callback_client *self) {
                                 static_cast<Fetching *>(self)->on_done();
                             });
    }
    ~Fetching()
    {
        callback_client_deinit(this);
    }
    Fetching(const Fetching &) = delete;
    void on_done()
    {
        times++;
        if (then)
            then(this);
    }
    const struct result &result()
    {
        return *call_result(&base.call);
    }
};

class CallbackClientTest : public testing::Test
{
  protected:
    void SetUp() override
    {
        open(&epoll_selector, &monotonic_clock);
    }
    void open(const struct selector_ops *selector, const struct clock *time)
    {
        ASSERT_EQ(loop_new(&loop, selector, time), 0);
        ASSERT_EQ(client_calls_init(&calls, loop), 0);
    }
    void TearDown() override
    {
        client_calls_deinit(&calls);
        loop_free(loop);
    }

    struct loop *loop = nullptr;
    struct client_calls calls = {};
    struct call_options options = call_default_options;
};

TEST_F(CallbackClientTest, SeveralShareALoop)
{
    TinyServer server(TinyServer::echo);
    Asked a(server.port(), "/a"), b(server.port(), "/bb");
    Fetching first(&calls, &options), second(&calls, &options);
    callback_client_start(&first, &a.request);
    callback_client_start(&second, &b.request);
    EXPECT_EQ(loop_run(loop), 0);
    EXPECT_EQ(first.times, 1);
    EXPECT_EQ(second.times, 1);
    EXPECT_EQ(first.result().body_bytes, 2u);
    EXPECT_EQ(second.result().body_bytes, 3u);
}

/* What is over before anything was waited for is told in a later turn, too. */
TEST_F(CallbackClientTest, IsNeverDoneBeforeStartHasReturned)
{
    for (const char *url : {"https://127.0.0.1/", "http://255.255.255.255/"}) {
        Asked asked(url);
        Fetching client(&calls, &options);
        callback_client_start(&client, &asked.request);
        EXPECT_EQ(client.times, 0) << url;
        EXPECT_EQ(loop_run(loop), 0);
        EXPECT_EQ(client.times, 1) << url;
        EXPECT_NE(client.result().error, FETCH_OK) << url;
    }
}

TEST_F(CallbackClientTest, TheNextPageMayBeginWhenOneIsDone)
{
    TinyServer server(TinyServer::echo);
    Asked asked(server.port(), "/again");
    options.keep_alive = true;
    Fetching client(&calls, &options);
    client.then = [&](Fetching *self) {
        EXPECT_EQ(self->result().reused, self->times > 1);
        if (self->times < 3)
            callback_client_start(self, &asked.request);
        else
            client_call_close(&self->base);
    };
    callback_client_start(&client, &asked.request);
    EXPECT_EQ(loop_run(loop), 0) << "nothing is left when it is closed";
    EXPECT_EQ(client.times, 3);
    EXPECT_EQ(server.accepted(), 1);
}

/* The server closes the kept connection; with it goes the timer that was left
 * for the next page. */
TEST_F(CallbackClientTest, TheLoopEndsWhenTheServerClosesTheKeptConnection)
{
    TinyServer server([](int fd, int) {
        TinyServer::read_head(fd);
        TinyServer::say(fd, TinyServer::page("once"));
    });
    Asked asked(server.port(), "/");
    options.keep_alive = true;
    Fetching client(&calls, &options);
    callback_client_start(&client, &asked.request);
    nanos before = monotonic_now();
    EXPECT_EQ(loop_run(loop), 0);
    EXPECT_EQ(client.result().error, FETCH_OK);
    EXPECT_LT(monotonic_now() - before, options.total_timeout);
}

class CallbackClientInMadeUpTime : public CallbackClientTest
{
  protected:
    void SetUp() override
    {
        virtual_clock_init(&clock);
        script_init(&script, &clock);
        open(&virtual_time_selector, &clock.clock);
    }
    struct virtual_clock clock;
    struct script script;
};

/* Between two pages the deadline of the last one means nothing. */
TEST_F(CallbackClientInMadeUpTime, ADeadlineThatWasLeftSetEndsNothing)
{
    TinyServer server(TinyServer::echo);
    Asked asked(server.port(), "/");
    options.keep_alive = true;
    Fetching client(&calls, &options);
    callback_client_start(&client, &asked.request);
    while (client.times == 0) {
        loop_stop(loop); /* turns that do not sleep: no time passes */
        ASSERT_EQ(loop_run(loop), 0);
    }
    struct Later {
        struct handle handle;
        struct callback_client *client;
    } later = {{}, &client};
    later.handle.run = [](struct handle *handle) {
        client_call_close(&container_of(handle, Later, handle)->client->base);
    };
    nanos when = clock.now + 2 * options.total_timeout;
    loop_call_at(loop, &later.handle, when);
    EXPECT_EQ(loop_run(loop), 0);
    EXPECT_EQ(clock.now, when);
    EXPECT_EQ(client.times, 1);
    EXPECT_EQ(client.result().error, FETCH_OK);
}

TEST_F(CallbackClientTest, MayBeGivenBackWhenItIsDone)
{
    TinyServer server(TinyServer::echo);
    Asked asked(server.port(), "/");
    int times = 0;
    auto client = std::make_unique<Fetching>(&calls, &options);
    client->then = [&](Fetching *) {
        auto gone = std::move(client);
        times++;
    };
    callback_client_start(client.get(), &asked.request);
    EXPECT_EQ(loop_run(loop), 0);
    EXPECT_EQ(times, 1);
    EXPECT_EQ(client, nullptr);
}

/* In each phase: looking up, connecting, transferring. */
TEST_F(CallbackClientTest, ACancelledPageIsDoneAtOnceAndOnlyOnce)
{
    TinyServer server([](int fd, int) { TinyServer::linger(fd); });
    std::string port = std::to_string(server.port());
    for (std::string host : {"localhost", "127.0.0.1"})
        for (int turns : {0, 1, 2, 3}) {
            Asked asked("http://" + host + ":" + port + "/");
            Fetching client(&calls, &options);
            callback_client_start(&client, &asked.request);
            for (int i = 0; i < turns; i++) {
                loop_stop(loop); /* one turn, which does not sleep (LO4) */
                EXPECT_EQ(loop_run(loop), 0);
            }
            EXPECT_EQ(client.times, 0);
            callback_client_cancel(&client);
            EXPECT_EQ(client.times, 1);
            EXPECT_EQ(client.result().error, FETCH_CANCELLED);
            EXPECT_EQ(loop_run(loop), 0) << "nothing is left";
            EXPECT_EQ(client.times, 1);
        }
}

TEST_F(CallbackClientTest, WhatWasCancelledMayBeAskedForAgain)
{
    TinyServer server(TinyServer::echo);
    Asked asked(server.port(), "/");
    Fetching client(&calls, &options);
    callback_client_start(&client, &asked.request);
    callback_client_cancel(&client);
    callback_client_start(&client, &asked.request);
    EXPECT_EQ(loop_run(loop), 0);
    EXPECT_EQ(client.times, 2);
    EXPECT_EQ(client.result().error, FETCH_OK);
}

/* A client need not go on at once: a task is only scheduled. */
TEST_F(CallbackClientTest, TheEndOfACallIsToldOnce)
{
    struct Slow : client_call {
        int times;
    } slow = {};
    const struct client_call_ops ops = {nullptr, [](struct client_call *self) {
                                            static_cast<Slow *>(self)->times++;
                                        }};
    Asked asked("http://255.255.255.255/");
    client_call_init(&slow, &calls, &options, &ops);
    call_start(&slow.call, &asked.request, 0, client_call_now(&slow));
    client_call_connect(&slow); /* refused at once */
    EXPECT_EQ(slow.times, 0);
    client_call_give_up(&slow);
    EXPECT_EQ(slow.times, 1);
    EXPECT_EQ(loop_run(loop), 0);
    EXPECT_EQ(slow.times, 1);
    client_call_deinit(&slow);
}

TEST_F(CallbackClientTest, APageUnderWayIsForgottenWithItsClient)
{
    TinyServer server([](int fd, int) { TinyServer::linger(fd); });
    Asked asked(server.port(), "/");
    {
        Fetching client(&calls, &options);
        client.then = [](Fetching *) { FAIL() << "it is forgotten"; };
        callback_client_start(&client, &asked.request);
    }
    EXPECT_EQ(loop_run(loop), 0) << "nothing is left";
}

} // namespace
