/* SPDX-License-Identifier: MIT */
/* The command line of `diff`. */
#ifndef HARNESS_DIFF_DIFF_OPTIONS_H
#define HARNESS_DIFF_DIFF_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

struct diff_options {
    const char *models[2];
    bool all;
    const char *html; /* a file; NULL: printed */
    size_t width;     /* of both columns */
};

/* -1 to go on, or the exit code; then all messages have been printed. */
int diff_options_read(struct diff_options *options, int argc, char **argv);

#ifdef __cplusplus
}
#endif

#endif
