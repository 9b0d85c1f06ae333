// SPDX-License-Identifier: MIT
// What servers really send, and what has been reported of it. Each is tried
// with every model; RULES.md has the rules, HT1 to HT16.
#include "every_model.h"
#include "support/program.h"
#include "support/tiny_server.h"

#include <gtest/gtest.h>

#include <initializer_list>
#include <map>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

namespace
{

// Sends the same bytes for a target, whatever they are, and keeps what it was
// asked.
class RawServer
{
  public:
    using Answers = std::map<std::string, std::string>;

    RawServer(std::initializer_list<Answers::value_type> given)
        : answers(given), server([this](int fd, int) { serve(fd); })
    {
    }
    RawServer(const RawServer &) = delete;
    RawServer &operator=(const RawServer &) = delete;

    std::string url(const std::string &target) const
    {
        return "http://127.0.0.1:" + std::to_string(server.port()) + target;
    }

    // The heads of all requests so far, which are then forgotten.
    std::vector<std::string> heads()
    {
        std::lock_guard<std::mutex> hold(lock);
        return std::move(asked);
    }

  private:
    void serve(int fd)
    {
        std::string head = TinyServer::read_head(fd);
        size_t from = head.find(' ') + 1;
        std::string target = head.substr(from, head.find(' ', from) - from);
        {
            std::lock_guard<std::mutex> hold(lock);
            asked.push_back(head);
        }
        auto answer = answers.find(target);
        TinyServer::say(fd, answer == answers.end()
                                ? TinyServer::page("no " + target, "404 No")
                                : answer->second);
        shutdown(fd, SHUT_WR);
        TinyServer::linger(fd);
    }

    const Answers answers;
    std::vector<std::string> asked;
    std::mutex lock;
    TinyServer server;
};

std::string redirect(const std::string &location, const char *status = "302 x")
{
    return TinyServer::page("elsewhere", status,
                            "Location: " + location + "\r\n");
}

bool has_field(const std::string &head, const std::string &name)
{
    return head.find("\r\n" + name + ":") != std::string::npos;
}

class RealServers : public EveryModel
{
  protected:
    Ran fetch(const std::vector<std::string> &arguments)
    {
        std::vector<std::string> all = {"fetch", "--model", GetParam()->name};
        all.insert(all.end(), arguments.begin(), arguments.end());
        return run(all);
    }

