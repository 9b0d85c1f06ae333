/* SPDX-License-Identifier: MIT */
/* What the steps of P0 promise. Where a page must not come all at once, the
 * calls of the client are under a script; where it must be there already, the
 * server is the other end of a pair of sockets, in this very thread. */
#include "lessons/P0/blocking.h"

#include "base/clock.h"
#include "lessons/check/sockets.h"
#include "lessons/check/words.h"
#include "support/gate.h"
#include "support/own_origin.h"
#include "support/pages.h"
#include "support/tiny_server.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cerrno>
#include <fcntl.h>
#include <string>
#include <sys/socket.h>
#include <utility>
#include <vector>

/* ---- 1: connect ---- */

TEST(Step1, ConnectsToAServerThatListens)
{
    TinyServer server([](int fd, int) {
        TinyServer::say(fd, "hello");
        TinyServer::linger(fd);
    });
    struct address address = {};
    address_from_literal(&address, "127.0.0.1", server.port());
    int fd = blocking_connect(&address);
    ASSERT_GE(fd, 0) << "what blocking_connect has returned: a server listens"
                        " there, so it should have been a descriptor.";
    std::string heard = TinyServer::read_bytes(fd, 5);
    EXPECT_EQ(heard, "hello")
        << "the server says hello to each client, and this is what came from"
           " descriptor "
        << fd << ", which blocking_connect has returned.";
    int accepted = server.accepted();
    EXPECT_EQ(accepted, 1) << "connections that the server has seen.";
    close(fd);
}

TEST(Step1, AnAddressMayBeOfEitherFamily)
{
    Bound server(AF_INET6, 1);
    struct address address = server.address;
    if (!server.is_there) /* a machine without IPv6; connect fails there */
        address_from_literal(&address, "::1", 9);
    int fd = blocking_connect(&address);
    if (!server.is_there)
        return;
    ASSERT_GE(fd, 0) << "what blocking_connect has returned: the server"
                        " listens at ::1, an address of the family AF_INET6.";
    int peer = accept4(server.fd, nullptr, nullptr, SOCK_NONBLOCK);
    EXPECT_GE(peer, 0) << "the server at ::1 has seen no connection.";
    close(peer);
    close(fd);
}

TEST(Step1, ADescriptorMayBeZero)
{
    Bound server(AF_INET, 1);
    close(0); /* then the next one that is opened gets this number */
    int fd = blocking_connect(&server.address);
    EXPECT_EQ(fd, 0) << "standard input is closed, as in many a server, and so"
                        " the socket got the number 0. Only numbers below 0 are"
                        " no descriptors.";
    close(0);
    open("/dev/null", O_RDONLY | O_CLOEXEC);
}

TEST(Step1, AClosedPortIsRefused)
{
    Bound closed;
    std::string result = returned(blocking_connect(&closed.address));
    EXPECT_EQ(result, "-ECONNREFUSED")
        << "what blocking_connect has returned: at this port no server"
           " listens. An error is returned as a negative errno, and close() may"
           " change errno.";
}

TEST(Step1, AFailedConnectLeavesNoSocketOpen)
{
    Bound closed;
    int before = count_descriptors();
    for (int i = 0; i < 5; i++)
        blocking_connect(&closed.address);
    int left_open = count_descriptors() - before;
    EXPECT_EQ(left_open, 0)
        << "descriptors more than before, after 5 connects that were refused."
           " The caller gets no socket, so it cannot close it.";
}

