/* SPDX-License-Identifier: MIT */
/* The SMTP of row C1: what is said, how replies are read, and both clients
 * against servers that do what real ones may do. */
#include "talks/smtp.h"

#include "deferreds/reactor.h"
#include "nonblocking/selector.h"
#include "support/outcomes.h"
#include "support/tiny_server.h"

#include <gtest/gtest.h>

#include <atomic>
#include <cerrno>
#include <functional>
#include <future>
#include <string>
#include <sys/socket.h>
#include <unistd.h>
#include <vector>

namespace
{

const struct mail mail = {"me@here.test", "you@there.test",
                          "Subject: dots\r\n\n.\n..two\nend"};

std::string said(enum smtp_step step, const struct mail *of = &mail)
{
    struct buffer words = {};
    EXPECT_EQ(smtp_say(step, of, &words), 0);
    return text_of(&words);
}

TEST(Smtp, SaysWhatEachStepNeeds)
{
    EXPECT_EQ(said(SMTP_GREETING), "");
    EXPECT_EQ(said(SMTP_EHLO), "EHLO localhost\r\n");
    EXPECT_EQ(said(SMTP_MAIL), "MAIL FROM:<me@here.test>\r\n");
    EXPECT_EQ(said(SMTP_RCPT), "RCPT TO:<you@there.test>\r\n");
    EXPECT_EQ(said(SMTP_DATA), "DATA\r\n");
    EXPECT_EQ(said(SMTP_QUIT), "QUIT\r\n");
}

TEST(Smtp, StuffsDotsAndSendsNoLineFeedAlone)
{
    std::string text = said(SMTP_TEXT);
    EXPECT_EQ(text, "Subject: dots\r\n\r\n..\r\n...two\r\nend\r\n.\r\n");
    for (size_t at = text.find('\n'); at != std::string::npos;
         at = text.find('\n', at + 1))
        EXPECT_EQ(text[at - 1], '\r') << at;
}

TEST(Smtp, RefusesAnAddressThatWouldBeAnotherCommand)
{
    struct mail evil = mail;
    struct buffer words = {};
    evil.to = "you@there.test>\r\nRCPT TO:<all@there.test";
    EXPECT_EQ(smtp_say(SMTP_RCPT, &evil, &words), -EINVAL);
    buffer_deinit(&words);
}

TEST(Smtp, ReadsRepliesOfOneLineAndOfSeveral)
{
    struct smtp_reply reply = {};
    auto read = [&](const std::string &line) {
        return smtp_reply_line(&reply, {line.data(), line.size()});
    };
    EXPECT_EQ(read("250-localhost"), 0);
    EXPECT_FALSE(reply.whole);
    EXPECT_EQ(read("250-SIZE 1000"), 0);
    EXPECT_EQ(read("250 HELP"), 0);
    EXPECT_TRUE(reply.whole);
    EXPECT_EQ(reply.code, 250);
    EXPECT_EQ(read("354"), 0);
    EXPECT_TRUE(reply.whole);
    EXPECT_EQ(reply.code, 354);
    EXPECT_EQ(read("250-a"), 0);
    EXPECT_EQ(read("251 b"), -EBADMSG);
    for (const char *bad : {"", "25", "hello", "2500", "25x no"}) {
        reply = {};
        EXPECT_EQ(read(bad), -EBADMSG) << bad;
    }
}

TEST(Smtp, TellsCodesApart)
{
    struct {
        enum smtp_step step;
        int code;
        const struct failure_type *type;
    } cases[] = {
        {SMTP_GREETING, 220, nullptr},
        {SMTP_DATA, 354, nullptr},
        {SMTP_RCPT, 251, nullptr},
        {SMTP_DATA, 250, &smtp_error_type},
        {SMTP_MAIL, 451, &smtp_transient_type},
        {SMTP_RCPT, 550, &smtp_permanent_type},
    };
    for (const auto &one : cases) {
        struct outcome outcome =
            smtp_judge(one.step, one.code, {"the line", 8});
        if (one.type) {
            EXPECT_EQ(outcome.failure->type, one.type) << one.code;
            EXPECT_EQ(outcome.failure->code, one.code);
        } else {
            EXPECT_TRUE(outcome_is_none(&outcome)) << one.code;
        }
        outcome_drop(outcome);
    }
}

/* ---- both clients ---- */

/* Answers each command with the next of the replies; and keeps what it hears.
 * An empty reply: it says nothing more. */
class Server
{
  public:
    explicit Server(std::vector<std::string> replies)
        : tiny_([this, replies](int fd, int) { serve(fd, replies); })
    {
    }
    uint16_t port() const
    {
        return tiny_.port();
    }
    /* All of it, once the first connection is over. Once only. */
    std::string heard()
    {
        return heard_.get_future().get();
    }

