/* SPDX-License-Identifier: MIT */
/* `serve --tls`: the origin by https, to our clients and to others. */
#include "support/certificate_folder.h"
#include "support/program.h"

#include "harness/origin/origin_bytes.h"

#include <gtest/gtest.h>

#include <arpa/inet.h>
#include <csignal>
#include <filesystem>
#include <netinet/in.h>
#include <sstream>
#include <string>
#include <sys/socket.h>
#include <unistd.h>
#include <vector>

namespace
{

std::string made_up(size_t size)
{
    std::string bytes(size, '\0');
    origin_bytes(0, 0, bytes.data(), size);
    return bytes;
}

Ran shell(const std::string &line)
{
    return run({"-c", line}, {}, "/bin/sh");
}

bool is_installed(const std::string &program)
{
    return shell("command -v " + program).code == 0;
}

class ServeTls : public testing::Test
{
  protected:
    ServeTls() : server({"serve", "--tls"})
    {
        url = server.line();
        server.line();
        server.line(); /* Try: */
        const std::string curl = server.line(), option = "--cacert ";
        size_t at = curl.find(option) + option.size();
        ca = curl.substr(at, curl.find(' ', at) - at);
    }
    ~ServeTls() override
    {
        end();
    }
    /* As a person does: killed, it could not remove its certificate. */
    int end()
    {
        if (code < 0) {
            server.signal(SIGINT);
            code = server.wait();
        }
        return code;
    }
    Ran fetch(const std::string &target, std::vector<std::string> more = {})
    {
        more.insert(more.begin(), {"fetch", "--cacert", ca});
        more.push_back(url + target);
        return run(more);
    }
    uint16_t port() const
    {
        return (uint16_t)std::stoul(url.substr(url.rfind(':') + 1));
    }
    Program server;
    std::string url, ca;
    int code = -1; /* of its exit, at its end */
};

TEST_F(ServeTls, ServesItsPagesWhole)
{
    ASSERT_EQ(url.compare(0, 18, "https://127.0.0.1:"), 0) << url;
    for (size_t size : {0u, 1u, 1024u, 300000u, 20000000u}) {
        std::string number = std::to_string(size);
        EXPECT_EQ(fetch("bytes/" + number).out == made_up(size), true) << size;
        EXPECT_EQ(fetch("stream/" + number).out == made_up(size), true) << size;
    }
    EXPECT_EQ(fetch("fixed").out.size(), 1024u);
    EXPECT_EQ(fetch("drip?bytes=5&every=1ms").out, made_up(5));
    EXPECT_EQ(fetch("bytes/9?length=close").out, made_up(9))
        << "the end of TLS is the end of the page";
    EXPECT_EQ(fetch("redirect/2?to=/fixed", {"--location"}).code, 0);
}

TEST_F(ServeTls, EveryModelHasItsPagesInFlightTogether)
{
    std::stringstream models(run({"fetch", "--list-models"}).out);
    for (std::string line; std::getline(models, line);) {
        std::string model = line.substr(0, line.find(' '));
        if (line.find("(not here: ") != std::string::npos)
            continue;
        Ran ran = fetch("bytes/5000",
                        {"--model", model, "-k", "-c", "4", "-n", "12"});
        EXPECT_EQ(ran.code, 0) << model << ": " << ran.err;
        EXPECT_NE(ran.out.find("12 of 12 fetched"), std::string::npos)
            << model << ": " << ran.out;
    }
}

TEST_F(ServeTls, KeepsConnections)
{
    EXPECT_EQ(fetch("bytes/10?run=kept", {"-k", "-n", "5"}).code, 0);
    std::string stats = fetch("stats?run=kept").out;
    EXPECT_NE(stats.find("\"served\":5"), std::string::npos) << stats;
    EXPECT_NE(stats.find("\"accepted\":1"), std::string::npos) << stats;
}

TEST_F(ServeTls, IsNotTrustedUnasked)
{
    Ran ran = run({"fetch", url + "bytes/1"});
    EXPECT_EQ(ran.code, 4);
    EXPECT_EQ(ran.out, "");
}

TEST_F(ServeTls, AnEndWithoutNoticeIsSeenAsSuch)
{
    Ran ran = fetch("close?after=500");
    EXPECT_EQ(ran.code, 4) << ran.err;
    EXPECT_EQ(fetch("reset?after=500").code, 4);
    EXPECT_EQ(fetch("lie").code, 4);
}

TEST_F(ServeTls, ServesOthersWhileAClientSpeaksPlainHttp)
{
    sockaddr_in address = {};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(port());
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    ASSERT_EQ(
        connect(fd, reinterpret_cast<sockaddr *>(&address), sizeof address), 0);
    EXPECT_EQ(fetch("bytes/3").out, made_up(3)) << "it says nothing";
    const std::string plain = "GET /bytes/1 HTTP/1.0\r\n\r\n";
    ASSERT_EQ(send(fd, plain.data(), plain.size(), MSG_NOSIGNAL),
              (ssize_t)plain.size());
    std::string answer;
    char piece[512];
    for (ssize_t size; (size = recv(fd, piece, sizeof piece, 0)) > 0;)
        answer.append(piece, (size_t)size);
    close(fd);
    EXPECT_EQ(answer.find("HTTP"), std::string::npos) << answer;
    EXPECT_EQ(fetch("bytes/3").out, made_up(3));
}

TEST_F(ServeTls, CurlGetsAPage)
{
    if (!is_installed("curl"))
        GTEST_SKIP() << "curl is not installed";
    std::string curl = "curl -s --cacert " + ca + " ";
    EXPECT_EQ(shell(curl + url + "bytes/20000").out, made_up(20000));
    EXPECT_EQ(shell(curl + "-d posted " + url + "echo").out, "posted");
    EXPECT_EQ(shell("curl -s " + url + "bytes/1").code, 60);
}

TEST_F(ServeTls, TheClientOfOpensslGetsAPage)
{
    if (!is_installed("openssl"))
        GTEST_SKIP() << "openssl is not installed";
    Ran ran =
        shell("printf 'GET /bytes/10 HTTP/1.0\\r\\n\\r\\n' | openssl s_client "
              "-quiet -verify_return_error -CAfile " +
              ca + " -connect 127.0.0.1:" + std::to_string(port()));
    EXPECT_EQ(ran.code, 0) << ran.err;
    EXPECT_NE(ran.out.find("\r\n\r\n" + made_up(10)), std::string::npos)
        << ran.out << ran.err;
}

TEST_F(ServeTls, LeavesNothingBehind)
{
    ASSERT_TRUE(std::filesystem::exists(ca)) << ca;
    EXPECT_EQ(end(), 0);
    EXPECT_FALSE(
        std::filesystem::exists(std::filesystem::path(ca).parent_path()));
}

TEST(ServeOwnCertificate, IsServed)
{
    const std::string folder = certificate_folder();
    Program server({"serve", "--cert", folder + "/chained.pem", "--key",
                    folder + "/chained.key"});
    std::string url = server.line();
    Ran ran = run({"fetch", "--cacert", folder + "/ca.pem", url + "bytes/7"});
    EXPECT_EQ(ran.out, made_up(7)) << ran.err;
}

TEST(ServeOwnCertificate, SaysWhatIsWrongWithIt)
{
    const std::string folder = certificate_folder();
    const struct {
        std::vector<std::string> options;
        int code;
        std::string says;
    } rows[] = {
        {{"--cert", "x"}, 2, "--cert and --key go together"},
        {{"--tls", "--key", "x"}, 2, "--cert and --key go together"},
        {{"--cert", "/nowhere/x", "--key", "/nowhere/y"}, 1, "cannot be read"},
        {{"--cert", folder + "/good.key", "--key", folder + "/good.key"},
         1,
         "there is no certificate in "},
        {{"--cert", folder + "/good.pem", "--key", folder + "/expired.key"},
         1,
         "is not its key"},
    };
    for (const auto &row : rows) {
        std::vector<std::string> words = row.options;
        words.insert(words.begin(), "serve");
        Ran ran = run(words);
        EXPECT_EQ(ran.code, row.code) << ran.err;
        EXPECT_NE(ran.err.find(row.says), std::string::npos) << ran.err;
    }
}

} // namespace
