/* SPDX-License-Identifier: MIT */
/* The progress of a race, on standard error: at a terminal one line that
 * changes, else a line for each event that matters. */
#ifndef HARNESS_RACE_PROGRESS_H
#define HARNESS_RACE_PROGRESS_H

#include "base/nanos.h"

#include <stdbool.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

struct progress {
    bool terminal;
    int shown; /* columns of the line that is shown */
    int turns, turns_expected;
    nanos began;
};

void progress_init(struct progress *progress);

/* A turn begins. As far as can be told, the race will be over in `left_s`
 * seconds. */
void progress_turn(struct progress *progress, double left_s, const char *block,
                   int round, const char *model);

/* The bar: how much of the time is over, and how much is left. */
void progress_bar(char *text, size_t size, double gone_s, double left_s);

/* A line that stays. */
void progress_say(struct progress *progress, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Removes the changing line. */
void progress_clear(struct progress *progress);

#ifdef __cplusplus
}
#endif

#endif
