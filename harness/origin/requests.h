/* SPDX-License-Identifier: MIT */
/* From bytes to a request, and from there to its answer. */
#ifndef HARNESS_ORIGIN_REQUESTS_H
#define HARNESS_ORIGIN_REQUESTS_H

#include <stddef.h>

struct connection;

/* Takes in what was received: answers what is complete, keeps what has to
 * wait. The origin's `take`. */
void requests_take(struct connection *connection, const char *data,
                   size_t size);

#endif
