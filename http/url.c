/* SPDX-License-Identifier: MIT */
#include "http/url.h"

#include "base/ascii.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdlib.h>

const char *url_error_sentence(enum url_error error)
{
    static const char *const sentences[] = {
#define X(name, sentence) sentence,
        URL_ERRORS(X)
#undef X
    };
    if ((size_t)error >= sizeof sentences / sizeof *sentences)
        return "unknown error in a URL";
    size_t count = sizeof sentences / sizeof *sentences;
    return (size_t)error < count ? sentences[error] : NULL;
}

/* ---- a reference in its parts: RFC 3986, appendix B ---- */

struct parts {
    bool has_scheme, has_authority, has_query;
    struct slice scheme, authority, path, query;
};

static bool is_scheme(struct slice text)
{
    if (!text.size || !ascii_is_letter(text.data[0]))
        return false;
    for (size_t i = 1; i < text.size; i++) {
        char c = text.data[i];
        if (!ascii_is_alphanumeric(c) && c != '+' && c != '-' && c != '.')
            return false;
    }
    return true;
}

/* Takes what is before the first of `stops` off the front. */
static struct slice take_until(const char **text, const char *stops)
{
    struct slice taken = {*text, strcspn(*text, stops)};
    *text += taken.size;
    return taken;
}

static void split_target(struct parts *parts, const char *text)
{
    parts->path = take_until(&text, "?#");
    if (*text == '?') {
        text++;
        parts->has_query = true;
        parts->query = take_until(&text, "#");
    }
}

static struct parts split(const char *text)
{
    struct parts parts = {0};
    struct slice first = {text, strcspn(text, ":/?#")};
    if (text[first.size] == ':' && is_scheme(first)) {
        parts.has_scheme = true;
        parts.scheme = first;
        text += first.size + 1;
    }
    if (text[0] == '/' && text[1] == '/') {
        text += 2;
        parts.has_authority = true;
        parts.authority = take_until(&text, "/?#");
    }
    split_target(&parts, text);
    return parts;
}

/* Bytes that must not be in a URL as they are. */
static bool is_blank_or_control(char c)
{
    return (unsigned char)c <= ' ' || c == 0x7f;
}

static enum url_error check_characters(const char *text)
{
    for (; *text; text++)
        if (is_blank_or_control(*text))
            return URL_BAD_CHARACTER;
    return URL_OK;
}

static enum url_error check_size(const char *text)
{
    return strnlen(text, URL_SIZE_MAX + 1) > URL_SIZE_MAX ? URL_TOO_LONG
                                                          : URL_OK;
}

static bool is_secure(const struct parts *parts)
{
    return slice_equal_nocase(parts->scheme, slice_of("https"));
}

static enum url_error check_scheme(const struct parts *parts)
{
    /* "localhost:80/x" looks like a scheme, too, but the sentence about the
     * missing http:// helps more than the one about a wrong scheme. */
    if (!parts->has_scheme || !parts->has_authority)
        return URL_NO_SCHEME;
    if (!slice_equal_nocase(parts->scheme, slice_of("http")) &&
        !is_secure(parts))
        return URL_OTHER_SCHEME;
    return URL_OK;
}

/* ---- host and port ---- */

static enum url_error read_port(struct endpoint *endpoint, struct slice digits)
{
    /* RFC 3986, 6.2.3: an empty port also means the default one. */
    uint64_t port = endpoint_default_port(endpoint->secure);
    if (digits.size && (ascii_take_decimal(&digits, &port) || digits.size ||
                        !port || port > UINT16_MAX))
        return URL_BAD_PORT;
    endpoint->port = (uint16_t)port;
    return URL_OK;
}

static bool is_host_name(const char *host)
{
    for (; *host; host++)
        if (!ascii_is_alphanumeric(*host) && !strchr("-._", *host))
            return false;
    return true;
}

