/* SPDX-License-Identifier: MIT */
/* Where a page is: RFC 3986, as far as http needs it. */
#ifndef HTTP_URL_H
#define HTTP_URL_H

#include "http/endpoint.h"

#ifdef __cplusplus
extern "C" {
#endif

/* What can be wrong with a URL. The sentence is for a person. */
#define URL_ERRORS(X)                                                          \
    X(URL_OK, "the URL is fine")                                               \
    X(URL_NO_SCHEME, "the URL does not start with http://")                    \
    X(URL_OTHER_SCHEME, "only http and https URLs can be fetched")             \
    X(URL_HTTP_ONLY, "only http URLs can be fetched here")                     \
    X(URL_NO_TLS, "https is not part of this build: OpenSSL was missing "      \
                  "(apt install libssl-dev)")                                  \
    X(URL_NO_HOST, "the URL names no host")                                    \
    X(URL_BAD_HOST, "the host in the URL has a character that no host has")    \
    X(URL_BAD_PORT, "the port in the URL is not a number from 1 to 65535")     \
    X(URL_USER, "the URL holds a user name, which this client does not send")  \
    X(URL_BAD_CHARACTER, "the URL has a space or a control character")         \
    X(URL_TOO_LONG, "the URL is longer than 65536 bytes")                      \
    X(URL_NO_MEMORY, "out of memory while reading the URL")

enum url_error {
#define X(name, sentence) name,
    URL_ERRORS(X)
#undef X
};

const char *url_error_sentence(enum url_error error);

enum { URL_SIZE_MAX = 65536 };

/* Owns its strings. All zero is an empty URL that may be deinitialised. */
struct url {
    struct endpoint endpoint; /* the scheme's port unless the URL names one */
    char *target; /* path and query as sent, never empty; no fragment */
};

/* Reads an absolute http or https URL. On an error `url` is left empty. Bytes
 * above 127 in the path are percent-encoded; the fragment is dropped. */
enum url_error url_parse(struct url *url, const char *text);

/* Reads what a Location field says, relative to `base`: absolute, //host/path
 * with the scheme of `base`, /path, path, ?query or nothing; dot segments are
 * removed. Bytes that no URL may have, a space above all, are percent-encoded
 * too: servers send them (HT8). */
enum url_error url_resolve(struct url *url, const struct url *base,
                           const char *reference);

/* Makes `to` a URL of its own. 0, or -ENOMEM and an empty `to`. */
int url_copy(struct url *to, const struct url *from);

/* What is wrong for a client without TLS, after url_parse or url_resolve has
 * filled `url` and said `error`: https is one more scheme that it cannot
 * fetch. */
enum url_error url_without_tls(const struct url *url, enum url_error error);

void url_deinit(struct url *url);

/* Appends the URL as text, the port only where it is not the scheme's default.
 * 0 or -ENOMEM. */
int url_print(const struct url *url, struct buffer *out);

#ifdef __cplusplus
}
#endif

#endif
