/* SPDX-License-Identifier: MIT */
/* Where things are: the lab, its lessons, what was built, the learner's files.
 * Paths are absolute or from the root of the lab, where every command runs. */
#ifndef LESSONS_TOOL_PLACE_H
#define LESSONS_TOOL_PLACE_H

#include <limits.h>

struct place {
    const char *root;    /* of the lab; NULL: here */
    const char *lessons; /* or what --lessons says */
    const char *build;   /* with lessons.link; build/asan, or --build */
    const char *threads; /* the same, with the thread sanitizer */
    const char *work;    /* the learner's own */
    int began_in;        /* the folder where the command was given */
    const char *cc;      /* another compiler, by --cc; NULL: the build's */
};

/* Resolves a path relative to where the command was given, because we are at
 * the root of the lab. Returns the path itself, or `absolute`. NULL stays
 * NULL, and a path that is empty stays so: it leads nowhere, and not to that
 * folder. */
const char *place_path(const struct place *place, const char *path,
                       char absolute[PATH_MAX]);

#endif
