/* SPDX-License-Identifier: MIT */
/* The callback client against the origin. What every model must do is proved by
 * the suite of all models; here is what belongs to this one. */
#include "client_fixture.h"
#include "harness/origin/origin.h"
#include "support/scripted_lookup.h"
#include "support/scripted_sockets.h"

#include <cerrno>
#include <thread>

namespace
{

constexpr nanos MS = NANOS_PER_MILLISECOND;

class ClientAndOrigin : public testing::Test
{
  protected:
    void SetUp() override
    {
        origin_options options = {};
        ASSERT_EQ(origin_process_start(&origin, &options), 0);
    }
    void TearDown() override
    {
        scripted_end();
        origin_process_stop(&origin);
    }
    std::string at(const std::string &target)
    {
        return here(origin.port, target);
    }
    origin_process origin = {};
};

TEST_F(ClientAndOrigin, FetchesPagesOfEveryKindAtOnce)
{
    Pages pages;
    for (const char *target :
         {"/bytes/100000", "/stream/70000", "/bytes/500?length=close",
          "/drip?bytes=5&every=1ms", "/bytes/0", "/status/404"})
        pages.add(at(target));
    ASSERT_EQ(client_model.run(pages.at_once(6)), 0);
    EXPECT_EQ(pages.count_with(FETCH_OK), 6u);
    EXPECT_EQ(pages[0].body_bytes, 100000u);
    EXPECT_EQ(pages[1].body_bytes, 70000u);
    EXPECT_EQ(pages[2].body_bytes, 500u);
    EXPECT_EQ(pages[3].body_bytes, 5u);
    EXPECT_EQ(pages[5].status, 404);
}

TEST_F(ClientAndOrigin, AsManyAsAskedForAreInFlight)
{
    Pages pages;
    pages.add(at("/hold?until=16"), 16);
    ASSERT_EQ(client_model.run(pages.at_once(16)), 0);
    for (size_t i = 0; i < 16; i++)
        EXPECT_EQ(pages[i].status, 200);
}

TEST_F(ClientAndOrigin, AKeptConnectionCostsOneSendAndOneReceive)
{
    Pages pages;
    pages.options.keep_alive = true;
    pages.add(at("/fixed"), 50);
    batch *batch = pages.at_once(2);
    ASSERT_EQ(scripted_begin(origin.port, nullptr, 0), 0);
    ASSERT_EQ(client_model.run(batch), 0);
    EXPECT_EQ(pages.count_with(FETCH_OK), 50u);
    EXPECT_EQ(scripted_seen(SCRIPTED_CONNECT), 2u);
    EXPECT_EQ(scripted_seen(SCRIPTED_SEND), 50u);
    /* A machine that is slow lets a connection rest, and then it is looked at
     * before it is used again: one receive more, at the most, for each page. */
    EXPECT_GE(scripted_seen(SCRIPTED_RECV), 50u);
    EXPECT_LE(scripted_seen(SCRIPTED_RECV), 98u);
    EXPECT_TRUE(pages[49].reused);
}

TEST_F(ClientAndOrigin, ARedirectComesBackOnTheSameConnection)
{
    Pages pages;
    pages.options.keep_alive = true;
    pages.options.redirects_max = 5;
    pages.add(at("/redirect/3"));
    batch *batch = pages.at_once(1);
    ASSERT_EQ(scripted_begin(origin.port, nullptr, 0), 0);
    ASSERT_EQ(client_model.run(batch), 0);
    EXPECT_EQ(pages[0].error, FETCH_OK);
    EXPECT_EQ(pages[0].redirects, 3);
    EXPECT_EQ(scripted_seen(SCRIPTED_CONNECT), 1u);
}

TEST_F(ClientAndOrigin, AConnectionThatTheServerHasClosedIsReplaced)
{
    Pages pages;
    pages.options.keep_alive = true;
    for (int i = 0; i < 5; i++) {
        pages.add(at("/stale"));
        pages.add(at("/stale?when=next"));
    }
    ASSERT_EQ(client_model.run(pages.at_once(1)), 0);
    EXPECT_EQ(pages.count_with(FETCH_OK), 10u);
}

TEST_F(ClientAndOrigin, AnIdleConnectionThatIsClosedIsNoticedBeforeTheNextJob)
{
    Pages pages;
    pages.options.keep_alive = true;
    pages.add(at("/stale"));
    pages.add(at("/bytes/10"));
    batch *batch = pages.at_once(1);
    static bool (*list_next)(struct batch *, job *);
    list_next = batch->next;
    batch->next = [](struct batch *self, job *job) {
        bool more = list_next(self, job);
        if (more && job->index == 1)
            job->earliest = monotonic_now() + 100 * MS;
        return more;
    };
    ASSERT_EQ(scripted_begin(origin.port, nullptr, 0), 0);
    ASSERT_EQ(client_model.run(batch), 0);
    EXPECT_EQ(pages.count_with(FETCH_OK), 2u);
    EXPECT_LT(scripted_seen(SCRIPTED_WAIT), 50u)
        << "it does not spin meanwhile";
}

TEST_F(ClientAndOrigin, APostIsNotSentOnAKeptConnection)
{
    Pages pages;
    pages.options.keep_alive = true;
    pages.add(at("/bytes/10"));
    pages.post(at("/echo"), "once only");
    ASSERT_EQ(client_model.run(pages.at_once(1)), 0);
    EXPECT_EQ(pages[1].error, FETCH_OK);
    EXPECT_EQ(pages[1].body_bytes, 9u);
    EXPECT_FALSE(pages[1].reused);
}

TEST_F(ClientAndOrigin, ALargePostWaitsForRoomAndThenForTheAnswerOnly)
{
    Pages pages;
    pages.post(at("/echo?delay=50ms"), std::string(1000000, 'x'));
    batch *batch = pages.at_once(1);
    const scripted_rule rules[] = {{SCRIPTED_SEND, 1, 1, 50000, 0}};
    ASSERT_EQ(scripted_begin(origin.port, rules, std::size(rules)), 0);
    ASSERT_EQ(client_model.run(batch), 0);
    EXPECT_EQ(pages[0].error, FETCH_OK);
    EXPECT_EQ(pages[0].body_bytes, 1000000u);
    EXPECT_LT(scripted_seen(SCRIPTED_WAIT), 200u)
        << "it does not spin meanwhile";
}

TEST_F(ClientAndOrigin, ANameIsLookedUpAndItsAddressesAreTriedInOrder)
{
    const scripted_host hosts[] = {
        {"twofold.test", {"127.0.0.9", "127.0.0.1"}, 0},
        {"useless.test", {"127.0.0.9", "127.0.0.8"}, 0},
    };
    ASSERT_EQ(scripted_lookup_begin(hosts, std::size(hosts)), 0);
    const std::string target = ":" + std::to_string(origin.port) + "/bytes/10";
    Pages pages;
    pages.options.keep_alive = true;
    pages.add("http://twofold.test" + target, 3);
    pages.add("http://useless.test" + target);
    pages.add("http://unknown.test" + target);
    pages.add("http://twofold.test" + target);
    EXPECT_EQ(client_model.run(pages.at_once(1)), 0);
    scripted_lookup_end();
    EXPECT_EQ(pages.count_with(FETCH_OK), 4u);
    EXPECT_EQ(pages[3].error, FETCH_REFUSED);
    EXPECT_EQ(pages[4].error, FETCH_NO_HOST);
    EXPECT_TRUE(pages[2].reused);
    EXPECT_FALSE(pages[5].reused);
}

/* The answer to a question that is no longer asked must not reach the job
 * that has the place now. */
TEST_F(ClientAndOrigin, ALookUpThatComesTooLateDisturbsNoJob)
{
    ASSERT_EQ(scripted_lookup_begin(nullptr, 0), 0);
    scripted_lookup_shut();
    Pages pages;
    pages.options.connect_timeout = 200 * MS;
    pages.add("http://nobody.test/");
    pages.add(at("/bytes/10?delay=50ms"));
    batch *batch = pages.at_once(1);
    static void (*list_done)(struct batch *, size_t, result *);
    list_done = batch->done;
    batch->done = [](struct batch *self, size_t index, result *result) {
        list_done(self, index, result);
        scripted_lookup_open();
    };
    EXPECT_EQ(client_model.run(batch), 0);
    scripted_lookup_end();
    EXPECT_EQ(pages[0].error, FETCH_CONNECT_TIMEOUT);
    EXPECT_EQ(pages[1].error, FETCH_OK);
}

TEST_F(ClientAndOrigin, AConnectionIsNotUsedForAnotherOrigin)
{
    origin_process other = {};
    origin_options options = {};
    ASSERT_EQ(origin_process_start(&other, &options), 0);
    Pages pages;
    pages.options.keep_alive = true;
    for (int i = 0; i < 3; i++) {
        pages.add(at("/bytes/10"));
        pages.add(here(other.port, "/bytes/20"));
    }
    ASSERT_EQ(client_model.run(pages.at_once(1)), 0);
    origin_process_stop(&other);
    for (size_t i = 0; i < 6; i++) {
        EXPECT_EQ(pages[i].body_bytes, i % 2 ? 20u : 10u);
        EXPECT_FALSE(pages[i].reused);
    }
}

TEST_F(ClientAndOrigin, ShortSendsAndReceivesAreGoneOnWith)
{
    Pages pages;
    pages.add(at("/stream/300?i=" + std::string(2000, 'x')), 4);
    batch *batch = pages.at_once(4);
    const scripted_rule rules[] = {
        {SCRIPTED_SEND, 1, 3, 0, EAGAIN}, {SCRIPTED_SEND, 1, 1, 100, 0},
        {SCRIPTED_RECV, 1, 3, 0, EAGAIN}, {SCRIPTED_RECV, 1, 1, 1, 0},
        {SCRIPTED_WAIT, 1, 5, 0, EINTR},
    };
    ASSERT_EQ(scripted_begin(origin.port, rules, std::size(rules)), 0);
    ASSERT_EQ(client_model.run(batch), 0);
    scripted_end();
    EXPECT_EQ(pages.count_with(FETCH_OK), 4u);
    EXPECT_EQ(pages[3].body_bytes, 300u);
}

TEST_F(ClientAndOrigin, OneThatFailsDoesNoHarmToTheOthers)
{
    Pages pages;
    for (int i = 0; i < 3; i++) {
        pages.add(at("/close"));
        pages.add(at("/reset"));
        pages.add(at("/garbage"));
        pages.add(at("/lie"));
        pages.add("http://127.0.0.1:1/");
        pages.add(at("/bytes/1000"));
    }
    ASSERT_EQ(client_model.run(pages.at_once(3)), 0);
    for (size_t i = 0; i < 18; i += 6) {
        EXPECT_EQ(pages[i].error, FETCH_CLOSED);
        EXPECT_EQ(pages[i + 1].error, FETCH_RESET);
        EXPECT_EQ(pages[i + 2].error, FETCH_PROTOCOL);
        EXPECT_EQ(pages[i + 3].error, FETCH_TRUNCATED);
        EXPECT_EQ(pages[i + 4].error, FETCH_REFUSED);
        EXPECT_EQ(pages[i + 5].error, FETCH_OK);
    }
}

TEST_F(ClientAndOrigin, LeavesNoDescriptorBehind)
{
    size_t before = descriptors_open();
    Pages pages;
    pages.options.keep_alive = true;
    pages.add(at("/bytes/10"), 20);
    pages.add(at("/close"), 3);
    pages.add("http://127.0.0.1:1/", 3);
    ASSERT_EQ(client_model.run(pages.at_once(5)), 0);
    EXPECT_EQ(descriptors_open(), before);
}

class Cancellable : public ClientAndOrigin
{
  protected:
    void SetUp() override
    {
        ClientAndOrigin::SetUp();
        ASSERT_EQ(cancel_init(&cancel), 0);
    }
    void TearDown() override
    {
        cancel_deinit(&cancel);
        ClientAndOrigin::TearDown();
    }
    struct cancel cancel = {};
};

TEST_F(Cancellable, AThreadEndsWhatIsInFlightAndNothingNewIsBegun)
{
    Pages pages;
    pages.add(at("/never"), 10);
    batch *batch = pages.at_once(4, &cancel);
    std::thread thread([this] { cancel_request(&cancel); });
    EXPECT_EQ(client_model.run(batch), 0);
    thread.join();
    EXPECT_LE(pages.list.handed_out, 4u);
    EXPECT_EQ(pages.list.finished, pages.list.handed_out);
    EXPECT_EQ(pages.count_with(FETCH_CANCELLED), pages.list.finished);
}

TEST_F(Cancellable, InMidFlightFromTheEndOfAnotherJob)
{
    Pages pages;
    pages.add(at("/never"), 3);
    pages.add(at("/bytes/10"), 10);
    batch *batch = pages.at_once(4, &cancel);
    static void (*list_done)(struct batch *, size_t, result *);
    list_done = batch->done;
    batch->done = [](struct batch *self, size_t index, result *result) {
        list_done(self, index, result);
        cancel_request(self->cancel);
    };
    EXPECT_EQ(client_model.run(batch), 0);
    EXPECT_EQ(pages.list.handed_out, 4u);
    EXPECT_EQ(pages.count_with(FETCH_OK), 1u);
    EXPECT_EQ(pages.count_with(FETCH_CANCELLED), 3u);
}

TEST_F(Cancellable, AJobThatWaitsForItsTimeIsCancelledToo)
{
    Pages pages;
    pages.add(at("/bytes/10"), 1);
    batch *batch = pages.at_once(1, &cancel);
    static bool (*list_next)(struct batch *, job *);
    list_next = batch->next;
    batch->next = [](struct batch *self, job *job) {
        bool more = list_next(self, job);
        job->earliest = NEVER - 1;
        cancel_request(self->cancel);
        return more;
    };
    EXPECT_EQ(client_model.run(batch), 0);
    EXPECT_EQ(pages.count_with(FETCH_CANCELLED), 1u);
}

} // namespace