TEST(Step1, WithoutASocketThereIsNothingToConnect)
{
    Bound closed;
    struct scripted_rule rule = rule_for(SCRIPTED_SOCKET, 1, 0, EMFILE, 1);
    ASSERT_EQ(scripted_begin(closed.port(), &rule, 1), 0) << own_trouble;
    std::string result = returned(blocking_connect(&closed.address));
    scripted_end();
    EXPECT_EQ(result, "-EMFILE")
        << "what blocking_connect has returned: socket() failed, for there were"
           " too many open files.";
    unsigned connects = scripted_seen(SCRIPTED_CONNECT);
    EXPECT_EQ(connects, 0u) << "calls of connect(), without a socket.";
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
        struct address address = {};
        address_from_literal(&address, "127.0.0.1", server.port());
        fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        EXPECT_EQ(connect(fd, &address.socket.any, address.size), 0)
            << own_trouble;
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

/* Text out of the middle of some memory: what is around it was not asked for.
 * In the text there are bytes of value 0, which end a string and no slice. */
class Middle
{
  public:
    explicit Middle(std::string of)
        : text(std::move(of)), memory("<<<<" + text + ">>>>")
    {
    }
    struct slice slice() const
    {
        return {memory.data() + 4, text.size()};
    }
    const std::string text;

  private:
    std::string memory;
};

/* What the other end has heard of it, and what was returned. */
struct Sent {
    std::string heard, result;
};

/* The last rule ends a loop that would never end. */
Sent send_all(const Middle &middle, std::vector<struct scripted_rule> rules)
{
    Listener listener;
    Sent sent;
    rules.push_back(rule_for(SCRIPTED_SEND, 1000, 0, EPIPE));
    EXPECT_EQ(scripted_begin(listener.port(), rules.data(), rules.size()), 0)
        << own_trouble;
    sent.result = returned(blocking_send(listener.fd, middle.slice()));
    scripted_end();
    sent.heard = listener.hang_up().substr(0, 80);
    return sent;
}

std::string text_with_zeros()
{
    return std::string("abcdefgh\0ijk\0lmnopqrstuvw\0!", 27);
}

} // namespace

TEST(Step2, EveryByteGoesOutOnceAndInOrder)
{
    Middle middle(text_with_zeros());
    Sent sent = send_all(middle, {rule_for(SCRIPTED_SEND, 1, 1, 0),
                                  rule_for(SCRIPTED_SEND, 2, 3, 0),
                                  rule_for(SCRIPTED_SEND, 3, 7, 0)});
    EXPECT_EQ(sent.heard, middle.text)
        << "what the other end has heard of 27 bytes, some of them \\0. The"
           " first send took 1 byte, the second 3, the third 7, the fourth was"
           " allowed all that is left. Calls made: "
        << scripted_seen(SCRIPTED_SEND) << ".";
    EXPECT_EQ(sent.result, "0") << "what blocking_send has returned; all has"
                                   " been sent.";
}

TEST(Step2, AnInterruptedCallIsMadeAgain)
{
    Middle middle("a request");
    Sent sent = send_all(middle, {rule_for(SCRIPTED_SEND, 1, 2, 0, 3),
                                  rule_for(SCRIPTED_SEND, 2, 0, EINTR, 3),
                                  rule_for(SCRIPTED_SEND, 3, 0, EINTR, 3)});
    EXPECT_EQ(sent.heard, middle.text)
        << "what the other end has heard. Each send takes 2 bytes, and then two"
           " in a row are interrupted by a signal (EINTR): they send nothing,"
           " and nothing is wrong.";
    EXPECT_EQ(sent.result, "0") << "what blocking_send has returned.";
}

TEST(Step2, WhatFailsIsReturnedByItsNumber)
{
    for (int error : {ECONNRESET, ENOBUFS}) {
        Middle middle("a request");
        Sent sent = send_all(middle, {rule_for(SCRIPTED_SEND, 1, 2, 0),
                                      rule_for(SCRIPTED_SEND, 2, 0, error)});
        EXPECT_EQ(sent.result, returned(-error))
            << "what blocking_send has returned. The first send took 2 bytes,"
               " and the second has failed with this error.";
    }
}

TEST(Step2, NothingIsSentOfNothing)
{
    Sent sent = send_all(Middle(""), {});
    EXPECT_EQ(sent.result, "0") << "what blocking_send has returned, for a"
                                   " slice of 0 bytes.";
    EXPECT_EQ(sent.heard, "") << "what the other end has heard.";
}

