/* SPDX-License-Identifier: MIT */
#include "http/result.h"

#include <gtest/gtest.h>

#include <cerrno>
#include <set>
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

std::string explain(enum fetch_error error, int detail)
{
    struct result result;
    result_init(&result);
    result_fail(&result, error, detail);
    struct buffer out = {};
    result_explain(&result, &out);
    std::string text(out.data, out.size);
    buffer_deinit(&out);
    return text;
}

} // namespace

TEST(Result, CrossesFromProcessToProcessWhole)
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

TEST(Result, RefusesBytesThatAreNoResult)
{
    struct result here;
    result_init(&here);
    std::string noise(4096, '\xff');
    EXPECT_EQ(result_unpack(&here, {noise.data(), noise.size()}), -EBADMSG);
    result_deinit(&here);
}

// A worker may have written anywhere before it sent this. Each byte of the
// numbers in front is spoiled in turn; what is accepted can be used.
TEST(Result, IsUsableWhateverBytesWereAccepted)
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

TEST(Result, RefusesHeadersWithoutAnEnd)
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

TEST(Result, MovesAndLeavesNothingBehind)
{
    struct result from = sample(), to = sample();
    result_move(&to, &from);
    EXPECT_EQ(from.body.data, nullptr);
    EXPECT_EQ(from.headers.count, 0u);
    EXPECT_EQ(to.body.size, 3u);
    result_deinit(&to);
    result_deinit(&from);
}

TEST(FetchError, EveryWordIsDifferent)
{
    std::set<std::string> words;
    for (int error = FETCH_OK; error <= FETCH_CANCELLED; error++) {
        words.insert(fetch_error_word((enum fetch_error)error));
        EXPECT_EQ(fetch_error_exit_code((enum fetch_error)error) == 0,
                  error == FETCH_OK);
    }
    EXPECT_EQ(words.size(), size_t{FETCH_CANCELLED + 1});
}

// What the manual pages of these calls list, by whose fault it is: that decides
// the exit code, and what a person can do.
TEST(FetchError, OfEverySystemCallIsOnOneSide)
{
    enum side { CONNECTION = 4, TIME = 5, THIS_MACHINE = 8, NOBODY = 9 };
    const struct {
        const char *call;
        side fault;
        std::vector<int> numbers;
    } table[] = {
        {"connect, send, recv",
         CONNECTION,
         {ECONNREFUSED, ECONNRESET, ECONNABORTED, EPIPE, ENETUNREACH, ENETDOWN,
          EHOSTUNREACH, EHOSTDOWN, ENONET, ENOPROTOOPT}},
        {"connect, recv", TIME, {ETIMEDOUT}},
        {"connect",
         THIS_MACHINE,
         {EADDRNOTAVAIL, EACCES, EPERM, EAFNOSUPPORT, EALREADY, EBADF, EFAULT,
          EISCONN, ENOTSOCK, EPROTOTYPE}},
        {"send, recv",
         THIS_MACHINE,
         {EMSGSIZE, ENOBUFS, ENOMEM, ENOTCONN, EDESTADDRREQ, EOPNOTSUPP}},
        {"socket",
         THIS_MACHINE,
         {EACCES, EAFNOSUPPORT, EINVAL, EMFILE, ENFILE, ENOBUFS, ENOMEM,
          EPROTONOSUPPORT}},
        {"bind",
         THIS_MACHINE,
         {EACCES, EADDRINUSE, EADDRNOTAVAIL, EINVAL, ENOTSOCK}},
        {"fork, pthread_create", THIS_MACHINE, {EAGAIN, ENOMEM, ENOSYS, EPERM}},
        {"pipe, socketpair, epoll_create, eventfd",
         THIS_MACHINE,
         {EMFILE, ENFILE, ENODEV, ENOMEM}},
        {"epoll_ctl", THIS_MACHINE, {ENOSPC, ENOMEM, EPERM}},
        {"mmap, malloc", THIS_MACHINE, {ENOMEM, EAGAIN}},
        {"a cancelled operation", NOBODY, {ECANCELED}},
    };
    for (const auto &row : table)
        for (int number : row.numbers)
            EXPECT_EQ(fetch_error_exit_code(fetch_error_from_errno(-number)),
                      row.fault)
                << row.call << ": " << strerrorname_np(number);
}

