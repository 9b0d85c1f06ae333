/* SPDX-License-Identifier: MIT */
/* What the steps of P0 promise. Where a page must not come all at once, the
 * calls of the client are under a script; where it must be there already, the
 * server is the other end of a pair of sockets, in this very thread. */
#include "lessons/P0/blocking.h"

#include "base/clock.h"
#include "support/gate.h"
#include "support/own_origin.h"
#include "support/pages.h"
#include "support/scripted_sockets.h"
#include "support/tiny_server.h"

#include <gtest/gtest.h>

#include <cerrno>
#include <dirent.h>
#include <fcntl.h>
#include <string>
#include <sys/socket.h>
#include <vector>

namespace
{

int count_descriptors()
{
    int count = 0;
    DIR *folder = opendir("/proc/self/fd");
    while (folder && readdir(folder))
        count++;
    closedir(folder);
    return count;
}

struct address loopback(uint16_t port)
{
    struct address address = {};
    EXPECT_TRUE(address_from_literal(&address, "127.0.0.1", port));
    return address;
}

/* A port of this machine on which nobody listens, and which stays so. */
class ClosedPort
{
  public:
    ClosedPort() : fd(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0))
    {
        address = loopback(0);
        EXPECT_EQ(0, bind(fd, &address.socket.any, address.size));
        getsockname(fd, &address.socket.any, &address.size);
    }
    ~ClosedPort()
    {
        close(fd);
    }
    uint16_t port() const
    {
        return ntohs(address.socket.ipv4.sin_port);
    }

    struct address address;

  private:
    int fd;
};

/* What a function returned, for a message: "-ECONNREFUSED", "7". */
std::string returned(int value)
{
    return value < 0 ? std::string("-") + strerrorname_np(-value)
                     : std::to_string(value);
}

} // namespace

/* ---- 1: connect ---- */

TEST(Step1, ConnectsToAServerThatListens)
{
    TinyServer server([](int fd, int) {
        TinyServer::say(fd, "hello");
        TinyServer::linger(fd);
    });
    struct address address = loopback(server.port());
    int fd = blocking_connect(&address);
    ASSERT_GE(fd, 0) << "a server listens there: wanted was a descriptor, and "
                     << returned(fd) << " came.";
    EXPECT_EQ(TinyServer::read_bytes(fd, 5), "hello")
        << "the server says hello to everybody who connects.";
    EXPECT_EQ(server.accepted(), 1) << "connections that the server has seen.";
    close(fd);
}

TEST(Step1, AClosedPortIsRefused)
{
    ClosedPort closed;
    int fd = blocking_connect(&closed.address);
    EXPECT_EQ(returned(fd), "-ECONNREFUSED")
        << "nobody listens there. An error is returned as a negative errno.";
}

TEST(Step1, AFailedConnectLeavesNoSocketOpen)
{
    ClosedPort closed;
    int before = count_descriptors();
    for (int i = 0; i < 5; i++)
        EXPECT_LT(blocking_connect(&closed.address), 0);
    int left_open = count_descriptors() - before;
    EXPECT_EQ(left_open, 0)
        << "descriptors more than before, after 5 connects that were refused."
           " The caller gets no socket, so nobody else can close it.";
}

TEST(Step1, WithoutASocketThereIsNothingToConnect)
{
    ClosedPort closed;
    struct scripted_rule rule = {};
    rule.call = SCRIPTED_SOCKET;
    rule.every = 1;
    rule.error = EMFILE;
    ASSERT_EQ(scripted_begin(closed.port(), &rule, 1), 0);
    int fd = blocking_connect(&closed.address);
    scripted_end();
    EXPECT_EQ(returned(fd), "-EMFILE")
        << "socket() failed: too many open files.";
    EXPECT_EQ(scripted_seen(SCRIPTED_CONNECT), 0u)
        << "calls of connect(), without a socket.";
}

/* ---- 2: send all ---- */

namespace
{

/* A server that only listens: what it heard, once the client has closed. */
class Listener
{
  public:
    Listener()
        : server([this](int peer, int) {
              char bytes[4096];
              ssize_t count;
              while ((count = TinyServer::hear(peer, bytes, sizeof bytes)) > 0)
                  if (heard.size() < 1 << 20)
                      heard.append(bytes, (size_t)count);
              finished.open();
          })
    {
        struct address address = loopback(server.port());
        fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        EXPECT_EQ(connect(fd, &address.socket.any, address.size), 0);
    }
    std::string hang_up()
    {
        close(fd);
        finished.pass();
        return heard;
    }
    uint16_t port() const
    {
        return server.port();
    }
    int fd;

