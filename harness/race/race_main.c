/* SPDX-License-Identifier: MIT */
/* The command `race`. */
#include "base/clock.h"
#include "base/folder.h"
#include "base/output.h"
#include "base/processors.h"
#include "harness/commands.h"
#include "harness/descriptors.h"
#include "harness/inquiry.h"
#include "harness/interrupt.h"
#include "harness/origin/origin_options.h"
#include "harness/race/balance.h"
#include "harness/race/charts.h"
#include "harness/race/elsewhere.h"
#include "harness/race/plan_options.h"
#include "harness/race/ports.h"
#include "harness/race/race.h"
#include "harness/race/results.h"
#include "harness/race/self_test.h"
#include "harness/race/shelf.h"
#include "harness/race/simultaneous.h"
#include "harness/race/table.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <time.h>
#include <unistd.h>

/* How much of the thirty seconds of --quick is for the runs: the rest is for
 * the table and the chart. */
static const double quick_budget_s = 25;

static double seconds_since(nanos when)
{
    return nanos_as_seconds(monotonic_now() - when);
}

static bool interrupted(const struct race *race)
{
    return cancel_requested(&race->cancel);
}

/* ---- the blocks ---- */

/* In seconds. Rounds that do not fit into the time of --quick are left out. */
static double left(const struct race *race)
{
    double all = plan_left(&race->plan);
    double most = quick_budget_s - seconds_since(race->began);
    return race->plan.quick && all > most ? most : all;
}

/* Runs every contestant once. The round decides which is first, so that none
 * always follows the same neighbour. */
static int run_round(struct race *race, struct block *block, int round)
{
    struct plan *plan = &race->plan;
    size_t first =
        ((size_t)plan->seed + (size_t)round) % plan->contestant_count;

    for (size_t i = 0; i < plan->contestant_count; i++) {
        struct contestant *contestant =
            &plan->contestants[(first + i) % plan->contestant_count];
        if (!plan_takes_part(contestant, block) || !block->rounds)
            continue;
        progress_turn(&race->progress, left(race), block->name, round,
                      contestant->name);
        int status = race_turn(race, contestant, block, round);
        if (status < 0 || race->broken || interrupted(race))
            return status;
    }
    if (block->rounds) /* it turned out that the block is impossible */
        block->rounds_done = round;
    return 0;
}

static bool fits(const struct race *race, const struct block *block)
{
    double cost = plan_estimate_round(&race->plan, block);
    return !race->plan.quick || block->calls ||
           seconds_since(race->began) + cost < quick_budget_s;
}

static void shorten(struct race *race, struct block *block)
{
    progress_say(&race->progress,
                 "race: %s at %zu in flight: %d of %d rounds, as more would "
                 "not fit into 30 seconds",
                 block->name, block->level, block->rounds_done, block->rounds);
    block->rounds = block->rounds_done;
}

/* Goes round by round over all blocks: if the race ends early each block has
 * results, and a slow change of the machine affects all of them. */
static int run_blocks(struct race *race)
{
    struct plan *plan = &race->plan;
    bool more = true;

    for (int round = 1; more; round++) {
        more = false;
        for (size_t i = 0; i < plan->block_count; i++) {
            struct block *block = &plan->blocks[i];
            if (round > block->rounds)
                continue;
            if (!fits(race, block)) {
                shorten(race, block);
                continue;
            }
            int status = run_round(race, block, round);
            if (status < 0 || race->broken || interrupted(race))
                return status;
            more = true;
        }
        int status = results_write(race);
        if (status < 0)
            return status;
    }
    race->complete = true;
    return 0;
}

/* ---- before ---- */

/* Allows as many descriptors as the system lets us have, for the origin and all
 * contestants, and prints a sentence if they are too few. */
static bool see_to_room(const struct plan *plan)
{
    size_t processes = plan->processes ? plan->processes : 1;
    size_t level = plan_highest_level(plan);
    size_t needed = (level + processes - 1) / processes + 64;
    size_t allowed = descriptors_allow_all();
    char why[256];

    if (needed > allowed && plan->processes)
        fprintf(stderr,
                "race: %zu connections in %zu processes need %zu descriptors "
                "each, and this machine allows %zu: take more --processes, "
                "fewer connections, or raise the hard limit (ulimit -Hn)\n",
                level, processes, needed, allowed);
    else if (needed > allowed)
        fprintf(stderr,
                "race: %zu in flight need %zu descriptors, and this machine "
                "allows %zu: ask for fewer at once, or raise the hard limit "
                "(ulimit -Hn)\n",
                level, needed, allowed);
    else if (plan->processes && !simultaneous_has_room(plan, why, sizeof why))
        fprintf(stderr, "race: %s\n", why);
    else
        return true;
    return false;
}

/* If pinning is impossible, the table and the results must not say that they
 * were pinned. */
