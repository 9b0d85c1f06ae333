/* SPDX-License-Identifier: MIT */
/* What each path does: a table of functions, by the name in the path. */
#ifndef HARNESS_ORIGIN_BEHAVIOURS_H
#define HARNESS_ORIGIN_BEHAVIOURS_H

#include "harness/origin/asked.h"

struct connection;

/* What follows the name in the path. */
enum path_takes { PATH_ALONE, PATH_BYTES, PATH_COUNT, PATH_STATUS, PATH_SPAN };

struct behaviour {
    const char *name;
    enum path_takes takes;
    const char *usage;    /* "/bytes/N" */
    const char *expects;  /* what has to follow the name */
    const char *sentence; /* what it does */
    /* Sets up the answer of a request that has been read. 0 or -ENOMEM. */
    int (*prepare)(struct connection *connection, struct asked *asked);
    unsigned flags;
};

enum behaviour_flag {
    ANSWERS_EARLY = 1, /* as soon as the head is there */
    IS_UNCOUNTED = 2,  /* not a request of any run */
    KEEPS_BODY = 4,    /* needs what was posted */
};

/* All of them; the last one has no name. */
extern const struct behaviour behaviours[];

/* The answer to a request that is refused: asked->refused says how. 0 or
 * -ENOMEM. */
int behaviours_refuse(struct connection *connection, const struct asked *asked);

/* Is it a plain GET of /fixed, without parameters other than its run? */
bool behaviours_is_fixed(const struct asked *asked);

#endif
