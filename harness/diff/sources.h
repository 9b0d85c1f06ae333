/* SPDX-License-Identifier: MIT */
/* The files that a client is written in, without those that all share. They are
 * read from where they were when the program was built. */
#ifndef HARNESS_DIFF_SOURCES_H
#define HARNESS_DIFF_SOURCES_H

#include "harness/diff/hops.h"

#include <stdbool.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

struct client_source {
    const char *model;
    const char *text; /* of the files below */
    const char *files[HOP_FILES_MAX];
    bool no_hops; /* it leaves the parts of a hop to another client's file */
};

/* NULL when no client has that name. */
const struct client_source *client_source_of(const char *model);

/* The path of the file with that number; false after the last one. */
bool client_source_path(const struct client_source *source, size_t index,
                        char *path, size_t size);

#ifdef __cplusplus
}
#endif

#endif
