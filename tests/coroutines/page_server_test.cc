/* SPDX-License-Identifier: MIT */
/* The HTTP server on streams, asked by clients on streams. */
#include "coroutines/page_server.h"

#include "streams_fixture.h"

#include <string>

namespace
{

struct Pages : page_server {
    Pages() : page_server()
    {
        answer = [](page_server *, const message *request, buffer *page) {
            struct slice asked = message_target(request);
            std::string target(asked.data, asked.size);
            buffer_append_text(page, ("you want " + target).c_str());
            return target == "/missing" ? 404 : 200;
        };
    }
    Pages(const Pages &) = delete;
};

class PageServerTest : public StreamsTest
{
  protected:
    void serve(Pages &pages)
    {
        ASSERT_TRUE(address_from_literal(&address, "127.0.0.1", 0));
        ASSERT_EQ(page_server_start(&pages, &streams, &address), 0);
        ASSERT_EQ(stream_server_address(&pages.tasks.listener, &address), 0);
    }
    /* What comes back for these bytes, up to the end. */
    std::string ask(Pages &pages, const std::string &bytes)
    {
        std::string all;
        serve(pages);
        does({opens(), writes(bytes),
              [this] {
                  stream_write_eof(tellers.opened);
                  return stream_read_all(tellers.opened);
              },
              drops(),
              [&pages] {
                  page_server_close(&pages);
                  return outcome_none();
              }});
        return told();
    }
};

TEST_P(PageServerTest, AnswersWithThePageThatIsAskedFor)
{
    Pages pages;
    std::string all = ask(pages, "GET /one HTTP/1.1\r\nHost: x\r\n\r\n");
    EXPECT_EQ(count_of("HTTP/1.1 200 OK\\r\\n", all), 1) << all;
    EXPECT_EQ(count_of("\\r\\n\\r\\nyou want /one'", all), 1) << all;
    EXPECT_EQ(streams.first, nullptr);
}

TEST_P(PageServerTest, OneConnectionServesManyInOrder)
{
    Pages pages;
    std::string all = ask(pages, "GET /one HTTP/1.1\r\nHost: x\r\n\r\n"
                                 "HEAD /two HTTP/1.1\r\nHost: x\r\n\r\n"
                                 "GET /missing HTTP/1.1\r\nHost: x\r\n"
                                 "Connection: close\r\n\r\n"
                                 "GET /never HTTP/1.1\r\nHost: x\r\n\r\n");
    EXPECT_EQ(count_of("200 OK", all), 2) << all;
    EXPECT_EQ(count_of("404 Not Found", all), 1) << all;
    EXPECT_EQ(count_of("you want /two", all), 0) << all;
    EXPECT_EQ(count_of("/never", all), 0) << all;
    EXPECT_LT(all.find("/one"), all.find("/missing"));
}

TEST_P(PageServerTest, WhatIsNotHttpIsRefused)
{
    Pages pages;
    std::string all = ask(pages, "hello\r\n\r\n");
    EXPECT_EQ(count_of("HTTP/1.1 400 Bad Request", all), 1) << all;
}

TEST_P(PageServerTest, TooLongAHeadIsRefused)
{
    Pages pages;
    streams.limit = 1000;
    std::string all = ask(pages, "GET / HTTP/1.1\r\nHost: x\r\nLong: " +
                                     std::string(2000, 'x') + "\r\n\r\n");
    EXPECT_EQ(count_of("HTTP/1.1 431", all), 1) << all;
}

TEST_P(PageServerTest, AClientThatLeavesInTheMiddleIsNotAFailure)
{
    Reports reports;
    Pages pages;
    std::string all = ask(pages, "GET / HT");
    EXPECT_EQ(all, "<stream> 'wrote' None 'dropped' None ");
    EXPECT_EQ(reports.told, "");
    EXPECT_EQ(streams.first, nullptr);
}

INSTANTIATE_TEST_SUITE_P(Engines, PageServerTest,
                         testing::Values(&frame_engine, &stack_engine),
                         [](const auto &by) { return by.param->name; });

} // namespace
