/* SPDX-License-Identifier: MIT */
/* The same streams through TLS, over every engine. */
#include "streams_fixture.h"
#include "support/certificate_folder.h"

#include <cerrno>
#include <sys/socket.h>

namespace
{

class TlsStreamTest : public StreamsTest
{
  protected:
    void TearDown() override
    {
        StreamsTest::TearDown();
        tls_context_free(trust);
        tls_context_free(identity);
    }
    /* The server shows NAME of certificates_make. */
    void start_tls(ScriptServer &server, const std::string &name)
    {
        std::string base = certificate_folder() + "/" + name;
        std::string ca = certificate_folder() + "/ca.pem";
        ASSERT_EQ(tls_client_context_new(&trust, ca.c_str(), false), 0);
        ASSERT_EQ(tls_server_context_new(&identity, (base + ".pem").c_str(),
                                         (base + ".key").c_str()),
                  0);
        server.tls = identity;
        start(server);
    }
    Tellers::Begin opens_tls()
    {
        return [this] {
            return open_tls_connection(&streams, &address, trust, "localhost");
        };
    }
    struct tls_context *trust = nullptr, *identity = nullptr;
};

TEST_P(TlsStreamTest, AClientAndAServerTalk)
{
    ScriptServer server(GetParam(), echoes);
    start_tls(server, "good");
    does({opens_tls(), writes("hello\n"), line(), line(), drops(),
          ends(server)});
    EXPECT_EQ(told(), "<stream> 'wrote' b'hello\\n' None 'dropped' 'closed' ");
    EXPECT_EQ(streams.first, nullptr);
}

TEST_P(TlsStreamTest, ACertificateThatIsNotGoodIsAFailure)
{
    ScriptServer server(GetParam(), echoes);
    start_tls(server, "other-name");
    does({opens_tls(), ends(server)});
    EXPECT_EQ(told(), "OSError(Protocol error) 'closed' ");
    EXPECT_EQ(server.diary, "");
    EXPECT_EQ(streams.first, nullptr);
}

TEST_P(TlsStreamTest, MuchGoesThroughAndBothWaitForEachOther)
{
    const std::string much(1 << 20, 'x');
    size_t size = 0;
    ScriptServer server(GetParam(), swallows(&size));
    start_tls(server, "good");
    auto drain = [this] { return stream_drain(tellers.opened); };
    does({opens_tls(), writes(much), drain, writes(much), drain,
          [this] {
              stream_write_eof(tellers.opened);
              return stream_read_all(tellers.opened);
          },
          drops(), ends(server)});
    EXPECT_EQ(told(),
              "<stream> 'wrote' None 'wrote' None None 'dropped' 'closed' ");
    EXPECT_EQ(size, 2 * much.size());
}

TEST_P(TlsStreamTest, WhatIsLeftInTheMiddleOfAHandshakeIsGivenBack)
{
    ScriptServer server(GetParam(), echoes);
    start_tls(server, "good");
    does({opens_tls()});
    for (int i = 0; i < 3; i++)
        turn();
    end(server);
}

INSTANTIATE_TEST_SUITE_P(Engines, TlsStreamTest,
                         testing::Values(&frame_engine, &stack_engine),
                         [](const auto &by) { return by.param->name; });

} // namespace
