/* SPDX-License-Identifier: MIT */
/* The command line of `serve`. */
#ifndef HARNESS_SERVE_OPTIONS_H
#define HARNESS_SERVE_OPTIONS_H

#include "harness/origin/origin_options.h"

#include <stdbool.h>

#ifdef __cplusplus
extern "C" {
#endif

struct serve_options {
    struct origin_options origin;
    bool tls;
    const char *certificate_file, *key_file; /* NULL: made for this run */
};

/* -1 to go on, or the exit code; then all messages have been printed. */
int serve_options_read(struct serve_options *options, int argc, char **argv);

#ifdef __cplusplus
}
#endif

#endif
