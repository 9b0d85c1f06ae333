/* SPDX-License-Identifier: MIT */
/* The command line of `ps` and of `pstree`. */
#ifndef HARNESS_PS_PS_OPTIONS_H
#define HARNESS_PS_PS_OPTIONS_H

#include "base/nanos.h"

#include <sys/types.h>

#ifdef __cplusplus
extern "C" {
#endif

struct ps_options {
    const char *name; /* of the command */
    pid_t pid;
    nanos span; /* 0: one look */
};

/* -1 to go on, or the exit code; then all messages have been printed. */
int ps_options_read(struct ps_options *options, int argc, char **argv);

#ifdef __cplusplus
}
#endif

#endif
