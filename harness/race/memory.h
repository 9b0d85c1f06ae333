/* SPDX-License-Identifier: MIT */
/* The memory of a contestant and of all that it started. */
#ifndef HARNESS_RACE_MEMORY_H
#define HARNESS_RACE_MEMORY_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The highest values seen, over any number of measurements. */
struct memory_peak {
    uint64_t pss_bytes; /* proportional: a page shared by two counts half */
    size_t processes;
    size_t threads;
    size_t descriptors; /* that are open, where we may see that */
    size_t samples;
};

/* Looks once at every process of the group and raises the peak. A process that
 * ends while we look is left out. */
void memory_sample(struct memory_peak *peak, pid_t group);

/* The PSS of one process in bytes; a negative errno. */
int64_t memory_pss(pid_t pid);

/* How much memory is available on the machine, in bytes; -1 if unknown. */
int64_t memory_available(void);

#ifdef __cplusplus
}
#endif

#endif
