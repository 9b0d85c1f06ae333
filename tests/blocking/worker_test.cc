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
#include <netdb.h>
#include <string>
#include <sys/time.h>

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

TEST_F(Worker, FetchesAPageAndSaysWhoDidIt)
{
    TinyServer server(TinyServer::echo);
    const struct result &result = fetch(Asked(server.port(), "/hello"));
    EXPECT_EQ(result.error, FETCH_OK);
    EXPECT_EQ(result.status, 200);
    EXPECT_EQ(body_of(result), "/hello");
    EXPECT_EQ(result.doer.pid, getpid());
    EXPECT_EQ(result.doer.thread, gettid());
    EXPECT_EQ(result.doer.slot, 3u);
    nanos last = 0;
    for (int mark : {MARK_START, MARK_RESOLVED, MARK_CONNECTED, MARK_SENT,
                     MARK_FIRST_BYTE, MARK_DONE}) {
        EXPECT_NE(result.marks[mark], NEVER) << mark;
        EXPECT_LE(last, result.marks[mark]) << mark;
        last = result.marks[mark];
    }
}

/* ---- what a page costs ---- */

TEST_F(Worker, APageOnAKeptConnectionCostsOneSendAndOneReceive)
{
    TinyServer server(TinyServer::echo);
    Asked asked(server.port(), "/x");
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
        /* One more where a slow machine has let the connection rest: it is
         * looked at then. */
        EXPECT_GE(scripted_seen(SCRIPTED_RECV), 10u);
        EXPECT_LE(scripted_seen(SCRIPTED_RECV), 20u);
        EXPECT_EQ(scripted_seen(SCRIPTED_SOCKET), 0u);
        EXPECT_EQ(scripted_seen(SCRIPTED_WAIT), 0u);
        scripted_end();
    }
    EXPECT_EQ(server.accepted(), 1);
}

/* ---- calls that do less than they were asked, or nothing ---- */

struct Bent {
    const char *what;
    std::vector<struct scripted_rule> rules;
};

const Bent bent[] = {
    {"sends of one byte", {rule(SCRIPTED_SEND, 1, 1, 1, 0)}},
    {"sends of seven bytes", {rule(SCRIPTED_SEND, 1, 1, 7, 0)}},
    {"every second send is interrupted",
     {rule(SCRIPTED_SEND, 1, 2, 0, EINTR), rule(SCRIPTED_SEND, 2, 2, 5, 0)}},
    {"every second send finds no room",
     {rule(SCRIPTED_SEND, 1, 2, 0, EAGAIN), rule(SCRIPTED_SEND, 2, 2, 3, 0)}},
    {"single bytes come", {rule(SCRIPTED_RECV, 1, 1, 1, 0)}},
    {"every second receive is interrupted",
     {rule(SCRIPTED_RECV, 1, 2, 0, EINTR), rule(SCRIPTED_RECV, 2, 2, 3, 0)}},
    {"connecting is interrupted", {rule(SCRIPTED_CONNECT, 1, 0, 0, EINTR)}},
    {"connecting and waiting for it are interrupted",
     {rule(SCRIPTED_CONNECT, 1, 0, 0, EINTR),
      rule(SCRIPTED_WAIT, 1, 0, 0, EINTR),
      rule(SCRIPTED_WAIT, 2, 0, 0, EINTR)}},
};

TEST_F(Worker, CallsThatDoLessThanAskedChangeNothing)
{
    for (const Bent &one : bent) {
        SCOPED_TRACE(one.what);
        std::string seen;
        TinyServer server([&](int fd, int) {
            seen = TinyServer::read_head(fd);
            TinyServer::say(fd, TinyServer::page("a page, whole"));
            TinyServer::linger(fd);
        });
        Asked asked(server.port(), "/target");
        script(server.port(), one.rules);
        const struct result &result = fetch(asked);
        scripted_end();
        EXPECT_EQ(result.error, FETCH_OK);
        EXPECT_EQ(body_of(result), "a page, whole");
        const struct buffer &wire = asked.request.wire[1];
        EXPECT_EQ(seen, std::string(wire.data, wire.size));
        stop();
    }
}

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

