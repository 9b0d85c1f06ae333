/* SPDX-License-Identifier: MIT */
/* How a page is fetched when the kernel waits, on sockets that are real but
 * not kind. */
#include "base/clock.h"
#include "blocking/worker.h"

#include "support/asked.h"
#include "support/gate.h"
#include "support/scripted_clock.h"
#include "support/scripted_lookup.h"
#include "support/scripted_sockets.h"
#include "support/silent_server.h"
#include "support/tiny_server.h"

#include <cerrno>
#include <chrono>
#include <csignal>
#include <dirent.h>
#include <gtest/gtest.h>
#include <string>

namespace
{

int open_descriptors()
{
    int count = 0;
    DIR *directory = opendir("/proc/self/fd");
    while (readdir(directory))
        count++;
    closedir(directory);
    return count;
}

class Worker : public testing::Test
{
  protected:
    void SetUp() override
    {
        options.keep_alive = true;
        options.total_timeout = 20 * NANOS_PER_SECOND;
        ASSERT_EQ(0, cancel_init(&cancel));
    }

    void TearDown() override
    {
        stop();
        scripted_end();
        cancel_deinit(&cancel);
    }

    /* Options are read when a worker is made. */
    void stop()
    {
        if (running)
            blocking_worker_deinit(&worker);
        running = false;
    }

    const struct result &fetch(const Asked &asked, nanos earliest = 0)
    {
        if (!running) {
            EXPECT_EQ(0, blocking_worker_init(&worker, &options, token, 3));
        }
        running = true;
        struct job job = {};
        job.index = 7;
        job.request = &asked.request;
        job.earliest = earliest;
        return *blocking_fetch(&worker, &job);
    }

    void script(uint16_t port, std::vector<struct scripted_rule> rules)
    {
        ASSERT_EQ(0, scripted_begin(port, rules.data(), rules.size()));
    }

