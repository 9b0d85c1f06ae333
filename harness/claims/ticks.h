/* SPDX-License-Identifier: MIT */
/* A ticker beside other work: how late is its latest tick? */
#ifndef HARNESS_CLAIMS_TICKS_H
#define HARNESS_CLAIMS_TICKS_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

struct ticks_size {
    uint16_t port; /* of an origin on 127.0.0.1 */
    int quiet_ms;
    size_t failing;  /* pages of servers that fail */
    size_t burst;    /* pages that are begun at one moment */
    int patience_ms; /* with a server that does not answer */
};

/* By how many ms the latest tick came after its time, and how the pages
 * ended. */
enum {
    LATE_QUIET,
    LATE_FAILURE,
    LATE_BURST,
    LATE_BLOCKING,  /* between pages that block, of a server that fails */
    PAGES_FAILED,   /* of `failing` */
    PAGES_ANSWERED, /* of `burst` */
    TICKS_COLUMNS,
};

/* `context`: a struct ticks_size. */
int ticks_sample(void *context, double *values);

#ifdef __cplusplus
}
#endif

#endif
