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

/* How often a turn is repeated when the machine disturbs it again and again. */
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
    double spare_s;      /* time left for runs that must be repeated */
    bool complete;       /* all that was planned has been done */
    bool ended;          /* there are no more turns */
    int broken;       /* why the origin cannot be asked any more: witness_ask */
    char **arguments; /* the command line, for results.json; closed by NULL */
};

/* Pins the origin to the last but one of the allowed processors (the last one
 * is for the contestant), or unpins it. 0; -ENODEV: there are not two; or why
 * the system refused. */
int race_pin(const struct race *race, bool pinned);

/* One turn: launches the contestant, asks the witness and books the record. If
 * the block says so, it repeats the run with more requests until it is long
 * enough. It also repeats a run that the machine disturbed, as long as there is
 * time to spare. A contestant that crashes or hangs is booked with its error
 * and is out. 0, or a negative errno when the race cannot go on. */
int race_turn(struct race *race, struct contestant *contestant,
              struct block *block, int round);

/* Counts the system calls that the contestant makes for one more request, by
 * two runs that are not booked, the second with twice as many requests. 0 or a
 * negative errno, see calls.h. */
int race_count_calls(struct race *race, const struct contestant *contestant,
                     struct block *block, double *calls);

/* The contestant's own file, and how much of it one request passes through:
 * passes.h, also for what is returned. -ENODEV: it has none. */
int race_measure_client(struct race *race, struct contestant *contestant);

#ifdef __cplusplus
}
#endif

#endif