  private:
    std::string heard;
    Gate finished;
    TinyServer server;
};

struct slice slice_from(const std::string &text)
{
    return {text.data(), text.size()};
}

struct scripted_rule rule_for(enum scripted_call call, unsigned first,
                              size_t limit, int error)
{
    struct scripted_rule rule = {};
    rule.call = call;
    rule.first = first;
    rule.limit = limit;
    rule.error = error;
    return rule;
}

} // namespace

TEST(Step2, EveryByteGoesOutOnceAndInOrder)
{
    const std::string text = "abcdefghijklmnopqrstuvwxyz!";
    Listener listener;
    /* The last rule ends a loop that would never end. */
    struct scripted_rule rules[] = {rule_for(SCRIPTED_SEND, 1, 1, 0),
                                    rule_for(SCRIPTED_SEND, 2, 3, 0),
                                    rule_for(SCRIPTED_SEND, 3, 7, 0),
                                    rule_for(SCRIPTED_SEND, 1000, 0, EPIPE)};
    ASSERT_EQ(scripted_begin(listener.port(), rules, 4), 0);
    int error = blocking_send(listener.fd, slice_from(text));
    scripted_end();
    std::string heard = listener.hang_up().substr(0, 60);
    EXPECT_EQ(heard, text)
        << "27 bytes were to be sent. The first send takes 1 of them, the"
           " second 3, the third 7, the fourth what is left. Calls made: "
        << scripted_seen(SCRIPTED_SEND) << ".";
    EXPECT_EQ(returned(error), "0") << "all has been sent.";
    EXPECT_EQ(scripted_seen(SCRIPTED_SEND), 4u) << "calls of send.";
}

TEST(Step2, AnInterruptedCallIsMadeAgain)
{
    const std::string text = "a request";
    Listener listener;
    struct scripted_rule rules[] = {rule_for(SCRIPTED_SEND, 1, 2, 0),
                                    rule_for(SCRIPTED_SEND, 2, 0, EINTR),
                                    rule_for(SCRIPTED_SEND, 1000, 0, EPIPE)};
    ASSERT_EQ(scripted_begin(listener.port(), rules, 3), 0);
    int error = blocking_send(listener.fd, slice_from(text));
    scripted_end();
    std::string heard = listener.hang_up().substr(0, 60);
    EXPECT_EQ(heard, text)
        << "the first send takes 2 bytes, the second is interrupted by a"
           " signal (EINTR): nothing is sent by it and nothing is wrong.";
    EXPECT_EQ(returned(error), "0");
}

TEST(Step2, AConnectionThatIsGoneIsAnErrorAndNoSignal)
{
    int ends[2];
    ASSERT_EQ(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
    close(ends[1]);
    int error = blocking_send(ends[0], slice_of("is anybody there?"));
    EXPECT_EQ(returned(error), "-EPIPE")
        << "the other end is closed. Without MSG_NOSIGNAL the kernel sends"
           " SIGPIPE, which ends the program.";
    close(ends[0]);
}

/* ---- 3: until the page is whole ---- */

namespace
{

/* A call whose connection is one end of a pair of sockets; the test is the
 * server at the other end. Nothing here waits, the client's end is told not to.
 * Of this pair each recv takes what was sent at once and no more: so what comes
 * in single bytes is taken in single bytes. */
class Connected : public Asked
{
  public:
    explicit Connected(enum method method = METHOD_GET,
                       const std::string &body = "")
        : Asked(80, "/page", method, body)
    {
        EXPECT_EQ(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, ends), 0);
        fcntl(ends[0], F_SETFL, O_NONBLOCK);
        call_init(&call, &call_default_options);
        call_start(&call, &request, 0, monotonic_now());
        call_connected(&call, nullptr, monotonic_now());
    }
    ~Connected()
    {
        call_deinit(&call);
        close(ends[0]);
        close(ends[1]);
    }

    void server_says(const std::string &text)
    {
        for (const char &byte : text)
            TinyServer::tell(ends[1], &byte, 1);
    }
    std::string server_hears() const
    {
        return hear_all(ends[1]);
    }
    /* What has come to the client and was not received. */
    std::string left() const
    {
        return hear_all(ends[0]);
    }
    std::string body() const
    {
        const struct buffer &body = call.result.body;
        return std::string(body.data ? body.data : "", body.size);
    }

    struct call call;
    int ends[2];

  private:
    static std::string hear_all(int fd)
    {
        std::string all;
        char bytes[4096];
        ssize_t count;
        while ((count = recvfrom(fd, bytes, sizeof bytes, MSG_DONTWAIT, nullptr,
                                 nullptr)) > 0)
            all.append(bytes, (size_t)count);
        return all;
    }
};

std::string explain(const struct result &result)
{
    struct buffer text = {};
    result_explain(&result, &text);
    std::string copy(text.data ? text.data : "", text.size);
    buffer_deinit(&text);
    return copy;
}

/* Fetches one page of the origin. */
class Fetched : public Asked
{
  public:
    Fetched(uint16_t port, const std::string &target,
            enum method method = METHOD_GET, const std::string &body = "")
        : Asked(port, target, method, body)
    {
        struct job job = {};
        job.request = &request;
        call_init(&call, &call_default_options);
        blocking_fetch(&call, &job);
    }
    ~Fetched()
    {
        call_deinit(&call);
    }

    void expect(const std::string &target, const std::string &wanted) const
    {
        const struct result &result = call.result;
        std::string body(result.body.data ? result.body.data : "",
                         result.body.size);
        EXPECT_EQ(body.size(), wanted.size())
            << "bytes of " << target << " that arrived, and that should have. "
            << (result.detail == -EPERM
                    ? "-1 was reported, as recv has returned it, for an error:"
                      " which one it was stands in errno."
                    : explain(result));
        EXPECT_TRUE(body == wanted) << target << " arrived, but changed.";
        EXPECT_EQ(result.error, FETCH_OK) << explain(result);
    }

    struct call call;
};

} // namespace

