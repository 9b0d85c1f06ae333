/* SPDX-License-Identifier: MIT */
/* How long answers took: a histogram with steps 3 % wide, from 1 µs up to an
 * hour; anything longer counts as an hour. */
#ifndef HARNESS_RACE_LATENCY_H
#define HARNESS_RACE_LATENCY_H

#include "base/nanos.h"
#include "harness/json_write.h"

#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

enum { LATENCY_STEPS = 896 };

/* All zero is an empty one. */
struct latencies {
    uint32_t counts[LATENCY_STEPS];
    uint64_t total;
    nanos max;
};

void latencies_add(struct latencies *latencies, nanos took);

/* The quantile `share` (0 to 1): the end of the step of the slowest among that
 * share of the quickest, but no more than the longest. -1 when it is empty. */
nanos latencies_percentile(const struct latencies *latencies, double share);

/* How many took at least `from` and less than `to`, to the precision of a step.
 */
uint64_t latencies_between(const struct latencies *latencies, nanos from,
                           nanos to);

/* As an object: "p50_s", "p90_s", "p99_s", "p999_s", "max_s", and "histogram",
 * pairs of the end of a step in seconds and how many there are; null when it
 * is empty. Reading takes what was written; false when it is not that, and the
 * latencies are undefined. */
void latencies_write(const struct latencies *latencies, const char *name,
                     struct json_writer *json);
bool latencies_read(struct latencies *latencies, const cJSON *json);

#ifdef __cplusplus
}
#endif

#endif