    struct call_options options = call_default_options;
    struct blocking_worker worker = {};
    struct cancel cancel = {};
    struct cancel *token = nullptr;
    bool running = false;
};

std::string body_of(const struct result &result)
{
    return std::string(result.body.data, result.body.size);
}

struct scripted_rule rule(enum scripted_call call, unsigned first,
                          unsigned every, size_t limit, int error)
{
    struct scripted_rule rule = {};
    rule.call = call;
    rule.first = first;
    rule.every = every;
    rule.limit = limit;
    rule.error = error;
    return rule;
}

/* For a script that only counts. */
const struct scripted_rule nothing_bent = rule(SCRIPTED_RECV, 1000, 0, 0, 0);

/* ---- what a page costs ---- */

TEST_F(Worker, APageOnAKeptConnectionCostsOneSendAndOneReceive)
{
    TinyServer server(TinyServer::echo);
    Asked asked(server.port(), "/x");
    ASSERT_EQ(scripted_clock_begin(), 0); /* each page follows at once */
    fetch(asked);
    for (struct cancel *whose : {(struct cancel *)nullptr, &cancel}) {
        worker.cancel = whose; /* the wish to stop costs nothing either */
        script(server.port(), {nothing_bent});
        for (int i = 0; i < 10; i++) {
            const struct result &result = fetch(asked);
            EXPECT_EQ(body_of(result), "/x");
            EXPECT_TRUE(result.reused);
        }
        EXPECT_EQ(scripted_seen(SCRIPTED_SEND), 10u);
        EXPECT_EQ(scripted_seen(SCRIPTED_RECV) - scripted_seen(SCRIPTED_TIRED),
                  10u);
        EXPECT_EQ(scripted_seen(SCRIPTED_SOCKET), 0u);
        EXPECT_EQ(scripted_seen(SCRIPTED_WAIT), scripted_seen(SCRIPTED_TIRED));
        scripted_end();
    }
    scripted_clock_end();
    EXPECT_EQ(server.accepted(), 1);
}

/* ---- a large body, and a connection that breaks ---- */

TEST_F(Worker, ALargeBodyIsSentWholeInManyParts)
{
    /* More than both ends of a connection hold: when the server has read a part
     * of it, the rest cannot all have been sent. */
    std::string sent(12 << 20, 'x'), seen;
    unsigned received = 0;
    for (size_t i = 0; i < sent.size(); i++)
        sent[i] = (char)(i * 7 >> 3);
    TinyServer server([&](int fd, int) {
        TinyServer::read_head(fd);
        seen = TinyServer::read_bytes(fd, 1 << 20);
        received = scripted_seen(SCRIPTED_RECV);
        seen += TinyServer::read_bytes(fd, sent.size() - seen.size());
        TinyServer::say(fd, TinyServer::page("thanks"));
    });
    script(server.port(), {nothing_bent});
    const struct result &result =
        fetch(Asked(server.port(), "/", METHOD_POST, sent));
    EXPECT_EQ(body_of(result), "thanks");
    EXPECT_TRUE(seen == sent);
    EXPECT_EQ(received, 0u)
        << "nothing is read while there is only room to write";
}

/* The order that a server's host needs to make our next send a broken pipe: it
 * closes, and then it knows nothing of the connection any more. */
TEST_F(Worker, AConnectionThatBrokeWhileItWasKeptIsNotASignal)
{
    std::signal(SIGPIPE, SIG_DFL);
    Gate broken;
    TinyServer server([&](int fd, int number) {
        TinyServer::read_head(fd);
        TinyServer::say(fd, TinyServer::page("ok"));
        if (number > 0)
            return;
        struct sockaddr nowhere = {};
        nowhere.sa_family = AF_UNSPEC;
        shutdown(fd, SHUT_WR);
        connect(fd, &nowhere, sizeof nowhere); /* sends a reset */
        broken.open();
    });
    Asked asked(server.port(), "/");
    EXPECT_EQ(body_of(fetch(asked)), "ok");
    broken.pass();
    EXPECT_EQ(body_of(fetch(asked)), "ok");
    EXPECT_EQ(server.accepted(), 2);
}

TEST_F(Worker, AServerThatLeavesWhileWeSendIsNotASignal)
{
    std::signal(SIGPIPE, SIG_DFL);
    TinyServer server([&](int, int) {});
    const struct result &result = fetch(
        Asked(server.port(), "/", METHOD_POST, std::string(32 << 20, 'x')));
    EXPECT_TRUE(result.error == FETCH_RESET || result.error == FETCH_CLOSED);
}

/* ---- look-ups and addresses ---- */

/* Of a host of which no address but the last may answer, all that hang at the
 * port of the server. */
class HangingAddresses
{
  public:
    explicit HangingAddresses(uint16_t port)
        : first(SilentServer::FULL, "127.0.0.79", port),
          second(SilentServer::FULL, "127.0.0.80", port)
    {
        EXPECT_EQ(first.error + second.error, 0);
        EXPECT_EQ(scripted_lookup_begin(hosts, 2), 0);
        EXPECT_EQ(scripted_clock_begin(), 0);
        start = monotonic_now();
    }
    ~HangingAddresses()
    {
        scripted_clock_end();
        scripted_lookup_end();
    }
    nanos start;

