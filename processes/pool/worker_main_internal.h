/* SPDX-License-Identifier: MIT */
/* What a worker's process runs, and what goes over its channel. */
#ifndef PROCESSES_POOL_WORKER_MAIN_INTERNAL_H
#define PROCESSES_POOL_WORKER_MAIN_INTERNAL_H

#include "processes/pool/turns_internal.h"
#include "processes/pool/worker_pool.h"

#include <assert.h>

#ifdef __cplusplus
extern "C" {
#endif

/* In front of a job's argument, from the parent to the worker. Both are the
 * same program on the same machine, so even a function's address travels. */
struct job_head {
    size_t size; /* of the argument */
    process_function run;
    uint64_t number; /* fits 32 bits */
};

/* In front of a result. */
struct answer_head {
    size_t size;
    uint32_t number;
    int32_t error; /* what the function returned */
    nanos spent;   /* in the function */
};

/* There is no padding: bytes that are not set must not be sent. */
static_assert(sizeof(struct job_head) ==
                  sizeof(size_t) + sizeof(process_function) + sizeof(uint64_t),
              "a job's head has padding");
static_assert(sizeof(struct answer_head) ==
                  sizeof(size_t) + 2 * sizeof(uint32_t) + sizeof(nanos),
              "an answer's head has padding");

/* Runs what comes over CHILD_CHANNEL, one job after another, until the parent
 * closes it. Each result is on its way before the next job is begun: when the
 * worker dies, what it had finished is not lost. */
__attribute__((noreturn)) void
worker_main(const struct worker_pool_options *options, struct turns *turns);

#ifdef __cplusplus
}
#endif

#endif
