/* SPDX-License-Identifier: MIT */
#include "callbacks/transport.h"

#include <errno.h>
#include <stdlib.h>

enum { SCRATCH_SIZE = 64 * 1024 };

int transports_init(struct transports *transports, struct loop *loop)
{
    *transports = (struct transports){loop, malloc(SCRATCH_SIZE), SCRATCH_SIZE};
    return transports->scratch ? 0 : -ENOMEM;
}

void transports_deinit(struct transports *transports)
{
    free(transports->scratch);
    transports->scratch = NULL;
}

void transport_water_rises(struct transport *transport,
                           struct water_marks *marks, size_t kept)
{
    struct protocol *protocol = transport->protocol;
    if (water_rises(marks, kept) && protocol->ops->pause_writing)
        protocol->ops->pause_writing(protocol);
}

void transport_water_falls(struct transport *transport,
                           struct water_marks *marks, size_t kept)
{
    struct protocol *protocol = transport->protocol;
    if (water_falls(marks, kept) && protocol->ops->resume_writing)
        protocol->ops->resume_writing(protocol);
}