TEST_F(Worker, AnAnswerToALargeBodyIsHeardWhileItIsStillBeingSent)
{
    Gate answered;
    TinyServer server([&](int fd, int) {
        TinyServer::read_head(fd);
        TinyServer::say(fd, TinyServer::page("no", "413 Content Too Large"));
        answered.pass(); /* and reads nothing more */
    });
    const struct result &result = fetch(
        Asked(server.port(), "/", METHOD_POST, std::string(32 << 20, 'x')));
    answered.open();
    EXPECT_EQ(result.error, FETCH_OK);
    EXPECT_EQ(result.status, 413);
    EXPECT_EQ(worker.fd, -1) << "half a request is still on its way there";
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

void ignore(int)
{
}

TEST_F(Worker, AStormOfSignalsIsWeathered)
{
    struct sigaction action = {};
    action.sa_handler = ignore; /* no SA_RESTART: everything is interrupted */
    sigaction(SIGALRM, &action, nullptr);
    struct itimerval storm = {{0, 2000}, {0, 2000}}, calm = {};
    TinyServer server([&](int fd, int) {
        for (std::string head; !(head = TinyServer::read_head(fd)).empty();) {
            std::this_thread::sleep_for(std::chrono::milliseconds(1));
            TinyServer::say(fd, TinyServer::page(std::string(100000, 'y')));
        }
    });
    Asked asked(server.port(), "/");
    setitimer(ITIMER_REAL, &storm, nullptr);
    for (int i = 0; i < 50; i++) {
        const struct result &result = fetch(asked);
        EXPECT_EQ(result.error, FETCH_OK);
        EXPECT_EQ(result.body_bytes, 100000u);
    }
    setitimer(ITIMER_REAL, &calm, nullptr);
}

/* ---- connections, kept and not ---- */

TEST_F(Worker, AConnectionServesOnlyTheHostThatItLeadsTo)
{
    TinyServer one(TinyServer::echo), other(TinyServer::echo);
    EXPECT_EQ(body_of(fetch(Asked(one.port(), "/1"))), "/1");
    EXPECT_EQ(body_of(fetch(Asked(other.port(), "/2"))), "/2");
    EXPECT_EQ(body_of(fetch(Asked(one.port(), "/3"))), "/3");
    EXPECT_EQ(one.accepted(), 2);
    EXPECT_EQ(other.accepted(), 1);
}

TEST_F(Worker, WithoutKeepAliveEachPageHasItsConnection)
{
    options.keep_alive = false;
    TinyServer server(TinyServer::echo);
    Asked asked(server.port(), "/");
    int before = 0;
    for (int i = 0; i < 3; i++) {
        EXPECT_FALSE(fetch(asked).reused);
        EXPECT_EQ(worker.fd, -1);
        before = before ? before : open_descriptors();
    }
    EXPECT_EQ(server.accepted(), 3);
}

TEST_F(Worker, AServerThatSaysCloseIsBelieved)
{
    TinyServer server([&](int fd, int) {
        TinyServer::read_head(fd);
        TinyServer::say(
            fd, TinyServer::page("bye", "200 OK", "Connection: close\r\n"));
        TinyServer::linger(fd);
    });
    Asked asked(server.port(), "/");
    EXPECT_EQ(body_of(fetch(asked)), "bye");
    EXPECT_EQ(worker.fd, -1);
    EXPECT_EQ(body_of(fetch(asked)), "bye");
}

TEST_F(Worker, AKeptConnectionThatHasGoneStaleIsReplacedOnce)
{
    TinyServer server([&](int fd, int) {
        TinyServer::read_head(fd);
        TinyServer::say(fd, TinyServer::page("still here"));
    });
    Asked asked(server.port(), "/");
    for (int i = 0; i < 3; i++) {
        const struct result &result = fetch(asked);
        EXPECT_EQ(body_of(result), "still here");
        EXPECT_FALSE(result.reused);
    }
    EXPECT_EQ(server.accepted(), 3);
}

TEST_F(Worker, APostIsNeverSentOnAKeptConnection)
{
    TinyServer server([&](int fd, int) {
        while (!TinyServer::read_head(fd).empty()) {
            TinyServer::read_bytes(fd, 4);
            TinyServer::say(fd, TinyServer::page("ok"));
        }
    });
    Asked asked(server.port(), "/", METHOD_POST, "body");
    EXPECT_FALSE(fetch(asked).reused);
    EXPECT_FALSE(fetch(asked).reused);
    EXPECT_EQ(server.accepted(), 2);
}

TEST_F(Worker, ARedirectStaysOnItsConnectionWhereItCan)
{
    options.redirects_max = 5;
    TinyServer server([&](int fd, int) {
        TinyServer::read_head(fd);
        TinyServer::say(
            fd, TinyServer::page("", "302 Found", "Location: /there\r\n"));
        TinyServer::echo(fd, 0);
    });
    const struct result &result = fetch(Asked(server.port(), "/here"));
    EXPECT_EQ(body_of(result), "/there");
    EXPECT_EQ(result.redirects, 1);
    EXPECT_TRUE(result.reused);
    EXPECT_EQ(server.accepted(), 1);
}

/* ---- look-ups and addresses ---- */

TEST_F(Worker, AnAddressThatRefusesMakesRoomForTheNext)
{
    struct scripted_host hosts[] = {
        {"two.test", {"127.0.0.2", "127.0.0.1"}, 0},
    };
    scripted_lookup_begin(hosts, 1);
    TinyServer server(TinyServer::echo);
    Asked asked("http://two.test:" + std::to_string(server.port()) + "/x");
    const struct result &result = fetch(asked);
    EXPECT_EQ(result.error, FETCH_OK);
    EXPECT_EQ(body_of(result), "/x");
    scripted_lookup_end();
}

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

TEST_F(Worker, ANameThatDoesNotResolveSaysWhatTheResolverSaid)
{
    struct scripted_host hosts[] = {{"gone.test", {}, EAI_AGAIN}};
    scripted_lookup_begin(hosts, 1);
    const struct result &again = fetch(Asked("http://gone.test/"));
    EXPECT_EQ(again.error, FETCH_NO_HOST);
    EXPECT_EQ(again.detail, EAI_AGAIN);
    EXPECT_EQ(fetch(Asked("http://unknown.test/")).detail, EAI_NONAME);
    scripted_lookup_end();
}

TEST_F(Worker, RefusedEverywhereIsRefused)
{
    uint16_t port;
    {
        TinyServer gone(TinyServer::echo);
        port = gone.port();
    }
    int before = open_descriptors();
    const struct result &result = fetch(Asked(port, "/"));
    EXPECT_EQ(result.error, FETCH_REFUSED);
    EXPECT_EQ(result.detail, -ECONNREFUSED);
    EXPECT_EQ(open_descriptors(), before);
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

TEST_F(Worker, WithoutAFreeDescriptorTheErrorSaysSo)
{
    TinyServer server(TinyServer::echo);
    script(server.port(), {rule(SCRIPTED_SOCKET, 1, 0, 0, EMFILE)});
    Asked asked(server.port(), "/");
    EXPECT_EQ(fetch(asked).error, FETCH_NO_DESCRIPTOR);
    EXPECT_EQ(fetch(asked).error, FETCH_OK);
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

TEST_F(Worker, AServerThatDripsStretchesNoDeadline)
{
    TinyServer server([](int fd, int) {
        TinyServer::read_head(fd);
        TinyServer::say(fd, "HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n");
        while (TinyServer::tell(fd, "x", 1) == 1)
            std::this_thread::sleep_for(std::chrono::milliseconds(5));
    });
    for (nanos timeout : timeouts) {
        options.total_timeout = timeout;
        nanos start = monotonic_now();
        const struct result &result = fetch(Asked(server.port(), "/"));
        EXPECT_EQ(result.error, FETCH_TIMEOUT);
        EXPECT_GT(result.body_bytes, 0u);
        EXPECT_LT(monotonic_now() - start, 5 * NANOS_PER_SECOND);
        stop();
    }
}

TEST_F(Worker, AServerThatReadsNothingMeetsTheDeadlineToo)
{
    options.total_timeout = milliseconds(150);
    Gate over;
    TinyServer server([&](int, int) { over.pass(); });
    const struct result &result = fetch(
        Asked(server.port(), "/", METHOD_POST, std::string(32 << 20, 'x')));
    over.open();
    EXPECT_EQ(result.error, FETCH_TIMEOUT);
}

/* A listener whose queue is full does not answer: connecting waits. */
class Unreachable
{
  public:
    Unreachable()
    {
        address_.sin_family = AF_INET;
        address_.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t size = sizeof address_;
        listener_ = socket(AF_INET, SOCK_STREAM, 0);
        struct sockaddr *any = reinterpret_cast<struct sockaddr *>(&address_);
        EXPECT_EQ(0, bind(listener_, any, size));
        EXPECT_EQ(0, listen(listener_, 0));
        getsockname(listener_, any, &size);
        for (int &fd : guests_) {
            fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
            connect(fd, any, size);
        }
    }
    ~Unreachable()
    {
        for (int fd : guests_)
            close(fd);
        close(listener_);
    }
    uint16_t port() const
    {
        return ntohs(address_.sin_port);
    }

  private:
    struct sockaddr_in address_ = {};
    int listener_ = -1, guests_[4];
};

TEST_F(Worker, ConnectingHasADeadlineOfItsOwn)
{
    Unreachable nobody;
    for (nanos timeout : timeouts) {
        options.connect_timeout = timeout;
        nanos start = monotonic_now();
        int before = open_descriptors();
        EXPECT_EQ(fetch(Asked(nobody.port(), "/")).error,
                  FETCH_CONNECT_TIMEOUT);
        EXPECT_GE(monotonic_now() - start, timeout);
        EXPECT_EQ(open_descriptors(), before);
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

TEST_F(Worker, AWaitForAConnectionEndsWhenItIsCancelled)
{
    token = &cancel;
    options.connect_timeout = NEVER;
    options.total_timeout = NEVER;
    Unreachable nobody;
    std::thread other([&] {
        std::this_thread::sleep_for(std::chrono::milliseconds(120));
        cancel_request(&cancel);
    });
    EXPECT_EQ(fetch(Asked(nobody.port(), "/")).error, FETCH_CANCELLED);
    other.join();
}

TEST_F(Worker, AJobThatIsNotDueYetWaits)
{
    token = &cancel;
    TinyServer server(TinyServer::echo);
    Asked asked(server.port(), "/");
    nanos due = monotonic_now() + milliseconds(20);
    const struct result &result = fetch(asked, due);
    EXPECT_EQ(result.error, FETCH_OK);
    EXPECT_GE(result.marks[MARK_START], due);
    std::thread other([&] { cancel_request(&cancel); });
    EXPECT_EQ(fetch(asked, NEVER).error, FETCH_CANCELLED);
    other.join();
}

} // namespace