static void see_to_pins(struct race *race)
{
    struct plan *plan = &race->plan;
    bool wanted = false;

    for (size_t i = 0; i < plan->block_count; i++)
        wanted = wanted || plan->blocks[i].pinned;
    int error = wanted ? race_pin(race, true) : 0;
    if (!error)
        return;
    for (size_t i = 0; i < plan->block_count; i++)
        plan->blocks[i].pinned = false;
    progress_say(&race->progress, "race: nothing is pinned: %s",
                 error == -ENODEV ? "there is only one processor for us"
                                  : strerror(-error));
}

/* Prints what a reader would not expect. */
static void tell_processors(struct race *race)
{
    size_t allowed = processors_allowed();
    size_t online = processors_online();

    if (allowed < online)
        progress_say(&race->progress,
                     "race: %zu of the machine's %zu processors %s ours "
                     "(taskset, or a container)",
                     allowed, online, allowed == 1 ? "is" : "are");
    if (allowed == 1)
        progress_say(&race->progress,
                     "race: contestants and the origin share one processor: "
                     "times are those of both");
}

/* How much of the time may be used to repeat disturbed runs. */
static const double spare_share = 0.2;

static void announce(struct race *race)
{
    struct plan *plan = &race->plan;
    double sum = plan_left(plan);

    race->spare_s = spare_share * (plan->quick ? quick_budget_s : sum);
    tell_processors(race);
    for (size_t i = 0; i < plan->block_count; i++) {
        struct block *block = &plan->blocks[i];
        for (size_t j = 0; j < plan->contestant_count; j++)
            if (plan_takes_part(&plan->contestants[j], block))
                race->progress.turns_expected += block->rounds;
    }
    if (plan->left_out[0])
        progress_say(&race->progress, "race: without %s (--models all)",
                     plan->left_out);
    if (plan->quick)
        progress_say(&race->progress, "race: %zu contestants, 30 seconds",
                     plan->contestant_count);
    else
        progress_say(&race->progress,
                     "race: %zu contestants, %d turns, about %.0f %s",
                     plan->contestant_count, race->progress.turns_expected,
                     sum < 100 ? sum + 1 : sum / 60 + 1,
                     sum < 100 ? "seconds" : "minutes");
}

/* ---- for the ledger ---- */

static const char *why_no_passes(int error)
{
    switch (error) {
    case -EPERM:
        return "this machine does not allow tracing other programs";
    case -ENOENT:
        return "the sources are not where they were, or addr2line is missing "
               "(apt install binutils)";
    case -ENODATA:
        return "the program has no debugging information (-g)";
    default:
        return strerror(-error);
    }
}

/* Measured once for each contestant: it takes a moment, and is the same for all
 * blocks. */
static void measure_clients(struct race *race)
{
    struct plan *plan = &race->plan;
    int error = 0;

    race->progress.turns_expected += (int)plan->contestant_count;
    for (size_t i = 0; i < plan->contestant_count && !interrupted(race); i++) {
        progress_turn(&race->progress, left(race), "client", 1,
                      plan->contestants[i].name);
        int status = race_measure_client(race, &plan->contestants[i]);
        if (status != -ENODEV)
            error = error ? error : status;
    }
    if (error && !interrupted(race))
        progress_say(&race->progress,
                     "race: for some it is not known which code a request "
                     "passes through: %s",
                     why_no_passes(error));
}

/* The shelf for races without --out. */
static const char shelf[] = "results";

static bool see_to_folder(struct race *race)
{
    const struct plan *plan = &race->plan;
    int status = plan->out
                     ? buffer_print(&race->folder, "%s%c", plan->out, '\0')
                     : shelf_make(shelf, plan->name, time(NULL), &race->folder);
    if (!status && plan->out)
        status = folder_prepare(plan->out);
    if (status < 0)
        fprintf(stderr, "race: %s%s: %s\n", plan->out ? "--out " : "",
                plan->out ? plan->out : shelf, strerror(-status));
    if (status < 0)
        return false;
    status = results_try(race);
    if (status < 0)
        fprintf(stderr, "race: %s/results.json: %s\n", race->folder.data,
                strerror(-status));
    return status == 0;
}

static bool learn_page(struct race *race)
{
    struct buffer why = {0};
    struct witness *witness = &race->witness;

    bool learned = elsewhere_learn(&witness->stands[0].worker, witness->url,
                                   &witness->body_size, &why);
    struct slice reason = buffer_reason(&why);
    if (!learned)
        fprintf(stderr, "race: %s: %.*s\n", witness->url, (int)reason.size,
                reason.data);
    buffer_deinit(&why);
    return learned;
}