TEST(Step3, ReceivesThePageAndNoMore)
{
    Connected client;
    client.server_says(TinyServer::page("a small page"));
    client.server_says("?");
    blocking_drive(&client.call, client.ends[0]);
    EXPECT_EQ(client.server_hears(), std::string(client.request.wire[0].data,
                                                 client.request.wire[0].size))
        << "the server has to get the request, whole and once. call_sent is "
           "told"
           " how many bytes went out; blocking_send returns 0 when that is all"
           " of them.";
    EXPECT_EQ(client.body(), "a small page")
        << "each recv gives one byte of the answer; "
        << (call_need(&client.call) == CALL_NEEDS_TRANSFER
                ? "you have left before the call had all that it needs."
                : explain(client.call.result));
    std::string left = client.left();
    EXPECT_EQ(left, "?")
        << "after the last byte of the page one more stood here, which is not"
           " the page's: it was to be left alone. The server keeps the"
           " connection open. A client that receives once too often, or until"
           " the server closes, waits for ever.";
    EXPECT_EQ(client.call.result.error, FETCH_OK)
        << explain(client.call.result);
}

TEST(Step3, APageOfManyPiecesIsWhole)
{
    OwnOrigin origin;
    for (const char *target :
         {"/bytes/100000", "/stream/5000", "/bytes/20?length=close"}) {
        Fetched page(origin.port(), target);
        size_t size = strtoul(strrchr(target, '/') + 1, nullptr, 10);
        if (strstr(target, "/bytes/20"))
            size = 20;
        page.expect(target, OwnOrigin::body(size));
    }
    std::string drip = "/drip?bytes=20&every=1ms";
    Fetched(origin.port(), drip).expect(drip, OwnOrigin::body(20));
}

TEST(Step3, OneByteAtATimeIsEnough)
{
    OwnOrigin origin;
    struct scripted_rule rules[] = {rule_for(SCRIPTED_RECV, 3, 0, EINTR),
                                    rule_for(SCRIPTED_RECV, 5000, 0, EIO),
                                    rule_for(SCRIPTED_RECV, 1, 1, 0)};
    rules[2].every = 1;
    ASSERT_EQ(scripted_begin(origin.port(), rules, 3), 0);
    Fetched page(origin.port(), "/bytes/500");
    scripted_end();
    page.expect("/bytes/500 (each recv gives one byte, the third is"
                " interrupted)",
                OwnOrigin::body(500));
}

TEST(Step3, APostGoesOutWhole)
{
    OwnOrigin origin;
    std::string body = OwnOrigin::body(300000);
    Fetched(origin.port(), "/echo", METHOD_POST, body)
        .expect("/echo, to which 300000 bytes were posted,", body);
}

TEST(Step3, AServerThatDoesNotListenIsHeardAllTheSame)
{
    Connected client(METHOD_POST, std::string(100, 'x'));
    client.server_says(TinyServer::page("enough", "413 Enough"));
    shutdown(client.ends[1], SHUT_RD);
    blocking_drive(&client.call, client.ends[0]);
    EXPECT_EQ(client.call.result.status, 413)
        << "the server has answered before it had read all, and does not read"
           " any more: sending fails (EPIPE). That is reported by call_sent,"
           " and the answer is there to be received.";
    EXPECT_EQ(client.body(), "enough") << explain(client.call.result);
}

