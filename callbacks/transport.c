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