TEST(Step2, AConnectionThatIsGoneIsAnErrorAndNoSignal)
{
    int ends[2];
    ASSERT_EQ(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0) << own_trouble;
    close(ends[1]);
    std::string result =
        returned(blocking_send(ends[0], slice_of("is a reader there?")));
    EXPECT_EQ(result, "-EPIPE")
        << "what blocking_send has returned; the other end is closed.";
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
        EXPECT_EQ(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, ends), 0)
            << own_trouble;
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
        return body_of(call.result);
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
        std::string body = body_of(result);
        EXPECT_EQ(body.size(), wanted.size())
            << "bytes of " << target << " that arrived, and that should have. "
            << (result.detail == -EPERM
                    ? "-1 was reported, as recv has returned it, for an error:"
                      " which one it was is in errno."
                    : explained(result));
        EXPECT_TRUE(body == wanted) << target << " arrived, but changed.";
        EXPECT_EQ(result.error, FETCH_OK) << explained(result);
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
    std::string heard = client.server_hears();
    EXPECT_EQ(heard, std::string(client.request.wire[0].data,
                                 client.request.wire[0].size))
        << "what the server has heard, and should have: the request, whole and"
           " once. call_sent is told how many bytes went out; blocking_send"
           " returns 0 when that is all of them.";
    std::string body = client.body();
    EXPECT_EQ(body, "a small page")
        << "the page that arrived. Each recv gives one byte of the answer; "
        << (call_need(&client.call) == CALL_NEEDS_TRANSFER
                ? "you have left before the call had all that it needs."
                : explained(client.call.result));
    std::string left = client.left();
    EXPECT_EQ(left, "?")
        << "what is still to be received. After the last byte of the page one"
           " more was here, which is not the page's: it was to be left alone."
           " The server keeps the connection open. A client that receives once"
           " too often, or until the server closes, waits for ever.";
    EXPECT_EQ(client.call.result.error, FETCH_OK)
        << explained(client.call.result);
}

TEST(Step3, AnyBytesMayBeAPage)
{
    for (std::string page : {std::string(), std::string("\0\0a\0", 4)}) {
        Connected client;
        client.server_says(TinyServer::page(page));
        blocking_drive(&client.call, client.ends[0]);
        std::string body = client.body();
        EXPECT_EQ(body, page)
            << "the page that arrived. A page may have no bytes at all, and it"
               " may have bytes of value 0. "
            << explained(client.call.result);
        EXPECT_EQ(client.call.result.error, FETCH_OK)
            << "for a page of " << page.size()
            << " bytes: " << explained(client.call.result);
    }
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
    struct scripted_rule rules[] = {rule_for(SCRIPTED_RECV, 2, 0, EINTR, 3),
                                    rule_for(SCRIPTED_RECV, 3, 0, EINTR, 3),
                                    rule_for(SCRIPTED_RECV, 5000, 0, EIO),
                                    rule_for(SCRIPTED_RECV, 1, 1, 0, 3),
                                    rule_for(SCRIPTED_SEND, 1, 1, 0, 2),
                                    rule_for(SCRIPTED_SEND, 2, 0, EINTR, 2)};
    ASSERT_EQ(scripted_begin(origin.port(), rules, 6), 0) << own_trouble;
    Fetched page(origin.port(), "/bytes/500");
    scripted_end();
    page.expect("/bytes/500 (each call moves one byte, and the ones between"
                " are interrupted)",
                OwnOrigin::body(500));
}

TEST(Step3, APostGoesOutWhole)
{
    OwnOrigin origin;
    std::string body = OwnOrigin::body(100000);
    struct scripted_rule rule = rule_for(SCRIPTED_SEND, 1, 7000, 0, 1);
    ASSERT_EQ(scripted_begin(origin.port(), &rule, 1), 0) << own_trouble;
    Fetched page(origin.port(), "/echo", METHOD_POST, body);
    scripted_end();
    page.expect("/echo, to which 100000 bytes were posted, in pieces of at most"
                " 7000,",
                body);
}

TEST(Step3, ReportsSayWhenItWas)
{
    OwnOrigin origin;
    nanos before = monotonic_now();
    Fetched page(origin.port(), "/bytes/10");
    nanos after = monotonic_now();
    for (enum mark mark : {MARK_SENT, MARK_FIRST_BYTE, MARK_DONE}) {
        nanos when = page.call.result.marks[mark];
        EXPECT_TRUE(when >= before && when <= after)
            << "the call was told that it is " << when
            << " ns, and it was between " << before << " and " << after
            << ". The last argument of call_sent and call_received is"
               " monotonic_now().";
    }
}

