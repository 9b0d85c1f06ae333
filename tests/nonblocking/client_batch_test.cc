/* SPDX-License-Identifier: MIT */
/* The book-keeping alone: clients that wait for nothing but what the test says,
 * at times made up here. */
#include "base/container_of.h"
#include "nonblocking/client_batch.h"
#include "support/asked.h"

#include <cerrno>
#include <gtest/gtest.h>
#include <memory>
#include <utility>
#include <vector>

namespace
{

const nanos begin = 1000;

struct Jobs : batch {
    explicit Jobs(size_t at_once) : batch{}
    {
        concurrency = at_once;
        options = &with;
        next = [](struct batch *self, struct job *job) {
            return static_cast<Jobs *>(self)->hand_out(job);
        };
        done = [](struct batch *self, size_t index, struct result *result) {
            static_cast<Jobs *>(self)->ended.push_back({index, result->error});
        };
        fewer = [](struct batch *self, enum fetch_error) {
            static_cast<Jobs *>(self)->told++;
        };
        with.total_timeout = 100;
        with.connect_timeout = 10;
    }
    bool hand_out(struct job *job)
    {
        if (given == earliest.size())
            return false;
        *job = {given, &asked.request, earliest[given]};
        given++;
        return true;
    }

    struct call_options with = call_default_options;
    Asked asked{"http://127.0.0.1/"};
    std::vector<nanos> earliest; /* a job for each */
    size_t given = 0;
    int told = 0;
    std::vector<std::pair<size_t, enum fetch_error>> ended;
};

/* A client; it is done when the test says so, or as soon as it hops. */
struct Worker {
    struct client client;
    struct call call;
};

struct Clients : client_batch {
    std::vector<size_t> hops, given_up; /* of which job */
    std::vector<nanos> tried_another;
    nanos time;
    bool fails_at_once, keeps_deadlines;
    size_t made, gone;
};

Clients *clients_of(const struct client *client)
{
    return static_cast<Clients *>(client->batch);
}

const struct client_ops worker_ops = {
    sizeof(Worker),
    [](const struct client_batch *clients) {
        return static_cast<const Clients *>(clients)->time;
    },
    [](struct client *client) {
        client->call = &container_of(client, Worker, client)->call;
        call_init(client->call, client->batch->batch->options);
        clients_of(client)->made++;
    },
    [](struct client *client) {
        call_deinit(client->call);
        clients_of(client)->gone++;
    },
    [](struct client *client) {
        Clients *clients = clients_of(client);
        clients->hops.push_back(client->job.index);
        if (clients->fails_at_once) {
            call_fail(client->call, FETCH_REFUSED, 0, clients->now);
            client_done(client);
        } else if (clients->keeps_deadlines) {
            client_heed_deadline(client);
        }
    },
    [](struct client *client) {
        clients_of(client)->given_up.push_back(client->job.index);
        client_done(client);
    },
    [](struct client *client) {
        clients_of(client)->tried_another.push_back(client->batch->now);
        call_try_another(client->call, client->batch->now);
    },
};

class ClientBatch : public testing::Test
{
  protected:
    void init(size_t at_once, std::vector<nanos> earliest)
    {
        jobs = std::make_unique<Jobs>(at_once);
        jobs->earliest = earliest;
        ASSERT_EQ(client_batch_init(&clients, jobs.get(), &worker_ops), 0);
        clients.time = clients.now = begin;
    }
    void TearDown() override
    {
        client_batch_deinit(&clients);
        EXPECT_EQ(clients.gone, clients.made);
        EXPECT_EQ(jobs->ended.size(), jobs->given) << "every job comes back";
    }
    void wake(nanos when)
    {
        clients.now = clients.time = when;
        client_batch_wake_due(&clients);
    }
    struct client *with_job(size_t index)
    {
        for (size_t i = 0; i < clients.made; i++) {
            auto *client = reinterpret_cast<struct client *>(
                clients.client_batch::clients + i * sizeof(Worker));
            if (client->state != CLIENT_IDLE && client->job.index == index)
                return client;
        }
        return nullptr;
    }
    void finish(size_t index)
    {
        call_fail(with_job(index)->call, FETCH_RESET, 0, clients.now);
        client_done(with_job(index));
    }
    void refuse(size_t index)
    {
        call_fail(with_job(index)->call, FETCH_NO_DESCRIPTOR, -EMFILE,
                  clients.now);
        client_done(with_job(index));
    }
    using Ended = std::vector<std::pair<size_t, enum fetch_error>>;

