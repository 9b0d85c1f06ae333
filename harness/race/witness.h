/* SPDX-License-Identifier: MIT */
/* The origin as a witness: started for a race, asked after every run. */
#ifndef HARNESS_RACE_WITNESS_H
#define HARNESS_RACE_WITNESS_H

#include "blocking/worker.h"
#include "harness/origin/origin.h"
#include "harness/race/plan.h"
#include "harness/race/record.h"
#include "http/tls_identity.h"

#ifdef __cplusplus
extern "C" {
#endif

struct witness {
    struct origin_process origin;
    const char *url;     /* of a server that is not ours; NULL: the origin */
    long long body_size; /* of each page; negative: it differs */
    int addresses;
    struct tls_identity identity; /* of an origin that speaks TLS */
    struct tls_trust trust;       /* … and the witness's own trust in it */
    struct call_options options;
    struct blocking_worker worker; /* asks for /stats */
};

/* Starts the origin, if it is to be ours. 0 or a negative errno. */
int witness_init(struct witness *witness, const struct plan *plan);
void witness_deinit(struct witness *witness);

/* Appends the URL of the pages of a run, at one of the origin's addresses; the
 * URL to warm up on when `run` is NULL. 0 or -ENOMEM. */
int witness_url(const struct witness *witness, int address,
                const struct block *block, const char *run, struct buffer *out);

/* What the origin saw of that run, into the record's origin_ fields, which stay
 * unknown if it saw nothing, or is not ours; `open`: how many of its
 * connections are still open. False when it does not answer any more, or there
 * is no memory for what it says. */
bool witness_ask(struct witness *witness, const char *run,
                 struct record *record, int *open);

/* Keeps the origin, if it is ours, on one processor or, with -1, on those that
 * the race itself may run on. 0 or a negative errno. */
int witness_pin(const struct witness *witness, int processor);

#ifdef __cplusplus
}
#endif

#endif
