/* SPDX-License-Identifier: MIT */
#include "harness/claims/loops.h"

/* ---- K6 ---- */

static enum side beside_first(const struct k6_figures *figures, size_t level)
{
    struct spread first = figures->levels[0].cpu;
    first.min *= 2;
    first.median *= 2;
    first.max *= 2;
    return spread_beside(&figures->levels[level].cpu, &first);
}

static bool all_were_there(const struct k6_level *level)
{
    return level->in_flight >= (double)level->connections;
}

/* How many levels are good: all connections were there, and each cost at most
 * twice what it costs at the lowest level. `told`: whether that is clear for
 * each. */
static size_t count_good(const struct k6_figures *figures, bool *told)
{
    size_t good = 0;
    *told = figures->count > 1;
    while (good < figures->count && all_were_there(&figures->levels[good])) {
        enum side side = good ? beside_first(figures, good) : BELOW;
        if (side == NEITHER_SIDE)
            *told = false;
        if (side != BELOW)
            break;
        good++;
    }
    return good;
}

struct judgement k6_judge(const struct k6_figures *figures)
{
    bool told;
    size_t good = count_good(figures, &told);
    if (!good || !told)
        return judgement_of(CANNOT_BE_TOLD,
                            "It is not clear what one connection costs among "
                            "many, beside one among few.");
    const struct k6_level *first = &figures->levels[0];
    const struct k6_level *last = &figures->levels[good - 1];
    bool all = good == figures->count;
    if (all && last->connections >= K6_MANY)
        return judgement_of(IS_TRUE,
                            "%zu connections were open at one moment in one "
                            "thread, for %s µs of CPU each beside %s among "
                            "%zu.",
                            last->connections, spread_say(&last->cpu).text,
                            spread_say(&first->cpu).text, first->connections);
    return judgement_of(
        IS_TRUE_UNTIL,
        "%zu connections at one moment in one thread, for %s µs of CPU each "
        "beside %s among %zu: %s.",
        last->connections, spread_say(&last->cpu).text,
        spread_say(&first->cpu).text, first->connections,
        all ? "as many as the descriptors of one process allow here"
            : "of more, not all were there, or each cost more than twice that");
}

/* ---- K7 ---- */

static enum verdict from_both(enum side wanted, enum side one, enum side other)
{
    enum side opposite = wanted == ABOVE ? BELOW : ABOVE;
    if (one == opposite || other == opposite)
        return IS_FALSE;
    return one == wanted && other == wanted ? IS_TRUE : CANNOT_BE_TOLD;
}

struct judgement k7_judge(const struct k7_figures *figures)
{
    const struct k7_kind *cpu = &figures->waiting_cpu;
    const struct k7_kind *took = &figures->computing_s;
    enum verdict waiting =
        from_both(ABOVE, spread_beside(&cpu->threads, &cpu->loop),
                  spread_beside(&cpu->processes, &cpu->loop));
    enum verdict computing =
        from_both(BELOW, spread_beside(&took->threads, &took->loop),
                  spread_beside(&took->processes, &took->loop));
    enum verdict verdict = waiting == computing ? waiting
                           : waiting == IS_FALSE || computing == IS_FALSE
                               ? IS_FALSE
                               : CANNOT_BE_TOLD;
    return judgement_of(
        verdict,
        "Pages that compute took threads %s s, processes %s s, and the loop %s "
        "s. A page that waits cost threads %s µs of CPU, processes %s µs, and "
        "the loop %s µs.",
        spread_say(&took->threads).text, spread_say(&took->processes).text,
        spread_say(&took->loop).text, spread_say(&cpu->threads).text,
        spread_say(&cpu->processes).text, spread_say(&cpu->loop).text);
}

/* ---- K12 ---- */

/* A tenth of a second is what a person begins to notice. */
static const double noticed_ms = 100;

struct judgement k12_judge(const struct k12_figures *figures)
{
    enum side failure = spread_side(&figures->failure, noticed_ms);
    enum side burst = spread_side(&figures->burst, noticed_ms);
    enum verdict verdict = CANNOT_BE_TOLD;
    if (failure == ABOVE || burst == ABOVE)
        verdict = IS_FALSE;
    else if (failure == BELOW && burst == BELOW)
        verdict = IS_TRUE;
    return judgement_of(
        verdict,
        "On the loop a tick was late by %s ms at the worst with nothing else "
        "to do, by %s ms while servers failed, and by %s ms in a burst; "
        "between pages that block, by %s ms.",
        spread_say(&figures->quiet).text, spread_say(&figures->failure).text,
        spread_say(&figures->burst).text, spread_say(&figures->blocking).text);
}
