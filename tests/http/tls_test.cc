/* SPDX-License-Identifier: MIT */
/* TLS as bytes: two ends in memory, with certificates that are right and wrong
 * in every way that has a sentence of its own. */
#include "http/tls.h"
#include "support/certificate_folder.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cerrno>
#include <string>

namespace
{

class TlsTest : public testing::Test
{
  protected:
    void make(const std::string &server_name, const char *host = "localhost",
              bool insecure = false)
    {
        std::string base = certificate_folder() + "/" + server_name;
        std::string ca = certificate_folder() + "/ca.pem";
        ASSERT_EQ(tls_client_context_new(&trust, ca.c_str(), insecure), 0);
        ASSERT_EQ(tls_server_context_new(&identity, (base + ".pem").c_str(),
                                         (base + ".key").c_str()),
                  0);
        ASSERT_EQ(tls_connect_new(&client, trust, host), 0);
        ASSERT_EQ(tls_accept_new(&server, identity), 0);
    }
    void TearDown() override
    {
        tls_free(client);
        tls_free(server);
        tls_context_free(trust);
        tls_context_free(identity);
    }
    /* Everything that one side has for the wire, in parts of `step` bytes. */
    bool carry(struct tls *from, struct tls *to)
    {
        bool any = false;
        for (struct slice out; (out = tls_output(from)).size > 0;) {
            size_t size = std::min(step, out.size);
            std::string part(out.data, size);
            tls_sent(from, size);
            (void)tls_received(to, part.data(), part.size());
            any = true;
        }
        return any;
    }
    void exchange()
    {
        bool any;
        do {
            any = carry(client, server);
            any = carry(server, client) || any;
        } while (any);
    }
    static std::string read_all(struct tls *tls)
    {
        char buffer[1000];
        std::string all;
        for (ssize_t n; (n = tls_read(tls, buffer, sizeof buffer)) > 0;)
            all.append(buffer, (size_t)n);
        return all;
    }
    void expect_refused(const char *name, const char *host,
                        enum tls_error error)
    {
        make(name, host);
        exchange();
        EXPECT_EQ(tls_error(client), error)
            << name << ": " << tls_error_sentence(tls_error(client));
        EXPECT_EQ(tls_write(client, slice_of("secret")), -EPROTO);
        EXPECT_EQ(read_all(server), "");
        TearDown();
        client = server = nullptr;
        trust = identity = nullptr;
    }