TEST(FetchError, OfThisMachineGivesAdvice)
{
    const struct {
        int number;
        const char *advice;
    } table[] = {
        {EMFILE, "ulimit -n"},     {ENFILE, "ulimit -n"},
        {EAGAIN, "ulimit -u"},     {EADDRNOTAVAIL, "(-k)"},
        {EADDRINUSE, "(-k)"},      {EAGAIN, "fewer at once"},
        {EMFILE, "fewer at once"}, {EADDRNOTAVAIL, "fewer at once"},
    };
    for (const auto &row : table) {
        std::string said =
            explain(fetch_error_from_errno(-row.number), -row.number);
        EXPECT_NE(said.find(row.advice), std::string::npos)
            << strerrorname_np(row.number) << ": " << said;
    }
}

TEST(FetchError, OfARedirectNamesItsTargetEscapedAndCutOff)
{
    const struct {
        std::string location, told;
    } rows[] = {
        {"ftp://x.test/", ": ftp://x.test/"},
        {"http://a b\t\x9b\xc3\xa9/", ": http://a%20b%09%9B%C3%A9/"},
        {std::string(201, 'a'), ": " + std::string(200, 'a') + "..."},
        {std::string(200, 'a'), ": " + std::string(200, 'a')},
    };
    for (const auto &row : rows) {
        struct result result;
        struct buffer out = {};
        result_init(&result);
        headers_add(&result.headers, slice_of("Location"),
                    slice_of(row.location.c_str()));
        result_fail(&result, FETCH_BAD_REDIRECT, URL_OTHER_SCHEME);
        result_explain(&result, &out);
        std::string said(out.data, out.size);
        EXPECT_EQ(said, std::string(fetch_error_sentence(FETCH_BAD_REDIRECT)) +
                            ": " + url_error_sentence(URL_OTHER_SCHEME) +
                            row.told);
        buffer_deinit(&out);
        result_deinit(&result);
    }
    EXPECT_EQ(fetch_error_exit_code(FETCH_BAD_REDIRECT), 6);
}

TEST(FetchError, OfAWholeBatchIsToldInTheSameWords)
{
    EXPECT_STREQ(fetch_errno_sentence(-EAGAIN),
                 fetch_error_sentence(FETCH_NO_PROCESS));
    EXPECT_STREQ(fetch_errno_sentence(-ENOMEM),
                 fetch_error_sentence(FETCH_NO_MEMORY));
    EXPECT_STREQ(fetch_errno_sentence(-EACCES), strerrordesc_np(EACCES));
    EXPECT_STREQ(fetch_errno_sentence(-ECONNREFUSED),
                 strerrordesc_np(ECONNREFUSED));
    EXPECT_STREQ(fetch_errno_sentence(-9999), "unknown error");
}

TEST(FetchError, SaysWhatLiesBehindIt)
{
    EXPECT_NE(explain(FETCH_PROTOCOL, MESSAGE_FOLDED).find("folded"),
              std::string::npos);
    EXPECT_NE(explain(FETCH_BAD_URL, URL_BAD_PORT).find("65535"),
              std::string::npos);
    EXPECT_NE(explain(FETCH_NO_DESCRIPTOR, -EMFILE).find("ulimit"),
              std::string::npos);
    EXPECT_NE(explain(FETCH_WORKER_DIED, 9).find("signal 9"),
              std::string::npos);
    EXPECT_NE(explain(FETCH_WORKER_DIED, -3).find("status 3"),
              std::string::npos);
    EXPECT_NE(explain(FETCH_SYSTEM, -EACCES).find("ermission"),
              std::string::npos);
    EXPECT_EQ(explain(FETCH_REFUSED, -ECONNREFUSED),
              fetch_error_sentence(FETCH_REFUSED));
}
