/* SPDX-License-Identifier: MIT */
#include "harness/race/plan.h"
#include "harness/origin/origin_options.h"
#include "harness/race/ports.h"

#include <stdio.h>
#include <string.h>

/* Long compared with the start of a process, and short enough that 100 pages
 * one after another take two seconds. */
static const nanos usual_delay = 20 * NANOS_PER_MILLISECOND;

bool contestant_overlaps(const struct contestant *contestant)
{
    if (contestant->peer)
        return true;
    return contestant->floor ? contestant->floor->overlaps
                             : (contestant->model->can & CAN_OVERLAP) != 0;
}

bool contestant_keeps(const struct contestant *contestant)
{
    if (contestant->peer)
        return !contestant->peer->never_keeps;
    return contestant->floor || (contestant->model->can & CAN_KEEP_ALIVE);
}

/* Peers take no part when pages are computed with or due at a rate, because
 * they cannot do that. */
static bool peer_takes_part(const struct peer *peer, const struct block *block)
{
    return !block->rate && !block->work && block->level <= peer->level_max &&
           (block->keep_alive || !peer->always_keeps) &&
           !(block->calls && peer->by_time);
}

bool plan_takes_part(const struct contestant *contestant,
                     const struct block *block)
{
    if (contestant->out || (contestant->floor && !block->with_floors))
        return false;
    if (contestant->peer && !peer_takes_part(contestant->peer, block))
        return false;
    if (block->rate && !contestant->peer &&
        !(contestant->model->can & CAN_START_LATER))
        return false;
    if (contestant->broke_at && block->rate > contestant->broke_at)
        return false;
    if (block->keepers_only && !contestant_keeps(contestant))
        return false;
    return contestant_overlaps(contestant) || block->one_by_one;
}

size_t plan_concurrency(const struct contestant *contestant,
                        const struct block *block)
{
    return contestant_overlaps(contestant) ? block->level : 1;
}

/* Enough pages that the first and the last do not matter: the calls of one run
 * are subtracted from those of another with twice as many. */
static size_t pages_to_count(size_t level)
{
    enum { WAVES = 20, ENOUGH = 2000 };
    size_t pages = WAVES * level < ENOUGH ? WAVES * level : ENOUGH;
    return pages > 2 * level ? pages : 2 * level;
}

size_t plan_requests(const struct contestant *contestant,
                     const struct block *block)
{
    size_t chosen = block->seats[contestant->place].requests;
    size_t usual = block->requests;
    if (block->calls && !contestant_overlaps(contestant))
        usual = pages_to_count(1);
    size_t wanted = chosen ? chosen : usual;
    if (block->memory)
        return plan_concurrency(contestant, block);
    /* A tool uses one address. */
    bool is_tool = contestant->peer && !contestant->peer->script;
    if (is_tool && !block->keep_alive && wanted > PORTS_PER_ADDRESS)
        return PORTS_PER_ADDRESS;
    return wanted;
}

size_t plan_connections(const struct contestant *contestant,
                        const struct block *block)
{
    size_t requests = plan_requests(contestant, block);
    size_t level = plan_concurrency(contestant, block);
    bool kept = block->keep_alive && contestant_keeps(contestant);
    return kept && level < requests ? level : requests;
}

/* Rounds up to two digits, for a number that is easy to read. */
static size_t rounded(double number)
{
    size_t unit = 1;
    while (number / (double)unit > 100)
        unit *= 10;
    size_t units = (size_t)(number / (double)unit);
    return (units + ((double)(units * unit) < number)) * unit;
}

size_t plan_enough(size_t requests, double cpu_s, double wall_s, double most_s)
{
    /* A little more, because the next run may be a little quicker. A run that
     * took almost no time is not a good basis, so it is repeated with more
     * requests first. */
    static const double spare = 1.25, growth_max = 100, least_growth = 1.05;
    double growth = growth_max;

    if (cpu_s >= FIGURE_CPU_S)
        return requests;
    if (cpu_s * growth > FIGURE_CPU_S * spare)
        growth = FIGURE_CPU_S * spare / cpu_s;
    if (wall_s * growth > most_s)
        growth = most_s / wall_s;
    return growth < least_growth ? requests
                                 : rounded((double)requests * growth);
}

