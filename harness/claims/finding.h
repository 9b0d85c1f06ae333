/* SPDX-License-Identifier: MIT */
/* The result of testing one claim: its figures, and the verdict. */
#ifndef HARNESS_CLAIMS_FINDING_H
#define HARNESS_CLAIMS_FINDING_H

#include "harness/claims/verdict.h"

#ifdef __cplusplus
extern "C" {
#endif

enum { FIGURES_MAX = 24 };

/* A bar of the chart. Those that follow each other and have the same heading
 * are drawn to one scale. */
struct figure {
    const char *heading; /* with the unit: "KiB of memory for each" */
    char label[32];      /* what it belongs to */
    struct spread spread;
};

struct finding {
    struct figure figures[FIGURES_MAX];
    size_t count;
    struct judgement judgement;
    char trouble[200]; /* why there can be no verdict; empty when there can */
};

/* The heading is borrowed. */
void finding_add(struct finding *finding, const char *heading,
                 const char *label, const struct spread *spread);

/* A figure that was counted, and so has no interval. */
void finding_add_number(struct finding *finding, const char *heading,
                        const char *label, double number);
struct spread spread_of_number(double number);

/* Notes why there is no verdict; only the first reason is kept. */
void finding_fail(struct finding *finding, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* The verdict, once all figures are there. It is `judgement`, unless a figure
 * is missing or was spoiled by the machine, or the measurement failed: then
 * there is none. */
void finding_judge(struct finding *finding, struct judgement judgement);

#ifdef __cplusplus
}
#endif

#endif
