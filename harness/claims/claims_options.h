/* SPDX-License-Identifier: MIT */
/* The command line of `claims`. */
#ifndef HARNESS_CLAIMS_CLAIMS_OPTIONS_H
#define HARNESS_CLAIMS_CLAIMS_OPTIONS_H

#include "harness/claims/claim.h"

#ifdef __cplusplus
extern "C" {
#endif

enum { CLAIMS_MAX = 16 };

struct claims_options {
    const struct claim *chosen[CLAIMS_MAX]; /* each of them once */
    size_t count;
    const char *json; /* also into this file; NULL */
    bool list, brief, tiny;
};

/* -1 to go on, or the exit code; then all messages have been printed. */
int claims_options_read(struct claims_options *options, int argc, char **argv);

#ifdef __cplusplus
}
#endif

#endif
