/* SPDX-License-Identifier: MIT */
/* What a client trusts, and the context that this makes: one for all of its
 * connections, made when the first one needs it, because reading the system's
 * certificates takes longer than a page. */
#ifndef HTTP_TLS_TRUST_H
#define HTTP_TLS_TRUST_H

#include "http/tls.h"

#ifdef __cplusplus
extern "C" {
#endif

/* All zero trusts the system's issuers. */
struct tls_trust {
    /* yours, before the first use */
    const char *ca_file; /* PEM; NULL: the system's issuers */
    bool insecure;       /* any certificate will do */

    struct tls_context *context; /* use the function below */
};

/* The context, made if there is none yet; the trust owns it. From any thread.
 * In a child process it makes a copy of its own unless the parent has called
 * this before the fork: so a batch with an https URL calls it first. 0, or as
 * tls_client_context_new. */
int tls_trust_context(struct tls_trust *trust, struct tls_context **context);

/* Call it when no connection uses the context any more. */
void tls_trust_deinit(struct tls_trust *trust);

#ifdef __cplusplus
}
#endif

#endif
