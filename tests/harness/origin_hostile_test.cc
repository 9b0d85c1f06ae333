/* SPDX-License-Identifier: MIT */
/* Clients that do not know HTTP, do not go on, do not read or come in hundreds:
 * each gets what it deserves, and the others do not notice. */
#include "origin_fixture.h"

#include <chrono>
#include <cstdlib>
#include <poll.h>
#include <sys/resource.h>
#include <vector>

namespace
{

class OriginHostileTest : public testing::Test
{
  protected:
    /* Whatever happened: the next client is served. */
    void TearDown() override
    {
        Client client(origin.port);
        EXPECT_EQ(client.get("/bytes/3").body, made_up(0, 0, 3));
    }

    Origin origin;
};

TEST_F(OriginHostileTest, AFixedRequestInPiecesIsNotRememberedByItsEnd)
{
    Client client(origin.port);
    client.send("GET /fixed HTTP/1.1\r\nHo");
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
    client.send("st: o\r\n\r\n");
    EXPECT_EQ(client.answer().status, 200);
    client.send("st: o\r\n\r\n");
    EXPECT_EQ(client.answer().status, 400);
}

TEST_F(OriginHostileTest, AClientThatClosesItsSideStillGetsItsDrip)
{
    Client client(origin.port);
    client.ask("/drip?bytes=4&every=2ms");
    shutdown(client.fd, SHUT_WR);
    EXPECT_EQ(client.answer().body, made_up(0, 0, 4));
    EXPECT_EQ(client.rest(), "");
}

TEST_F(OriginHostileTest, AClientThatGoesInTheMiddleLeavesNothingBehind)
{
    for (std::string target :
         {"/bytes/100000000", "/drip?bytes=1000&every=1ms", "/delay/10",
          "/hold?until=9&for=10s", "/stream/100000000", "/never"}) {
        Client client(origin.port);
        std::string mark = target.find('?') == std::string::npos ? "?" : "&";
        client.ask(target + mark + "run=gone");
    }
    EXPECT_TRUE(comes_to(origin.port, "gone", "requests", 6));
    EXPECT_TRUE(comes_to(origin.port, "gone", "in_flight", 0));
    EXPECT_TRUE(comes_to(origin.port, "gone", "open", 0));
}

TEST_F(OriginHostileTest, HoldsOfTooManyKindsAreRefused)
{
    std::vector<Client> clients;
    for (int i = 0; i < 64; i++) {
        clients.emplace_back(origin.port);
        clients.back().ask("/hold?for=60s&run=k&until=" +
                           std::to_string(100 + i));
    }
    ASSERT_TRUE(comes_to(origin.port, "k", "in_flight", 64));
    Client client(origin.port);
    Answer answer = client.get("/hold?for=60s&until=200");
    EXPECT_EQ(answer.status, 503);
    EXPECT_EQ(answer.body, "Too many different groups are held.\n");
}

TEST_F(OriginHostileTest, RunsWithoutEndArePushedOut)
{
    Client client(origin.port);
    for (int i = 0; i < 200; i++)
        ASSERT_EQ(client.get("/fixed?run=r" + std::to_string(i)).status, 200);
    EXPECT_EQ(number_in(stats_of(origin.port, "r199"), "served"), 1);
    EXPECT_EQ(client.get("/stats?run=r5").status, 404);
    std::string all = client.get("/stats").body;
    EXPECT_GE(number_in(all, "requests"), 200) << "the total forgets none";
}

TEST_F(OriginHostileTest, ARunPushedOutBeginsAnew)
{
    EXPECT_EQ(Client(origin.port).get("/fixed?run=first").status, 200);
    for (int i = 0; i < 100; i++)
        Client(origin.port).get("/bytes/1?run=r" + std::to_string(i));
    EXPECT_EQ(Client(origin.port).get("/fixed?run=first").status, 200);
    EXPECT_EQ(number_in(stats_of(origin.port, "first"), "served"), 1);
}

/* ---- many at once ---- */

TEST(ManyClients, MoreThanTheLimitAreTurnedAwayPolitely)
{
    Origin origin(with(&origin_options::connections_max, 3));
    std::vector<Client> in;
    for (int i = 0; i < 3; i++) {
        in.emplace_back(origin.port);
        ASSERT_EQ(in.back().get("/bytes/1").status, 200);
    }
    Client late(origin.port);
    EXPECT_EQ(late.answer().status, 503);
    int error;
    late.rest(&error);
    EXPECT_EQ(error, 0);
    EXPECT_EQ(number_in(in[0].get("/stats").body, "refused"), 1);
    in.pop_back();
    ASSERT_EQ(in[0].get("/bytes/1").status, 200);
    for (int i = 0; i < 2000; i++) {
        Client next(origin.port);
        if (next.get("/bytes/1").status == 200)
            return;
    }
    FAIL() << "a place that became free was never given away";
}

TEST(ManyClients, SeveralAddressesShareAPort)
{
    Origin origin(with(&origin_options::addresses, 4));
    for (const char *host :
         {"127.0.0.1", "127.0.0.2", "127.0.0.3", "127.0.0.4"}) {
        Client client(origin.port, host);
        EXPECT_EQ(client.get("/bytes/1").status, 200) << host;
    }
    Client outside(origin.port, "127.0.0.5");
    EXPECT_FALSE(outside.connected);
}

TEST(ManyClients, ManyAreHeldAtOnce)
{
    Origin origin(with(&origin_options::addresses, 2));
    std::vector<Client> clients;
    for (int i = 0; i < 1500; i++) {
        clients.emplace_back(origin.port, i % 2 ? "127.0.0.2" : "127.0.0.1");
        ASSERT_TRUE(clients.back().connected);
        clients.back().ask("/hold?until=1500&for=60s&run=m");
    }
    for (Client &client : clients)
        ASSERT_EQ(client.answer().body, "1500 arrived");
    std::string stats = stats_of(origin.port, "m");
    EXPECT_EQ(number_in(stats, "most_in_flight"), 1500);
    EXPECT_EQ(number_in(stats, "most_open"), 1500);
}

/* The server's CPU so far; it answers although it cannot accept. */
double cpu_of(Client &client)
{
    std::string total = client.get("/stats").body;
    return number_in(total, "cpu_user_s") + number_in(total, "cpu_system_s");
}

/* In this process server and clients share the table of descriptors, so the
 * test can leave the server without one. */
void leave_the_server_without_descriptors()
{
    rlimit few = {100, 100};
    ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &few), 0);
    Origin origin;
    Client known(origin.port);
    ASSERT_EQ(known.get("/bytes/1").status, 200);
    std::vector<int> hoard;
    for (int fd; (fd = dup(0)) >= 0;)
        hoard.push_back(fd);
    close(hoard.back());
    hoard.pop_back();
    Client late(origin.port); /* takes the last one */
    ASSERT_TRUE(late.connected);
    late.ask("/bytes/2");
    double before_wait = cpu_of(known);
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
    EXPECT_LT(cpu_of(known) - before_wait, 0.01) << "it spins";
    for (int fd : hoard)
        close(fd);
    EXPECT_EQ(late.answer().body.size(), 2u) << "and it is served at last";
}

/* The limit cannot be raised again: so it is lowered in a child. */
TEST(ManyClientsDeathTest, WithoutDescriptorsItWaitsInsteadOfSpinning)
{
    EXPECT_EXIT(
        {
            leave_the_server_without_descriptors();
            std::exit(HasFailure() ? 1 : 0);
        },
        testing::ExitedWithCode(0), "");
}

} // namespace