    void expect_page(const std::vector<std::string> &arguments,
                     const std::string &page)
    {
        Ran ran = fetch(arguments);
        EXPECT_EQ(ran.code, 0) << ran.err;
        EXPECT_EQ(ran.out, page) << ran.err;
        EXPECT_EQ(ran.err, "");
    }
};
FOR_EVERY_MODEL(RealServers);

// ---- heads and bodies ----

TEST_P(RealServers, HeaderOverTwoLinesIsAPage)
{
    RawServer server({
        {"/", TinyServer::page("page", "200 OK",
                               "X-Policy: first,\r\n\tsecond,\r\n  third\r\n")},
        {"/folded", redirect("\r\n /page")},
        {"/page", TinyServer::page("found")},
        {"/connection",
         TinyServer::page("kept", "200 OK",
                          "Connection: keep-alive,\r\n X-Policy\r\n")},
    });
    expect_page({server.url("/")}, "page");
    expect_page({"-L", server.url("/folded")}, "found");
    expect_page({server.url("/connection")}, "kept");
}

TEST_P(RealServers, Status999IsShown)
{
    RawServer server({{"/", TinyServer::page("denied", "999 Request denied")},
                      {"/600", TinyServer::page("odd", "600 Odd")}});
    expect_page({server.url("/")}, "denied");
    Ran ran = fetch({server.url("/"), server.url("/600")});
    EXPECT_EQ(ran.code, 0) << ran.err;
    EXPECT_NE(ran.out.find("999"), std::string::npos) << ran.out;
    EXPECT_NE(ran.out.find("600"), std::string::npos) << ran.out;
}

// A status above 599 counts as a server error (RFC 9110, 15): here that is a
// page with a status, and no page in a race.
TEST_P(RealServers, Status999CountsAsStatus500Does)
{
    RawServer server({{"/500", TinyServer::page("no", "500 Denied")},
                      {"/999", TinyServer::page("no", "999 Denied")}});
    Ran known = fetch({server.url("/500")}), odd = fetch({server.url("/999")});
    EXPECT_EQ(odd.code, known.code) << odd.err;
    EXPECT_EQ(odd.out, known.out);
    EXPECT_EQ(odd.err, known.err);
    for (const char *status : {"500", "999"}) {
        std::string url = server.url("/") + status;
        Ran ran = run({"contestant", std::string("--model=") + GetParam()->name,
                       "--concurrency=1", "--requests=1", "--url=" + url});
        EXPECT_NE(ran.out.find("\"finished\":1,\"errors\":1,"), ran.out.npos)
            << ran.out;
        EXPECT_NE(ran.out.find(std::string("\"status ") + status + " with"),
                  ran.out.npos)
            << ran.out;
    }
}

TEST_P(RealServers, ChunkSizePaddedWithBlanksIsRead)
{
    RawServer server({{"/", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n"
                            "\r\n5   \r\nhello\r\n6 \t\r\n there\r\n0  \r\n"
                            "\r\n"}});
    expect_page({server.url("/")}, "hello there");
}

static std::string in_chunks(size_t count, const std::string &chunk)
{
    std::string text = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
    for (size_t i = 0; i < count; i++)
        text += chunk;
    return text + "0\r\n\r\n";
}

TEST_P(RealServers, ManyPaddedChunksAreRead)
{
    RawServer server({{"/", in_chunks(50000, "1      \r\nx\r\n")}});
    expect_page({server.url("/")}, std::string(50000, 'x'));
}

TEST_P(RealServers, MuchPaddingForLittleDataIsNoPage)
{
    RawServer server(
        {{"/", in_chunks(300, "1" + std::string(1000, ' ') + "\r\nx\r\n")}});
    Ran ran = fetch({server.url("/")});
    EXPECT_EQ(ran.code, 7) << ran.err;
    EXPECT_NE(ran.err.find("the answer is larger than the limit: the lines "
                           "with the chunk sizes are too long for so little "
                           "data"),
              std::string::npos)
        << ran.err;
}

// Before it they would decide on where the chunk ends: some would read a size
// there, and some none.
TEST_P(RealServers, ChunkSizeWithABlankBeforeItIsNoPage)
{
    for (const char *blank : {" ", "\t"}) {
        RawServer server(
            {{"/", std::string("HTTP/1.1 200 OK\r\n"
                               "Transfer-Encoding: chunked\r\n\r\n") +
                       blank + "5\r\nhello\r\n0\r\n\r\n"}});
        Ran ran = fetch({server.url("/")});
        EXPECT_EQ(ran.code, 6) << ran.err;
        EXPECT_EQ(ran.out, "");
    }
}

TEST_P(RealServers, LargeHeadersAreRead)
{
    const std::string large(60000, 'x');
    RawServer server({
        {"/20k", TinyServer::page("20k", "200 OK",
                                  "X: " + large.substr(40000) + "\r\n")},
        {"/60k", TinyServer::page("60k", "200 OK", "X: " + large + "\r\n")},
        {"/240k",
         TinyServer::page("240k", "200 OK",
                          "A: " + large + "\r\nB: " + large +
                              "\r\nC: " + large + "\r\nD: " + large + "\r\n")},
        {"/300k", TinyServer::page("300k", "200 OK",
                                   "A: " + large + "\r\nB: " + large +
                                       "\r\nC: " + large + "\r\nD: " + large +
                                       "\r\nE: " + large + "\r\n")},
    });
    expect_page({server.url("/20k")}, "20k");
    expect_page({server.url("/60k")}, "60k");
    expect_page({server.url("/240k")}, "240k");
    EXPECT_EQ(fetch({server.url("/300k")}).code, 7);
    expect_page({"--max-header", "400000", server.url("/300k")}, "300k");
    EXPECT_EQ(fetch({"--max-header", "10000", server.url("/20k")}).code, 7);
}

TEST_P(RealServers, LongUrlIsAskedFor)
{
    const std::string target = "/" + std::string(60000, 'a');
    RawServer server(
        {{target, TinyServer::page("page")}, {"/", redirect(target)}});
    expect_page({server.url(target)}, "page");
    expect_page({"-L", server.url("/")}, "page");
}

// ---- where a redirect leads ----

TEST_P(RealServers, LocationWithASpaceIsFollowed)
{
    RawServer server({{"/", redirect("/a page?of=two words")},
                      {"/a%20page?of=two%20words", TinyServer::page("page")}});
    expect_page({"-L", server.url("/")}, "page");
}

TEST_P(RealServers, LocationWithATabOrBytesAboveAsciiIsFollowed)
{
    RawServer server({{"/tab", redirect("/a\tb")},
                      {"/a%09b", TinyServer::page("tab")},
                      {"/high", redirect("/caf\xc3\xa9?\xff")},
                      {"/caf%C3%A9?%FF", TinyServer::page("high")}});
    expect_page({"-L", server.url("/tab")}, "tab");
    expect_page({"-L", server.url("/high")}, "high");
}

// No value may have one (RFC 9110, 5.5), and so neither may this.
TEST_P(RealServers, LocationWithAControlCharacterIsNotHttp)
{
    for (char control : {'\x01', '\x1b', '\x7f', '\0'}) {
        std::string location = "/a?b";
        location[2] = control;
        RawServer server({{"/", redirect(location)}});
        Ran ran = fetch({"-L", server.url("/")});
        EXPECT_EQ(ran.code, 6) << ran.out << ran.err;
        EXPECT_EQ(server.heads().size(), 1u);
    }
}

TEST_P(RealServers, EmptyLocationIsThePage)
{
    RawServer server({{"/", redirect("")}});
    expect_page({"-L", server.url("/")}, "elsewhere");
    EXPECT_EQ(server.heads().size(), 1u);
}

TEST_P(RealServers, PathThatBeginsWithTwoSlashesStaysAPath)
{
    RawServer server({{"//dir/page", redirect("other")},
                      {"//dir/other", TinyServer::page("page")}});
    expect_page({"-L", server.url("//dir/page")}, "page");
}

TEST_P(RealServers, RedirectThatCannotBeFollowedNamesItsTarget)
{
    struct {
        const char *location, *told;
    } rows[] = {
        {"ftp://x.test/a", "ftp://x.test/a"},
        {"http://a\tb/\x9b[31mred\xc3\xa9", "http://a%09b/%9B[31mred%C3%A9"},
        {"http://me@x.test/", "http://me@x.test/"},
        {"http:///page", "http:///page"},
    };
    for (const auto &row : rows) {
        RawServer server({{"/", redirect(row.location)}});
        Ran ran = fetch({"-L", server.url("/")});
        EXPECT_EQ(ran.code, 6) << ran.err;
        EXPECT_NE(ran.err.find(row.told), std::string::npos) << ran.err;
        EXPECT_EQ(ran.err.find('\t'), std::string::npos) << ran.err;
    }
}

// ---- what a redirect takes along ----

TEST_P(RealServers, FieldsAboutABodyGoWithTheBody)
{
    const std::vector<std::string> about = {"Content-Type", "Content-Encoding",
                                            "Content-Language",
                                            "Content-Location", "Content-MD5"};
    for (const char *status : {"301 x", "302 x", "303 x", "307 x"}) {
        RawServer server({{"/", redirect("/next", status)},
                          {"/next", TinyServer::page("page")}});
        std::vector<std::string> arguments = {"-L", "-d", "body", "-H",
                                              "X-Other: stays"};
        for (const std::string &name : about)
            arguments.insert(arguments.end(), {"-H", name + ": about"});
        arguments.push_back(server.url("/"));
        expect_page(arguments, "page");
        std::vector<std::string> heads = server.heads();
        ASSERT_EQ(heads.size(), 2u);
        bool repeated = status[2] == '7';
        for (const std::string &name : about) {
            EXPECT_TRUE(has_field(heads[0], name)) << name;
            EXPECT_EQ(has_field(heads[1], name), repeated) << heads[1];
        }
        EXPECT_TRUE(has_field(heads[1], "X-Other")) << heads[1];
    }
}

TEST_P(RealServers, SecretsStayWithTheirServer)
{
    const std::vector<std::string> secret = {
        "Authorization", "Proxy-Authorization", "Cookie",      "X-API-Key",
        "X-Auth-Token",  "Private-Token",       "X-AuthToken", "SessionId"};
    RawServer other({{"/", TinyServer::page("page")}});
    RawServer server(
        {{"/here", redirect("/there")}, {"/there", redirect(other.url("/"))}});
    std::vector<std::string> arguments = {"-L", "-H", "X-Other: goes"};
    for (const std::string &name : secret)
        arguments.insert(arguments.end(), {"-H", name + ": secret"});
    arguments.push_back(server.url("/here"));
    expect_page(arguments, "page");
    std::vector<std::string> near = server.heads(), far = other.heads();
    ASSERT_EQ(near.size(), 2u);
    ASSERT_EQ(far.size(), 1u);
    for (const std::string &name : secret) {
        EXPECT_TRUE(has_field(near[1], name)) << near[1];
        EXPECT_FALSE(has_field(far[0], name)) << far[0];
    }
    EXPECT_TRUE(has_field(far[0], "X-Other")) << far[0];
}

// ---- what is sent ----

TEST_P(RealServers, HeaderWithoutAValueIsNotSent)
{
    RawServer server({{"/", TinyServer::page("page")}});
    for (const char *name : {"Host", "User-Agent", "X-Own"}) {
        expect_page({"-H", std::string(name) + ":", server.url("/")}, "page");
        std::vector<std::string> heads = server.heads();
        ASSERT_EQ(heads.size(), 1u);
        EXPECT_FALSE(has_field(heads[0], name)) << heads[0];
    }
}

TEST_P(RealServers, HostComesFirst)
{
    RawServer server({{"/", TinyServer::page("page")}});
    expect_page({"-H", "X-Own: a", "-H", "Host: other.test", server.url("/")},
                "page");
    std::vector<std::string> heads = server.heads();
    ASSERT_EQ(heads.size(), 1u);
    EXPECT_EQ(heads[0].find("\r\nHost: other.test\r\n"), heads[0].find("\r\n"));
}

// ---- the other way round ----

// Who asks decides on nothing for others: a server does not read on.
TEST(Serve, AnswersAFoldedHeaderOfARequestWith400)
{
    Program server({"serve"});
    std::string line = server.line();
    sockaddr_in address = {};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<uint16_t>(
        std::stoi(line.substr(line.find(':', line.find("//")) + 1))));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    ASSERT_EQ(
        connect(fd, reinterpret_cast<sockaddr *>(&address), sizeof address), 0);
    TinyServer::say(fd, "GET /bytes/10 HTTP/1.1\r\nHost: here\r\n"
                        "X-Policy: first,\r\n second\r\n\r\n");
    EXPECT_EQ(TinyServer::read_bytes(fd, 12), "HTTP/1.1 400");
    close(fd);
}

} // namespace
