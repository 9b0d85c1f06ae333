/* SPDX-License-Identifier: MIT */
#include "processes/pack.h"

#include <gtest/gtest.h>

#include <cerrno>
#include <climits>
#include <cstring>
#include <string>
#include <vector>

namespace
{

struct result sample()
{
    struct result result;
    result_init(&result);
    result.status = 200;
    result.reused = true;
    result.body_bytes = 3;
    result.marks[MARK_DONE] = 42;
    result.doer = {1, 2, 3};
    headers_add(&result.headers, slice_of("A"), slice_of("b"));
    buffer_append_text(&result.body, "xyz");
    return result;
}

struct request sample_request(const char *text)
{
    struct url url;
    struct request request;
    struct headers extra = {};
    EXPECT_EQ(url_parse(&url, text), URL_OK);
    EXPECT_EQ(headers_add(&extra, slice_of("X"), slice_of("y z")), 0);
    EXPECT_EQ(request_init(&request, METHOD_POST, &url, &extra, {"a\0b", 3}),
              0);
    headers_deinit(&extra);
    url_deinit(&url);
    return request;
}

std::string wire(const struct request &request, bool keep_alive)
{
    const struct buffer &bytes = request.wire[keep_alive];
    return std::string(bytes.data, bytes.size);
}

TEST(Pack, AResultCrossesWhole)
{
    struct result there = sample(), here;
    result_init(&here);
    struct buffer wire = {};
    ASSERT_EQ(result_pack(&there, &wire), 0);
    ASSERT_EQ(result_pack(&there, &wire), 0);
    size_t half = wire.size / 2;
    for (size_t size = 0; size < half; size++)
        ASSERT_EQ(result_unpack(&here, {wire.data, size}), 0) << size;
    ASSERT_EQ(result_unpack(&here, buffer_slice(&wire)), (ssize_t)half);
    EXPECT_EQ(here.status, 200);
    EXPECT_TRUE(here.reused);
    EXPECT_EQ(here.marks[MARK_DONE], 42);
    EXPECT_EQ(here.marks[MARK_START], NEVER);
    EXPECT_EQ(here.doer.slot, 3u);
    EXPECT_STREQ(headers_find(&here.headers, "a"), "b");
    EXPECT_EQ(std::string(here.body.data, here.body.size), "xyz");
    buffer_deinit(&wire);
    result_deinit(&there);
    result_deinit(&here);
}

TEST(Pack, BytesThatAreNotAResultAreRefused)
{
    struct result here;
    result_init(&here);
    std::string noise(4096, '\xff');
    EXPECT_EQ(result_unpack(&here, {noise.data(), noise.size()}), -EBADMSG);
    result_deinit(&here);
}

// A worker may have written anywhere before it sent this. Each byte of the
// numbers in front is spoiled in turn; what is accepted can be used.
TEST(Pack, AResultIsUsableWhateverBytesWereAccepted)
{
    struct result there = sample(), here;
    result_init(&here);
    struct buffer wire = {}, text = {};
    ASSERT_EQ(result_pack(&there, &wire), 0);
    for (size_t at = 0; at < wire.size; at++)
        for (int spoiled : {0x00, 0x01, 0x7f, 0x80, 0xff}) {
            std::string bytes(wire.data, wire.size);
            bytes[at] = static_cast<char>(spoiled);
            std::vector<char> exact(bytes.begin(), bytes.end());
            if (result_unpack(&here, {exact.data(), exact.size()}) <= 0)
                continue;
            const char *name, *value;
            size_t cursor = 0;
            while (headers_next(&here.headers, &cursor, &name, &value))
                EXPECT_LE(strlen(name) + strlen(value), here.headers.text.size);
            EXPECT_LE(here.status, 999);
            EXPECT_GE(here.status, 0);
            for (int error = FETCH_OK; error <= FETCH_CANCELLED; error++) {
                here.error = static_cast<enum fetch_error>(error);
                buffer_clear(&text);
                result_explain(&here, &text);
                EXPECT_GT(text.size, 0u);
            }
        }
    buffer_deinit(&text);
    buffer_deinit(&wire);
    result_deinit(&there);
    result_deinit(&here);
}

// What the next call finds where its variables will be.
__attribute__((noinline)) void leave_on_the_stack(int byte)
{
    volatile char bytes[16384];
    for (volatile char &one : bytes)
        one = static_cast<char>(byte);
}

TEST(Pack, WhatWasNotSetIsNotSent)
{
    struct result result = sample();
    struct request request = sample_request("http://a/");
    struct buffer results[2] = {}, requests[2] = {};
    for (int i : {0, 1}) {
        leave_on_the_stack(i ? 0xff : 0);
        ASSERT_EQ(result_pack(&result, &results[i]), 0);
        leave_on_the_stack(i ? 0xff : 0);
        ASSERT_EQ(request_pack(&request, &requests[i]), 0);
    }
    for (struct buffer *both : {results, requests}) {
        EXPECT_TRUE(
            slice_equal(buffer_slice(&both[0]), buffer_slice(&both[1])));
        buffer_deinit(&both[0]);
        buffer_deinit(&both[1]);
    }
    request_deinit(&request);
    result_deinit(&result);
}

TEST(Pack, HeadersWithoutAnEndAreRefused)
{
    struct result there = sample(), here;
    result_init(&here);
    struct buffer wire = {};
    there.headers.text.data[there.headers.text.size - 1] = 'x';
    ASSERT_EQ(result_pack(&there, &wire), 0);
    EXPECT_EQ(result_unpack(&here, buffer_slice(&wire)), -EBADMSG);
    buffer_deinit(&wire);
    result_deinit(&there);
    result_deinit(&here);
}

/* It cannot be an errno, and an int has no opposite of it. */
TEST(Pack, TheLeastDetailIsRefused)
{
    struct result there = sample(), here;
    result_init(&here);
    struct buffer wire = {};
    for (int detail : {-INT_MAX, INT_MIN}) {
        result_fail(&there, FETCH_SYSTEM, detail);
        buffer_clear(&wire);
        ASSERT_EQ(result_pack(&there, &wire), 0);
        EXPECT_EQ(result_unpack(&here, buffer_slice(&wire)),
                  detail == INT_MIN ? -EBADMSG
                                    : static_cast<ssize_t>(wire.size));
    }
    buffer_deinit(&wire);
    result_deinit(&there);
    result_deinit(&here);
}

TEST(Pack, ARequestCrossesWhole)
{
    for (const char *text : {"http://a/", "http://h.test:8080/b?c=d",
                             "http://[::1]:81/x", "https://a/"}) {
        struct request there = sample_request(text), here;
        struct buffer packed = {};
        ASSERT_EQ(request_pack(&there, &packed), 0);
        std::string bytes(packed.data, packed.size); // exactly this long
        buffer_deinit(&packed);
        ASSERT_EQ(request_unpack(&here, {bytes.data(), bytes.size()}), 0);
        EXPECT_EQ(here.method, METHOD_POST);
        EXPECT_TRUE(endpoint_equal(&here.url.endpoint, &there.url.endpoint));
        EXPECT_STREQ(here.url.target, there.url.target);
        for (bool keep_alive : {false, true})
            EXPECT_EQ(wire(here, keep_alive), wire(there, keep_alive));
        request_deinit(&here);
        request_deinit(&there);
    }
}

/* A field with an empty value is one that is left out. */
TEST(Pack, AFieldThatIsLeftOutStaysLeftOut)
{
    struct url url;
    struct request there, here;
    struct headers extra = {};
    struct buffer packed = {};
    ASSERT_EQ(url_parse(&url, "http://a/"), URL_OK);
    ASSERT_EQ(headers_add(&extra, slice_of("Host"), slice_of("")), 0);
    ASSERT_EQ(request_init(&there, METHOD_GET, &url, &extra, {"", 0}), 0);
    ASSERT_EQ(request_pack(&there, &packed), 0);
    ASSERT_EQ(request_unpack(&here, buffer_slice(&packed)), 0);
    EXPECT_EQ(wire(here, false), wire(there, false));
    EXPECT_EQ(wire(here, false).find("Host"), std::string::npos);
    request_deinit(&there);
    request_deinit(&here);
    headers_deinit(&extra);
    url_deinit(&url);
    buffer_deinit(&packed);
}

TEST(Pack, BytesThatAreNotARequestAreRefused)
{
    struct request there = sample_request("http://a/b"), here;
    struct buffer packed = {};
    ASSERT_EQ(request_pack(&there, &packed), 0);
    for (size_t size = 0; size < packed.size; size++) {
        std::string part(packed.data, size);
        ASSERT_EQ(request_unpack(&here, {part.data(), size}), -EBADMSG) << size;
    }
    std::string noise(4096, '\xff');
    EXPECT_EQ(request_unpack(&here, {noise.data(), noise.size()}), -EBADMSG);
    buffer_deinit(&packed);
    request_deinit(&there);
}

} // namespace