TEST(Step3, AConnectionThatBreaksIsReported)
{
    OwnOrigin origin;
    struct scripted_rule rules[] = {rule_for(SCRIPTED_RECV, 1, 10, 0),
                                    rule_for(SCRIPTED_RECV, 2, 0, ECONNRESET)};
    ASSERT_EQ(scripted_begin(origin.port(), rules, 2), 0);
    Fetched page(origin.port(), "/bytes/500");
    scripted_end();
    EXPECT_EQ(fetch_error_word(page.call.result.error), std::string("reset"))
        << "the second recv failed with ECONNRESET: reported by"
           " call_received, as a negative errno.";
}

/* ---- 4: many, one after another ---- */

namespace
{

/* A batch that writes down who asks for what when. */
struct Traced {
    struct batch batch; /* the first member: the functions find us by it */
    std::vector<const struct request *> requests;
    size_t next = 0;
    std::string trace, done;

    Traced()
    {
        batch = {};
        batch.concurrency = 1;
        batch.options = &call_default_options;
        batch.next = [](struct batch *me, struct job *job) {
            auto *self = reinterpret_cast<Traced *>(me);
            if (self->next == self->requests.size()) {
                self->trace += "no next";
                return false;
            }
            *job = {};
            job->index = self->next++;
            job->request = self->requests[job->index];
            self->trace += "next " + std::to_string(job->index) + ", ";
            return true;
        };
        batch.done = [](struct batch *me, size_t index, struct result *result) {
            auto *self = reinterpret_cast<Traced *>(me);
            self->trace += "done " + std::to_string(index) + ", ";
            self->done += std::to_string(index) + " " +
                          fetch_error_word(result->error) + ", ";
        };
    }
};

} // namespace

TEST(Step4, FetchesOneAfterTheOther)
{
    OwnOrigin origin;
    Asked a(origin.port(), "/bytes/1"), b(origin.port(), "/bytes/2"),
        c(origin.port(), "/bytes/3");
    Traced traced;
    traced.requests = {&a.request, &b.request, &c.request};
    EXPECT_EQ(sequential_run(&traced.batch), 0);
    EXPECT_EQ(traced.trace,
              "next 0, done 0, next 1, done 1, next 2, done 2, no next")
        << "three pages. next: batch_next was called, done: batch_done.";
    EXPECT_EQ(traced.done, "0 ok, 1 ok, 2 ok, ") << "what came of each.";
}

TEST(Step4, AnErrorIsHandedOverAndTheNextPageFetched)
{
    OwnOrigin origin;
    ClosedPort closed;
    Asked a(origin.port(), "/bytes/1"), b(closed.port(), "/"),
        c(origin.port(), "/reset"), d(origin.port(), "/close"),
        e(origin.port(), "/bytes/2");
    Traced traced;
    traced.requests = {&a.request, &b.request, &c.request, &d.request,
                       &e.request};
    EXPECT_EQ(sequential_run(&traced.batch), 0);
    EXPECT_EQ(traced.done, "0 ok, 1 refused, 2 reset, 3 closed, 4 ok, ")
        << "what was handed over. The second page is at a port where nobody "
           "listens, the third"
           " server resets the connection, the fourth closes it.";
}

TEST(Step4, EachPageGoesToItsOwnPlace)
{
    OwnOrigin origin;
    Pages pages;
    const std::vector<size_t> sizes = {10, 0, 3000, 7};
    for (size_t size : sizes)
        pages.ask(origin.port(), "/bytes/" + std::to_string(size) + "?run=a");
    pages.ask(origin.port(), "/status/404?run=a");
    struct model mine = {};
    mine.run = sequential_run;
    ASSERT_NO_FATAL_FAILURE(pages.run(mine))
        << "each job that batch_next hands out comes back once.";
    for (size_t i = 0; i < sizes.size(); i++)
        EXPECT_EQ(pages.body(i), OwnOrigin::body(sizes[i])) << "page " << i;
    EXPECT_EQ(pages[4].status, 404) << "a 404 is a page too, and no error.";
    EXPECT_EQ(origin.saw("a", "requests"), 5) << "requests at the server.";
    EXPECT_EQ(origin.saw("a", "most_in_flight"), 1)
        << "most requests at once, as the server saw them.";
}
