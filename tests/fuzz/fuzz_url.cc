/* SPDX-License-Identifier: MIT */
/* The first line is a URL as a user types it, the rest a Location that leads on
 * from there. Once read, a URL is what is sent: it needs no second look. */
#include "fuzz.h"

#include "http/url.h"

#include <cctype>
#include <cstring>

static bool is_same(const struct url &a, const struct url &b)
{
    return endpoint_equal(&a.endpoint, &b.endpoint) &&
           !strcmp(a.target, b.target);
}

static std::string text_of(const struct url &url)
{
    struct buffer out = {};
    fuzz_require(url_print(&url, &out) == 0, "a URL can be printed");
    std::string text(out.data, out.size);
    buffer_deinit(&out);
    return text;
}

static void check(const struct url &url)
{
    const struct endpoint &endpoint = url.endpoint;
    fuzz_require(endpoint.host && *endpoint.host, "a URL has a host");
    fuzz_require(endpoint.port != 0, "a URL has a port");
    fuzz_require(url.target && url.target[0] == '/', "a target is a path");
    for (const char *c = url.target; *c; c++)
        fuzz_require(*c > ' ' && *c < 0x7f && *c != '#',
                     "a target can be sent as it is");
    for (const char *c = endpoint.host; *c; c++)
        fuzz_require(*c > ' ' && *c < 0x7f && !strchr("/?#@\\[]", *c),
                     "a host is one name or address");
}

/* Printed, it is the same to every reader. */
static void check_print(const struct url &url)
{
    struct url again = {};
    enum url_error error = url_parse(&again, text_of(url).c_str());
    fuzz_require(error == URL_OK || error == URL_TOO_LONG,
                 "what is printed can be read");
    fuzz_require(error || is_same(url, again), "what is printed is the same");
    url_deinit(&again);
}

/* RFC 3986, 4.2: does it name a scheme or a host? */
static bool may_lead_elsewhere(const std::string &reference)
{
    size_t start = reference.find_first_not_of(" \t\r\n\f\v");
    if (start == std::string::npos)
        return false;
    size_t end = reference.find_first_of(":/?#\\", start);
    if (end == std::string::npos)
        return false;
    return reference[end] == ':' || reference.compare(start, 2, "//") == 0 ||
           reference[end] == '\\';
}

/* A name alone is in the folder of the base (RFC 3986, 5.2.3). */
static void check_name(const struct url &base, const std::string &name,
                       const struct url &to)
{
    for (char c : name)
        if (!isalnum(static_cast<unsigned char>(c)))
            return;
    std::string path(base.target, strcspn(base.target, "?"));
    std::string folder = path.substr(0, path.rfind('/') + 1);
    bool has_dots = folder.find("/.") != folder.npos;
    fuzz_require(name.empty() || has_dots || folder + name == to.target,
                 "a name is one in the same folder");
}

static void check_resolve(const struct url &base, const std::string &reference)
{
    struct url to = {}, again = {};
    if (url_resolve(&to, &base, reference.c_str()) == URL_OK) {
        check(to);
        check_print(to);
        check_name(base, reference, to);
        fuzz_require(may_lead_elsewhere(reference) ||
                         endpoint_equal(&to.endpoint, &base.endpoint),
                     "a path leads to no other host");
        enum url_error error = url_resolve(&again, &base, text_of(to).c_str());
        fuzz_require(error == URL_OK || error == URL_TOO_LONG,
                     "a resolved URL is an absolute one");
    }
    url_deinit(&again);
    url_deinit(&to);
}

void fuzz_url(std::string_view input)
{
    std::string text = fuzz_line(&input), reference(input);
    struct url base = {};
    if (url_parse(&base, text.c_str()) == URL_OK) {
        check(base);
        check_print(base);
        check_resolve(base, reference);
    } else {
        fuzz_require(!base.target && !base.endpoint.host,
                     "what is refused is left empty");
    }
    url_deinit(&base);
}
