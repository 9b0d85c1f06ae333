/* SPDX-License-Identifier: MIT */
#include "http/tls_trust.h"

/* Two threads may make one at the same time: the first to finish wins, and the
 * other one uses the winner's. */
int tls_trust_context(struct tls_trust *trust, struct tls_context **context)
{
    struct tls_context *made = NULL;
    *context = __atomic_load_n(&trust->context, __ATOMIC_ACQUIRE);
    if (*context)
        return 0;
    int error = tls_client_context_new(&made, trust->ca_file, trust->insecure);
    if (error)
        return error;
    if (__atomic_compare_exchange_n(&trust->context, context, made, false,
                                    __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE))
        *context = made;
    else
        tls_context_free(made);
    return 0;
}

void tls_trust_deinit(struct tls_trust *trust)
{
    tls_context_free(trust->context);
    trust->context = NULL;
}