  private:
    const struct scripted_host hosts[2] = {
        {"two.test", {"127.0.0.79", "127.0.0.1"}, 0},
        {"none.test", {"127.0.0.79", "127.0.0.80"}, 0},
    };
    SilentServer first, second;
};

TEST_F(Worker, AnAddressThatHangsHasItsShareOfTheTime)
{
    options.connect_timeout = 10 * NANOS_PER_SECOND;
    options.total_timeout = NEVER;
    TinyServer server(TinyServer::echo);
    HangingAddresses hanging(server.port());
    Asked two("http://two.test:" + std::to_string(server.port()) + "/x");
    const struct result &result = fetch(two);
    EXPECT_EQ(result.error, FETCH_OK);
    EXPECT_EQ(body_of(result), "/x");
    EXPECT_GE(result.marks[MARK_CONNECTED] - hanging.start,
              5 * NANOS_PER_SECOND);
}

TEST_F(Worker, AddressesThatAllHangHaveTheConnectTimeoutTogether)
{
    options.connect_timeout = 10 * NANOS_PER_SECOND;
    TinyServer server(TinyServer::echo);
    HangingAddresses hanging(server.port());
    int before = open_descriptors();
    Asked none("http://none.test:" + std::to_string(server.port()) + "/x");
    const struct result &result = fetch(none);
    EXPECT_EQ(result.error, FETCH_CONNECT_TIMEOUT);
    EXPECT_GE(result.marks[MARK_DONE] - hanging.start, 10 * NANOS_PER_SECOND);
    EXPECT_LE(scripted_clock_jumped(), 10 * NANOS_PER_SECOND);
    EXPECT_EQ(open_descriptors(), before);
}

TEST_F(Worker, AnAddressThatHangsHasTwoSecondsWithoutADeadline)
{
    options.connect_timeout = options.total_timeout = NEVER;
    TinyServer server(TinyServer::echo);
    HangingAddresses hanging(server.port());
    Asked two("http://two.test:" + std::to_string(server.port()) + "/x");
    EXPECT_EQ(fetch(two).error, FETCH_OK);
    EXPECT_LE(scripted_clock_jumped(), 2 * NANOS_PER_SECOND);
    EXPECT_GE(monotonic_now() - hanging.start, 2 * NANOS_PER_SECOND);
}

TEST_F(Worker, AKeptConnectionSavesTheLookup)
{
    struct scripted_host hosts[] = {{"one.test", {"127.0.0.1"}, 0}};
    scripted_lookup_begin(hosts, 1);
    TinyServer server(TinyServer::echo);
    Asked asked("http://one.test:" + std::to_string(server.port()) + "/x");
    for (int i = 0; i < 3; i++)
        EXPECT_EQ(fetch(asked).error, FETCH_OK);
    EXPECT_EQ(scripted_lookups(), 1u);
    scripted_lookup_end();
}

TEST_F(Worker, RefusedIsRefusedAlsoWhenTheCallWasInterrupted)
{
    uint16_t port;
    {
        TinyServer gone(TinyServer::echo);
        port = gone.port();
    }
    script(port, {rule(SCRIPTED_CONNECT, 1, 0, 0, EINTR)});
    EXPECT_EQ(fetch(Asked(port, "/")).error, FETCH_REFUSED);
    EXPECT_EQ(scripted_bent(SCRIPTED_CONNECT), 1u);
}

/* ---- deadlines. Bounds are generous: this is not a race ---- */

nanos milliseconds(int count)
{
    return count * NANOS_PER_MILLISECOND;
}

/* Shorter and longer than the patience of a recv. */
const nanos timeouts[] = {milliseconds(30), milliseconds(150)};

TEST_F(Worker, ASilentServerMeetsTheDeadline)
{
    TinyServer server([](int fd, int) { TinyServer::linger(fd); });
    for (nanos timeout : timeouts)
        for (struct cancel *whose : {(struct cancel *)nullptr, &cancel}) {
            options.total_timeout = timeout;
            token = whose;
            script(server.port(), {nothing_bent});
            nanos start = monotonic_now();
            EXPECT_EQ(fetch(Asked(server.port(), "/")).error, FETCH_TIMEOUT);
            EXPECT_LE(scripted_seen(SCRIPTED_RECV),
                      timeout < BLOCKING_PATIENCE ? 0u : 1u)
                << "recv() waits only where it has the time";
            EXPECT_GE(monotonic_now() - start, timeout);
            EXPECT_EQ(worker.fd, -1);
            stop();
        }
}

/* ---- the wish to stop ---- */

TEST_F(Worker, CancelledBeforeItBeginsNothingIsSent)
{
    TinyServer server(TinyServer::echo);
    token = &cancel;
    cancel_request(&cancel);
    const struct result &result =
        fetch(Asked(server.port(), "/"), NEVER); /* and it does not wait */
    EXPECT_EQ(result.error, FETCH_CANCELLED);
    EXPECT_EQ(server.accepted(), 0);
}

TEST_F(Worker, AWaitForAnAnswerEndsWhenItIsCancelled)
{
    token = &cancel;
    TinyServer server([&](int fd, int) {
        TinyServer::read_head(fd);
        std::this_thread::sleep_for(std::chrono::milliseconds(220));
        cancel_request(&cancel);
        TinyServer::linger(fd);
    });
    script(server.port(), {nothing_bent});
    EXPECT_EQ(fetch(Asked(server.port(), "/")).error, FETCH_CANCELLED);
    EXPECT_EQ(scripted_seen(SCRIPTED_RECV), 1u)
        << "after its patience it sleeps in poll, and does not look again";
}

} // namespace
