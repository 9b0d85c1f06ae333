/* SPDX-License-Identifier: MIT */
#include "http/redirect.h"

#include <strings.h>

const char *redirect_location(const struct message *response)
{
    switch (response->status) {
    case 301:
    case 302:
    case 303:
    case 307:
    case 308:
        break;
    default:
        return NULL;
    }
    const char *location = headers_find(&response->headers, "location");
    bool elsewhere = location && *location != '\0' && *location != '#';
    return elsewhere ? location : NULL;
}

static enum method method_after(enum method method, int status)
{
    if (status == 307 || status == 308 || method == METHOD_HEAD)
        return method;
    return METHOD_GET;
}

/* ---- which fields go along ---- */

static bool is_one_of(struct slice word, const char *const list[])
{
    for (; *list; list++)
        if (slice_equal_nocase(word, slice_of(*list)))
            return true;
    return false;
}

/* RFC 9110, 15.4, has a list that does not claim to be complete. */
static bool is_about_body(const char *name)
{
    static const char *const others[] = {"Digest", "Repr-Digest", "Want-Digest",
                                         "Last-Modified", NULL};
    return !strncasecmp(name, "Content-", 8) ||
           is_one_of(slice_of(name), others);
}

/* Does the word end in "key" or "keys", or is it a short one such as "sig"?
 * Elsewhere in a word these letters mean nothing: X-Keyboard, X-Design. */
static bool ends_with_secret(struct slice word)
{
    static const char *const ends[] = {"key", "keys", NULL};
    static const char *const words[] = {"sid", "sig", "pass", NULL};
    for (const char *const *end = ends; *end; end++) {
        size_t size = strlen(*end);
        if (word.size >= size &&
            !strncasecmp(word.data + word.size - size, *end, size))
            return true;
    }
    return is_one_of(word, words);
}

/* Services name the fields for their keys as they like, but most names contain
 * one of these words, alone or joined to others: X-Auth-Token, X-AuthToken.
 * Leaving out one field too many, such as Author, does less harm than giving a
 * secret away. */
static bool carries_secret(const char *name)
{
    static const char *const parts[] = {
        "apikey",    "auth",       "bearer", "cookie", "credential", "csrf",
        "jwt",       "passphrase", "passw",  "pwd",    "secret",     "session",
        "signature", "token",      "xsrf",   NULL};
    for (const char *const *part = parts; *part; part++)
        if (strcasestr(name, *part))
            return true;
    while (*name) {
        struct slice word = {name, strcspn(name, "-_.")};
        if (ends_with_secret(word))
            return true;
        name += word.size;
        name += *name != '\0';
    }
    return false;
}

static int copy_fields(struct headers *to, const struct headers *from,
                       bool same_endpoint, bool keeps_body)
{
    const char *name, *value;
    size_t cursor = 0;
    int error = 0;
    while (!error && headers_next(from, &cursor, &name, &value)) {
        if (!same_endpoint &&
            (carries_secret(name) || !strcasecmp(name, "Host")))
            continue;
        if (!keeps_body && is_about_body(name))
            continue;
        error = headers_add(to, slice_of(name), slice_of(value));
    }
    return error;
}

int redirect_request(struct request *next, const struct request *from,
                     const struct url *url, int status)
{
    enum method method = method_after(from->method, status);
    bool keeps_body = method == from->method && status != 303;
    struct slice body = {NULL, 0};
    if (keeps_body)
        body = buffer_slice(&from->body);
    struct headers extra = {0};
    int error = copy_fields(&extra, &from->extra,
                            endpoint_equal(&from->url.endpoint, &url->endpoint),
                            keeps_body);
    if (!error)
        error = request_init(next, method, url, &extra, body);
    headers_deinit(&extra);
    return error;
}
