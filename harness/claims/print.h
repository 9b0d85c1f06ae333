/* SPDX-License-Identifier: MIT */
#ifndef HARNESS_CLAIMS_PRINT_H
#define HARNESS_CLAIMS_PRINT_H

#include "harness/claims/claim.h"

#ifdef __cplusplus
extern "C" {
#endif

/* For a terminal of 80 columns: the claim, the bars and the verdict. */
void claim_print(const struct claim *claim, const struct finding *finding,
                 FILE *out);

/* The verdict alone. */
void claim_print_brief(const struct claim *claim, const struct finding *finding,
                       FILE *out);

/* As a member of the array "claims"; README.md says what it has. */
void claim_write(const struct claim *claim, const struct finding *finding,
                 struct json_writer *json);

#ifdef __cplusplus
}
#endif

#endif
