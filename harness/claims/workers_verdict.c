/* SPDX-License-Identifier: MIT */
#include "harness/claims/workers.h"

/* "Very inefficient" means at least twice as much. */
static const double very = 2;

static enum verdict from_sides(const enum side *sides, size_t count)
{
    enum verdict verdict = IS_TRUE;
    for (size_t i = 0; i < count; i++) {
        if (sides[i] == BELOW)
            return IS_FALSE;
        if (sides[i] == NEITHER_SIDE)
            verdict = CANNOT_BE_TOLD;
    }
    return verdict;
}

struct judgement k1_judge(const struct k1_figures *figures)
{
    enum side sides[] = {spread_side(&figures->cpu, very),
                         spread_side(&figures->memory, very)};
    enum verdict verdict = from_sides(sides, 2);
    if (figures->in_flight < figures->wanted)
        return judgement_of(verdict == CANNOT_BE_TOLD ? verdict : IS_FALSE,
                            "Not highly concurrent: of %s pages only %s were "
                            "under way at once.",
                            number_say(figures->wanted).text,
                            number_say(figures->in_flight).text);
    return judgement_of(
        verdict,
        "All %s pages were under way at once. A process for each took %s times "
        "the CPU of a thread for each, and %s times its memory; a pool of "
        "processes %s and %s times that of a pool of threads.",
        number_say(figures->wanted).text, spread_say(&figures->cpu).text,
        spread_say(&figures->memory).text, spread_say(&figures->pool_cpu).text,
        spread_say(&figures->pool_memory).text);
}

struct judgement k2_judge(const struct k2_figures *figures)
{
    enum side sides[] = {spread_side(&figures->memory, 1),
                         spread_side(&figures->small, 1),
                         spread_side(&figures->large, 1)};
    return judgement_of(
        from_sides(sides, 3),
        "A process took %s times the memory of a thread. To hand over a byte "
        "by a pipe took %s times the CPU that it takes in memory, and for 64 "
        "KiB %s times.",
        spread_say(&figures->memory).text, spread_say(&figures->small).text,
        spread_say(&figures->large).text);
}

/* ---- K3 ---- */

/* A level is a limit if a turn costs four times what it costs at the lowest
 * level: caches alone can double it. */
static enum side beside_fewest(const struct k3_figures *figures, size_t level)
{
    struct spread fewest = figures->levels[0].turn;
    fewest.min *= 4;
    fewest.median *= 4;
    fewest.max *= 4;
    return spread_beside(&figures->levels[level].turn, &fewest);
}

static bool is_refused(const struct k3_level *level)
{
    return level->started < (double)level->threads;
}

/* The first level that is a limit, or the number of levels. */
static size_t find_limit(const struct k3_figures *figures)
{
    size_t i = 0;
    while (i < figures->count && !is_refused(&figures->levels[i]) &&
           (i == 0 || beside_fewest(figures, i) != ABOVE))
        i++;
    return i;
}

/* Are all the low levels clearly not a limit? */
static bool all_few_are_told(const struct k3_figures *figures)
{
    size_t told = 0;
    for (size_t i = 1;
         i < figures->count && figures->levels[i].threads <= K3_FEW; i++) {
        if (beside_fewest(figures, i) != BELOW)
            return false;
        told++;
    }
    return told > 0;
}

static struct judgement judge_refusal(const struct k3_level *level)
{
    return judgement_of(level->threads <= K3_FEW ? IS_TRUE : IS_FALSE,
                        "Of %zu threads this machine lets %s be started.",
                        level->threads, number_say(level->started).text);
}

struct judgement k3_judge(const struct k3_figures *figures)
{
    size_t limit = find_limit(figures);
    if (!figures->count)
        return judgement_of(CANNOT_BE_TOLD, "Nothing was measured.");
    const struct k3_level *first = &figures->levels[0];
    const struct k3_level *last = &figures->levels[figures->count - 1];
    if (limit < figures->count && is_refused(&figures->levels[limit]))
        return judge_refusal(&figures->levels[limit]);
    if (limit < figures->count) {
        const struct k3_level *at = &figures->levels[limit];
        bool told = at->threads <= K3_FEW || all_few_are_told(figures);
        return judgement_of(
            !told                   ? CANNOT_BE_TOLD
            : at->threads <= K3_FEW ? IS_TRUE
                                    : IS_FALSE,
            "A turn of one of %zu threads costs %s µs, and one of %zu more "
            "than four times as much, %s µs: the limit that was found, at %s "
            "KiB of "
            "memory for each.",
            first->threads, spread_say(&first->turn).text, at->threads,
            spread_say(&at->turn).text, spread_say(&at->kib).text);
    }
    return judgement_of(
        all_few_are_told(figures) ? IS_FALSE : CANNOT_BE_TOLD,
        "A turn of one of %zu threads costs %s µs, and one of %zu %s µs, with "
        "%s KiB of memory for each: no limit was found.",
        first->threads, spread_say(&first->turn).text, last->threads,
        spread_say(&last->turn).text, spread_say(&last->kib).text);
}
