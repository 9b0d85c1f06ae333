/* SPDX-License-Identifier: MIT */
/* What came of putting one claim to the test: its figures, and the verdict. */
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
    char label[32];      /* whose it is */
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

/* A figure that was counted, and is what it is. */
void finding_add_number(struct finding *finding, const char *heading,
                        const char *label, double number);
struct spread spread_of_number(double number);

/* The first reason stays. */
void finding_fail(struct finding *finding, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* The verdict, once all figures are there: `judgement`; but that it cannot be
 * told where a figure is missing, or the machine spoiled one, and so also where
 * the measurement failed. */
void finding_judge(struct finding *finding, struct judgement judgement);

#ifdef __cplusplus
}
#endif

#endif
