/* SPDX-License-Identifier: MIT */
#include "processes/pack.h"

#include <errno.h>

/* What comes before host, target (each with its NUL), header fields and body.
 */
struct packed {
    size_t host_size, target_size, header_count, header_size, body_size;
    int method, secure;
    uint16_t port;
};

int request_pack(const struct request *request, struct buffer *out)
{
    const struct url *url = &request->url;
    struct packed packed;
    memset(&packed, 0, sizeof packed); /* its padding travels too */
    packed.host_size = strlen(url->endpoint.host) + 1;
    packed.target_size = strlen(url->target) + 1;
    packed.header_count = request->extra.count;
    packed.header_size = request->extra.text.size;
    packed.body_size = request->body.size;
    packed.method = (int)request->method;
    packed.port = url->endpoint.port;
    packed.secure = url->endpoint.secure;

    int error = buffer_reserve(out, sizeof packed + packed.host_size +
                                        packed.target_size +
                                        packed.header_size + packed.body_size);
    if (error)
        return error;
    buffer_append(out, &packed, sizeof packed);
    buffer_append(out, url->endpoint.host, packed.host_size);
    buffer_append(out, url->target, packed.target_size);
    buffer_append(out, request->extra.text.data, packed.header_size);
    buffer_append(out, request->body.data, packed.body_size);
    return 0;
}

/* The next `size` bytes; they are taken off `bytes`. Empty when there are
 * fewer. */
static struct slice take_bytes(struct slice *bytes, size_t size)
{
    struct slice taken = {bytes->data, size <= bytes->size ? size : 0};
    bytes->data += taken.size;
    bytes->size -= taken.size;
    return taken;
}

/* Reads a text with its NUL. Its bytes must be allowed in the first line of a
 * request or in a Host: none may end the line. */
static bool is_word(struct slice bytes)
{
    size_t end = bytes.size ? bytes.size - 1 : 0;
    for (size_t i = 0; i < end; i++)
        if (bytes.data[i] <= ' ' || bytes.data[i] >= 0x7f)
            return false;
    return end && bytes.data[end] == '\0';
}

static bool is_plausible(const struct packed *packed)
{
    return packed->method >= METHOD_GET && packed->method <= METHOD_POST &&
           (packed->method == METHOD_POST || !packed->body_size) &&
           packed->port && (packed->secure == 0 || packed->secure == 1);
}

int request_unpack(struct request *request, struct slice bytes)
{
    struct packed packed;
    if (bytes.size < sizeof packed)
        return -EBADMSG;
    memcpy(&packed, bytes.data, sizeof packed);
    take_bytes(&bytes, sizeof packed);
    struct slice host = take_bytes(&bytes, packed.host_size);
    struct slice target = take_bytes(&bytes, packed.target_size);
    struct slice fields = take_bytes(&bytes, packed.header_size);
    if (!is_plausible(&packed) || !is_word(host) || !is_word(target) ||
        target.data[0] != '/' || fields.size != packed.header_size ||
        bytes.size != packed.body_size ||
        !headers_are_whole(fields, packed.header_count))
        return -EBADMSG;

    /* Borrowed for the time of this call: request_init copies. */
    struct url url = {.endpoint = {.host = (char *)(uintptr_t)host.data,
                                   .port = packed.port,
                                   .secure = packed.secure != 0},
                      .target = (char *)(uintptr_t)target.data};
    struct headers extra = {.count = packed.header_count};
    extra.text.data = (char *)(uintptr_t)fields.data;
    extra.text.size = fields.size;
    return request_init(request, (enum method)packed.method, &url, &extra,
                        bytes);
}
