/* SPDX-License-Identifier: MIT */
/* Connections that serve more than one page, and those that only seem to. */
#include "held_up.h"
#include "suite.h"

#include "support/scripted_clock.h"
#include "support/scripted_sockets.h"
#include "support/tiny_server.h"

#include <memory>

namespace
{

class KeepAlive : public ModelTest
{
  protected:
    void SetUp() override
    {
        ModelTest::SetUp();
        if (!IsSkipped() && !can(CAN_KEEP_ALIVE))
            GTEST_SKIP() << "it keeps no connection";
    }
};
INSTANTIATE_FOR_EVERY_MODEL(KeepAlive);

TEST_P(KeepAlive, TakesNoMoreConnectionsThanPlaces)
{
    for (size_t concurrency : {1, 4}) {
        std::string run = new_run();
        Pages pages(at_once(concurrency));
        pages.options.keep_alive = true;
        for (size_t i = 0; i < 8 * concurrency; i++)
            pages.get("/bytes/100?run=" + run);
        pages.run(model());
        pages.expect_all_fine();
        long accepted = origin_saw(run, "accepted");
        EXPECT_LE(accepted, (long)concurrency);
        EXPECT_EQ(pages.count() - (size_t)accepted, pages.count_reused());
    }
}

/* Neither a look at the connection before it is used again, nor one for more
 * after an answer. No time passes here, so each one is used again at once. */
TEST_P(KeepAlive, CostsOneSendAndOneReceiveForEachPage)
{
    for (size_t concurrency : {1, 4}) {
        Pages pages(at_once(concurrency));
        pages.options.keep_alive = true;
        pages.options.connect_timeout = NEVER;
        pages.options.total_timeout = NEVER;
        for (int i = 0; i < 50; i++)
            pages.get("/fixed");
        ASSERT_EQ(0, scripted_clock_begin());
        ASSERT_EQ(0, scripted_begin(origin_port(), nullptr, 0));
        pages.run(model());
        scripted_end();
        scripted_clock_end();
        pages.expect_all_fine();
        EXPECT_LE(scripted_seen(SCRIPTED_CONNECT), at_once(concurrency));
        EXPECT_EQ(50u, scripted_seen(SCRIPTED_SEND));
        EXPECT_EQ(50u,
                  scripted_seen(SCRIPTED_RECV) - scripted_seen(SCRIPTED_TIRED));
    }
}

TEST_P(KeepAlive, IsForThoseThatAskForIt)
{
    const std::string run = new_run();
    Pages pages(at_once(2));
    for (size_t i = 0; i < 6; i++)
        pages.get("/bytes/100?run=" + run);
    pages.run(model());
    pages.expect_all_fine();
    EXPECT_EQ(6, origin_saw(run, "accepted"));
    EXPECT_EQ(0u, pages.count_reused());
}

TEST_P(KeepAlive, WorksAcrossFramingsAndHeadAndErrorPages)
{
    const std::string run = new_run();
    Pages pages;
    pages.options.keep_alive = true;
    pages.get("/bytes/100?run=" + run);
    pages.get("/stream/100?run=" + run);
    pages.head("/bytes/100?run=" + run);
    pages.get("/status/404?run=" + run);
    pages.get("/status/204?run=" + run);
    pages.get("/stream/0?run=" + run);
    pages.run(model());
    pages.expect_all_fine();
    EXPECT_EQ(1, origin_saw(run, "accepted"));
    EXPECT_EQ(5u, pages.count_reused());
}

TEST_P(KeepAlive, EndsWhenTheServerSaysSo)
{
    const std::string run = new_run();
    Pages pages;
    pages.options.keep_alive = true;
    pages.get("/bytes/100?length=close&run=" + run);
    pages.get("/bytes/100?run=" + run);
    pages.get("/bytes/100?run=" + run);
    pages.run(model());
    pages.expect_all_fine();
    EXPECT_EQ(2, origin_saw(run, "accepted"));
}

TEST_P(KeepAlive, FollowsRedirectsOnTheSameConnection)
{
    if (!can(CAN_REDIRECT))
        GTEST_SKIP() << "it follows no redirects";
    const std::string run = new_run();
    Pages pages;
    pages.options.keep_alive = true;
    pages.options.redirects_max = 5;
    pages.get("/redirect/5?run=" + run);
    pages.run(model());
    pages.expect_all_fine();
    EXPECT_EQ(5, pages[0].redirects);
    EXPECT_TRUE(pages[0].reused);
}

/* The server closes what it promised to keep: the page is fetched anyway. */
TEST_P(KeepAlive, IsRepairedInSilence)
{
    Pages pages;
    pages.options.keep_alive = true;
    for (int i = 0; i < 3; i++) {
        pages.get("/stale");
        pages.get("/stale?when=next");
        pages.get("/bytes/100");
        pages.head("/bytes/100");
    }
    pages.run(model());
    pages.expect_all_fine();
}

/* The request was read by the server, which then closed: it came twice. */
TEST_P(KeepAlive, IsRepairedByAskingOnceMore)
{
    const std::string run = new_run();
    Pages pages;
    pages.options.keep_alive = true;
    pages.get("/stale?when=next");
    pages.get("/bytes/100?run=" + run);
    pages.run(model());
    pages.expect_all_fine();
    EXPECT_FALSE(pages[1].reused) << "the page came on a new connection";
    EXPECT_EQ(1, origin_saw(run, "served"));
}

/* What is posted must not be posted twice, so it gets a connection that cannot
 * be stale. */
TEST_P(KeepAlive, NeverPostsTwice)
{
    const std::string run = new_run();
    Pages pages;
    pages.options.keep_alive = true;
    for (int i = 0; i < 3; i++) {
        pages.get("/stale");
        pages.post("/echo?run=" + run, "once");
        pages.get("/stale?when=next");
        pages.post("/echo?run=" + run, "once");
        pages.get("/bytes/10");
        pages.post("/close?run=" + run, "once");
    }
    pages.run(model());
    for (size_t page = 0; page < pages.count(); page++)
        EXPECT_EQ(page % 6 == 5 ? FETCH_CLOSED : FETCH_OK, pages[page].error)
            << pages.explain(page);
    EXPECT_EQ(9, origin_saw(run, "requests"));
}

/* Another name is another place, though the address is the same. */
TEST_P(KeepAlive, IsPerHost)
{
    std::string other = "http://localhost:" + std::to_string(origin_port());
    Pages pages;
    pages.options.keep_alive = true;
    for (int i = 0; i < 3; i++) {
        pages.get("/bytes/20");
        pages.add(METHOD_GET, other + "/bytes/20");
    }
    pages.run(model());
    pages.expect_all_fine();
    for (size_t page : {0, 1})
        EXPECT_FALSE(pages[page].reused);
}

/* A server that says more than it was asked, once its answer has been read. */
class Unasked : public KeepAlive
{
  protected:
    /* The page after the unasked words is its own, on a connection of its own.
     */
    void expect_own_page(const std::string &unasked, bool closes)
    {
        HeldUp client;
        int asked = 0; /* again, on the first connection */
        auto server = std::make_unique<TinyServer>([&](int fd, int number) {
            if (number > 0) {
                TinyServer::echo(fd, number);
                return;
            }
            TinyServer::read_head(fd);
            TinyServer::say(fd, TinyServer::page("/first"));
            client.say([&] {
                TinyServer::say(fd, unasked);
                if (closes)
                    shutdown(fd, SHUT_WR);
            });
            asked += !TinyServer::read_head(fd).empty();
        });
        Pages pages;
        client.fetch(pages, model(),
                     "http://127.0.0.1:" + std::to_string(server->port()));
        EXPECT_EQ(server->accepted(), 2);
        server.reset();
        EXPECT_EQ(asked, 0);
    }
};
INSTANTIATE_FOR_EVERY_MODEL(Unasked);

TEST_P(Unasked, AnAnswerTooManyIsNotTheNextPage)
{
    expect_own_page(TinyServer::page("/stray"), false);
}

TEST_P(Unasked, AnImpatientServerIsNotTheNextPage)
{
    expect_own_page(TinyServer::page("late", "408 Request Timeout",
                                     "Connection: close\r\n"),
                    true);
}

TEST_P(Unasked, AByteAndAnEndAreNotTheNextPage)
{
    expect_own_page("\r", false);
    expect_own_page("", true);
}

/* The 408 has crossed the request on its way. */
TEST_P(KeepAlive, AnImpatientServerIsAskedOnceMore)
{
    TinyServer server([](int fd, int number) {
        if (number > 0) {
            TinyServer::echo(fd, number);
            return;
        }
        TinyServer::read_head(fd);
        TinyServer::say(fd, TinyServer::page("/first"));
        TinyServer::read_head(fd);
        TinyServer::say(fd, TinyServer::page("late", "408 Request Timeout"));
    });
    Pages pages;
    pages.options.keep_alive = true;
    for (const char *target : {"/first", "/second"})
        pages.add(METHOD_GET,
                  "http://127.0.0.1:" + std::to_string(server.port()) + target);
    pages.run(model());
    pages.expect_all_fine();
    EXPECT_EQ(pages[1].status, 200);
    EXPECT_EQ(pages.body(1), "/second");
}

} // namespace
