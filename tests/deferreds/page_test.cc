/* SPDX-License-Identifier: MIT */
/* getPage: a page as a Deferred. */
#include "deferreds/page.h"

#include "deferred_fixture.h"
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

TEST_F(PageTest, AStatusThatIsNoSuccessIsAFailureWithTheStatus)
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
    struct deferred *d = deferred_get_page(&reactor, "ftp://host/");
    errback(d, rung("failed", [](struct outcome outcome) {
                EXPECT_EQ(outcome.failure->code, FETCH_BAD_URL);
                return mends(outcome);
            }));
    EXPECT_EQ(count_of("failed(FetchError(", diary), 1);
    deferred_detach(d);
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

} // namespace
