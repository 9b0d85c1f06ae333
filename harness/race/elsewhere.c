/* SPDX-License-Identifier: MIT */
#include "harness/race/elsewhere.h"

#include "blocking/lookup.h"

#include <unistd.h>

/* An address is ours if a socket can be bound to it. */
static bool is_ours(const struct address *given)
{
    struct address address = *given;
    int fd =
        socket(address.socket.any.sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return false;
    if (address.socket.any.sa_family == AF_INET6)
        address.socket.ipv6.sin6_port = 0;
    else
        address.socket.ipv4.sin_port = 0;
    bool ours = !bind(fd, &address.socket.any, address.size);
    close(fd);
    return ours;
}

enum fetch_error elsewhere_look(const char *text, bool *is_here)
{
    struct addresses addresses = {0};
    struct url url = {0};
    enum fetch_error error = FETCH_OK;

    *is_here = true;
    if (url_parse(&url, text) != URL_OK)
        error = FETCH_BAD_URL;
    else if (lookup_host(&addresses, &url.endpoint))
        error = FETCH_NO_HOST;
    for (int i = 0; i < addresses.count; i++)
        *is_here = *is_here && is_ours(&addresses.list[i]);
    url_deinit(&url);
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
