/* SPDX-License-Identifier: MIT */
/* A load shared by several processes, which begin at the same moment. Their
 * reports are summed. */
#ifndef HARNESS_RACE_SHARE_H
#define HARNESS_RACE_SHARE_H

#include "harness/race/record.h"

#ifdef __cplusplus
extern "C" {
#endif

enum { SHARE_PROCESSES_MAX = 64 };

struct share {
    size_t processes; /* 1 to SHARE_PROCESSES_MAX */
    bool memory;      /* measure their memory when all are ready */
    void *context;
    /* Both are called in the child of that place, from 0: the first one before
     * the common beginning, the second one after it. 0 or a negative errno,
     * which ends the child; `run` fills in what a contestant says. */
    int (*prepare)(void *context, size_t place);
    int (*run)(void *context, size_t place, struct record *record);
};

/* Forks them and waits for all. Fills in the contestant's half of the record:
 * sums; as wall_s the time from the common beginning to the end of the last
 * one; and the first of their errors. A process that died counts as an error,
 * too. 0, or a negative errno when they could not be started; none is left
 * afterwards. */
int share_run(const struct share *share, struct record *record);

/* The part of the process at that place; a remainder is spread over the first
 * ones. */
size_t share_part(size_t whole, size_t processes, size_t place);

#ifdef __cplusplus
}
#endif

#endif
