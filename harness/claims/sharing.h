/* SPDX-License-Identifier: MIT */
/* K4 and K5: several threads and one memory. */
#ifndef HARNESS_CLAIMS_SHARING_H
#define HARNESS_CLAIMS_SHARING_H

#include "harness/claims/claim.h"

#ifdef __cplusplus
extern "C" {
#endif

extern const struct claim claim_k4, claim_k5;

/* Two threads add to one counter: how many of the additions are lost? */
struct k4_figures {
    double additions;
    struct spread lost, lost_with_lock;
};
struct judgement k4_judge(const struct k4_figures *figures);

/* How many times as fast is a computation on N threads as on one? */
struct k5_figures {
    size_t threads;
    struct spread free, locked;
    struct spread python; /* count 0: there is no python3 */
};
struct judgement k5_judge(const struct k5_figures *figures);

#ifdef __cplusplus
}
#endif

#endif