static enum url_error set_host(struct endpoint *endpoint, struct slice host,
                               bool in_brackets)
{
    if (!host.size)
        return URL_NO_HOST;
    endpoint->host = strndup(host.data, host.size);
    if (!endpoint->host)
        return URL_NO_MEMORY;
    for (char *c = endpoint->host; *c; c++)
        if (*c >= 'A' && *c <= 'Z')
            *c = (char)(*c - 'A' + 'a');
    struct in6_addr ignored;
    bool good = in_brackets ? inet_pton(AF_INET6, endpoint->host, &ignored) == 1
                            : is_host_name(endpoint->host);
    return good ? URL_OK : URL_BAD_HOST;
}

/* Reads "[host]" or "host", then ":port" or nothing. */
static enum url_error read_authority(struct endpoint *endpoint,
                                     struct slice text)
{
    bool in_brackets = false;
    if (memchr(text.data, '@', text.size))
        return URL_USER;
    struct slice host = text;
    if (text.size && text.data[0] == '[') {
        const char *bracket = memchr(text.data, ']', text.size);
        if (!bracket)
            return URL_BAD_HOST;
        in_brackets = true;
        host.data = text.data + 1;
        host.size = (size_t)(bracket - host.data);
        text.size -= (size_t)(bracket + 1 - text.data);
        text.data = bracket + 1;
        if (text.size && text.data[0] != ':')
            return URL_BAD_HOST;
    } else {
        const char *colon = memchr(text.data, ':', text.size);
        host.size = colon ? (size_t)(colon - text.data) : text.size;
        text.data += host.size;
        text.size -= host.size;
    }
    enum url_error error = set_host(endpoint, host, in_brackets);
    if (error)
        return error;
    struct slice port = {text.data + 1, text.size ? text.size - 1 : 0};
    return read_port(endpoint, port);
}

/* ---- path and query ---- */

/* Bytes that the wire does not carry in a target leave as %XX. */
static int append_encoded(struct buffer *out, struct slice text)
{
    int error = buffer_reserve(out, text.size);
    for (size_t i = 0; !error && i < text.size; i++) {
        unsigned char c = (unsigned char)text.data[i];
        error = c < 0x80 && !is_blank_or_control(text.data[i])
                    ? buffer_append(out, &text.data[i], 1)
                    : buffer_print(out, "%%%02X", c);
    }
    return error;
}

/* RFC 3986, 5.2.4, in place: `path` begins with a slash, and what is written
 * never overtakes what is read. */
static void remove_dot_segments(struct buffer *path)
{
    char *data = path->data;
    size_t in = 0, out = 0;
    while (in < path->size) {
        size_t end = in + 1; /* of the segment that the slash at `in` opens */
        while (end < path->size && data[end] != '/')
            end++;
        size_t size = end - in;
        bool last = end == path->size;
        bool dot = size == 2 && !memcmp(data + in, "/.", 2);
        bool dots = size == 3 && !memcmp(data + in, "/..", 3);
        while (dots && out > 0 && data[--out] != '/')
            ;
        if (!dot && !dots) {
            memmove(data + out, data + in, size);
            out += size;
        } else if (last) {
            data[out++] = '/';
        }
        in = end;
    }
    path->size = out;
}

/* RFC 3986, 5.2.3: the reference replaces what follows the last slash. */
static int merge(struct buffer *out, struct slice base, struct slice path)
{
    const char *slash = memrchr(base.data, '/', base.size);
    size_t kept = slash ? (size_t)(slash - base.data) + 1 : 0;
    int error = buffer_append(out, base.data, kept);
    return error ? error : append_encoded(out, path);
}

/* `target` holds the path; what is behind it is the query. */
static enum url_error set_target(struct url *url, struct buffer *target,
                                 const struct parts *parts)
{
    int error = 0;
    if (parts->has_query)
        error = buffer_append(target, "?", 1);
    if (!error)
        error = append_encoded(target, parts->query);
    if (!error && target->size > URL_SIZE_MAX)
        return URL_TOO_LONG;
    if (!error)
        url->target = strndup(target->data, target->size);
    return url->target ? URL_OK : URL_NO_MEMORY;
}