/* A server answers when it has the request, and time has passed by then. */
TEST(Step3, EachReportHasATimeOfItsOwn)
{
    OwnOrigin origin;
    Fetched page(origin.port(), "/bytes/10");
    const nanos *marks = page.call.result.marks;
    EXPECT_LT(marks[MARK_SENT], marks[MARK_FIRST_BYTE])
        << "when the request was out, and when its answer began, as call_sent"
           " and call_received were told. The time is asked for anew for each"
           " report.";
}

TEST(Step3, AServerThatDoesNotListenIsHeardAllTheSame)
{
    Connected client(METHOD_POST, std::string(100, 'x'));
    client.server_says(TinyServer::page("enough", "413 Enough"));
    shutdown(client.ends[1], SHUT_RD);
    blocking_drive(&client.call, client.ends[0]);
    EXPECT_EQ(client.call.result.status, 413)
        << "the status of the answer. The server has answered before it had"
           " read all, and does not read any more: sending fails (EPIPE). That"
           " is reported by call_sent, and the answer is there to be received.";
    std::string body = client.body();
    EXPECT_EQ(body, "enough") << explained(client.call.result);
}

TEST(Step3, AConnectionThatBreaksIsReported)
{
    OwnOrigin origin;
    for (int error : {ECONNRESET, ETIMEDOUT}) {
        struct scripted_rule rules[] = {rule_for(SCRIPTED_RECV, 1, 10, 0),
                                        rule_for(SCRIPTED_RECV, 2, 0, error)};
        ASSERT_EQ(scripted_begin(origin.port(), rules, 2), 0) << own_trouble;
        Fetched page(origin.port(), "/bytes/500");
        scripted_end();
        std::string told = returned(page.call.result.detail);
        EXPECT_EQ(told, returned(-error))
            << "what the call was told. The second recv has failed with this"
               " error: call_received gets it as a negative errno. "
            << explained(page.call.result);
    }
}

TEST(Step3, TheEndOfTheConnectionIsReported)
{
    Connected client;
    client.server_says("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf");
    shutdown(client.ends[1], SHUT_WR);
    blocking_drive(&client.call, client.ends[0]);
    bool needs_more = call_need(&client.call) == CALL_NEEDS_TRANSFER;
    EXPECT_FALSE(needs_more)
        << "the server has closed in the middle of the page: recv has returned"
           " 0. You have left, and the call knows nothing of it: call_received"
           " wants to be told 0, too.";
    EXPECT_EQ(client.call.result.error, FETCH_TRUNCATED)
        << "what the call makes of it. " << explained(client.call.result);
}

/* ---- 4: many, one after another ---- */

namespace
{

/* A batch that writes down which call asks for what when. Its numbers are its
 * own: they begin anywhere and leave some out. */
struct Traced {
    struct batch batch; /* the first member: the functions find us by it */
    struct call_options options = call_default_options;
    std::vector<const struct request *> requests;
    size_t next = 0;
    unsigned marks = 0; /* that were told to the test, which set the options */
    std::string trace, done;
    std::vector<std::string> bodies;
    std::vector<size_t> room; /* for a body, when a page was handed over */

    Traced()
    {
        batch = {};
        batch.concurrency = 1;
        batch.options = &options;
        options.trace = [](void *me, const struct call *, enum mark, nanos) {
            static_cast<Traced *>(me)->marks++;
        };
        options.trace_context = this;
        batch.next = [](struct batch *me, struct job *job) {
            auto *self = reinterpret_cast<Traced *>(me);
            if (self->next == self->requests.size()) {
                self->trace += "no more";
                return false;
            }
            *job = {};
            job->index = number_of(self->next);
            job->request = self->requests[self->next++];
            self->trace += "next " + std::to_string(job->index) + ", ";
            return true;
        };
        batch.done = [](struct batch *me, size_t index, struct result *result) {
            auto *self = reinterpret_cast<Traced *>(me);
            self->trace += "done " + std::to_string(index) + ", ";
            self->done += std::to_string(index) + " " +
                          fetch_error_word(result->error) + ", ";
            self->bodies.push_back(body_of(*result));
            self->room.push_back(result->body.capacity);
        };
    }

