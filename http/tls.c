/* SPDX-License-Identifier: MIT */
#include "http/tls_module_internal.h"

#include "http/tls_memory_internal.h"

#include <arpa/inet.h>
#include <errno.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <stdlib.h>
#include <unistd.h>

/* How much one write may add, and how much may wait for the wire. */
enum { OUT_ENOUGH = 64 * 1024 };

struct tls_context {
    SSL_CTX *openssl;
};

struct tls {
    SSL *openssl;
    BIO *in, *out; /* owned by `openssl` */
    /* Bytes being sent are moved out of the BIO, whose memory may move whenever
     * more is written. */
    struct buffer sending;
    size_t sent;
    enum tls_error error;
};

/* ---- contexts ---- */

static int context_new(struct tls_context **out, const SSL_METHOD *method)
{
    tls_memory_watch();
    tls_memory_begin();
    struct tls_context *context = calloc(1, sizeof *context);
    if (context)
        context->openssl = SSL_CTX_new(method);
    if (!context || !context->openssl) {
        free(context);
        ERR_clear_error();
        return -ENOMEM;
    }
    SSL_CTX_set_min_proto_version(context->openssl, TLS1_2_VERSION);
    SSL_CTX_set_mode(context->openssl, SSL_MODE_ENABLE_PARTIAL_WRITE |
                                           SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
                                           SSL_MODE_RELEASE_BUFFERS);
    *out = context;
    return 0;
}

/* OpenSSL has many errors for a file that is missing or not what it should
 * be. */
static int file_error(const char *file)
{
    if (tls_memory_ran_out())
        return -ENOMEM;
    return access(file, R_OK) ? -errno : -EINVAL;
}

static int trust(SSL_CTX *openssl, const char *ca_file)
{
    if (!ca_file)
        return SSL_CTX_set_default_verify_paths(openssl) ? 0 : -ENOMEM;
    return SSL_CTX_load_verify_file(openssl, ca_file) ? 0 : file_error(ca_file);
}

int tls_client_context_new(struct tls_context **out, const char *ca_file,
                           bool insecure)
{
    static const unsigned char http[] = "\x08http/1.1";
    struct tls_context *context;
    int error = context_new(&context, TLS_client_method());
    if (error)
        return error;
    SSL_CTX_set_verify(context->openssl,
                       insecure ? SSL_VERIFY_NONE : SSL_VERIFY_PEER, NULL);
    if (SSL_CTX_set_alpn_protos(context->openssl, http, sizeof http - 1))
        error = -ENOMEM;
    else if (!insecure)
        error = trust(context->openssl, ca_file);
    /* OpenSSL would go on with less memory, and fail in the middle of a
     * handshake. */
    if (!error && tls_memory_ran_out())
        error = -ENOMEM;
    if (error) {
        tls_context_free(context);
        return error;
    }
    *out = context;
    return 0;
}

int tls_server_context_new(struct tls_context **out, const char *chain_file,
                           const char *key_file)
{
    struct tls_context *context;
    int error = context_new(&context, TLS_server_method());
    if (error)
        return error;
    if (SSL_CTX_use_certificate_chain_file(context->openssl, chain_file) <= 0)
        error = file_error(chain_file);
    else if (SSL_CTX_use_PrivateKey_file(context->openssl, key_file,
                                         SSL_FILETYPE_PEM) <= 0)
        error = file_error(key_file);
    else if (tls_memory_ran_out())
        error = -ENOMEM;
    if (error) {
        tls_context_free(context);
        return error;
    }
    *out = context;
    return 0;
}

void tls_context_free(struct tls_context *context)
{
    if (!context)
        return;
    SSL_CTX_free(context->openssl);
    free(context);
}

/* ---- what went wrong ---- */

/* The certificate came alone, from an issuer that is not known here: most often
 * the server forgot to send the intermediate one. */
static enum tls_error issuer_error(const SSL *openssl)
{
    STACK_OF(X509) *chain = SSL_get_peer_cert_chain(openssl);
    return sk_X509_num(chain) == 1 ? TLS_NO_ISSUER : TLS_UNKNOWN_ISSUER;
}

