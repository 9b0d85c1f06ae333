/* SPDX-License-Identifier: MIT */
/* TLS as bytes: a connection's TLS touches no socket and never waits. Bytes
 * from the wire are put in, bytes for the wire are taken out, and the same for
 * plain bytes on the other side; OpenSSL does the rest, on memory BIOs.
 *
 *                    tls_received ->  +-----+  -> tls_read
 *        the wire                     | tls |                 HTTP
 *        tls_output, tls_sent     <-  +-----+  <- tls_write
 *
 * It is used twice: inside a call, so that every model speaks https without a
 * line of its own; and under a transport, for servers.
 *
 * Certificates and names are verified, SNI is sent, TLS 1.2 is the minimum.
 * OpenSSL is loaded when the first context is made, or is asked for; without it
 * (it may be missing when the lab is built, or when it runs) no context can be
 * made, and everything else needs one.
 */
#ifndef HTTP_TLS_H
#define HTTP_TLS_H

#include "base/bytes.h"

#include <sys/types.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Why there is no secure connection. The sentence is for a person. */
#define TLS_ERRORS(X)                                                          \
    X(TLS_OK, "the connection is secure")                                      \
    X(TLS_EXPIRED, "the server's certificate has expired")                     \
    X(TLS_NOT_YET_VALID, "the server's certificate is not valid yet "          \
                         "(is this machine's clock right?)")                   \
    X(TLS_WRONG_NAME, "the server's certificate is for another host")          \
    X(TLS_WRONG_ADDRESS, "the server's certificate is not for this address")   \
    X(TLS_SELF_SIGNED, "the server's certificate is signed by itself")         \
    X(TLS_UNKNOWN_ISSUER, "the server's certificate comes from an issuer "     \
                          "that is not trusted here (see --cacert)")           \
    X(TLS_NO_ISSUER, "the server did not send its issuer's certificate, and "  \
                     "this machine does not have it (see --cacert)")           \
    X(TLS_NOT_A_CA, "the server's certificate was issued by one that may not " \
                    "issue any")                                               \
    X(TLS_WRONG_PURPOSE, "the server's certificate is not for servers")        \
    X(TLS_BAD_CERTIFICATE, "the server's certificate is not acceptable")       \
    X(TLS_TOO_OLD, "the server speaks no version of TLS from 1.2 on")          \
    X(TLS_NOT_TLS, "the server does not speak TLS on this port")               \
    X(TLS_CUT_SHORT, "the connection was cut: the server did not end it as "   \
                     "TLS does")                                               \
    X(TLS_REFUSED, "the server refused the handshake")                         \
    X(TLS_PROTOCOL, "the server broke the rules of TLS")                       \
    X(TLS_NO_MEMORY, "out of memory in TLS")

enum tls_error {
#define X(name, sentence) name,
    TLS_ERRORS(X)
#undef X
};

const char *tls_error_sentence(enum tls_error error);

/* Is OpenSSL there? From any thread. */
bool tls_is_available(void);

/* ---- what many connections share ---- */

struct tls_context;

/* For clients. `ca_file` holds the issuers to trust, in PEM; NULL: the
 * system's. `insecure` accepts any certificate. 0; -ENOTSUP; -ENOENT or -EINVAL
 * when the file cannot be read or has no certificate; -ENOMEM. */
int tls_client_context_new(struct tls_context **context, const char *ca_file,
                           bool insecure);

/* For servers: a chain of certificates, and the key of the first one, in PEM. 0
 * or as above. */
int tls_server_context_new(struct tls_context **context, const char *chain_file,
                           const char *key_file);

/* Call it when its connections are gone. NULL is harmless. */
void tls_context_free(struct tls_context *context);

/* ---- one connection ---- */

struct tls;

/* A client's, to the host that the certificate must name: a name, or an address
 * without brackets. Its first bytes for the wire are there at once. 0, -ENOTSUP
 * or -ENOMEM. */
int tls_connect_new(struct tls **tls, struct tls_context *context,
                    const char *host);

/* A server's. */
int tls_accept_new(struct tls **tls, struct tls_context *context);

/* NULL is harmless. */
void tls_free(struct tls *tls);

/* Has the handshake been done? */
bool tls_is_ready(const struct tls *tls);

/* What went wrong; TLS_OK while nothing has. */
enum tls_error tls_error(const struct tls *tls);

/* ---- the wire's side ---- */

/* What is to be sent. It stays in place until tls_sent, also across
 * tls_received and tls_write: it may be in the kernel's hands. */
struct slice tls_output(const struct tls *tls);
void tls_sent(struct tls *tls, size_t count);

/* Takes what has come. 0; -EPROTO: see tls_error; there may be output all the
 * same, which tells the peer. */
int tls_received(struct tls *tls, const char *data, size_t size);

/* The wire has ended. 0 if the peer had ended TLS before; else -EPROTO, and
 * TLS_CUT_SHORT: what was read may not be all of it. */
int tls_ended(struct tls *tls);

/* ---- the plain side ---- */

/* Returns how many bytes were taken: none before the handshake is done, and
 * none while much is still to be sent. -EPROTO: see tls_error. */
ssize_t tls_write(struct tls *tls, struct slice plain);

/* Returns how many bytes there were; -EAGAIN: none yet; 0: the peer has ended
 * TLS; -EPROTO: see tls_error. */
ssize_t tls_read(struct tls *tls, char *plain, size_t size);

/* Has a part of a record come, of which the rest has not? tls_read has said
 * -EAGAIN. */
bool tls_awaits_rest(const struct tls *tls);

/* Ends this side in good order: nothing more is written. */
void tls_close(struct tls *tls);

#ifdef __cplusplus
}
#endif

#endif