    std::unique_ptr<Jobs> jobs;
    Clients clients = {};
};

TEST_F(ClientBatch, HandsOutAsManyJobsAsMayBeInFlight)
{
    init(2, {0, 0, 0});
    client_batch_fill(&clients);
    EXPECT_EQ(clients.busy, 2u);
    EXPECT_EQ(clients.hops, (std::vector<size_t>{0, 1}));
    finish(0);
    EXPECT_EQ(clients.busy, 1u);
    client_batch_fill(&clients);
    EXPECT_EQ(clients.hops, (std::vector<size_t>{0, 1, 2}));
    EXPECT_EQ(clients.made, 2u) << "the free one has taken it";
    finish(1);
    finish(2);
    client_batch_fill(&clients);
    EXPECT_EQ(clients.busy, 0u);
    EXPECT_EQ(jobs->ended,
              (Ended{{0, FETCH_RESET}, {1, FETCH_RESET}, {2, FETCH_RESET}}));
}

TEST_F(ClientBatch, MakesNoMoreClientsThanAreNeeded)
{
    init(100, {0, 0});
    client_batch_fill(&clients);
    EXPECT_EQ(clients.made, 2u);
    finish(0);
    finish(1);
}

TEST_F(ClientBatch, JobsThatFailAtOnceAreTakenOneAfterTheOther)
{
    init(3, std::vector<nanos>(10000, 0));
    clients.fails_at_once = true;
    client_batch_fill(&clients);
    EXPECT_EQ(jobs->ended.size(), 10000u);
    EXPECT_EQ(clients.made, 1u);
    EXPECT_EQ(clients.busy, 0u);
}

TEST_F(ClientBatch, AJobWaitsWithItsClientUntilItsTime)
{
    init(2, {begin + 50, begin + 20, 0});
    client_batch_fill(&clients);
    EXPECT_EQ(clients.hops, std::vector<size_t>{});
    EXPECT_EQ(clients.wake_at, begin + 20);
    wake(begin + 19);
    EXPECT_EQ(clients.hops, std::vector<size_t>{});
    wake(begin + 20);
    EXPECT_EQ(clients.hops, std::vector<size_t>{1});
    EXPECT_EQ(clients.wake_at, begin + 50);
    wake(begin + 60);
    EXPECT_EQ(clients.hops, (std::vector<size_t>{1, 0}));
    EXPECT_EQ(clients.wake_at, NEVER);
    EXPECT_EQ(call_result(with_job(0)->call)->marks[MARK_START], begin + 60);
    finish(0);
    finish(1);
    client_batch_fill(&clients);
    finish(2);
}

TEST_F(ClientBatch, ACallEndsAtItsDeadlineIfTheClientWantsIt)
{
    init(2, {0, begin + 5});
    clients.keeps_deadlines = true;
    client_batch_fill(&clients);
    wake(begin + 5);
    EXPECT_EQ(clients.wake_at, begin + 10);
    wake(begin + 10);
    EXPECT_EQ(jobs->ended, (Ended{{0, FETCH_CONNECT_TIMEOUT}}));
    EXPECT_EQ(clients.wake_at, begin + 15);
    call_connected(with_job(1)->call, nullptr, begin + 12);
    wake(begin + 15);
    EXPECT_EQ(clients.wake_at, begin + 105) << "it has connected in time";
    wake(begin + 105);
    EXPECT_EQ(jobs->ended.back(),
              (std::pair<size_t, enum fetch_error>{1, FETCH_TIMEOUT}));
    EXPECT_EQ(clients.wake_at, NEVER);
}

TEST_F(ClientBatch, LeavesDeadlinesToAClientThatKeepsThemItself)
{
    init(1, {0});
    client_batch_fill(&clients);
    EXPECT_EQ(clients.wake_at, NEVER);
    wake(begin + 1000);
    EXPECT_EQ(clients.busy, 1u);
    finish(0);
}

TEST_F(ClientBatch, EndsAllJobsAndTakesNoMore)
{
    init(3, {0, begin + 50, 0, 0, 0});
    client_batch_fill(&clients);
    finish(2);
    clients.now = begin + 1;
    client_batch_fail_all(&clients, FETCH_CANCELLED, 0);
    EXPECT_EQ(clients.given_up, (std::vector<size_t>{0, 1}));
    EXPECT_EQ(
        jobs->ended,
        (Ended{{2, FETCH_RESET}, {0, FETCH_CANCELLED}, {1, FETCH_CANCELLED}}));
    client_batch_fill(&clients);
    EXPECT_EQ(clients.busy, 0u);
    EXPECT_EQ(jobs->given, 3u);
}

/* Its call has ended, but it waits for something: uring's kernel. */
TEST_F(ClientBatch, AClientMayHoldItsJobUntilTheEnd)
{
    init(1, {0});
    clients.keeps_deadlines = true;
    client_batch_fill(&clients);
    call_fail(with_job(0)->call, FETCH_SYSTEM, 0, begin);
    wake(begin + 10);
    EXPECT_EQ(clients.wake_at, NEVER) << "it has no deadline any more";
    client_batch_deinit(&clients);
    EXPECT_EQ(jobs->ended, (Ended{{0, FETCH_SYSTEM}}));
    clients = {};
}

/* Three addresses: the second and the third are due, one after the other, as
 * long as that is before the deadline. */
TEST_F(ClientBatch, TriesAnotherAddressWhenOneIsDue)
{
    const nanos delay = CALL_ATTEMPT_DELAY;
    init(1, {0});
    jobs->with.total_timeout = NEVER;
    jobs->with.connect_timeout = 3 * delay;
    clients.keeps_deadlines = true;
    client_batch_fill(&clients);
    struct addresses three = {};
    three.count = 3;
    with_job(0)->call->need = CALL_NEEDS_ADDRESSES;
    call_resolved(with_job(0)->call, &three, begin);
    client_heed_deadline(with_job(0));
    EXPECT_EQ(clients.wake_at, begin + delay);
    wake(begin + delay);
    EXPECT_EQ(clients.wake_at, begin + 2 * delay);
    wake(begin + 2 * delay + 1);
    EXPECT_EQ(clients.wake_at, begin + 3 * delay) << "the deadline";
    EXPECT_EQ(clients.tried_another,
              (std::vector<nanos>{begin + delay, begin + 2 * delay + 1}));
    wake(begin + 3 * delay);
    EXPECT_EQ(jobs->ended, (Ended{{0, FETCH_CONNECT_TIMEOUT}}));
}

/* ---- what this machine has no more of ---- */

TEST_F(ClientBatch, AJobThatIsRefusedGoesToTheNextThatIsFree)
{
    init(3, {0, 0, 0, 0});
    client_batch_fill(&clients);
    struct client *free_first = with_job(0), *refused = with_job(2);
    refuse(2);
    EXPECT_EQ(clients.busy, 2u);
    EXPECT_EQ(jobs->told, 1);
    client_batch_fill(&clients);
    EXPECT_EQ(clients.busy, 2u) << "there are fewer now";
    finish(0);
    client_batch_fill(&clients);
    EXPECT_EQ(with_job(2), free_first) << "it may have a connection";
    EXPECT_EQ(jobs->given, 3u) << "it comes before others";
    finish(1);
    client_batch_fill(&clients);
    EXPECT_NE(with_job(3), refused) << "which is asked last";
    finish(2);
    finish(3);
    client_batch_fill(&clients);
    EXPECT_EQ(jobs->ended.size(), 4u);
}

TEST_F(ClientBatch, AJobThatIsRefusedAloneFails)
{
    init(2, {0, 0});
    client_batch_fill(&clients);
    refuse(0);
    refuse(1);
    EXPECT_EQ(jobs->ended, (Ended{{1, FETCH_NO_DESCRIPTOR}}));
    client_batch_fill(&clients);
    refuse(0);
    EXPECT_EQ(jobs->ended,
              (Ended{{1, FETCH_NO_DESCRIPTOR}, {0, FETCH_NO_DESCRIPTOR}}));
    EXPECT_EQ(jobs->told, 1);
}

TEST_F(ClientBatch, AJobThatIsHeldEndsWithTheOthers)
{
    init(2, {0, 0});
    client_batch_fill(&clients);
    refuse(0);
    client_batch_fail_all(&clients, FETCH_CANCELLED, 0);
    EXPECT_EQ(clients.busy, 0u);
    EXPECT_EQ(jobs->ended, (Ended{{0, FETCH_CANCELLED}, {1, FETCH_CANCELLED}}));
}

/* See TearDown. */
TEST_F(ClientBatch, AJobThatIsHeldComesBackInTheEnd)
{
    init(2, {0, 0});
    client_batch_fill(&clients);
    refuse(0);
}

} // namespace
