/* SPDX-License-Identifier: MIT */
/* What processes hand each other, as bytes: a request on its way to a child, a
 * result on its way back. Both sides must be the same program on the same
 * machine, so numbers travel as they lie in memory. */
#ifndef PROCESSES_PACK_H
#define PROCESSES_PACK_H

#include "http/request.h"
#include "http/result.h"

#include <sys/types.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Appends the whole of a result. 0 or -ENOMEM. */
int result_pack(const struct result *result, struct buffer *out);

/* The same, for a process that cannot report an error in another way: without
 * memory for a copy of the page the result becomes that error, and is packed
 * without the page. */
int result_pack_or_fail(struct result *result, struct buffer *out);

/* Reads a result from the front of `bytes`: how many bytes it took; 0 when more
 * are needed; -EBADMSG when they are not a result; -ENOMEM. */
ssize_t result_unpack(struct result *result, struct slice bytes);

/* Appends the whole of a request. 0 or -ENOMEM. */
int request_pack(const struct request *request, struct buffer *out);

/* A request_init from all of `bytes`. 0, -EBADMSG when they are not a request,
 * or what request_init says. */
int request_unpack(struct request *request, struct slice bytes);

#ifdef __cplusplus
}
#endif

#endif
