/* SPDX-License-Identifier: MIT */
/* The command line of `timeline`. */
#ifndef HARNESS_TIMELINE_TIMELINE_OPTIONS_H
#define HARNESS_TIMELINE_TIMELINE_OPTIONS_H

#include "harness/timeline/drawn.h"

#ifdef __cplusplus
extern "C" {
#endif

/* One of the runs that are drawn. */
struct timeline_contestant {
    const char *name;
    const struct model *model;
    const char *program; /* that runs it; NULL: this one */
};

struct timeline_options {
    struct timeline_contestant contestants[DRAWN_MOST];
    size_t count;
    size_t concurrency, requests;
    nanos delay;
    bool keep_alive;
    const char *url; /* NULL: pages of the lab's own server */
    const char *out; /* a folder */
    bool cost;       /* what does it cost to record? */

    /* private */
    const char *model, *versus, *mine_program;
    char mine[32]; /* the model that is run in that */
};

/* -1 to go on, or the exit code. */
int timeline_options_read(struct timeline_options *options, int argc,
                          char **argv);

#ifdef __cplusplus
}
#endif

#endif