static enum tls_error certificate_error(const SSL *openssl)
{
    switch (SSL_get_verify_result(openssl)) {
    case X509_V_ERR_CERT_HAS_EXPIRED:
        return TLS_EXPIRED;
    case X509_V_ERR_CERT_NOT_YET_VALID:
        return TLS_NOT_YET_VALID;
    case X509_V_ERR_HOSTNAME_MISMATCH:
        return TLS_WRONG_NAME;
    case X509_V_ERR_IP_ADDRESS_MISMATCH:
        return TLS_WRONG_ADDRESS;
    case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
        return TLS_SELF_SIGNED;
    case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
        return TLS_UNKNOWN_ISSUER;
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
        return issuer_error(openssl);
    case X509_V_ERR_INVALID_CA:
    case X509_V_ERR_KEYUSAGE_NO_CERTSIGN:
        return TLS_NOT_A_CA;
    case X509_V_ERR_OUT_OF_MEM:
        return TLS_NO_MEMORY;
    case X509_V_ERR_INVALID_PURPOSE:
        return TLS_WRONG_PURPOSE;
    default:
        return TLS_BAD_CERTIFICATE;
    }
}

/* Takes the error out of OpenSSL's queue, which is empty afterwards. */
static enum tls_error take_error(const SSL *openssl)
{
    unsigned long code = ERR_peek_error();
    if (tls_memory_ran_out())
        return TLS_NO_MEMORY;
    switch (ERR_GET_REASON(code)) {
    case SSL_R_CERTIFICATE_VERIFY_FAILED:
        return certificate_error(openssl);
    case SSL_R_UNSUPPORTED_PROTOCOL:
    case SSL_R_TLSV1_ALERT_PROTOCOL_VERSION:
        return TLS_TOO_OLD;
    case SSL_R_WRONG_VERSION_NUMBER:
    case SSL_R_HTTP_REQUEST:
    case SSL_R_HTTPS_PROXY_REQUEST:
        return TLS_NOT_TLS;
    case SSL_R_SSLV3_ALERT_HANDSHAKE_FAILURE:
    case SSL_R_TLSV1_UNRECOGNIZED_NAME:
    case SSL_R_TLSV13_ALERT_CERTIFICATE_REQUIRED:
        return TLS_REFUSED;
    default:
        return TLS_PROTOCOL;
    }
}

static int tls_fail(struct tls *tls, enum tls_error error)
{
    ERR_clear_error();
    if (tls->error == TLS_OK)
        tls->error = error;
    return -EPROTO;
}

/* ---- one connection ---- */

/* Moves the BIO's bytes to where they stay in place while they are sent. */
static void refill(struct tls *tls)
{
    char *data;
    if (tls->sent < tls->sending.size)
        return;
    buffer_clear(&tls->sending);
    tls->sent = 0;
    long size = BIO_get_mem_data(tls->out, &data);
    if (size <= 0)
        return;
    if (buffer_append(&tls->sending, data, (size_t)size))
        tls_fail(tls, TLS_NO_MEMORY);
    else
        (void)BIO_reset(tls->out);
}

/* The result of an OpenSSL call: its count, 0 for the peer's end, -EAGAIN, or
 * -EPROTO. */
static ssize_t came_to(struct tls *tls, int count)
{
    refill(tls);
    if (tls->error)
        return -EPROTO;
    if (count > 0)
        return count;
    switch (SSL_get_error(tls->openssl, count)) {
    case SSL_ERROR_WANT_READ:
    case SSL_ERROR_WANT_WRITE:
        return -EAGAIN;
    case SSL_ERROR_ZERO_RETURN:
        return 0;
    default:
        return tls_fail(tls, take_error(tls->openssl));
    }
}

static int tls_new(struct tls **out, struct tls_context *context)
{
    struct tls *tls = calloc(1, sizeof *tls);
    BIO *in = BIO_new(BIO_s_mem()), *write = BIO_new(BIO_s_mem());
    SSL *openssl = SSL_new(context->openssl);
    if (!tls || !in || !write || !openssl) {
        BIO_free(in);
        BIO_free(write);
        SSL_free(openssl);
        free(tls);
        ERR_clear_error();
        return -ENOMEM;
    }
    SSL_set_bio(openssl, in, write);
    *tls = (struct tls){.openssl = openssl, .in = in, .out = write};
    *out = tls;
    return 0;
}

void tls_free(struct tls *tls)
{
    if (!tls)
        return;
    SSL_free(tls->openssl);
    buffer_deinit(&tls->sending);
    free(tls);
}

/* A certificate lists names and addresses separately, and SNI is for names
 * only. */
