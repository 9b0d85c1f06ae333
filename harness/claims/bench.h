/* SPDX-License-Identifier: MIT */
/* Where claims are measured: runs of the race, and samples of anything else.
 * Both know what the machine took away meanwhile (harness/race/taken.h), repeat
 * what that spoiled, and say of a figure if it was spoiled each time. */
#ifndef HARNESS_CLAIMS_BENCH_H
#define HARNESS_CLAIMS_BENCH_H

#include "harness/claims/finding.h"
#include "harness/race/race.h"

#ifdef __cplusplus
extern "C" {
#endif

struct bench {
    struct race race; /* of which there are runs, but no plan */
    bool serving;     /* its origin has been started */
    bool tiny;        /* milliseconds: to see that all of it works */
    const char *now;  /* the claim that is measured, for progress */
    nanos ends;       /* when it should be done */
    double later_s;   /* how long the claims after it may take */
    nanos told;       /* when progress was last printed, without a line that
                       * changes */
};

/* 0 or a negative errno. Ctrl-C ends the run or sample that is under way. */
int bench_init(struct bench *bench, bool tiny);
void bench_deinit(struct bench *bench);

/* The size of an experiment: the full one, or a tiny one that only shows that
 * it works. */
static inline size_t bench_size(const struct bench *bench, size_t size,
                                size_t tiny)
{
    return bench->tiny ? tiny : size;
}

/* Says what is being done. It is printed after two seconds, and not too
 * often. */
void bench_tell(struct bench *bench, const char *what, int round);

/* ---- runs of the race ---- */

/* The port of its origin, which is started when it is needed first. 0 or a
 * negative errno. */
int bench_origin(struct bench *bench, uint16_t *port);

/* Each of these models and floors (closed by NULL) in turn, round by round. The
 * results are in bench->race.ledger under the name and level of the block;
 * block->rounds says how many rounds there were. A run that fails is booked
 * with its error. 0; -ECANCELED; or a negative errno when no more runs are
 * possible. */
int bench_race(struct bench *bench, struct block *block,
               const char *const *names);

struct spread bench_spread(const struct bench *bench, const struct block *block,
                           const char *model, record_figure *figure);

/* One model's figure divided by another's, in pairs of the same round. */
struct spread bench_ratio(const struct bench *bench, const struct block *block,
                          const char *model, const char *other,
                          record_figure *figure);

/* Figures of a run: record_bytes_each in KiB, and how many requests were in
 * flight, as the origin saw it. */
double bench_kib_each(const struct record *record);
double bench_in_flight(const struct record *record);

/* Notes in the finding why a run of that block failed, or what spoiled it, if
 * there is nothing better. */
void bench_explain(const struct bench *bench, const struct block *block,
                   struct finding *finding);

/* ---- samples ---- */

enum { COLUMNS_MAX = 16, ROUNDS_MAX = 32 };

/* Takes one sample of several figures at once. 0 or a negative errno. */
typedef int sample_fn(void *context, double *values);

struct sampling {
    sample_fn *take;
    void *context;
    size_t columns; /* of `values` */
    size_t rounds;
    bool counts;   /* it counts what no other program can spoil */
    bool in_child; /* in a process of its own, so that each begins alike */
};

/* Takes samples, one for each round, and in `spreads` one for each column. What
 * failed, or was spoiled, is noted in the finding. 0; or a negative errno,
 * -ECANCELED among them: then `spreads` are not filled. */
int bench_sample(struct bench *bench, const struct sampling *sampling,
                 struct spread *spreads, struct finding *finding);

#ifdef __cplusplus
}
#endif

#endif
