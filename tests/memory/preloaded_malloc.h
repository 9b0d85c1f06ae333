/* SPDX-License-Identifier: MIT */
/* Memory that runs out, at exactly one allocation of one process of a program
 * and all the processes that it starts. preloaded_malloc.c is preloaded; it
 * counts, and is told what to do, in a file that all of them map, whose path is
 * in the variable PRELOADED_MALLOC. */
#ifndef TESTS_MEMORY_PRELOADED_MALLOC_H
#define TESTS_MEMORY_PRELOADED_MALLOC_H

#include <stdint.h>

enum { PRELOADED_PROCESSES = 64 };

struct preloaded_malloc {
    uint64_t fail_at; /* which allocation, counted from 1; 0: none */
    uint32_t process; /* of which process: 0 the first, 1 the one that was
                       * started next, whatever started it */

    /* What came of it; changed atomically. */
    uint32_t processes;                 /* that have been started */
    uint64_t seen[PRELOADED_PROCESSES]; /* allocations of each; the last entry
                                         * is that of all further ones, too */
    uint64_t failed;
};

#endif
