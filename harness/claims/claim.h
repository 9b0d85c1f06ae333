/* SPDX-License-Identifier: MIT */
/* What the talks claim, put to the test. A claim is an experiment of seconds:
 * figures, and a verdict that follows from them.
 *
 *     verdict.h   what follows from figures
 *     finding.h   figures and verdict of one claim
 *     bench.h     measures: runs of the race, samples
 *     print.h     as text, and as JSON
 *
 * and for each family of claims a file that measures, and one that judges. */
#ifndef HARNESS_CLAIMS_CLAIM_H
#define HARNESS_CLAIMS_CLAIM_H

#include "harness/claims/bench.h"

#ifdef __cplusplus
extern "C" {
#endif

struct claim {
    const char *name;    /* "K3" */
    const char *slide;   /* where it is said */
    const char *says;    /* in our own words */
    const char *held;    /* what must hold for it to be called true */
    const char *depends; /* what would change the figures */
    double seconds;      /* how long it takes, about */
    /* Fills in the finding, with the verdict. 0, also when the claim could not
     * be measured, which the finding then says; or -ECANCELED. */
    int (*measure)(struct bench *bench, struct finding *finding);
};

#ifdef __cplusplus
}
#endif

#endif
