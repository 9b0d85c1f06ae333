/* SPDX-License-Identifier: MIT */
/* A build without OpenSSL: no context can be made, so nothing else is called.
 */
#include "base/contract.h"
#include "http/tls.h"

#include <errno.h>

bool tls_is_available(void)
{
    return false;
}

int tls_client_context_new(struct tls_context **context, const char *ca_file,
                           bool insecure)
{
    (void)context, (void)ca_file, (void)insecure;
    return -ENOTSUP;
}

int tls_server_context_new(struct tls_context **context, const char *chain_file,
                           const char *key_file)
{
    (void)context, (void)chain_file, (void)key_file;
    return -ENOTSUP;
}

void tls_context_free(struct tls_context *context)
{
    (void)context;
}

int tls_connect_new(struct tls **tls, struct tls_context *context,
                    const char *host)
{
    (void)tls, (void)context, (void)host;
    return -ENOTSUP;
}

int tls_accept_new(struct tls **tls, struct tls_context *context)
{
    (void)tls, (void)context;
    return -ENOTSUP;
}

void tls_free(struct tls *tls)
{
    (void)tls;
}

static void not_here(void)
{
    REQUIRE(false, "http/tls.h: there is a connection only with OpenSSL");
}

bool tls_is_ready(const struct tls *tls)
{
    (void)tls;
    not_here();
    return false;
}

enum tls_error tls_error(const struct tls *tls)
{
    (void)tls;
    not_here();
    return TLS_OK;
}

struct slice tls_output(const struct tls *tls)
{
    (void)tls;
    not_here();
    return slice_of("");
}

void tls_sent(struct tls *tls, size_t count)
{
    (void)tls, (void)count;
    not_here();
}

int tls_received(struct tls *tls, const char *data, size_t size)
{
    (void)tls, (void)data, (void)size;
    not_here();
    return -ENOTSUP;
}

int tls_ended(struct tls *tls)
{
    (void)tls;
    not_here();
    return -ENOTSUP;
}

ssize_t tls_write(struct tls *tls, struct slice plain)
{
    (void)tls, (void)plain;
    not_here();
    return -ENOTSUP;
}

ssize_t tls_read(struct tls *tls, char *plain, size_t size)
{
    (void)tls, (void)plain, (void)size;
    not_here();
    return -ENOTSUP;
}

void tls_close(struct tls *tls)
{
    (void)tls;
    not_here();
}
