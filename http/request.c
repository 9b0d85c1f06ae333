/* SPDX-License-Identifier: MIT */
#include "http/request.h"

#include "http/headers_internal.h"

#include <errno.h>
#include <strings.h>

/* A body up to this size is copied behind the head; a larger one is sent by
 * itself, without another copy. */
enum { SMALL_BODY = 4096 };

const char *method_name(enum method method)
{
    switch (method) {
    case METHOD_GET:
        return "GET";
    case METHOD_HEAD:
        return "HEAD";
    case METHOD_POST:
        return "POST";
    }
    return "?";
}

static int copy_extra(struct headers *to, const struct headers *from)
{
    size_t cursor = 0;
    const char *name, *value;
    int hosts = 0;
    while (headers_next(from, &cursor, &name, &value)) {
        hosts += !strcasecmp(name, "Host");
        if (headers_is_framing(name) || hosts > 1)
            return -EINVAL;
        int error = headers_add(to, slice_of(name), slice_of(value));
        if (error)
            return error;
    }
    return 0;
}

static int print_field(struct buffer *out, const char *name, const char *value)
{
    return *value ? buffer_print(out, "%s: %s\r\n", name, value) : 0;
}

/* RFC 9110, 7.2: Host should be the first field. */
static int print_host(const struct request *request, struct buffer *out)
{
    const char *given = headers_find(&request->extra, "Host");
    if (given)
        return print_field(out, "Host", given);
    int error = buffer_append_text(out, "Host: ");
    if (!error)
        error = endpoint_print(&request->url.endpoint, out);
    return error ? error : buffer_append_text(out, "\r\n");
}

/* Adds the fields that every request needs, unless the caller gave one of that
 * name. */
static int print_own_fields(const struct request *request, struct buffer *out)
{
    int error = print_host(request, out);
    if (!error && !headers_find(&request->extra, "User-Agent"))
        error = buffer_append_text(out, "User-Agent: waitlab\r\n");
    if (!error && request->method == METHOD_POST)
        error =
            buffer_print(out, "Content-Length: %zu\r\n", request->body.size);
    return error;
}

static int print_extra(const struct request *request, struct buffer *out)
{
    size_t cursor = 0;
    const char *name, *value;
    int error = 0;
    while (!error && headers_next(&request->extra, &cursor, &name, &value))
        if (strcasecmp(name, "Host"))
            error = print_field(out, name, value);
    return error;
}

static int build(struct request *request, bool keep_alive)
{
    struct buffer *out = &request->wire[keep_alive];
    int error = buffer_print(out, "%s %s HTTP/1.1\r\n",
                             method_name(request->method), request->url.target);
    if (!error)
        error = print_own_fields(request, out);
    if (!error)
        error = print_extra(request, out);
    /* 1.1 keeps a connection without being asked, 1.0 does not. */
    if (!error)
        error = buffer_print(out, "Connection: %s\r\n\r\n",
                             keep_alive ? "keep-alive" : "close");
    if (!error && request->body_in_wire)
        error = buffer_append(out, request->body.data, request->body.size);
    return error;
}

int request_init(struct request *request, enum method method,
                 const struct url *url, const struct headers *extra,
                 struct slice body)
{
    *request = (struct request){.method = method};
    int error = url_copy(&request->url, url);
    if (!error && !address_from_literal(&request->address, url->endpoint.host,
                                        url->endpoint.port))
        request->address.size = 0;
    if (!error && extra)
        error = copy_extra(&request->extra, extra);
    if (!error && method == METHOD_POST)
        error = buffer_append(&request->body, body.data, body.size);
    request->body_in_wire = request->body.size <= SMALL_BODY;
    for (int keep_alive = 0; !error && keep_alive < 2; keep_alive++)
        error = build(request, keep_alive);
    if (error)
        request_deinit(request);
    return error;
}

void request_deinit(struct request *request)
{
    url_deinit(&request->url);
    headers_deinit(&request->extra);
    buffer_deinit(&request->body);
    buffer_deinit(&request->wire[0]);
    buffer_deinit(&request->wire[1]);
}
