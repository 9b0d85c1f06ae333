/* SPDX-License-Identifier: MIT */
/* What the origin saw, in all and per run. A run is all requests with the same
 * run=ID. A contestant's concurrency is measured here, instead of being
 * believed.
 *
 *     GET /stats                 {"total": {…}, "runs": [{…}, …]}
 *     GET /stats?run=ID          {…} of that run, 404 when none of it came
 *     GET /stats?run=ID&reset=1  the same, and then begins anew
 *
 *     "run"             its ID; "total" has none
 *     "accepted"        connections; one belongs to the run of its first
 *                       request, so `total` may have more than all runs
 *     "refused"         connections beyond the limit (total only)
 *     "open"            connections now;            "most_open" at once
 *     "requests"        read, with their bodies
 *     "served"          answered, or failed as the URL asked for
 *     "abandoned"       the client went before the answer was written
 *     "errors"          refused: not HTTP, too large, not understood
 *     "in_flight"       now, from request read to answer written
 *     "most_in_flight"  at once
 *     "active_s"        time during which at least one was in flight
 *     "overlap_s"       time during which at least two were
 *     "bytes_out"       handed to the kernel, heads included
 *     "window_s"        from the first request to the last one's end
 *     "cpu_user_s"      of this server since the first request of the run,
 *     "cpu_system_s"      whatever caused it
 *     "busy"            the CPU as a share of window_s: near 1, the server was
 *                       the limit
 *
 * An answer that is ready at once is written in the turn that read its request,
 * so requests without a wait are never seen overlapping: /fixed is for cost.
 * Requests to /stats and /open are counted nowhere.
 *
 * It is printed by hand: numbers and IDs that need no escaping are all it has,
 * and a server has no use for a tree of them.
 */
#ifndef HARNESS_ORIGIN_STATS_H
#define HARNESS_ORIGIN_STATS_H

#include "base/bytes.h"
#include "base/nanos.h"

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The run that was silent for longest makes room for a new one. */
enum { RUNS_MAX = 64, RUN_ID_MAX = 40 };

struct run {
    char id[RUN_ID_MAX + 1]; /* empty: a free place, or the total */
    uint64_t accepted, refused, requests, served, abandoned, errors, bytes_out;
    int open, most_open;
    int in_flight, most_in_flight;
    nanos first, last;     /* first request, last end of one */
    nanos changed;         /* when in_flight last changed */
    nanos active, overlap; /* up to `changed` */
    nanos user, system;    /* the server's CPU at `first` */
};

struct stats {
    struct run total;
    struct run runs[RUNS_MAX];
};

void stats_init(struct stats *stats, nanos now);

/* May it be a run's ID? */
bool stats_is_id(struct slice id);

/* NULL when there is none. */
struct run *stats_find(struct stats *stats, struct slice id);

/* Finds or begins that run. NULL when the ID is empty, or when every place is
 * taken by a run that is still busy: then only the total counts. A run that is
 * pushed out is reported to `forget` first. */
struct run *stats_run(struct stats *stats, struct slice id, nanos now,
                      void (*forget)(void *context, const struct run *run),
                      void *context);

/* Each of these counts for the run and for the total; `run` may be NULL. */
void stats_request(struct stats *stats, struct run *run, nanos now);

enum request_end { REQUEST_SERVED, REQUEST_ABANDONED };
void stats_request_end(struct stats *stats, struct run *run, nanos now,
                       enum request_end how);

void stats_bytes(struct stats *stats, struct run *run, uint64_t count);
void stats_error(struct stats *stats, struct run *run);

/* A request that was answered in the very turn that read it. */
void stats_instant(struct stats *stats, struct run *run, nanos now,
                   uint64_t bytes);

/* The statistics of a run, or of the total. */
void run_open(struct run *run);
void run_close(struct run *run);

/* Begins anew; what is open and in flight stays counted. */
void run_reset(struct run *run, nanos now);

/* Appends the JSON of a run; of everything. 0 or -ENOMEM. */
int run_print(const struct run *run, nanos now, struct buffer *out);
int stats_print(const struct stats *stats, nanos now, struct buffer *out);

#ifdef __cplusplus
}
#endif

#endif
