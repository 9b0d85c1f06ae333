/* SPDX-License-Identifier: MIT */
/* The same server, with TLS between it and its clients. */
#include "http_server_fixture.h"
#include "support/certificate_folder.h"

static struct tls_context *server()
{
    struct tls_context *context = nullptr;
    std::string base = certificate_folder() + "/good";
    EXPECT_EQ(tls_server_context_new(&context, (base + ".pem").c_str(),
                                     (base + ".key").c_str()),
              0);
    return context;
}

static struct tls_context *client()
{
    struct tls_context *context = nullptr;
    std::string ca = certificate_folder() + "/ca.pem";
    EXPECT_EQ(tls_client_context_new(&context, ca.c_str(), false), 0);
    return context;
}

/* Most of it is OpenSSL's, whose release 3.5 keeps a tenth more than 3.0. */
static const Wire tls = {"tls", 100, 40 * 1024, server, client};
INSTANTIATE_TEST_SUITE_P(Tls, HttpServerTest, testing::Values(&tls),
                         [](const auto &param) { return param.param->name; });
