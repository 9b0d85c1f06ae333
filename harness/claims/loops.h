/* SPDX-License-Identifier: MIT */
/* K6, K7 and K12: one thread, and all that it waits for. */
#ifndef HARNESS_CLAIMS_LOOPS_H
#define HARNESS_CLAIMS_LOOPS_H

#include "harness/claims/claim.h"

#ifdef __cplusplus
extern "C" {
#endif

extern const struct claim claim_k6, claim_k7, claim_k12;

/* More and more connections at one moment, in one thread. */
enum { K6_LEVELS = 4, K6_MANY = 100000 };
struct k6_level {
    size_t connections;
    double in_flight;  /* as the origin saw it; negative: some failed */
    struct spread cpu; /* µs for each */
};
struct k6_figures {
    struct k6_level levels[K6_LEVELS]; /* rising; up to the first that failed */
    size_t count;
};
struct judgement k6_judge(const struct k6_figures *figures);

/* Threads, processes and a loop: pages that wait, and pages that compute. */
struct k7_kind {
    struct spread threads, processes, loop;
};
struct k7_figures {
    struct k7_kind waiting_cpu; /* µs of CPU for a page that waits */
    struct k7_kind computing_s; /* until all pages have been computed with */
};
struct judgement k7_judge(const struct k7_figures *figures);

/* How late a ticker ticks, in ms, at the worst. */
struct k12_figures {
    struct spread quiet, failure, burst, blocking;
};
struct judgement k12_judge(const struct k12_figures *figures);

#ifdef __cplusplus
}
#endif

#endif