    struct tls_context *trust = nullptr, *identity = nullptr;
    struct tls *client = nullptr, *server = nullptr;
    size_t step = 1 << 20;
};

TEST_F(TlsTest, CarriesBytesBothWays)
{
    for (const char *name : {"good", "chained"}) {
        make(name);
        EXPECT_EQ(tls_write(client, slice_of("too early")), 0);
        exchange();
        ASSERT_TRUE(tls_is_ready(client) && tls_is_ready(server));
        EXPECT_EQ(tls_error(client), TLS_OK);
        EXPECT_EQ(tls_write(client, slice_of("question")), 8);
        exchange();
        EXPECT_EQ(read_all(server), "question");
        EXPECT_EQ(tls_write(server, slice_of("answer")), 6);
        exchange();
        EXPECT_EQ(read_all(client), "answer");
        char byte;
        EXPECT_EQ(tls_read(client, &byte, 1), -EAGAIN);
        TearDown();
    }
    client = server = nullptr;
    trust = identity = nullptr;
}

TEST_F(TlsTest, TheWireMayGiveOneByteAtATime)
{
    step = 1;
    make("good", "127.0.0.1");
    exchange();
    ASSERT_TRUE(tls_is_ready(client) && tls_is_ready(server));
    std::string page(100000, 'x'), got;
    for (size_t sent = 0; sent < page.size() || got.size() < page.size();) {
        struct slice rest = {page.data() + sent, page.size() - sent};
        sent += (size_t)tls_write(server, rest);
        exchange();
        got += read_all(client);
    }
    EXPECT_EQ(got, page);
}

TEST_F(TlsTest, WhatIsSentStaysInPlaceUntilItIsSent)
{
    make("good");
    exchange();
    read_all(client);
    tls_write(client, slice_of("first"));
    struct slice before = tls_output(client);
    std::string copy(before.data, before.size);
    for (int i = 0; i < 100; i++)
        tls_write(client, slice_of("more"));
    tls_write(server, slice_of("answer"));
    carry(server, client);
    struct slice after = tls_output(client);
    EXPECT_EQ(after.data, before.data);
    EXPECT_EQ(std::string(after.data, before.size), copy);
    exchange();
    EXPECT_EQ(read_all(server).size(), 5u + 100 * 4);
}

TEST_F(TlsTest, TakesNoMoreWhileMuchWaitsForTheWire)
{
    make("good");
    exchange();
    std::string part(60000, 'x');
    size_t taken = 0;
    for (int i = 0; i < 100; i++)
        taken += (size_t)tls_write(client, {part.data(), part.size()});
    EXPECT_GT(taken, part.size());
    EXPECT_LT(taken, 400000u);
}

TEST_F(TlsTest, EachWrongCertificateHasAReasonOfItsOwn)
{
    expect_refused("expired", "localhost", TLS_EXPIRED);
    expect_refused("early", "localhost", TLS_NOT_YET_VALID);
    expect_refused("other-name", "localhost", TLS_WRONG_NAME);
    expect_refused("other-address", "127.0.0.1", TLS_WRONG_ADDRESS);
    expect_refused("self-signed", "localhost", TLS_SELF_SIGNED);
    expect_refused("unknown-issuer", "localhost", TLS_UNKNOWN_ISSUER);
    expect_refused("no-intermediate", "localhost", TLS_NO_ISSUER);
    expect_refused("not-a-ca", "localhost", TLS_NOT_A_CA);
    expect_refused("for-clients", "localhost", TLS_WRONG_PURPOSE);
}

TEST_F(TlsTest, ThePeerIsToldWhyItsCertificateIsRefused)
{
    make("expired");
    exchange();
    EXPECT_NE(tls_error(server), TLS_OK);
}

TEST_F(TlsTest, InsecureTakesAnyCertificate)
{
    for (const char *name : {"expired", "other-name", "self-signed"}) {
        make(name, "localhost", true);
        exchange();
        EXPECT_TRUE(tls_is_ready(client)) << name;
        TearDown();
    }
    client = server = nullptr;
    trust = identity = nullptr;
}

TEST_F(TlsTest, AnEndWithoutItsNoticeIsCutShort)
{
    make("good");
    exchange();
    tls_write(server, slice_of("half a pa"));
    exchange();
    EXPECT_EQ(read_all(client), "half a pa");
    EXPECT_EQ(tls_ended(client), -EPROTO);
    EXPECT_EQ(tls_error(client), TLS_CUT_SHORT);
}

TEST_F(TlsTest, AnEndInOrderIsTold)
{
    char byte;
    make("good");
    exchange();
    tls_write(server, slice_of("page"));
    tls_close(server);
    exchange();
    EXPECT_EQ(read_all(client), "page");
    EXPECT_EQ(tls_read(client, &byte, 1), 0);
    EXPECT_EQ(tls_ended(client), 0);
    EXPECT_EQ(tls_error(client), TLS_OK);
}

TEST_F(TlsTest, AServerThatSpeaksPlainHttpIsToldApart)
{
    make("good");
    std::string plain = "HTTP/1.1 400 Bad Request\r\n\r\n";
    EXPECT_EQ(tls_received(client, plain.data(), plain.size()), -EPROTO);
    EXPECT_EQ(tls_error(client), TLS_NOT_TLS);
}

TEST_F(TlsTest, AServerThatSpeaksOnlyAnOldVersionIsToldApart)
{
    make("good");
    /* A fatal alert, protocol_version, in a record of TLS 1.1. */
    const char alert[] = {0x15, 0x03, 0x02, 0x00, 0x02, 0x02, 0x46};
    EXPECT_EQ(tls_received(client, alert, sizeof alert), -EPROTO);
    EXPECT_EQ(tls_error(client), TLS_TOO_OLD);
}

TEST_F(TlsTest, RandomBytesAreNeitherReadNorACrash)
{
    make("good");
    exchange();
    /* A record of application data whose contents are not encrypted. */
    std::string noise("\x17\x03\x03\x00\x20", 5);
    noise += std::string(0x20, 'n');
    (void)tls_received(client, noise.data(), noise.size());
    char byte;
    EXPECT_EQ(tls_read(client, &byte, 1), -EPROTO);
    EXPECT_EQ(tls_error(client), TLS_PROTOCOL);
}

TEST_F(TlsTest, FilesThatAreNotThereOrNotCertificatesAreTold)
{
    std::string missing = certificate_folder() + "/missing.pem";
    std::string key = certificate_folder() + "/good.key",
                chain = certificate_folder() + "/good.pem";
    EXPECT_EQ(tls_client_context_new(&trust, missing.c_str(), false), -ENOENT);
    EXPECT_EQ(tls_client_context_new(&trust, key.c_str(), false), -EINVAL);
    EXPECT_EQ(tls_server_context_new(&identity, chain.c_str(), missing.c_str()),
              -ENOENT);
    std::string other = certificate_folder() + "/expired.key";
    EXPECT_EQ(tls_server_context_new(&identity, chain.c_str(), other.c_str()),
              -EINVAL);
}

} // namespace
