/* SPDX-License-Identifier: MIT */
/* `fetch https://…` as a person sees it. */
#include "support/program.h"
#include "support/tls_peer.h"

#include <gtest/gtest.h>

namespace
{

class FetchTls : public testing::Test
{
  protected:
    /* What fetch says of a page of a server with this certificate. */
    Ran fetch(const std::string &certificate, std::vector<std::string> options)
    {
        TlsIdentity identity(certificate);
        TinyServer server([&](int fd, int) { TlsPeer(fd, identity).echo(); });
        options.insert(options.begin(), "fetch");
        options.push_back("https://127.0.0.1:" + std::to_string(server.port()) +
                          "/page");
        return run(options);
    }
    const std::string ca = certificate_folder() + "/ca.pem";
};

TEST_F(FetchTls, BringsAPageFromAServerThatIsTrusted)
{
    Ran ran = fetch("good", {"--cacert", ca});
    EXPECT_EQ(ran.code, 0) << ran.err;
    EXPECT_EQ(ran.out, "/page");
    EXPECT_EQ(ran.err, "");
}

TEST_F(FetchTls, DoesNotTrustAServerUnlessItIsAsked)
{
    Ran ran = fetch("good", {});
    EXPECT_EQ(ran.code, 4);
    EXPECT_EQ(ran.out, "");
    EXPECT_NE(ran.err.find("could not be secured by TLS: "), std::string::npos)
        << ran.err;
    EXPECT_NE(ran.err.find("--cacert"), std::string::npos) << ran.err;
    EXPECT_EQ(fetch("self-signed", {"--insecure"}).out, "/page");
}

TEST_F(FetchTls, SaysWhatIsWrongWithTheFileOfIssuers)
{
    const std::string key = certificate_folder() + "/good.key";
    Ran missing = fetch("good", {"--cacert", "/nowhere/ca.pem"});
    EXPECT_EQ(missing.code, 2);
    EXPECT_NE(missing.err.find("/nowhere/ca.pem cannot be read: No such file"),
              std::string::npos)
        << missing.err;
    Ran wrong = fetch("good", {"--cacert", key});
    EXPECT_EQ(wrong.code, 2);
    EXPECT_NE(wrong.err.find("there is no certificate in " + key),
              std::string::npos)
        << wrong.err;
}

} // namespace
