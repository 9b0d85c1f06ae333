/* SPDX-License-Identifier: MIT */
/* The race: every model in turn fetches the same pages from the lab's own
 * origin, and the ledger says what its way of waiting cost.
 *
 *     plan.h        which contestants, which settings, how many rounds
 *     contestant.h  one run, in a process of its own
 *     launch.h      starts that process and survives it
 *     witness.h     the origin, and what it saw of the run
 *     command.h     with which words a contestant is run
 *     peers.h, tool.h  contestants that are not ours
 *     elsewhere.h   a server that is not ours
 *     simultaneous.h, share.h, gate.h  very many connections, in several
 *                   processes
 *     record.h      all that is known about one run
 *     ledger.h      all runs: medians, spreads, paired ratios
 *     calls.h, passes.h  what is counted by looking at each step
 *     balance.h     what each costs, and that minus the base case
 *     shelf.h       where its results are
 *     table.h, results.h, charts.h  what people get to see
 */
#ifndef HARNESS_RACE_RACE_H
#define HARNESS_RACE_RACE_H

#include "harness/race/ledger.h"
#include "harness/race/plan.h"
#include "harness/race/progress.h"
#include "harness/race/witness.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Of a turn, when the machine disturbs one after another. */
enum { ATTEMPTS_MAX = 3 };

struct race {
    struct plan plan;
    struct ledger ledger;
    struct witness witness;
    struct progress progress;
    struct cancel cancel; /* Ctrl-C */
    int asked_fd;         /* Ctrl-\: a wake-up; negative: there is none */
    struct buffer folder; /* for results, with a NUL */
    nanos began;
    int runs;            /* so far: their IDs */
    int next_address;    /* of the origin, for the next run */
    double best_step_ns; /* of all runs so far, taken.h; 0: of none */
    double spare_s;      /* what is left for runs that must be repeated */
    bool complete;       /* all that was planned has been done */
    bool ended;          /* there will be no more turns */
    bool broken;         /* the origin is gone */
    char **arguments; /* the command line, for results.json; closed by NULL */
};

/* Keeps the origin on the last but one of the processors that are allowed (the
 * contestant is to have the last one), or lets it go. 0; -ENODEV: there are not
 * two; or why the system refused. */
int race_pin(const struct race *race, bool pinned);

/* One turn: launches the contestant, asks the witness, books the record; where
 * the block says so, once more with more requests until the run is long enough;
 * and once more when the machine disturbed it, as long as there is time to
 * spare. A contestant that crashes or hangs is booked with its error and is
 * out. 0, or a negative errno when the race cannot go on. */
int race_turn(struct race *race, struct contestant *contestant,
              struct block *block, int round);

/* System calls that the contestant makes for one more request: two runs that
 * are not booked, the second of twice as many. 0 or a negative errno, see
 * calls.h. */
int race_count_calls(struct race *race, const struct contestant *contestant,
                     struct block *block, double *calls);

/* The contestant's own file, and how much of it one request passes through:
 * passes.h, also for what is returned. -ENODEV: it has none. */
int race_measure_client(struct race *race, struct contestant *contestant);

#ifdef __cplusplus
}
#endif

#endif
