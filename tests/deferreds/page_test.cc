/* SPDX-License-Identifier: MIT */
/* getPage, a page as a Deferred; and Agent, its headers first. */
#include "deferreds/page.h"

#include "deferred_fixture.h"
#include "deferreds/agent.h"
#include "deferreds/connector.h"
#include "http/result.h"
#include "nonblocking/selector.h"
#include "support/tiny_server.h"

namespace
{

class PageTest : public DeferredTest
{
  protected:
    void SetUp() override
    {
        ASSERT_EQ(loop_new(&loop, &epoll_selector, &monotonic_clock), 0);
        ASSERT_EQ(reactor_init(&reactor, loop), 0);
    }
    void TearDown() override
    {
        reactor_deinit(&reactor);
        loop_free(loop);
    }
    struct deferred *get(uint16_t port)
    {
        std::string url = "http://127.0.0.1:" + std::to_string(port) + "/";
        return deferred_get_page(&reactor, url.c_str());
    }
    static TinyServer::Script answers(const std::string &answer)
    {
        return [answer](int fd, int) {
            char request[4096];
            (void)TinyServer::hear(fd, request, sizeof request);
            (void)!write(fd, answer.data(), answer.size());
        };
    }
    struct loop *loop;
    struct reactor reactor;
};

TEST_F(PageTest, FiresWithTheBody)
{
    TinyServer server(answers("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n"
                              "he\"lo"));
    struct deferred *d = get(server.port());
    callback(d, rung("page"));
    EXPECT_EQ(diary, "");
    EXPECT_EQ(loop_run(loop), 0);
    EXPECT_EQ(diary, "page('he\"lo') ");
    deferred_detach(d);
}

TEST_F(PageTest, AStatusThatIsNotASuccessIsAFailureWithTheStatus)
{
    TinyServer server(answers("HTTP/1.1 404 Not Found\r\nContent-Length: 4"
                              "\r\n\r\ngone"));
    struct deferred *d = get(server.port());
    errback(d, rung("failed", [](struct outcome outcome) {
                EXPECT_EQ(outcome.failure->type, &page_error_type);
                EXPECT_EQ(outcome.failure->code, 404);
                EXPECT_STREQ(outcome_bytes(&outcome.failure->detail)->data,
                             "gone");
                return mends(outcome);
            }));
    EXPECT_EQ(loop_run(loop), 0);
    EXPECT_EQ(diary, "failed(Error(404 Not Found)) ");
    deferred_detach(d);
}

TEST_F(PageTest, AServerThatHangsUpIsAFetchError)
{
    TinyServer server([](int, int) {});
    struct deferred *d = get(server.port());
    errback(d, rung("failed", [](struct outcome outcome) {
                EXPECT_EQ(outcome.failure->type, &fetch_error_type);
                return mends(outcome);
            }));
    EXPECT_EQ(loop_run(loop), 0);
    EXPECT_EQ(count_of("failed(FetchError(", diary), 1) << diary;
    deferred_detach(d);
}

TEST_F(PageTest, AUrlThatCannotBeUsedFailsAtOnce)
{
    for (const char *url : {"ftp://host/", "https://host/"}) {
        diary.clear();
        struct deferred *d = deferred_get_page(&reactor, url);
        errback(d, rung("failed", [](struct outcome outcome) {
                    EXPECT_EQ(outcome.failure->code, FETCH_BAD_URL);
                    return mends(outcome);
                }));
        EXPECT_EQ(count_of("failed(FetchError(", diary), 1);
        EXPECT_EQ(count_of("only http URLs can be fetched here", diary), 1)
            << diary;
        deferred_detach(d);
    }
}

TEST_F(PageTest, CancelledItEndsAndSoDoesTheLoop)
{
    TinyServer server([](int fd, int) {
        char request[4096];
        while (TinyServer::hear(fd, request, sizeof request) > 0)
            ;
    });
    struct deferred *d = get(server.port());
    errback(d, rung("failed", mends));
    deferred_cancel(d);
    EXPECT_EQ(diary, "failed(CancelledError()) ");
    deferred_detach(d);
    EXPECT_EQ(loop_run(loop), 0);
}

TEST_F(PageTest, DroppedItLeavesNothingBehind)
{
    TinyServer server(answers(""));
    deferred_drop(get(server.port()));
    EXPECT_EQ(loop_run(loop), 0);
}

/* ---- Agent ---- */

class AgentTest : public PageTest
{
  protected:
    struct deferred *ask(uint16_t port, enum method method = METHOD_GET)
    {
        std::string url = "http://127.0.0.1:" + std::to_string(port) + "/";
        return agent_request(&reactor, method, url.c_str());
    }
    /* Notes the head, and goes on with the body. */
    Rung *read_body()
    {
        return silently([this](struct outcome outcome) {
            const struct agent_response *response = outcome_response(&outcome);
            const char *kind = headers_find(response->headers, "Content-Type");
            diary += std::to_string(response->status) + ":" +
                     (kind ? kind : "-") + " ";
            return outcome_deferred(agent_read_body(outcome));
        });
    }
};

TEST_F(AgentTest, TellsTheHeadersFirstAndThenTheBody)
{
    TinyServer server([](int fd, int) {
        char request[4096];
        (void)TinyServer::hear(fd, request, sizeof request);
        const std::string head = "HTTP/1.1 200 OK\r\nContent-Type: text/x\r\n"
                                 "Content-Length: 10\r\n\r\n";
        (void)!write(fd, head.data(), head.size());
        (void)!write(fd, "01234", 5);
        (void)!write(fd, "56789", 5);
    });
    struct deferred *d = ask(server.port());
    callback(d, read_body());
    callback(d, rung("body"));
    EXPECT_EQ(loop_run(loop), 0);
    EXPECT_EQ(diary, "200:text/x body('0123456789') ");
    deferred_detach(d);
}

TEST_F(AgentTest, ABodyThatIsCutOffIsAFailure)
{
    TinyServer server(answers("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n"
                              "0123"));
    struct deferred *d = ask(server.port());
    callback(d, read_body());
    errback(d, rung("failed", mends));
    EXPECT_EQ(loop_run(loop), 0);
    EXPECT_EQ(diary, "200:- failed(ResponseFailed(the body is not whole)) ");
    deferred_detach(d);
}

TEST_F(AgentTest, ABodyMayEndWithTheConnection)
{
    TinyServer server(answers("HTTP/1.1 200 OK\r\n\r\n0123"));
    struct deferred *d = ask(server.port());
    callback(d, read_body());
    callback(d, rung("body"));
    EXPECT_EQ(loop_run(loop), 0);
    EXPECT_EQ(diary, "200:- body('0123') ");
    deferred_detach(d);
}

TEST_F(AgentTest, AnErrorStatusIsAResponseToo)
{
    TinyServer server(answers("HTTP/1.1 404 Not Found\r\nContent-Length: 0"
                              "\r\n\r\n"));
    struct deferred *d = ask(server.port(), METHOD_HEAD);
    callback(d, rung("got", [](struct outcome outcome) {
                 outcome_drop(outcome);
                 return outcome_none();
             }));
    EXPECT_EQ(loop_run(loop), 0);
    EXPECT_EQ(diary, "got(<Response 404>) ");
    deferred_detach(d);
}

TEST_F(AgentTest, AServerThatHangsUpIsAFailureWithTheReason)
{
    TinyServer server(answers(""));
    struct deferred *d = ask(server.port());
    errback(d, rung("failed", [](struct outcome outcome) {
                EXPECT_EQ(outcome.failure->type, &response_failed_type);
                EXPECT_NE(outcome.failure->cause, nullptr);
                return mends(outcome);
            }));
    EXPECT_EQ(loop_run(loop), 0);
    EXPECT_EQ(count_of("failed(", diary), 1);
    deferred_detach(d);
}

TEST_F(AgentTest, WhatIsNotHttpIsAFailure)
{
    TinyServer server(answers("220 hello\r\n"));
    struct deferred *d = ask(server.port());
    errback(d, rung("failed", mends));
    EXPECT_EQ(loop_run(loop), 0);
    EXPECT_EQ(count_of("failed(ResponseFailed(", diary), 1) << diary;
    deferred_detach(d);
}

TEST_F(AgentTest, CancelledItEndsTheConnection)
{
    TinyServer server([](int fd, int) {
        char request[4096];
        while (TinyServer::hear(fd, request, sizeof request) > 0)
            ;
    });
    for (int i = 0; i < 2; i++) {
        struct deferred *d = ask(server.port());
        errback(d, rung("failed", mends));
        for (int turn = 0; turn < 3 * i; turn++) {
            loop_stop(loop);
            EXPECT_EQ(loop_run(loop), 0);
        }
        deferred_cancel(d);
        deferred_detach(d);
    }
    EXPECT_EQ(diary, "failed(CancelledError()) failed(CancelledError()) ");
    EXPECT_EQ(loop_run(loop), 0);
}

TEST_F(AgentTest, WhatItCannotAskForFailsAtOnce)
{
    for (const char *url : {"https://127.0.0.1/", "ftp://127.0.0.1/"}) {
        diary.clear();
        struct deferred *d = agent_request(&reactor, METHOD_GET, url);
        errback(d, rung("failed", mends));
        EXPECT_EQ(count_of("failed(ConnectError(", diary), 1);
        EXPECT_EQ(count_of("only http URLs can be fetched here", diary), 1)
            << diary;
        deferred_detach(d);
    }
}

} // namespace
