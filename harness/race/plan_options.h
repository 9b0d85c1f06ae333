/* SPDX-License-Identifier: MIT */
/* The command line of the race, read and checked. */
#ifndef HARNESS_RACE_PLAN_OPTIONS_H
#define HARNESS_RACE_PLAN_OPTIONS_H

#include "harness/race/plan.h"

#ifdef __cplusplus
extern "C" {
#endif

/* What is not in the plan yet: it decides about the blocks. */
struct plan_options {
    size_t levels[LEVELS_MAX]; /* of blocks of one's own; none: the usual */
    size_t level_count;
    size_t requests; /* 0: by the level */
    nanos delay;
    bool delay_given;
    size_t rounds; /* 0: as usual */
    bool keep_alive;
    bool pin;
    const char *models;             /* as given; NULL: the usual */
    const char *mine;               /* a program; NULL: none */
    const struct model *mine_model; /* what that program runs as "mine" */
    bool floor;                     /* the one on epoll */
    bool all_floors;
};

/* Fills in the plan's own part, contestants included. -1, or an exit code when
 * all has been said. */
int plan_options_read(struct plan *plan, struct plan_options *options, int argc,
                      char **argv);

#ifdef __cplusplus
}
#endif

#endif