static bool expect_host(SSL *openssl, const char *host)
{
    unsigned char address[sizeof(struct in6_addr)];
    X509_VERIFY_PARAM *parameters = SSL_get0_param(openssl);
    if (inet_pton(AF_INET, host, address) || inet_pton(AF_INET6, host, address))
        return X509_VERIFY_PARAM_set1_ip_asc(parameters, host);
    return SSL_set_tlsext_host_name(openssl, host) &&
           SSL_set1_host(openssl, host);
}

int tls_connect_new(struct tls **out, struct tls_context *context,
                    const char *host)
{
    struct tls *tls;
    int error = tls_new(&tls, context);
    if (error)
        return error;
    SSL_set_connect_state(tls->openssl);
    if (!expect_host(tls->openssl, host)) {
        ERR_clear_error();
        tls_free(tls);
        return -ENOMEM;
    }
    tls_memory_begin();
    came_to(tls, SSL_do_handshake(tls->openssl));
    /* The peer has had no part in it so far: only memory can be short. */
    if (tls->error) {
        tls_free(tls);
        return -ENOMEM;
    }
    *out = tls;
    return 0;
}

int tls_accept_new(struct tls **out, struct tls_context *context)
{
    int error = tls_new(out, context);
    if (!error)
        SSL_set_accept_state((*out)->openssl);
    return error;
}

bool tls_is_ready(const struct tls *tls)
{
    return SSL_is_init_finished(tls->openssl);
}

enum tls_error tls_error(const struct tls *tls)
{
    return tls->error;
}

/* ---- the wire's side ---- */

struct slice tls_output(const struct tls *tls)
{
    return slice_behind(buffer_slice(&tls->sending), tls->sent);
}

void tls_sent(struct tls *tls, size_t count)
{
    tls->sent += count;
    refill(tls);
}

/* Continues the handshake here, so that a failure is reported when its bytes
 * come in and not at the next write. */
int tls_received(struct tls *tls, const char *data, size_t size)
{
    if (tls->error)
        return -EPROTO;
    if (BIO_write(tls->in, data, (int)size) != (int)size)
        return tls_fail(tls, TLS_NO_MEMORY);
    if (tls_is_ready(tls))
        return 0;
    tls_memory_begin();
    ssize_t result = came_to(tls, SSL_do_handshake(tls->openssl));
    return result == -EPROTO ? -EPROTO : 0;
}

int tls_ended(struct tls *tls)
{
    if (SSL_get_shutdown(tls->openssl) & SSL_RECEIVED_SHUTDOWN)
        return 0;
    return tls_fail(tls, TLS_CUT_SHORT);
}

/* ---- the plain side ---- */

ssize_t tls_write(struct tls *tls, struct slice plain)
{
    if (tls->error)
        return -EPROTO;
    if (!tls_is_ready(tls) || plain.size == 0 ||
        BIO_pending(tls->out) > OUT_ENOUGH)
        return 0;
    int size = plain.size > OUT_ENOUGH ? OUT_ENOUGH : (int)plain.size;
    tls_memory_begin();
    ssize_t count = came_to(tls, SSL_write(tls->openssl, plain.data, size));
    return count == -EAGAIN ? 0 : count;
}

ssize_t tls_read(struct tls *tls, char *plain, size_t size)
{
    if (tls->error)
        return -EPROTO;
    int most = size > INT32_MAX ? INT32_MAX : (int)size;
    tls_memory_begin();
    return came_to(tls, SSL_read(tls->openssl, plain, most));
}

/* Of a record's header that has come alone, OpenSSL says only that it reads the
 * body now. */
bool tls_awaits_rest(const struct tls *tls)
{
    return SSL_has_pending(tls->openssl) ||
           !strcmp(SSL_rstate_string(tls->openssl), "RB");
}

void tls_close(struct tls *tls)
{
    if (!tls->error && tls_is_ready(tls))
        SSL_shutdown(tls->openssl);
    ERR_clear_error();
    refill(tls);
}

__attribute__((visibility("default")))
const struct tls_module waitlab_tls_module = {
    .client_context_new = tls_client_context_new,
    .server_context_new = tls_server_context_new,
    .context_free = tls_context_free,
    .connect_new = tls_connect_new,
    .accept_new = tls_accept_new,
    .free = tls_free,
    .is_ready = tls_is_ready,
    .error = tls_error,
    .output = tls_output,
    .sent = tls_sent,
    .received = tls_received,
    .ended = tls_ended,
    .write = tls_write,
    .read = tls_read,
    .awaits_rest = tls_awaits_rest,
    .close = tls_close,
    .identity_pem = tls_identity_pem,
};