/* An empty path is "/" (RFC 9112, 3.2.1). */
static int append_path(struct buffer *out, struct slice path)
{
    return append_encoded(out, path.size ? path : slice_of("/"));
}

static enum url_error set_absolute(struct url *url, struct buffer *target,
                                   const struct parts *parts, bool remove_dots)
{
    enum url_error error = read_authority(&url->endpoint, parts->authority);
    if (error)
        return error;
    if (append_path(target, parts->path))
        return URL_NO_MEMORY;
    if (remove_dots)
        remove_dot_segments(target);
    return set_target(url, target, parts);
}

static enum url_error set_relative(struct url *url, struct buffer *target,
                                   const struct url *base, struct parts *parts)
{
    /* A target that begins with "//" is a path: the host is known already. */
    struct parts old = {0};
    split_target(&old, base->target);
    int error = endpoint_copy(&url->endpoint, &base->endpoint);
    if (!error && parts->path.size == 0)
        error = append_path(target, old.path);
    else if (!error && parts->path.data[0] == '/')
        error = append_path(target, parts->path);
    else if (!error)
        error = merge(target, old.path, parts->path);
    if (error)
        return URL_NO_MEMORY;
    remove_dot_segments(target);
    if (parts->path.size == 0 && !parts->has_query) {
        parts->has_query = old.has_query;
        parts->query = old.query;
    }
    return set_target(url, target, parts);
}

/* ---- the whole ---- */

enum url_error url_parse(struct url *url, const char *text)
{
    *url = (struct url){0};
    enum url_error error = check_size(text);
    if (!error)
        error = check_characters(text);
    if (error)
        return error;
    struct parts parts = split(text);
    error = check_scheme(&parts);
    if (error)
        return error;
    struct buffer target = {0};
    url->endpoint.secure = is_secure(&parts);
    error = set_absolute(url, &target, &parts, false);
    buffer_deinit(&target);
    if (error)
        url_deinit(url);
    return error;
}

enum url_error url_resolve(struct url *url, const struct url *base,
                           const char *reference)
{
    *url = (struct url){0};
    enum url_error error = check_size(reference);
    if (error)
        return error;
    struct parts parts = split(reference);
    if (parts.has_scheme)
        error = check_scheme(&parts);
    if (error)
        return error;
    struct buffer target = {0};
    url->endpoint.secure =
        parts.has_scheme ? is_secure(&parts) : base->endpoint.secure;
    error = parts.has_authority ? set_absolute(url, &target, &parts, true)
                                : set_relative(url, &target, base, &parts);
    buffer_deinit(&target);
    if (error)
        url_deinit(url);
    return error;
}

int url_copy(struct url *to, const struct url *from)
{
    int error = endpoint_copy(&to->endpoint, &from->endpoint);
    to->target = error ? NULL : strdup(from->target);
    if (to->target)
        return 0;
    url_deinit(to);
    return -ENOMEM;
}

enum url_error url_without_tls(const struct url *url, enum url_error error)
{
    bool secure = error == URL_OK && url->endpoint.secure;
    return secure || error == URL_OTHER_SCHEME ? URL_HTTP_ONLY : error;
}

void url_deinit(struct url *url)
{
    endpoint_deinit(&url->endpoint);
    free(url->target);
    *url = (struct url){0};
}

int url_print(const struct url *url, struct buffer *out)
{
    size_t before = out->size;
    int error =
        buffer_append_text(out, url->endpoint.secure ? "https://" : "http://");
    if (!error)
        error = endpoint_print(&url->endpoint, out);
    if (!error)
        error = buffer_append_text(out, url->target);
    if (error)
        out->size = before;
    return error;
}
