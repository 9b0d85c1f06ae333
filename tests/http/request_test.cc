/* SPDX-License-Identifier: MIT */
#include "http/request.h"

#include <gtest/gtest.h>

#include <cerrno>
#include <string>
#include <utility>
#include <vector>

using fields = std::vector<std::pair<const char *, const char *>>;

/* A request with what it was made from already gone. */
class Request : public testing::Test
{
  protected:
    void TearDown() override
    {
        request_deinit(&request);
    }

    int make(enum method method, const char *text, const fields &extra = {},
             const std::string &body = "")
    {
        struct url url;
        struct headers headers = {};
        EXPECT_EQ(url_parse(&url, text), URL_OK);
        for (const auto &[name, value] : extra)
            EXPECT_EQ(headers_add(&headers, slice_of(name), slice_of(value)),
                      0);
        int error = request_init(&request, method, &url, &headers,
                                 {body.data(), body.size()});
        headers_deinit(&headers);
        url_deinit(&url);
        return error;
    }

    std::string wire(bool keep_alive)
    {
        const struct buffer &buffer = request.wire[keep_alive];
        return std::string(buffer.data, buffer.size);
    }

    struct request request = {};
};

TEST_F(Request, GetIsBuiltTwice)
{
    ASSERT_EQ(make(METHOD_GET, "http://A:81/x?y#z"), 0);
    EXPECT_EQ(wire(false), "GET /x?y HTTP/1.1\r\nHost: a:81\r\n"
                           "User-Agent: waitlab\r\nConnection: close\r\n\r\n");
    EXPECT_EQ(wire(true),
              "GET /x?y HTTP/1.1\r\nHost: a:81\r\n"
              "User-Agent: waitlab\r\nConnection: keep-alive\r\n\r\n");
}

TEST_F(Request, OnlyAPostCarriesItsBody)
{
    ASSERT_EQ(make(METHOD_HEAD, "http://[::1]/", {}, "ignored"), 0);
    EXPECT_EQ(wire(false), "HEAD / HTTP/1.1\r\nHost: [::1]\r\n"
                           "User-Agent: waitlab\r\nConnection: close\r\n\r\n");
    EXPECT_EQ(request.body.size, 0u);
}

TEST_F(Request, ASmallBodyLeavesWithTheHead)
{
    ASSERT_EQ(make(METHOD_POST, "http://a/", {}, "abc"), 0);
    EXPECT_TRUE(request.body_in_wire);
    EXPECT_EQ(wire(true), "POST / HTTP/1.1\r\nHost: a\r\n"
                          "User-Agent: waitlab\r\nContent-Length: 3\r\n"
                          "Connection: keep-alive\r\n\r\nabc");
}

TEST_F(Request, AnEmptyPostSaysSo)
{
    ASSERT_EQ(make(METHOD_POST, "http://a/"), 0);
    EXPECT_NE(wire(true).find("Content-Length: 0\r\n"), std::string::npos);
}

TEST_F(Request, ALargeBodyStaysApart)
{
    std::string body(100000, 'b');
    ASSERT_EQ(make(METHOD_POST, "http://a/", {}, body), 0);
    EXPECT_FALSE(request.body_in_wire);
    EXPECT_EQ(std::string(request.body.data, request.body.size), body);
    EXPECT_EQ(wire(false).substr(wire(false).size() - 4), "\r\n\r\n");
    EXPECT_NE(wire(false).find("Content-Length: 100000\r\n"),
              std::string::npos);
}

TEST_F(Request, CallersFieldsAreSentAndMayReplaceHostAndAgent)
{
    ASSERT_EQ(make(METHOD_GET, "http://a/",
                   {{"HOST", "b"}, {"user-agent", "me"}, {"X", "1"}}),
              0);
    EXPECT_EQ(wire(false), "GET / HTTP/1.1\r\nHost: b\r\nuser-agent: me\r\n"
                           "X: 1\r\nConnection: close\r\n\r\n");
}

TEST_F(Request, HostIsFirstWhereverTheCallerPutsIt)
{
    ASSERT_EQ(make(METHOD_POST, "http://a/", {{"X", "1"}, {"host", "b"}}), 0);
    EXPECT_EQ(wire(false), "POST / HTTP/1.1\r\nHost: b\r\n"
                           "User-Agent: waitlab\r\nContent-Length: 0\r\n"
                           "X: 1\r\nConnection: close\r\n\r\n");
}

TEST_F(Request, AFieldWithoutAValueIsNotSent)
{
    ASSERT_EQ(make(METHOD_GET, "http://a/",
                   {{"Host", ""}, {"User-Agent", ""}, {"X", ""}, {"Y", "1"}}),
              0);
    EXPECT_EQ(wire(false), "GET / HTTP/1.1\r\nY: 1\r\n"
                           "Connection: close\r\n\r\n");
}

TEST_F(Request, FieldsOfTheFramingAreNotTheCallers)
{
    EXPECT_EQ(make(METHOD_GET, "http://a/", {{"content-length", "3"}}),
              -EINVAL);
    EXPECT_EQ(make(METHOD_GET, "http://a/", {{"Transfer-Encoding", "x"}}),
              -EINVAL);
    EXPECT_EQ(make(METHOD_GET, "http://a/", {{"CONNECTION", "close"}}),
              -EINVAL);
    EXPECT_EQ(make(METHOD_GET, "http://a/", {{"Host", "a"}, {"host", "b"}}),
              -EINVAL);
    EXPECT_EQ(request.wire[0].data, nullptr);
}
