/* SPDX-License-Identifier: MIT */
/* https: in every model, without a line of its own there. */
#include "held_up.h"
#include "suite.h"
#include "support/scripted_sockets.h"
#include "support/server_process.h"
#include "support/tls_peer.h"

#include "base/clock.h"

#include <algorithm>
#include <functional>
#include <memory>
#include <sched.h>
#include <utility>

namespace
{

class Secure : public ModelTest
{
  protected:
    void SetUp() override
    {
        ModelTest::SetUp();
        ca = certificate_folder() + "/ca.pem";
        trust.ca_file = ca.c_str();
    }
    void TearDown() override
    {
        scripted_end();
        tls_trust_deinit(&trust);
        ModelTest::TearDown();
    }
    static std::string url(const ServerProcess &server,
                           const std::string &target,
                           const std::string &host = "127.0.0.1")
    {
        return "https://" + host + ":" + std::to_string(server.port()) + target;
    }
    static TinyServer::Script echo(const TlsIdentity &identity)
    {
        return [&identity](int fd, int) { TlsPeer(fd, identity).echo(); };
    }
    /* A page from a server with this script is refused with this reason. */
    void expect_refused(TinyServer::Script script, enum tls_error reason,
                        const std::string &host = "127.0.0.1")
    {
        ServerProcess server(std::move(script));
        Pages pages;
        pages.options.trust = &trust;
        size_t page = pages.add(METHOD_GET, url(server, "/secret", host));
        pages.run(model());
        EXPECT_EQ(pages[page].error, FETCH_TLS) << pages.explain(page);
        EXPECT_EQ(pages[page].detail, reason)
            << pages.explain(page)
            << "\ninstead of: " << tls_error_sentence(reason);
    }