double plan_estimate(const struct contestant *contestant,
                     const struct block *block)
{
    static const double start_up = 0.05;
    bool python = contestant->peer && contestant->peer->script;
    bool forks =
        contestant->model && !strcmp(contestant->model->family, "processes");
    double per_request =
        (forks || python ? 400e-6 : 50e-6) + nanos_as_seconds(block->work);
    size_t level = plan_concurrency(contestant, block);
    size_t requests = plan_requests(contestant, block);
    size_t waves = (requests + level - 1) / level;

    if (contestant->peer && contestant->peer->by_time)
        return start_up + 2;
    if (block->timed && !block->seats[contestant->place].requests)
        return start_up + 2 * FIGURE_CPU_S;
    if (block->processes) /* the time for many connections to be made */
        per_request *= 3;
    if (block->calls) /* it runs twice, and is stopped at each call */
        per_request *= 10;
    double open = block->rate ? (double)requests / (double)block->rate : 0;
    return open + start_up + (double)requests * per_request +
           (double)waves * nanos_as_seconds(block->delay);
}

/* Turns of all contestants that take part; those that are left. */
struct outlook {
    double guessed_s, took_s;          /* for turns with both known */
    double known_left_s, guess_left_s; /* for the turns that are left */
};

static void look_ahead(struct outlook *outlook,
                       const struct contestant *contestant,
                       const struct block *block)
{
    const struct seat *seat = &block->seats[contestant->place];
    double guess = plan_estimate(contestant, block);
    int left = block->rounds - seat->turns;

    if (seat->turns) {
        outlook->guessed_s += guess;
        outlook->took_s += seat->took_s;
        outlook->known_left_s += left * seat->took_s;
    } else {
        outlook->guess_left_s += left * guess;
    }
}

static struct outlook look_at_all(const struct plan *plan)
{
    struct outlook outlook = {0};

    for (size_t i = 0; i < plan->block_count; i++)
        for (size_t j = 0; j < plan->contestant_count; j++)
            if (plan_takes_part(&plan->contestants[j], &plan->blocks[i]))
                look_ahead(&outlook, &plan->contestants[j], &plan->blocks[i]);
    return outlook;
}

/* By what factor the guesses were too short so far. */
static double wrong(const struct outlook *outlook)
{
    return outlook->guessed_s > 0 ? outlook->took_s / outlook->guessed_s : 1;
}

double plan_left(const struct plan *plan)
{
    struct outlook outlook = look_at_all(plan);
    return outlook.known_left_s + wrong(&outlook) * outlook.guess_left_s;
}

double plan_estimate_round(const struct plan *plan, const struct block *block)
{
    struct outlook outlook = look_at_all(plan);
    double known = 0, guess = 0;

    for (size_t i = 0; i < plan->contestant_count; i++) {
        const struct contestant *contestant = &plan->contestants[i];
        const struct seat *seat = &block->seats[i];
        if (!plan_takes_part(contestant, block))
            continue;
        if (seat->turns)
            known += seat->took_s;
        else
            guess += plan_estimate(contestant, block);
    }
    return known + wrong(&outlook) * guess;
}

size_t plan_highest_level(const struct plan *plan)
{
    size_t highest = 1;
    for (size_t i = 0; i < plan->block_count; i++)
        if (plan->blocks[i].level > highest)
            highest = plan->blocks[i].level;
    return highest;
}

static void add_block(struct plan *plan, const struct plan_options *options,
                      struct block block)
{
    if (plan->block_count == BLOCKS_MAX)
        return;
    bool looks = block.memory || block.calls;
    if (options->rounds && !looks)
        block.rounds = (int)options->rounds;
    block.keep_alive = block.keep_alive || options->keep_alive;
    block.work = options->work;
    block.tls = plan->tls;
    block.pinned = (block.pinned || options->pin) && !looks;
    plan->blocks[plan->block_count++] = block;
}

/* All pages are asked for at once, and the delay must be so long that the last
 * one is asked for before the first one is answered. */
