/* SPDX-License-Identifier: MIT */
#include "base/buffer_stream.h"

#include <errno.h>

static ssize_t stream_append(void *cookie, const char *data, size_t size)
{
    return buffer_append(cookie, data, size) ? 0 : (ssize_t)size;
}

FILE *buffer_stream_open(struct buffer *out)
{
    return fopencookie(out, "w",
                       (cookie_io_functions_t){.write = stream_append});
}

int buffer_stream_close(FILE *stream)
{
    /* fclose() reports only the last write; an earlier one may have failed. */
    int error = ferror(stream);
    return fclose(stream) || error ? -ENOMEM : 0;
}