    std::string ca;
    struct tls_trust trust = {};
};
INSTANTIATE_FOR_EVERY_MODEL(Secure);

TEST_P(Secure, PagesArriveWholeAndAreMarked)
{
    TlsIdentity identity("good");
    ServerProcess server(echo(identity));
    Pages pages(at_once(4));
    pages.options.trust = &trust;
    for (int i = 0; i < 12; i++)
        pages.add(METHOD_GET, url(server, "/page/" + std::to_string(i)));
    pages.run(model());
    pages.expect_all_fine();
    for (size_t i = 0; i < pages.count(); i++) {
        EXPECT_EQ(pages.body(i), "/page/" + std::to_string(i));
        const nanos *marks = pages[i].marks;
        EXPECT_LE(marks[MARK_CONNECTED], marks[MARK_SECURED]);
        EXPECT_LE(marks[MARK_SECURED], marks[MARK_SENT]);
        EXPECT_LE(marks[MARK_SENT], marks[MARK_DONE]);
    }
}

TEST_P(Secure, LargeBodiesGoBothWays)
{
    const std::string large(3 << 20, 'x');
    TlsIdentity identity("chained");
    ServerProcess server([&](int fd, int) {
        TlsPeer peer(fd, identity);
        peer.read_head();
        peer.say(TinyServer::page(peer.read_bytes(large.size())));
        peer.end();
    });
    Pages pages;
    pages.options.trust = &trust;
    size_t page = pages.add(METHOD_POST, url(server, "/echo"), large);
    pages.run(model());
    pages.expect_all_fine();
    EXPECT_EQ(pages.body(page) == large, true);
}

TEST_P(Secure, ConnectionsAreKeptWithTheirTls)
{
    if (!can(CAN_KEEP_ALIVE))
        GTEST_SKIP() << "it keeps no connection";
    TlsIdentity identity("good");
    ServerProcess server(echo(identity));
    Pages pages;
    pages.options.trust = &trust;
    pages.options.keep_alive = true;
    for (int i = 0; i < 5; i++)
        pages.add(METHOD_GET, url(server, "/" + std::to_string(i)));
    pages.run(model());
    pages.expect_all_fine();
    EXPECT_EQ(server.accepted(), 1);
    EXPECT_EQ(pages.count_reused(), 4u);
}

/* What TLS has to say after its handshake is not an unasked answer. */
TEST_P(Secure, ConnectionsThatRestAreKeptToo)
{
    if (!can(CAN_KEEP_ALIVE))
        GTEST_SKIP() << "it keeps no connection";
    TlsIdentity identity("good");
    ServerProcess server(echo(identity));
    Pages pages;
    pages.options.trust = &trust;
    pages.options.keep_alive = true;
    pages.options.work = [](void *, struct result *) {
        nanos until = monotonic_now() + 2 * KEPT_AT_ONCE;
        while (monotonic_now() < until)
            sched_yield();
    };
    for (int i = 0; i < 3; i++)
        pages.add(METHOD_GET, url(server, "/" + std::to_string(i)));
    pages.run(model());
    pages.expect_all_fine();
    EXPECT_EQ(server.accepted(), 1);
}

/* A server that says more than it was asked, once its answer has been read. */
TEST_P(Secure, WhatIsUnaskedIsNotTheNextPage)
{
    if (!can(CAN_KEEP_ALIVE))
        GTEST_SKIP() << "it keeps no connection";
    const std::function<void(TlsPeer &)> unasked[] = {
        [](TlsPeer &peer) { peer.say(TinyServer::page("/stray")); },
        [](TlsPeer &peer) {
            peer.say(TinyServer::page("late", "408 Request Timeout",
                                      "Connection: close\r\n"));
            peer.end();
        },
        [](TlsPeer &peer) { peer.end(); },
    };
    TlsIdentity identity("good");
    for (auto &words : unasked) {
        HeldUp client;
        SharedCount asked; /* again, on the first connection */
        auto server = std::make_unique<ServerProcess>([&](int fd, int number) {
            TlsPeer peer(fd, identity);
            if (number > 0) {
                peer.echo();
                return;
            }
            peer.read_head();
            peer.say(TinyServer::page("/first"));
            client.say([&] { words(peer); });
            if (!peer.read_head().empty())
                asked.add();
        });
        Pages pages;
        pages.options.trust = &trust;
        client.fetch(pages, model(), url(*server, ""));
        EXPECT_EQ(server->accepted(), 2);
        server.reset();
        EXPECT_EQ(asked.value(), 0);
    }
}

/* Then the rest of it would be read with the next answer. */
TEST_P(Secure, APartOfARecordBehindAnAnswerIsUnaskedToo)
{
    if (!can(CAN_KEEP_ALIVE))
        GTEST_SKIP() << "it keeps no connection";
    const std::string record("\x17\x03\x03\x00\x20 the first words", 21);
    TlsIdentity identity("good");
    for (size_t part : {size_t(1), size_t(5), record.size()}) {
        SharedCount asked; /* again, on the first connection */
        auto server = std::make_unique<ServerProcess>([&](int fd, int number) {
            TlsPeer peer(fd, identity);
            if (number > 0) {
                peer.echo();
                return;
            }
            peer.read_head();
            peer.say_before(TinyServer::page("/first"), record.substr(0, part));
            if (!peer.read_head().empty())
                asked.add();
        });
        Pages pages;
        pages.options.trust = &trust;
        pages.options.keep_alive = true;
        for (const char *target : {"/first", "/second"})
            pages.add(METHOD_GET, url(*server, target));
        pages.run(model());
        pages.expect_all_fine();
        EXPECT_EQ(server->accepted(), 2);
        server.reset();
        EXPECT_EQ(asked.value(), 0) << part << " bytes";
    }
}

TEST_P(Secure, AConnectionForHttpIsNotUsedForHttps)
{
    if (!can(CAN_KEEP_ALIVE))
        GTEST_SKIP() << "it keeps no connection";
    /* The same host and port; a server that speaks both. */
    TlsIdentity identity("good");
    ServerProcess server([&](int fd, int number) {
        if (number == 0)
            TinyServer::echo(fd, number);
        else
            TlsPeer(fd, identity).echo();
    });
    Pages pages;
    pages.options.trust = &trust;
    pages.options.keep_alive = true;
    std::string plain = url(server, "/plain").replace(0, 5, "http");
    pages.add(METHOD_GET, plain);
    pages.add(METHOD_GET, url(server, "/secret"));
    pages.run(model());
    pages.expect_all_fine();
    EXPECT_EQ(server.accepted(), 2);
    EXPECT_EQ(pages.body(1), "/secret");
}

TEST_P(Secure, ARedirectMayLeadToHttps)
{
    if (!can(CAN_REDIRECT))
        GTEST_SKIP() << "it follows no redirect";
    TlsIdentity identity("good");
    ServerProcess secure(echo(identity));
    ServerProcess plain([&](int fd, int) {
        TinyServer::read_head(fd);
        TinyServer::say(fd, TinyServer::page(
                                "", "302 Found",
                                "Location: " + url(secure, "/there") + "\r\n"));
    });
    Pages pages;
    pages.options.trust = &trust;
    pages.options.redirects_max = 3;
    size_t page = pages.add(
        METHOD_GET, "http://127.0.0.1:" + std::to_string(plain.port()) + "/");
    pages.run(model());
    pages.expect_all_fine();
    EXPECT_EQ(pages.body(page), "/there");
}

TEST_P(Secure, TheWireMayTakeAndGiveOneByteAtATime)
{
    TlsIdentity identity("good");
    ServerProcess server(echo(identity));
    const struct scripted_rule rules[] = {
        {SCRIPTED_SEND, 1, 1, 7, 0},
        {SCRIPTED_RECV, 1, 1, 5, 0},
    };
    Pages pages;
    pages.options.trust = &trust;
    size_t page = pages.add(METHOD_GET, url(server, "/drops"));
    ASSERT_EQ(scripted_begin(server.port(), rules, 2), 0);
    pages.run(model());
    scripted_end();
    pages.expect_all_fine();
    EXPECT_EQ(pages.body(page), "/drops");
}

/* ---- what is refused ---- */

TEST_P(Secure, EachWrongCertificateIsRefusedForItsOwnReason)
{
    const struct {
        const char *name;
        enum tls_error reason;
        const char *host = "127.0.0.1";
    } wrong[] = {
        {"expired", TLS_EXPIRED},
        {"early", TLS_NOT_YET_VALID},
        {"other-name", TLS_WRONG_NAME, "localhost"},
        {"other-address", TLS_WRONG_ADDRESS},
        {"self-signed", TLS_SELF_SIGNED},
        {"unknown-issuer", TLS_UNKNOWN_ISSUER},
        {"no-intermediate", TLS_NO_ISSUER},
        {"not-a-ca", TLS_NOT_A_CA},
        {"for-clients", TLS_WRONG_PURPOSE},
    };
    for (const auto &each : wrong) {
        TlsIdentity identity(each.name);
        SharedCount heard;
        expect_refused(
            [&](int fd, int) {
                TlsPeer peer(fd, identity);
                if (!peer.read_head().empty())
                    heard.add();
            },
            each.reason, each.host);
        EXPECT_EQ(heard.value(), 0) << each.name << ": it was sent";
    }
}

TEST_P(Secure, InsecureTakesAnyCertificate)
{
    trust.insecure = true;
    TlsIdentity identity("self-signed");
    ServerProcess server(echo(identity));
    Pages pages;
    pages.options.trust = &trust;
    pages.add(METHOD_GET, url(server, "/whatever"));
    pages.run(model());
    pages.expect_all_fine();
}

TEST_P(Secure, AServerOfPlainHttpIsToldApart)
{
    expect_refused(
        [](int fd, int) {
            char byte;
            TinyServer::hear(fd, &byte, 1);
            TinyServer::say(fd, "HTTP/1.1 400 Bad Request\r\n\r\n");
            TinyServer::linger(fd);
        },
        TLS_NOT_TLS);
}

TEST_P(Secure, AServerOfAnOldVersionIsToldApart)
{
    expect_refused(
        [](int fd, int) {
            char byte;
            TinyServer::hear(fd, &byte, 1);
            TinyServer::say(fd, std::string("\x15\x03\x02\0\x02\x02\x46", 7));
            TinyServer::linger(fd);
        },
        TLS_TOO_OLD);
}

/* A page that ends with the connection is whole only if TLS ends first. */
TEST_P(Secure, AnEndWithoutNoticeIsAPageCutShort)
{
    TlsIdentity identity("good");
    expect_refused(
        [&](int fd, int) {
            TlsPeer peer(fd, identity);
            peer.read_head();
            peer.say("HTTP/1.1 200 OK\r\n\r\nhalf a pa");
        },
        TLS_CUT_SHORT);
}

TEST_P(Secure, AnEndWithNoticeEndsAPage)
{
    TlsIdentity identity("good");
    ServerProcess server([&](int fd, int) {
        TlsPeer peer(fd, identity);
        peer.read_head();
        peer.say("HTTP/1.1 200 OK\r\n\r\na whole page");
        peer.end();
    });
    Pages pages;
    pages.options.trust = &trust;
    size_t page = pages.add(METHOD_GET, url(server, "/"));
    pages.run(model());
    pages.expect_all_fine();
    EXPECT_EQ(pages.body(page), "a whole page");
}

TEST_P(Secure, AHandshakeThatNeverEndsEndsWithTheTimeToConnect)
{
    if (!can(CAN_TIME_OUT))
        GTEST_SKIP() << "it keeps no deadlines";
    ServerProcess server([](int fd, int) { TinyServer::linger(fd); });
    Pages pages;
    pages.options.trust = &trust;
    pages.options.connect_timeout = 100 * NANOS_PER_MILLISECOND;
    size_t page = pages.add(METHOD_GET, url(server, "/"));
    pages.run(model());
    EXPECT_EQ(pages[page].error, FETCH_CONNECT_TIMEOUT) << pages.explain(page);
}

TEST_P(Secure, WithoutTrustHttpsIsNotFetched)
{
    ServerProcess server([](int, int) {});
    Pages pages;
    size_t page = pages.add(METHOD_GET, url(server, "/"));
    pages.run(model());
    EXPECT_EQ(pages[page].error, FETCH_BAD_URL) << pages.explain(page);
    EXPECT_EQ(server.accepted(), 0);
}

} // namespace