static int start(struct race *race)
{
    if (!see_to_room(&race->plan) ||
        (!race->plan.self_test && !see_to_folder(race)))
        return EXIT_USAGE;
    /* Programs that ran here before also hold ports for a minute. */
    race->plan.addresses = ports_addresses_beside(
        ports_waiting(), race->plan.addresses, ORIGIN_ADDRESSES_MAX);
    int status = witness_init(&race->witness, &race->plan);
    if (status < 0) {
        fprintf(stderr, "race: the origin could not be started: %s\n",
                status == -ENOTSUP ? url_error_sentence(URL_NO_TLS)
                                   : fetch_errno_sentence(status));
        return EXIT_RACE_BROKEN;
    }
    if (race->plan.url && !learn_page(race)) {
        witness_deinit(&race->witness);
        return EXIT_RACE_BROKEN;
    }
    /* Processes that a contestant leaves behind become our children, so that we
     * can end them. */
    prctl(PR_SET_CHILD_SUBREAPER, 1);
    interrupt_cancels(&race->cancel);
    race->asked_fd = inquiry_open();
    return -1;
}

/* ---- after ---- */

/* The name by which the folder is printed: the one that does not change. */
static const char *put_on_shelf(const struct race *race)
{
    if (race->plan.out)
        return race->folder.data;
    int error = shelf_point(shelf, race->folder.data);
    if (!error) {
        printf("\nKept as %s", race->folder.data);
        return "results/latest";
    }
    fprintf(stderr, "race: %s/latest still leads to the race before: %s\n",
            shelf, error == -EINVAL ? "it is not a link" : strerror(-error));
    return race->folder.data;
}

/* Is there a figure of time? Those of memory and of system calls only go with
 * these. */
static bool has_a_round(const struct plan *plan)
{
    for (size_t i = 0; i < plan->block_count; i++) {
        const struct block *block = &plan->blocks[i];
        if (block->rounds_done && !block->memory && !block->calls)
            return true;
    }
    return false;
}

static const char *why_broken(int error)
{
    return error == -EPIPE ? "the origin is gone" : fetch_errno_sentence(error);
}

/* Without a round there is nothing to show, and the previous race stays the
 * latest. */
static int finish(struct race *race, int status)
{
    bool shows = has_a_round(&race->plan);

    progress_clear(&race->progress);
    ledger_share_memory(&race->ledger);
    race->ended = true;
    int written = results_write(race);
    if (shows)
        table_print(stdout, &race->plan, &race->ledger);
    else
        fprintf(stderr, race->complete
                            ? "race: nothing was measured\n"
                            : "race: it ended before its first round was "
                              "over\n");
    if (shows && race->plan.ledger)
        balance_print(stdout, &race->plan, &race->ledger);
    fflush(stdout);
    if (written < 0) {
        fprintf(stderr, "race: %s/results.json cannot be written: %s\n",
                race->folder.data, strerror(-written));
        return EXIT_RACE_BROKEN;
    }
    const char *folder = shows ? put_on_shelf(race) : race->folder.data;
    printf("\nAll figures: %s/results.json\n", folder);
    fflush(stdout);
    if (status < 0 || race->broken) {
        fprintf(stderr, "race: it could not go on: %s\n",
                why_broken(status < 0 ? status : race->broken));
        return EXIT_RACE_BROKEN;
    }
    if (interrupted(race))
        return 128 + interrupt_signal();
    if (!shows)
        return EXIT_RACE_BROKEN;
    if (!race->plan.no_chart && !charts_draw(folder, !race->plan.quick))
        return EXIT_RACE_BROKEN;
    return ledger_has_failures(&race->ledger) ? EXIT_RACE_FAILED : 0;
}

static int race_all(struct race *race)
{
    announce(race);
    if (race->plan.ledger)
        measure_clients(race);
    return finish(race, run_blocks(race));
}

static int test_itself(struct race *race)
{
    int status = self_test_run(race);
    if (interrupted(race))
        return 128 + interrupt_signal();
    if (status < 0)
        fprintf(stderr, "race: it could not go on: %s\n", why_broken(status));
    return status < 0 ? EXIT_RACE_BROKEN : status;
}

static int run(int argc, char **argv)
{
    struct race race = {.began = monotonic_now(), .arguments = argv};

    progress_init(&race.progress);
    int code = plan_init(&race.plan, argc, argv);
    if (code >= 0)
        return code;
    int status = cancel_init(&race.cancel);
    if (status < 0) {
        fprintf(stderr, "race: %s\n", fetch_errno_sentence(status));
        return EXIT_RACE_BROKEN;
    }
    code = start(&race);
    if (code < 0) {
        see_to_pins(&race);
        code = race.plan.self_test ? test_itself(&race) : race_all(&race);
        witness_deinit(&race.witness);
        if (race.asked_fd >= 0)
            inquiry_close(race.asked_fd);
    }
    ledger_deinit(&race.ledger);
    buffer_deinit(&race.folder);
    cancel_deinit(&race.cancel);
    return code;
}

int race_main(int argc, char **argv)
{
    int code = run(argc, argv);
    return output_check("race") && !code ? EXIT_RACE_BROKEN : code;
}
