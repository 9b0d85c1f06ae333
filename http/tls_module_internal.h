/* SPDX-License-Identifier: MIT */
/* The functions of http/tls.h as the module with OpenSSL in it hands them out.
 * OpenSSL is large: its libraries alone make each fork() about a tenth dearer,
 * and a program that fetches by http pays for none of it, because tls_on_demand
 * loads the module when the first https URL is met.
 *
 * The interface between tls.c, which is compiled into the module, and
 * tls_on_demand.c. */
#ifndef HTTP_TLS_MODULE_INTERNAL_H
#define HTTP_TLS_MODULE_INTERNAL_H

#include "http/tls.h"
#include "http/tls_identity.h"

struct tls_module {
    int (*client_context_new)(struct tls_context **, const char *, bool);
    int (*server_context_new)(struct tls_context **, const char *,
                              const char *);
    void (*context_free)(struct tls_context *);
    int (*connect_new)(struct tls **, struct tls_context *, const char *);
    int (*accept_new)(struct tls **, struct tls_context *);
    void (*free)(struct tls *);
    bool (*is_ready)(const struct tls *);
    enum tls_error (*error)(const struct tls *);
    struct slice (*output)(const struct tls *);
    void (*sent)(struct tls *, size_t);
    int (*received)(struct tls *, const char *, size_t);
    int (*ended)(struct tls *);
    ssize_t (*write)(struct tls *, struct slice);
    ssize_t (*read)(struct tls *, char *, size_t);
    bool (*awaits_rest)(const struct tls *);
    void (*close)(struct tls *);
    int (*identity_pem)(struct buffer *, struct buffer *);
};

/* The module's only public name. */
extern const struct tls_module waitlab_tls_module;

#endif
