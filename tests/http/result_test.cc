/* SPDX-License-Identifier: MIT */
#include "http/result.h"

#include <gtest/gtest.h>

#include <cerrno>
#include <climits>
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
    /* It has no opposite in an int. */
    EXPECT_EQ(explain(FETCH_SYSTEM, INT_MIN),
              fetch_error_sentence(FETCH_SYSTEM));
    EXPECT_EQ(explain(FETCH_UNREACHABLE, INT_MIN),
              fetch_error_sentence(FETCH_UNREACHABLE));
    EXPECT_EQ(explain(FETCH_REFUSED, -ECONNREFUSED),
              fetch_error_sentence(FETCH_REFUSED));
}
