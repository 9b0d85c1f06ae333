/* SPDX-License-Identifier: MIT */
/* What the command line of a contestant asks for: what runs, what it fetches
 * and how, and what is noted of it. */
#ifndef HARNESS_RACE_CONTESTANT_SETUP_H
#define HARNESS_RACE_CONTESTANT_SETUP_H

#include "base/nanos.h"
#include "harness/floors/floors.h"
#include "http/model.h"
#include "http/request.h"
#include "http/tls.h"

#ifdef __cplusplus
extern "C" {
#endif

enum { CONTESTANT_URLS_MAX = 256 };

struct contestant_setup {
    const char *name;          /* of one of the next two, */
    const struct model *model; /* of which the other is NULL */
    const struct floor *floor;
    const char *urls[CONTESTANT_URLS_MAX]; /* taken in turn */
    size_t url_count;
    const char *warm_url; /* NULL: the first of the others */
    size_t warm_requests;
    size_t concurrency;
    size_t requests;
    bool keep_alive;
    bool memory; /* note our memory before we begin */
    bool pinned; /* run on that core only */
    size_t cpu;
    size_t rate;     /* requests that are due in a second; 0: at once */
    size_t burst;    /* of them at the same moment; 0: one */
    nanos work;      /* to compute for each page */
    bool body_known; /* every page must be of that size */
    size_t body_size;
    nanos timeout;    /* of a request; 0: the usual ones */
    size_t processes; /* that share the load and the URLs; 0: only this one */
    bool stops;       /* stops itself before it begins and after each request */
    bool recorded;    /* into this descriptor (recording.h) */
    size_t recording;
    struct tls_trust trust; /* for https */

    struct request *made; /* of the URLs */
    size_t first;         /* of those that are ours */
    struct request warm;
};

/* Reads a command line into a setup whose bytes are 0, and makes its requests.
 * 0; -EINVAL, which it has explained on standard error; or -ENOMEM. The strings
 * stay those of argv. contestant_setup_deinit() is called in each case. */
int contestant_setup_read(struct contestant_setup *setup, int argc,
                          char **argv);

void contestant_setup_deinit(struct contestant_setup *setup);

#ifdef __cplusplus
}
#endif

#endif
