/* SPDX-License-Identifier: MIT */
/* The origin as a witness: started for a race, asked after every run. For
 * contestants of several processes there are as many origins, each in a process
 * and on a port of its own, since each must be asked by itself; what they saw
 * is summed. */
#ifndef HARNESS_RACE_WITNESS_H
#define HARNESS_RACE_WITNESS_H

#include "blocking/worker.h"
#include "harness/origin/origin.h"
#include "harness/race/plan.h"
#include "harness/race/record.h"
#include "harness/race/share.h"
#include "harness/race/taken.h"
#include "http/tls_identity.h"

#ifdef __cplusplus
extern "C" {
#endif

/* One origin, and what asks it for /stats. */
struct stand {
    struct origin_process origin;
    struct blocking_worker worker;
};

struct witness {
    struct stand stands[SHARE_PROCESSES_MAX];
    size_t count;
    const char *url;     /* of a server that is not ours; NULL: the origins */
    long long body_size; /* of each page; negative: it differs */
    int addresses;       /* of each */
    struct tls_identity identity; /* of an origin that speaks TLS */
    struct tls_trust trust;       /* … and the witness's own trust in it */
    struct call_options options;
};

/* Starts the origins, if they are to be ours. 0 or a negative errno. */
int witness_init(struct witness *witness, const struct plan *plan);
void witness_deinit(struct witness *witness);

/* Appends the URL of the pages of a run, at one of the addresses of the origin
 * at that place; the URL to warm up on when `run` is NULL. 0 or -ENOMEM. */
int witness_url(const struct witness *witness, size_t place, int address,
                const struct block *block, const char *run, struct buffer *out);

/* Fills in the record's origin_ fields with what the origins saw of that run;
 * they stay unknown if the origins saw nothing, or are not ours. `open`: how
 * many of its connections are still open. 0; -EPIPE when an origin does not
 * answer; -ENOMEM when it has no memory for that, or we have none. */
int witness_ask(struct witness *witness, const char *run, struct record *record,
                double *open);

/* The present state of all of them, asked one after another. */
struct sight {
    double in_flight;     /* requests of the run, now */
    double gone;          /* requests of the run that have ended */
    double since_first_s; /* time since the first request */
};

/* To be called during a run. False when one does not answer. */
bool witness_look(struct witness *witness, const char *run,
                  struct sight *sight);

/* Lets all requests go that wait at the gates (origin.h) for that run. */
void witness_open_gates(struct witness *witness, const char *run);

/* The sums of this moment, with what the origins have taken so far. */
void witness_read_moment(const struct witness *witness, bool pinned,
                         struct moment *moment);

/* Pins the origins, if they are ours, to one processor or, with -1, to those
 * that the race itself may run on. 0 or a negative errno. */
int witness_pin(const struct witness *witness, int processor);

#ifdef __cplusplus
}
#endif

#endif