static void add_memory(struct plan *plan, const struct plan_options *options,
                       size_t level, bool one_by_one)
{
    struct block block = {
        .name = "memory",
        .level = level,
        .requests = level,
        .delay = (150 + (nanos)level / 4) * NANOS_PER_MILLISECOND,
        .memory = true,
        .one_by_one = one_by_one,
        .with_floors = true,
        .rounds = 1,
    };
    add_block(plan, options, block);
}

static void add_scale(struct plan *plan, const struct plan_options *options,
                      size_t level, size_t requests)
{
    struct block block = {
        .name = "scale",
        .level = level,
        .requests = requests,
        .delay = usual_delay,
        .one_by_one = level == 1,
        /* Requests for a run of a second with one in flight. */
        .rounds = plan->quick  ? 2
                  : level == 1 ? 3
                               : 5,
    };
    add_block(plan, options, block);
}

static void add_first_look(struct plan *plan,
                           const struct plan_options *options, int rounds)
{
    struct block wait = {.name = "wait",
                         .level = 10,
                         .requests = 100,
                         .delay = usual_delay,
                         .one_by_one = true,
                         .rounds = rounds};
    struct block cost = {.name = "cost",
                         .level = 100,
                         .requests = 1000,
                         .delay = usual_delay,
                         .with_floors = true,
                         .timed = !plan->quick,
                         .most_s = 1,
                         .no_ratios = plan->quick,
                         .rounds = rounds};
    struct block fixed = {.name = "fixed",
                          .level = 64,
                          .requests = 2000,
                          .keep_alive = true,
                          .pinned = true,
                          .one_by_one = !plan->quick,
                          .with_floors = true,
                          .keepers_only = plan->quick,
                          .timed = true,
                          .most_s = 3,
                          .rounds = rounds};
    add_block(plan, options, wait);
    add_block(plan, options, cost);
    add_block(plan, options, fixed);
    add_memory(plan, options, wait.level, true);
    add_memory(plan, options, cost.level, false);
    if (!plan->quick)
        add_memory(plan, options, fixed.level, false);
}

static void add_full(struct plan *plan, const struct plan_options *options)
{
    add_first_look(plan, options, 5);
    add_scale(plan, options, 1, 50);
    add_scale(plan, options, 10, 100);
    add_scale(plan, options, 100, 400);
    add_scale(plan, options, 1000, 4000);
    add_memory(plan, options, 1000, false);
}

bool plan_broke(const struct block *block, const struct record *record)
{
    nanos alone = block->delay + block->work;
    nanos worst = latencies_percentile(&record->latency, 0.99);
    return !record_is_good(record) || worst > alone + RAMP_LATE;
}

/* Each rate lasts long enough that a contestant that cannot keep up is late. */
static void add_open(struct plan *plan, const struct plan_options *options)
{
    static const double growth = 1.5;
    double seconds = options->ramp ? 1 : 2;
    double rate = (double)options->rate;

    for (int i = 0; i < (options->ramp ? RAMP_STEPS : 1); i++, rate *= growth) {
        struct block block = {
            .name = options->ramp ? "ramp" : "open",
            .level = options->level_count ? options->levels[0] : 100,
            .requests = options->requests ? options->requests
                                          : (size_t)(rate * seconds) + 1,
            .delay = plan->url              ? 0
                     : options->delay_given ? options->delay
                                            : usual_delay,
            .rate = (size_t)rate,
            .elsewhere = plan->url != NULL,
            .burst = options->burst ? options->burst : 1,
            .rounds = options->ramp ? 1 : 3,
        };
        /* A model that cannot overlap is far too late, which is worth showing
         * once. */
        block.one_by_one =
            block.requests * (size_t)(block.delay / 1000) <= 10 * 1000 * 1000;
        if (options->ramp) { /* blocks are identified by name and level */
            block.ramp = true;
            snprintf(plan->ramp_names[i], sizeof plan->ramp_names[i],
                     "ramp-%zu", block.rate);
            block.name = plan->ramp_names[i];
        }
        add_block(plan, options, block);
    }
}

