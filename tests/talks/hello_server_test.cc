/* SPDX-License-Identifier: MIT */
/* Rows E5 and B3: real clients get the pages of their servers. */
#include "support/program.h"

#include <gtest/gtest.h>

#include <arpa/inet.h>
#include <csignal>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

namespace
{

const std::string page = "<h1>Hello, world!</h1>\n";

class TalkServer : public testing::Test
{
  protected:
    explicit TalkServer(const char *row)
        : program({"--stay"}, {}, std::string(TALKS_PROGRAMS "/") + row)
    {
        url = program.line();
    }
    ~TalkServer() override
    {
        program.signal(SIGTERM);
    }
    static bool is_installed(const std::string &client)
    {
        return run({"-c", "command -v " + client}, {}, "/bin/sh").code == 0;
    }
    static Ran shell(const std::string &line)
    {
        return run({"-c", line}, {}, "/bin/sh");
    }
    Program program;
    std::string url;
};

class HelloServer : public TalkServer
{
  protected:
    HelloServer() : TalkServer("E5"), with_tasks(program.line())
    {
    }
    std::string with_tasks;
};

class HandlerServer : public TalkServer
{
  protected:
    HandlerServer() : TalkServer("B3")
    {
    }
};

TEST_F(HelloServer, CurlGetsThePage)
{
    if (!is_installed("curl"))
        GTEST_SKIP() << "curl is not installed";
    EXPECT_EQ(shell("curl -s " + url).out, page);
    EXPECT_EQ(shell("curl -s " + url + " " + url).out, page + page);
    Ran head = shell("curl -sI " + url);
    EXPECT_NE(head.out.find("200 OK"), std::string::npos) << head.out;
    EXPECT_EQ(head.out.find("Hello"), std::string::npos) << head.out;
    EXPECT_EQ(shell("curl -so /dev/null -w '%{http_code}' " + url + "x").out,
              "404");
    EXPECT_EQ(shell("curl -so /dev/null -w '%{http_code}' -d x " + url).out,
              "405");
}

TEST_F(HelloServer, CurlGetsThePageFromATask)
{
    if (!is_installed("curl"))
        GTEST_SKIP() << "curl is not installed";
    EXPECT_EQ(shell("curl -s " + with_tasks + " " + with_tasks).out,
              page + page);
    EXPECT_EQ(
        shell("curl -so /dev/null -w '%{http_code}' " + with_tasks + "x").out,
        "404");
}

TEST_F(HelloServer, ABrowserGetsThePage)
{
    std::string browser;
    for (const char *name : {"chromium", "chromium-browser", "google-chrome"})
        if (browser.empty() && is_installed(name))
            browser = name;
    if (browser.empty())
        GTEST_SKIP() << "chromium is not installed";
    Ran ran = shell(browser +
                    " --headless --no-sandbox --disable-gpu "
                    "--dump-dom " +
                    url);
    EXPECT_NE(ran.out.find("<h1>Hello, world!</h1>"), std::string::npos)
        << ran.out << ran.err;
}

TEST_F(HelloServer, AClientThatSendsByteByByteGetsThePage)
{
    sockaddr_in address = {};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port =
        htons((uint16_t)std::stoul(url.substr(url.rfind(':') + 1)));
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), on = 1;
    ASSERT_EQ(
        connect(fd, reinterpret_cast<sockaddr *>(&address), sizeof address), 0);
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    for (char byte : std::string("GET / HTTP/1.0\r\n\r\n"))
        ASSERT_EQ(send(fd, &byte, 1, MSG_NOSIGNAL), 1);
    std::string answer;
    char piece[512];
    for (ssize_t size; (size = recv(fd, piece, sizeof piece, 0)) > 0;)
        answer.append(piece, (size_t)size);
    close(fd);
    EXPECT_EQ(answer.substr(answer.find("\r\n\r\n") + 4), page);
}

/* Each of them is answered when both handlers have got their page. */
TEST_F(HandlerServer, TwoThatComeAtATimeGetThePage)
{
    if (!is_installed("curl"))
        GTEST_SKIP() << "curl is not installed";
    EXPECT_EQ(shell("curl -s " + url + " & curl -s " + url + "; wait").out,
              "<h1>2 arrived</h1><h1>2 arrived</h1>");
}

} // namespace
