/* SPDX-License-Identifier: MIT */
/* K8 and K11: generators, what a step of one costs and what it holds. */
#ifndef HARNESS_CLAIMS_STEPS_H
#define HARNESS_CLAIMS_STEPS_H

#include "harness/claims/claim.h"

#ifdef __cplusplus
extern "C" {
#endif

extern const struct claim claim_k8, claim_k11;

/* Each compared with the same work without a generator: a step with a call, a
 * page of the client `generators` with one of `callbacks`; and both clients
 * with the floor. */
struct k8_figures {
    struct spread step, page;
    struct spread generators_floor, callbacks_floor;
};
struct judgement k8_judge(const struct k8_figures *figures);

/* Bytes that a program grows by while it adds up squares. */
struct k11_figures {
    double squares, fewer; /* how many squares */
    struct spread lazily, lazily_fewer, as_array;
};
struct judgement k11_judge(const struct k11_figures *figures);

#ifdef __cplusplus
}
#endif

#endif
