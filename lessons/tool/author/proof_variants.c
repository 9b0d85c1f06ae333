/* SPDX-License-Identifier: MIT */
#include "lessons/tool/author/mutant.h"
#include "lessons/tool/author/proof_internal.h"

#include <errno.h>

/* ---- mutants ---- */

static void judge_mutant(struct prover *prover, const struct mutant *mutant,
                         const struct findings *findings)
{
    bool caught = false;
    for (size_t i = 0; i < findings->count; i++) {
        const struct finding *finding = &findings->list[i];
        if (finding->verdict == VERDICT_NOT_COMPILING)
            prover_complain(prover, "mutant %s does not compile:\n%s",
                            mutant->name, finding->message);
        if (finding_is_named(finding, mutant->caught_by) &&
            finding->verdict != VERDICT_PASSED)
            caught = true;
    }
    prover->proof->caught += caught;
    if (!caught)
        prover_complain(prover, "mutant %s is not caught by %s", mutant->name,
                        mutant->caught_by);
}

/* A mutant that does not end is caught, so it need not be waited for. */
enum { MUTANT_SECONDS = 3 };

static int prove_mutant(struct prover *prover, const struct mutant *mutant,
                        struct slice solution)
{
    struct buffer text = {0};
    struct findings findings = {0};
    struct selection selection = {
        .step = prover->lesson->count,
        .only = mutant->caught_by,
        .seconds = MUTANT_SECONDS,
    };
    int error = mutant_apply(mutant, solution, &text, prover->why);
    if (!error)
        error =
            prover_collect(prover, buffer_slice(&text), &selection, &findings);
    if (error == -ENOENT) {
        prover_complain(prover, "mutant %s: there is no test %s", mutant->name,
                        mutant->caught_by);
        error = 0;
    } else if (!error)
        judge_mutant(prover, mutant, &findings);
    findings_deinit(&findings);
    buffer_deinit(&text);
    prover->proof->mutants++;
    prover->proof->blind += mutant->blind;
    prover->proof->mended += mutant->mended;
    return error;
}

/* Each step has at least one, so that its test is known to be able to fail. */
static void judge_coverage(struct prover *prover, const struct mutants *mutants)
{
    for (int step = 1; step <= prover->lesson->count; step++) {
        bool covered = false;
        for (size_t i = 0; i < mutants->count; i++) {
            struct finding named = {.test = mutants->list[i].caught_by};
            covered = covered || finding_step(&named) == step;
        }
        if (!covered)
            prover_complain(prover, "step %d has no mutant", step);
    }
}

static bool is_for(const struct mutant *mutant, const struct proof_setup *setup)
{
    if (!mutant->only)
        return !setup->again;
    return toolchain_has(setup->check, mutant->only);
}

static int prove_mutants(struct prover *prover, struct slice solution)
{
    struct mutants mutants = {0};
    int error = mutants_load(&mutants, prover->lesson->folder, prover->why);
    for (size_t i = 0; !error && i < mutants.count; i++)
        if (is_for(&mutants.list[i], prover->setup))
            error = prove_mutant(prover, &mutants.list[i], solution);
    if (!error)
        judge_coverage(prover, &mutants);
    mutants_deinit(&mutants);
    return error;
}

/* ---- kin ---- */

static int prove_one_kin(struct prover *prover, const struct mutant *kin,
                         struct slice solution)
{
    char what[128];
    struct buffer text = {0};
    struct findings findings = {0};
    struct selection selection = {.step = prover->lesson->count};
    int error = mutant_apply(kin, solution, &text, prover->why);
    if (!error)
        error =
            prover_collect(prover, buffer_slice(&text), &selection, &findings);
    snprintf(what, sizeof what, "kin %s", kin->name);
    if (!error)
        prover_judge_right(prover, what, &findings);
    findings_deinit(&findings);
    buffer_deinit(&text);
    prover->proof->kin++;
    return error;
}

static int prove_kin(struct prover *prover, struct slice solution)
{
    struct mutants kin = {0};
    int error = mutants_load_kin(&kin, prover->lesson->folder, prover->why);
    for (size_t i = 0; !error && i < kin.count; i++)
        error = prove_one_kin(prover, &kin.list[i], solution);
    mutants_deinit(&kin);
    return error;
}

int prover_prove_variants(struct prover *prover, struct slice solution)
{
    int error = prove_mutants(prover, solution);
    return error ? error : prove_kin(prover, solution);
}
