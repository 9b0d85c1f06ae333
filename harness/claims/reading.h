/* SPDX-License-Identifier: MIT */
/* K9 and K10: how hard programs are to read, and which errors they lose; and
 * row B6, all that the slides say for and against an episode. */
#ifndef HARNESS_CLAIMS_READING_H
#define HARNESS_CLAIMS_READING_H

#include "harness/claims/claim.h"
#include "harness/claims/code.h"

#ifdef __cplusplus
extern "C" {
#endif

extern const struct claim claim_k9, claim_k10, claim_b6;

/* The clients whose sources are counted, in historical order. */
enum client {
    SEQUENTIAL,
    CALLBACKS,
    DEFERREDS,
    GENERATORS,
    TASKS,
    GREENLETS,
    CLIENTS
};

/* All of these are counts; negative: it could not be counted. */
struct k9_figures {
    struct code clients[CLIENTS];
    int steps;                     /* steps that may fail */
    int by_callbacks, by_deferred; /* how many of their failures reach the one
                                    * handler */
};
struct judgement k9_judge(const struct k9_figures *figures);

struct k10_figures {
    struct code clients[CLIENTS];
    int readers;                /* how many want the result */
    int of_deferred, of_future; /* and how many of them get it */
};
struct judgement k10_judge(const struct k10_figures *figures);

/* What is said for or against an episode. It is true if the count is within
 * these bounds. */
enum { B6_MAX = 12 };
struct b6_figures {
    struct b6_word {
        const char *episode, *word; /* "against: 5 errors, lost" */
        int counted, least, most;   /* counted: negative if it failed */
    } words[B6_MAX];
    size_t count;
};
struct judgement b6_judge(const struct b6_figures *figures);

#ifdef __cplusplus
}
#endif

#endif
