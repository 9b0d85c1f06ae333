/* SPDX-License-Identifier: MIT */
/* What will be raced: the command line, and the blocks of runs that follow from
 * it. A block is one setting; every contestant takes its turn in each round of
 * each block.
 *
 *     wait     100 pages, 10 in flight: how long does it take?
 *     cost     100 in flight: what does the waiting cost?
 *     memory   as many pages as are in flight, all of them waiting at the same
 *              time for long enough to be looked at
 *     calls    for the ledger: system calls are counted, as in the first block
 *              of that level
 *     scale    more and more in flight
 *     fixed    prebuilt answers at once, over kept connections
 *     own      what the command line asks for
 *     open     requests are due at a rate, whatever becomes of those before
 *     ramp     the same, at higher and higher rates, until a contestant breaks
 *     simultaneous
 *              very many at one moment, in several processes (simultaneous.h)
 */
#ifndef HARNESS_RACE_PLAN_H
#define HARNESS_RACE_PLAN_H

#include "harness/floors/floors.h"
#include "harness/race/passes.h"
#include "harness/race/peers.h"
#include "harness/race/record.h"
#include "http/model.h"

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

enum {
    BLOCKS_MAX = 32,
    LEVELS_MAX = 12,
    CONTESTANTS_MAX = 64,
    RAMP_STEPS = 16
};

/* Of every page that is raced for. */
enum { PAGE_BYTES = 1024 };

/* A model, a floor or a peer: the others are NULL. */
struct contestant {
    const char *name;
    const struct model *model;
    const struct floor *floor;
    const struct peer *peer;
    const char *program;       /* runs it; NULL: what runs the others */
    char path[PEER_PATH_SIZE]; /* of a peer's program */
    size_t place;              /* in the plan, and in every block */
    struct client_size size;
    bool out;        /* it crashed or hung: no more turns */
    size_t broke_at; /* rate of a ramp that was too high; 0: none yet */
};

bool contestant_overlaps(const struct contestant *contestant);

/* Does it keep connections? */
bool contestant_keeps(const struct contestant *contestant);

/* The state of a contestant in a block. */
struct seat {
    size_t requests; /* per run; 0: as many as the block says */
    int turns;       /* how many turns it has had */
    double took_s;   /* the last turn, with everything around it */
};

struct block {
    const char *name;
    size_t level;      /* most in flight */
    size_t requests;   /* per run; where `timed`, of the first try */
    nanos delay;       /* of the origin; 0: /fixed */
    size_t processes;  /* how many share the load, for contestant and origin; 0:
                        * one */
    size_t rate;       /* requests due in a second; 0: whenever there is room */
    size_t burst;      /* that are due at the same moment */
    nanos work;        /* to compute for each page */
    nanos origin_work; /* that the origin computes for each page */
    bool ramp;         /* it is a step of a ramp */
    bool keep_alive;
    bool tls;          /* by https */
    bool pinned;       /* contestant and origin on a core of their own */
    bool elsewhere;    /* of a server that is not ours */
    bool memory;       /* looks at memory instead of time */
    bool calls;        /* counts system calls instead */
    bool one_by_one;   /* models without overlap take part, with one in
                        * flight */
    bool with_floors;  /* the floors take part */
    bool keepers_only; /* …and only contestants that keep connections */
    bool timed;        /* each has as many requests as take FIGURE_CPU_S */
    double most_s;     /* if `timed`: no run is longer than this */
    bool no_ratios;    /* the floors are shown, but no ratios to them */
    int rounds;        /* wanted */
    int rounds_done;
    struct seat seats[CONTESTANTS_MAX];
};

struct plan {
    /* The command line. */
    bool quick;
    bool ledger;      /* measure what it needs, and print it */
    bool self_test;   /* instead of a race */
    size_t processes; /* of each contestant, and of the origin; 0: as usual */
    bool tls;         /* by https: without floors, which speak http only */
    uint64_t seed;
    const char *out;     /* the folder for results; NULL: one on the shelf… */
    const char *name;    /* …under this name */
    const char *program; /* runs the contestants; NULL: this very program */
    bool no_chart;
    const char *url; /* of a server that is not ours; NULL: the origin */
    bool url_here;   /* it is on this machine */

    struct contestant contestants[CONTESTANTS_MAX];
    size_t contestant_count;
    struct block blocks[BLOCKS_MAX];
    size_t block_count;
    char ramp_names[RAMP_STEPS][16];
    int addresses;      /* of each origin: more than one for many connections,
                         * ports.h */
    char left_out[256]; /* models that are there but take no part; or "" */
};

/* Options that decide which blocks there are. */
struct plan_options {
    size_t levels[LEVELS_MAX]; /* of blocks of one's own; none: the usual */
    size_t level_count;
    size_t requests; /* 0: by the level */
    nanos delay;
    bool delay_given;
    size_t rate;   /* of an open load; 0: there is none */
    size_t burst;  /* 0: not asked for */
    bool ramp;     /* from that rate on */
    nanos work;    /* to compute for each page */
    size_t rounds; /* 0: as usual */
    bool keep_alive;
    bool pin;
    const char *models;             /* as given; NULL: the usual */
    const char *mine;               /* a program; NULL: none */
    const struct model *mine_model; /* what that program runs as "mine" */
    bool floor;                     /* the one on epoll */
    bool all_floors;
    bool peers; /* all that are here */
    bool yes;   /* a server elsewhere may be asked */
};

/* Adds the blocks that the options ask for, and sets what follows from them. */
void plan_add_blocks(struct plan *plan, const struct plan_options *options);

/* Whether it takes part in the block, how many it may have in flight, and how
 * many requests it gets. */
bool plan_takes_part(const struct contestant *contestant,
                     const struct block *block);
size_t plan_concurrency(const struct contestant *contestant,
                        const struct block *block);
size_t plan_requests(const struct contestant *contestant,
                     const struct block *block);

/* How many connections it opens for them. */
size_t plan_connections(const struct contestant *contestant,
                        const struct block *block);

/* How many requests the next run should have, after one with `requests` took
 * that much CPU and time: enough to take FIGURE_CPU_S with a little to spare,
 * if that is possible in `most_s`. Never fewer than before; `requests` itself
 * when more are not needed or would not help. */
size_t plan_enough(size_t requests, double cpu_s, double wall_s, double most_s);

/* A guess at how long a turn takes, in seconds: what cannot be avoided, and a
 * little for the work. */
double plan_estimate(const struct contestant *contestant,
                     const struct block *block);

/* How long all turns that are left will take, and how long the block's next
 * round, in seconds. Each turn counts as long as that contestant's last one in
 * that block, or as a guess, corrected by how wrong the guesses were so far. */
double plan_left(const struct plan *plan);
double plan_estimate_round(const struct plan *plan, const struct block *block);

/* Has it broken under the rate of that block, so that less than 99 % of its
 * requests were answered within RAMP_LATE of the time that one takes alone? */
#define RAMP_LATE (100 * NANOS_PER_MILLISECOND)
bool plan_broke(const struct block *block, const struct record *record);

/* Is it the first block at its level that measures time and cost? The ledger
 * shows that one for each level. */
bool plan_is_first(const struct plan *plan, const struct block *block);

/* The highest number that any block has in flight. */
size_t plan_highest_level(const struct plan *plan);

#ifdef __cplusplus
}
#endif

#endif
