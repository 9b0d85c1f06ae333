/* SPDX-License-Identifier: MIT */
/* Servers that are not ours and have something wrong with their TLS: each fault
 * is refused with its own sentence, by every model. */
#include "support/certificate_folder.h"
#include "support/program.h"

#include "http/tls.h"

#include <gtest/gtest.h>

#include <csignal>
#include <fstream>
#include <memory>
#include <sstream>
#include <string>
#include <unistd.h>
#include <vector>

namespace
{

struct Fault {
    std::string certificate; /* NAME of certificates_make */
    std::string host;
    enum tls_error reason; /* TLS_OK: there is nothing wrong */
    std::string directives;
};

const std::vector<Fault> faults = {
    {"good", "127.0.0.1", TLS_OK, ""},
    {"chained", "localhost", TLS_OK, ""},
    {"expired", "127.0.0.1", TLS_EXPIRED, ""},
    {"early", "127.0.0.1", TLS_NOT_YET_VALID, ""},
    {"other-name", "localhost", TLS_WRONG_NAME, ""},
    {"other-address", "127.0.0.1", TLS_WRONG_ADDRESS, ""},
    {"self-signed", "127.0.0.1", TLS_SELF_SIGNED, ""},
    {"unknown-issuer", "127.0.0.1", TLS_UNKNOWN_ISSUER, ""},
    {"no-intermediate", "127.0.0.1", TLS_NO_ISSUER, ""},
    {"not-a-ca", "127.0.0.1", TLS_NOT_A_CA, ""},
    {"for-clients", "127.0.0.1", TLS_WRONG_PURPOSE, ""},
    {"good", "127.0.0.1", TLS_TOO_OLD,
     "ssl_protocols TLSv1.1; ssl_ciphers ALL:@SECLEVEL=0;"},
    {"", "127.0.0.1", TLS_NOT_TLS, ""}, /* plain HTTP */
};

bool is_installed(const std::string &program)
{
    return run({"-c", "PATH=$PATH:/usr/sbin; command -v " + program}, {},
               "/bin/sh")
               .code == 0;
}

std::vector<std::string> models()
{
    std::vector<std::string> names;
    std::stringstream list(run({"fetch", "--list-models"}).out);
    for (std::string line; std::getline(list, line);)
        if (line.find("(not here: ") == std::string::npos)
            names.push_back(line.substr(0, line.find(' ')));
    return names;
}

Ran fetch(const std::string &model, const std::vector<std::string> &urls)
{
    std::vector<std::string> words = {"fetch", "--model", model, "--cacert",
                                      certificate_folder() + "/ca.pem"};
    words.insert(words.end(), urls.begin(), urls.end());
    return run(words);
}

/* What it says before the reason. */
const std::string sentence_of_fetch =
    "the connection could not be secured by TLS: ";

/* Each fault has a port of its own, one behind the other. */
class Nginx
{
  public:
    /* It cannot be told to take ports that are free: they are tried. */
    Nginx()
    {
        for (size_t i = 0; i < 10 && !is_serving(); i++) {
            base = 20000 + ((size_t)getpid() * 37 + i * 997) % 12000;
            configure();
            server = std::make_unique<Program>(
                std::vector<std::string>{"-c", folder + "/conf"}, Before(),
                "/usr/sbin/nginx");
            for (int tries = 0; tries < 50 && !is_serving(); tries++)
                usleep(10000);
        }
    }
    ~Nginx()
    {
        if (server)
            server->signal(SIGTERM);
    }
    bool is_serving() const
    {
        return base && run({"fetch", "--cacert",
                            certificate_folder() + "/ca.pem", url(0)})
                               .code == 0;
    }
    std::string url(size_t fault) const
    {
        return "https://" + faults[fault].host + ":" +
               std::to_string(base + fault) + "/ca.pem";
    }

  private:
    void configure() const
    {
        std::ofstream conf(folder + "/conf");
        conf << "daemon off; master_process off; pid " << folder
             << "/pid; error_log " << folder << "/log; events {}\n"
             << "http { access_log off; root " << folder << ";\n";
        for (const char *kind :
             {"client_body", "proxy", "fastcgi", "uwsgi", "scgi"})
            conf << kind << "_temp_path " << folder << "/temp;\n";
        for (size_t i = 0; i < faults.size(); i++)
            describe(conf, faults[i], base + i);
        conf << "}\n";
    }
    void describe(std::ofstream &conf, const Fault &fault, size_t port) const
    {
        const std::string identity = folder + "/" + fault.certificate;
        conf << "server { listen 127.0.0.1:" << port;
        if (!fault.certificate.empty())
            conf << " ssl; ssl_certificate " << identity
                 << ".pem; ssl_certificate_key " << identity << ".key";
        conf << "; " << fault.directives << " }\n";
    }
    const std::string folder = certificate_folder();
    size_t base = 0;
    std::unique_ptr<Program> server;
};

TEST(TlsFaults, OfNginxAreRefusedByEveryModelForTheirOwnReason)
{
    if (!is_installed("nginx"))
        GTEST_SKIP() << "nginx is not installed";
    Nginx nginx;
    ASSERT_TRUE(nginx.is_serving());
    std::vector<std::string> urls;
    for (size_t i = 0; i < faults.size(); i++)
        urls.push_back(nginx.url(i));
    for (const std::string &model : models()) {
        Ran ran = fetch(model, urls);
        EXPECT_EQ(ran.code, 4) << model;
        for (size_t i = 0; i < faults.size(); i++) {
            enum tls_error reason = faults[i].reason;
            std::string told = "fetch: " + urls[i] + ": ";
            size_t at = ran.err.find(told);
            if (reason != TLS_OK)
                told += sentence_of_fetch + tls_error_sentence(reason) + "\n";
            EXPECT_EQ(at == std::string::npos, reason == TLS_OK)
                << model << ", " << urls[i];
            if (at != std::string::npos) {
                EXPECT_EQ(ran.err.substr(at, told.size()), told) << model;
            }
        }
    }
}

/* Another server: it prints where it listens. */
TEST(TlsPeers, TheServerOfOpensslServesEveryModel)
{
    if (!is_installed("openssl"))
        GTEST_SKIP() << "openssl is not installed";
    const std::string identity = certificate_folder() + "/good";
    Program server({"s_server", "-accept", "127.0.0.1:0", "-www", "-cert",
                    identity + ".pem", "-key", identity + ".key"},
                   {}, "/usr/bin/openssl");
    std::string line;
    do
        line = server.line();
    while (!line.empty() && line.find("ACCEPT ") != 0);
    ASSERT_EQ(line.find("ACCEPT 127.0.0.1:"), 0u) << line;
    const std::string url = "https://" + line.substr(7) + "/";
    for (const std::string &model : models()) {
        Ran ran = fetch(model, {url});
        EXPECT_EQ(ran.code, 0) << model << ": " << ran.err;
        EXPECT_NE(ran.out.find("s_server"), std::string::npos) << model;
    }
    server.signal(SIGKILL);
}

} // namespace
