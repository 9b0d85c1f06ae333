/* SPDX-License-Identifier: MIT */
/* A certificate for a server that has none: it signs itself, is good for a day,
 * and names this machine as seen from itself: localhost, 127.0.0.1 to
 * 127.0.0.16, ::1. A client trusts it by the same file (--cacert). */
#ifndef HTTP_TLS_IDENTITY_H
#define HTTP_TLS_IDENTITY_H

#ifdef __cplusplus
extern "C" {
#endif

/* Both files are in PEM; only the owner may read the key. 0; -ENOTSUP without
 * OpenSSL; or why a file cannot be written. */
int tls_identity_write(const char *certificate_file, const char *key_file);

/* The same in a folder of its own, for as long as it is needed. */
struct tls_identity {
    char certificate_file[64];
    char key_file[64];
    char folder[48]; /* "": there is none */
};

/* 0 or as above; then there is nothing to be removed. */
int tls_identity_make(struct tls_identity *identity);

/* Removes the files. Harmless when done twice, or when all is zero. */
void tls_identity_remove(struct tls_identity *identity);

#ifdef __cplusplus
}
#endif

#endif
