/* SPDX-License-Identifier: MIT */
/* What the parts of a proof have in common: proof.c proves the steps,
 * proof_variants.c the mutants and kin. */
#ifndef LESSONS_TOOL_AUTHOR_PROOF_INTERNAL_H
#define LESSONS_TOOL_AUTHOR_PROOF_INTERNAL_H

#include "lessons/tool/author/proof.h"
#include "lessons/tool/program/findings.h"

/* Everything that proving one lesson needs. */
struct prover {
    const struct lesson *lesson;
    const struct proof_setup *setup;
    struct proof *proof;
    struct buffer *why;
};

/* Prints what is wrong with the lesson, and counts it. */
void prover_complain(struct prover *prover, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Checks a text as if it were the learner's file. 0 or a negative errno. */
int prover_collect(struct prover *prover, struct slice text,
                   const struct selection *selection,
                   struct findings *findings);

/* Each test must pass. */
void prover_judge_right(struct prover *prover, const char *what,
                        const struct findings *findings);

static inline bool finding_is_named(const struct finding *finding,
                                    const char *test)
{
    return finding->test && !strcmp(finding->test, test);
}

/* All that is made of the last solution: each mutant is caught, and each kin
 * passes. 0 or a negative errno. */
int prover_prove_variants(struct prover *prover, struct slice solution);

#endif
