/* SPDX-License-Identifier: MIT */
#include "http/endpoint.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

int endpoint_copy(struct endpoint *to, const struct endpoint *from)
{
    char *host = strdup(from->host);
    *to = (struct endpoint){0};
    if (!host)
        return -ENOMEM;
    *to = *from;
    to->host = host;
    return 0;
}

void endpoint_deinit(struct endpoint *endpoint)
{
    free(endpoint->host);
    *endpoint = (struct endpoint){0};
}

bool endpoint_equal(const struct endpoint *a, const struct endpoint *b)
{
    return a->host && b->host && a->port == b->port && a->secure == b->secure &&
           !strcmp(a->host, b->host);
}

uint16_t endpoint_default_port(bool secure)
{
    return secure ? 443 : 80;
}

int endpoint_print(const struct endpoint *endpoint, struct buffer *out)
{
    /* Only an IPv6 address has colons, and it needs brackets. */
    const char *format = strchr(endpoint->host, ':') ? "[%s]" : "%s";
    size_t before = out->size;
    int error = buffer_print(out, format, endpoint->host);
    if (!error && endpoint->port != endpoint_default_port(endpoint->secure))
        error = buffer_print(out, ":%u", endpoint->port);
    if (error)
        out->size = before;
    return error;
}