/* Does the block measure anything but time and cost? */
static bool is_apart(const struct block *block)
{
    return block->memory || block->calls || block->rate || block->processes;
}

bool plan_is_first(const struct plan *plan, const struct block *block)
{
    for (const struct block *before = plan->blocks; before < block; before++)
        if (!is_apart(before) && before->level == block->level)
            return false;
    return !is_apart(block);
}

static void add_calls(struct plan *plan, const struct plan_options *options)
{
    for (size_t i = 0, count = plan->block_count; i < count; i++) {
        struct block block = plan->blocks[i];
        if (!plan_is_first(plan, &plan->blocks[i]))
            continue;
        block.name = "calls";
        block.requests = pages_to_count(block.level);
        block.calls = true;
        block.timed = block.pinned = false;
        block.rounds = 1;
        add_block(plan, options, block);
    }
}

static bool plan_has_own(const struct plan *plan, size_t level)
{
    for (size_t i = 0; i < plan->block_count; i++)
        if (!plan->blocks[i].memory && plan->blocks[i].level == level)
            return true;
    return false;
}

static void add_own(struct plan *plan, const struct plan_options *options)
{
    for (size_t i = 0; i < options->level_count; i++) {
        size_t level = options->levels[i];
        /* No more can be in flight than there are pages. */
        if (options->requests && level > options->requests)
            level = options->requests;
        if (plan_has_own(plan, level))
            continue;
        size_t usual = 10 * level > 100 ? 10 * level : 100;
        struct block block = {
            .name = "own",
            .level = level,
            .requests = options->requests ? options->requests : usual,
            .delay = options->delay_given ? options->delay : usual_delay,
            .one_by_one = i == 0,
            .with_floors = true,
            .most_s = 3,
            .rounds = plan->quick ? 3 : 5,
            .elsewhere = plan->url != NULL,
        };
        block.timed = block.delay == 0 && !options->requests;
        if (plan->url) { /* it has one address, and must not be flooded */
            block.timed =
                options->keep_alive && plan->url_here && !options->requests;
            block.delay = 0;
        }
        add_block(plan, options, block);
        if (!plan->url) /* that server would have to hold its answers back */
            add_memory(plan, options, level, i == 0);
    }
}

static void add_simultaneous(struct plan *plan,
                             const struct plan_options *options)
{
    for (size_t i = 0; i < options->level_count; i++) {
        struct block block = {
            .name = "simultaneous",
            .level = options->levels[i],
            .requests = options->levels[i],
            .processes = plan->processes,
            .rounds = 3,
        };
        add_block(plan, options, block);
    }
}

/* Counts all connections that a race opens, as if within the minute for which a
 * closed connection counts. If runs are as long as they must be, the number is
 * not known yet, and high. */
static int addresses_needed(const struct plan *plan)
{
    size_t sum = 0;

    for (size_t i = 0; i < plan->block_count; i++)
        for (size_t j = 0; j < plan->contestant_count; j++) {
            const struct block *block = &plan->blocks[i];
            const struct contestant *contestant = &plan->contestants[j];
            if (!plan_takes_part(contestant, block))
                continue;
            bool many = block->timed &&
                        !(block->keep_alive && contestant_keeps(contestant));
            sum += many ? SIZE_MAX / (BLOCKS_MAX * CONTESTANTS_MAX * 4)
                        : plan_connections(contestant, block) *
                              (size_t)block->rounds;
        }
    return ports_addresses(plan->processes ? sum / plan->processes : sum,
                           ORIGIN_ADDRESSES_MAX);
}

void plan_add_blocks(struct plan *plan, const struct plan_options *options)
{
    if (plan->processes) {
        add_simultaneous(plan, options);
    } else if (options->rate) {
        add_open(plan, options);
    } else if (options->level_count) {
        add_own(plan, options);
    } else if (plan->quick) {
        add_first_look(plan, options, 3);
        add_scale(plan, options, 1000, 2000);
    } else {
        add_full(plan, options);
    }
    if (plan->ledger)
        add_calls(plan, options);
    plan->addresses = plan->url ? 1 : addresses_needed(plan);
}
