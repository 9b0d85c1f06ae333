/* SPDX-License-Identifier: MIT */
/* K1, K2 and K3: a process or a thread for each thing that has to wait. */
#ifndef HARNESS_CLAIMS_WORKERS_H
#define HARNESS_CLAIMS_WORKERS_H

#include "harness/claims/claim.h"

#ifdef __cplusplus
extern "C" {
#endif

extern const struct claim claim_k1, claim_k2, claim_k3;

/* A process for each page beside a thread for each. */
struct k1_figures {
    double wanted, in_flight; /* at once, as the origin saw it */
    struct spread cpu, memory;
    struct spread pool_cpu, pool_memory; /* the same for two pools */
};
struct judgement k1_judge(const struct k1_figures *figures);

/* Processes beside threads: memory, and what it takes to hand something over.
 */
struct k2_figures {
    struct spread memory, small, large;
};
struct judgement k2_judge(const struct k2_figures *figures);

/* More and more threads. */
enum { K3_LEVELS = 6, K3_FEW = 1000 };
struct k3_level {
    size_t threads;
    double started;     /* how many of these were started */
    struct spread turn; /* µs of CPU for one of them to be woken and to wait */
    struct spread kib;  /* of memory for each */
};
struct k3_figures {
    struct k3_level levels[K3_LEVELS]; /* rising */
    size_t count;
};
struct judgement k3_judge(const struct k3_figures *figures);

#ifdef __cplusplus
}
#endif

#endif
