/* SPDX-License-Identifier: MIT */
#include "harness/race/elsewhere.h"

#include "blocking/lookup.h"

#include <errno.h>
#include <unistd.h>

/* An address is ours if a socket can be bound to it. */
static enum fetch_error look_at_address(const struct address *given,
                                        bool *is_ours)
{
    struct address address = *given;
    int fd =
        socket(address.socket.any.sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    *is_ours = false;
    if (fd < 0) /* without IPv6, none of its addresses is ours */
        return errno == EAFNOSUPPORT ? FETCH_OK
                                     : fetch_error_from_errno(-errno);
    if (address.socket.any.sa_family == AF_INET6)
        address.socket.ipv6.sin6_port = 0;
    else
        address.socket.ipv4.sin_port = 0;
    *is_ours = !bind(fd, &address.socket.any, address.size);
    close(fd);
    return FETCH_OK;
}

enum fetch_error elsewhere_look(const char *text, bool *is_here)
{
    struct addresses addresses = {0};
    struct url url = {0};
    enum url_error bad = url_parse(&url, text);
    enum fetch_error error = FETCH_OK;
    int code = bad == URL_OK ? lookup_host(&addresses, &url.endpoint) : 0;
    bool is_ours = true;

    url_deinit(&url);
    if (bad != URL_OK)
        return bad == URL_NO_MEMORY ? FETCH_NO_MEMORY : FETCH_BAD_URL;
    if (code)
        return fetch_error_from_lookup(code, &code);
    for (int i = 0; i < addresses.count && !error && is_ours; i++)
        error = look_at_address(&addresses.list[i], &is_ours);
    *is_here = is_ours;
    return error;
}

static const struct result *get(struct blocking_worker *worker,
                                const char *text)
{
    static const struct slice nothing = {0};
    struct url url = {0};
    struct request request = {0};
    const struct result *result = NULL;

    if (url_parse(&url, text) == URL_OK &&
        request_init(&request, METHOD_GET, &url, NULL, nothing) == 0) {
        struct job job = {.request = &request};
        result = blocking_fetch(worker, &job);
    }
    request_deinit(&request);
    url_deinit(&url);
    return result;
}

/* The size of its body; negative, with a sentence, if this is not a page. */
static long long look_at(const struct result *result, struct buffer *why)
{
    if (!result)
        buffer_print(why, "there is no memory to ask for it");
    else if (result->error != FETCH_OK)
        result_explain(result, why);
    else if (result->redirects)
        buffer_print(why, "it leads to another address: give that one");
    else if (result->status != 200)
        buffer_print(why, "it answers with the status %d", result->status);
    else
        return (long long)result->body_bytes;
    return -1;
}

bool elsewhere_learn(struct blocking_worker *worker, const char *url,
                     long long *size, struct buffer *why)
{
    long long first = look_at(get(worker, url), why);
    long long second = first < 0 ? -1 : look_at(get(worker, url), why);

    *size = first == second ? first : -1;
    return second >= 0;
}
