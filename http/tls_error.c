/* SPDX-License-Identifier: MIT */
#include "http/tls.h"

const char *tls_error_sentence(enum tls_error error)
{
    static const char *const sentences[] = {
#define X(name, sentence) [name] = sentence,
        TLS_ERRORS(X)
#undef X
    };
    size_t count = sizeof sentences / sizeof *sentences;
    return (size_t)error < count ? sentences[error] : "the TLS is broken";
}