  private:
    void serve(int fd, const std::vector<std::string> &replies)
    {
        std::string heard;
        for (const std::string &reply : replies) {
            if (!reply.empty())
                (void)!write(fd, reply.data(), reply.size());
            const std::string end =
                reply.compare(0, 3, "354") ? "\r\n" : "\r\n.\r\n";
            std::string words;
            char byte;
            while (
                (words.size() < end.size() ||
                 words.compare(words.size() - end.size(), end.size(), end)) &&
                TinyServer::hear(fd, &byte, 1) == 1)
                words += byte;
            heard += words;
        }
        if (!is_over_.exchange(true))
            heard_.set_value(heard);
    }

    std::atomic<bool> is_over_{false};
    std::promise<std::string> heard_;
    TinyServer tiny_; /* its threads use what is above */
};

const std::vector<std::string> good = {
    "220 hello\r\n", "250-hello\r\n250-SIZE\r\n250 HELP\r\n",
    "250 ok\r\n",    "250 ok\r\n",
    "354 go on\r\n", "250 taken\r\n",
    "221 bye\r\n"};

std::string by_deferreds(uint16_t port, nanos timeout)
{
    struct loop *loop;
    struct reactor reactor;
    std::string shown_outcome;
    EXPECT_EQ(loop_new(&loop, &epoll_selector, &monotonic_clock), 0);
    EXPECT_EQ(reactor_init(&reactor, loop), 0);
    struct deferred *sent = smtp_send(&reactor, port, &mail, timeout);
    deferred_add_both(
        sent,
        [](void *context, struct outcome outcome) {
            *static_cast<std::string *>(context) = shown(outcome);
            return outcome_none();
        },
        &shown_outcome);
    EXPECT_EQ(loop_run(loop), 0);
    deferred_detach(sent);
    reactor_deinit(&reactor);
    loop_free(loop);
    return shown_outcome;
}

class SmtpClient : public testing::TestWithParam<bool>
{
  protected:
    static std::string send(uint16_t port,
                            nanos timeout = 60 * NANOS_PER_SECOND)
    {
        return GetParam() ? shown(smtp_send_blocking(port, &mail))
                          : by_deferreds(port, timeout);
    }
    /* What comes of it when step `at` is answered with that. */
    static std::string answered(size_t at, const std::string &reply)
    {
        std::vector<std::string> replies(good.begin(), good.begin() + (long)at);
        replies.push_back(reply);
        Server server(replies);
        return send(server.port());
    }
};
INSTANTIATE_TEST_SUITE_P(Both, SmtpClient, testing::Bool());

TEST_P(SmtpClient, SendsAMail)
{
    Server server(good);
    EXPECT_EQ(send(server.port()), "None");
    EXPECT_EQ(server.heard(),
              "EHLO localhost\r\nMAIL FROM:<me@here.test>\r\n"
              "RCPT TO:<you@there.test>\r\nDATA\r\n"
              "Subject: dots\r\n\r\n..\r\n...two\r\nend\r\n.\r\nQUIT\r\n");
}

TEST_P(SmtpClient, TellsARefusalFromOneForNow)
{
    EXPECT_EQ(answered(3, "550-no such\r\n550 user\r\n"),
              "SMTPPermanentError(550 user)");
    EXPECT_EQ(answered(0, "421 busy\r\n"), "SMTPTransientError(421 busy)");
    EXPECT_EQ(answered(4, "250 what?\r\n"), "SMTPError(250 what?)");
}

TEST_P(SmtpClient, AServerThatIsNotSmtpIsAnError)
{
    EXPECT_EQ(answered(0, "HTTP/1.1 200 OK\r\n").find("OSError("), 0u);
}

TEST_P(SmtpClient, AServerThatHangsUpIsAnError)
{
    for (size_t at = 0; at < good.size(); at++) {
        TinyServer server([at](int fd, int) {
            for (size_t i = 0; i < at; i++)
                (void)!write(fd, good[i].data(), good[i].size());
            shutdown(fd, SHUT_WR);
            char rest[4096];
            while (TinyServer::hear(fd, rest, sizeof rest) > 0)
                ;
        });
        std::string outcome = send(server.port());
        EXPECT_NE(outcome, "None") << at;
        EXPECT_NE(outcome, "") << at;
    }
}

TEST(SmtpByDeferreds, ASilentServerIsNotWaitedForLongerThanItMay)
{
    for (size_t at = 0; at < good.size(); at += 3) {
        std::vector<std::string> replies(good.begin(), good.begin() + (long)at);
        replies.push_back("");
        Server server(replies);
        EXPECT_EQ(by_deferreds(server.port(), 50 * NANOS_PER_MILLISECOND)
                      .find("TimeoutError("),
                  0u)
            << at;
    }
}

} // namespace
