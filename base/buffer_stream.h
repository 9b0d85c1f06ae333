/* SPDX-License-Identifier: MIT */
/* A stream into memory that knows whether everything arrived: the C library's
 * open_memstream() loses what it has no memory for, and neither ferror() nor
 * fclose() reports it. */
#ifndef BASE_BUFFER_STREAM_H
#define BASE_BUFFER_STREAM_H

#include "base/bytes.h"

#include <stdio.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Opens a stream that appends to `out`, which has to stay where it is until the
 * stream is closed. NULL when out of memory. */
FILE *buffer_stream_open(struct buffer *out);

/* Closes it. 0, or -ENOMEM: then a part of what was printed is missing. */
int buffer_stream_close(FILE *stream);

#ifdef __cplusplus
}
#endif

#endif
