/* SPDX-License-Identifier: MIT */
/* A certificate for a server that has none: it signs itself, is good for a day,
 * and names this machine as seen from itself: localhost, 127.0.0.1 to
 * 127.0.0.16, ::1. A client trusts it by the same file (--cacert). */
#ifndef HTTP_TLS_IDENTITY_H
#define HTTP_TLS_IDENTITY_H

#include "base/bytes.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Appends the certificate and its key, in PEM. 0, -ENOTSUP without OpenSSL, or
 * -ENOMEM. */
int tls_identity_pem(struct buffer *certificate, struct buffer *key);

/* The same as files, in a folder of their own that only its owner may read, for
 * as long as they are needed. */
struct tls_identity {
    char certificate_file[64];
    char key_file[64];
    char folder[48]; /* "": there is none */
};

/* 0, as above, or why there can be no files: then nothing is to be removed. */
int tls_identity_make(struct tls_identity *identity);

/* Removes the files. Harmless when done twice, or when all is zero. */
void tls_identity_remove(struct tls_identity *identity);

#ifdef __cplusplus
}
#endif

#endif
