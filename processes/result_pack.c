/* SPDX-License-Identifier: MIT */
#include "processes/pack.h"

#include <errno.h>
#include <limits.h>
#include <string.h>

/* What comes before the bytes of headers and body. */
struct packed {
    size_t header_count, header_bytes, kept_bytes;
    uint64_t body_bytes;
    nanos marks[MARK_COUNT];
    struct doer doer;
    int error, detail, status, redirects;
    int reused;
};

int result_pack(const struct result *result, struct buffer *out)
{
    struct packed packed;
    memset(&packed, 0, sizeof packed); /* its padding travels too */
    packed.header_count = result->headers.count;
    packed.header_bytes = result->headers.text.size;
    packed.kept_bytes = result->body.size;
    packed.body_bytes = result->body_bytes;
    memcpy(packed.marks, result->marks, sizeof packed.marks);
    packed.doer = result->doer;
    packed.error = (int)result->error;
    packed.detail = result->detail;
    packed.status = result->status;
    packed.redirects = result->redirects;
    packed.reused = result->reused;

    int error = buffer_reserve(out, sizeof packed + packed.header_bytes +
                                        packed.kept_bytes);
    if (error)
        return error;
    buffer_append(out, &packed, sizeof packed);
    buffer_append(out, result->headers.text.data, packed.header_bytes);
    buffer_append(out, result->body.data, packed.kept_bytes);
    return 0;
}

int result_pack_or_fail(struct result *result, struct buffer *out)
{
    int error = result_pack(result, out);
    if (!error)
        return 0;
    headers_clear(&result->headers);
    buffer_clear(&result->body);
    result_fail(result, fetch_error_from_errno(error), error);
    return result_pack(result, out);
}

/* The sender is our own program, but it runs what it is given and may have died
 * in between. So numbers that are used as an index are checked first. */
static bool is_plausible(const struct packed *packed)
{
    return packed->error >= FETCH_OK && packed->error <= FETCH_CANCELLED &&
           packed->detail >= -INT_MAX && packed->status >= 0 &&
           packed->status <= 999 && packed->redirects >= 0 &&
           packed->header_count <= packed->header_bytes &&
           packed->header_bytes < SIZE_MAX / 4 &&
           packed->kept_bytes < SIZE_MAX / 4;
}

ssize_t result_unpack(struct result *result, struct slice bytes)
{
    struct packed packed;
    if (bytes.size < sizeof packed)
        return 0;
    memcpy(&packed, bytes.data, sizeof packed);
    if (!is_plausible(&packed))
        return -EBADMSG;
    size_t size = sizeof packed + packed.header_bytes + packed.kept_bytes;
    if (bytes.size < size)
        return 0;

    const char *rest = bytes.data + sizeof packed;
    if (!headers_are_whole((struct slice){rest, packed.header_bytes},
                           packed.header_count))
        return -EBADMSG;
    result_clear(result);
    if (buffer_append(&result->headers.text, rest, packed.header_bytes) ||
        buffer_append(&result->body, rest + packed.header_bytes,
                      packed.kept_bytes)) {
        result_clear(result);
        return -ENOMEM;
    }
    result->headers.count = packed.header_count;
    result->body_bytes = packed.body_bytes;
    memcpy(result->marks, packed.marks, sizeof packed.marks);
    result->doer = packed.doer;
    result->error = (enum fetch_error)packed.error;
    result->detail = packed.detail;
    result->status = packed.status;
    result->redirects = packed.redirects;
    result->reused = packed.reused;
    return (ssize_t)size;
}