    void ask(const Asked &asked)
    {
        requests.push_back(&asked.request);
    }

    void run()
    {
        std::string result = returned(sequential_run(&batch));
        EXPECT_EQ(result, "0") << "what sequential_run has returned.";
    }

    /* 7, 5, 3, 1, 14, 12 … */
    static size_t number_of(size_t place)
    {
        return place < 4 ? 7 - 2 * place : 22 - 2 * place;
    }
};

} // namespace

TEST(Step4, FetchesOneAfterTheOther)
{
    OwnOrigin origin;
    Asked a(origin.port(), "/bytes/1"), b(origin.port(), "/bytes/2"),
        c(origin.port(), "/bytes/3");
    Traced traced;
    for (const Asked *asked : {&a, &b, &c})
        traced.ask(*asked);
    traced.run();
    EXPECT_EQ(traced.trace,
              "next 7, done 7, next 5, done 5, next 3, done 3, no more")
        << "what was called for three pages, whose numbers in the batch are 7,"
           " 5 and 3. next: batch_next has given you this job; done: you have"
           " called batch_done, with job.index.";
    EXPECT_EQ(traced.done, "7 ok, 5 ok, 3 ok, ") << "what came of each.";
}

TEST(Step4, ABatchMayBeEmpty)
{
    Traced traced;
    traced.run();
    EXPECT_EQ(traced.trace, "no more")
        << "what was called. batch_next was false at once: then there is no"
           " page to fetch, and none to hand over.";
}

TEST(Step4, TheOptionsAreTheBatchs)
{
    OwnOrigin origin;
    Asked a(origin.port(), "/bytes/1");
    Traced traced;
    traced.ask(a);
    traced.run();
    EXPECT_GT(traced.marks, 0u)
        << "moments that were told to the batch, whose options ask for that"
           " (trace): the call was set up with other options than"
           " batch->options.";
}

TEST(Step4, OneCallServesForAll)
{
    OwnOrigin origin;
    Asked a(origin.port(), "/bytes/100000"), b(origin.port(), "/bytes/2");
    Traced traced;
    traced.ask(a);
    traced.ask(b);
    traced.run();
    ASSERT_EQ(traced.room.size(), 2u) << "pages that were handed over.";
    size_t room = traced.room[1];
    EXPECT_GE(room, 100000u)
        << "bytes of memory that the call had for the body of the second page."
           " The first one had 100000 bytes, and a call keeps its memory, until"
           " call_deinit: before the loop call_init, and behind it "
           "call_deinit.";
}

TEST(Step4, AnErrorIsHandedOverAndTheNextPageFetched)
{
    OwnOrigin origin;
    Bound closed;
    Asked a(origin.port(), "/bytes/1"), b(closed.port(), "/"),
        c(origin.port(), "/reset"), d(origin.port(), "/close"),
        e(origin.port(), "/bytes/2");
    Traced traced;
    for (const Asked *asked : {&a, &b, &c, &d, &e})
        traced.ask(*asked);
    traced.run();
    EXPECT_EQ(traced.done, "7 ok, 5 refused, 3 reset, 1 closed, 14 ok, ")
        << "what was handed over. At the port of the second page no server"
           " listens, the third server resets the connection, the fourth closes"
           " it.";
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
        EXPECT_TRUE(pages.body(i) == OwnOrigin::body(sizes[i]))
            << "page " << i << " was to have " << sizes[i] << " bytes, and has "
            << pages.body(i).size() << ".";
    EXPECT_EQ(pages[4].status, 404) << "a 404 is a page too, and no error.";
    long requests = origin.saw("a", "requests");
    EXPECT_EQ(requests, 5) << "requests at the server.";
    long at_once = origin.saw("a", "most_in_flight");
    EXPECT_EQ(at_once, 1) << "most requests at once, as the server saw them.";
}
