/* SPDX-License-Identifier: MIT */
#include "harness/claims/reading.h"

#include <stdio.h>
#include <string.h>

static double lines_of_function(const struct code *code)
{
    return code->functions ? (double)code->lines / (double)code->functions : 0;
}

static bool was_counted(const struct code *clients)
{
    for (int i = 0; i < CLIENTS; i++)
        if (!clients[i].functions)
            return false;
    return true;
}

/* ---- K9 ---- */

/* More jumps and smaller functions than in the base case, and than in a Task,
 * which does the same. */
static bool is_scattered(const struct code *clients)
{
    const struct code *code = &clients[CALLBACKS];
    const enum client others[] = {SEQUENTIAL, TASKS};
    for (int i = 0; i < 2; i++) {
        const struct code *other = &clients[others[i]];
        if (code->jumps <= other->jumps ||
            lines_of_function(code) >= lines_of_function(other))
            return false;
    }
    return true;
}

struct judgement k9_judge(const struct k9_figures *figures)
{
    const struct code *clients = figures->clients;
    if (!was_counted(clients) || figures->by_callbacks < 0 ||
        figures->by_deferred < 0)
        return judgement_of(CANNOT_BE_TOLD, "Not all could be counted.");
    bool lost = figures->by_callbacks < figures->steps;
    return judgement_of(
        lost && is_scattered(clients) ? IS_TRUE : IS_FALSE,
        "Of %d failures %d reached the one place that deals with them, in a "
        "chain of a Deferred %d. The client of callbacks goes on in another "
        "function at %zu places, the base case at %zu and a Task at %zu; its "
        "functions have %s lines, theirs %s and %s.",
        figures->steps, figures->by_callbacks, figures->by_deferred,
        clients[CALLBACKS].jumps, clients[SEQUENTIAL].jumps,
        clients[TASKS].jumps,
        number_say(lines_of_function(&clients[CALLBACKS])).text,
        number_say(lines_of_function(&clients[SEQUENTIAL])).text,
        number_say(lines_of_function(&clients[TASKS])).text);
}

/* ---- K10 ---- */

struct judgement k10_judge(const struct k10_figures *figures)
{
    const struct code *deferreds = &figures->clients[DEFERREDS];
    const struct code *tasks = &figures->clients[TASKS];
    if (!was_counted(figures->clients) || figures->of_deferred < 0 ||
        figures->of_future < 0)
        return judgement_of(CANNOT_BE_TOLD, "Not all could be counted.");
    bool harder =
        deferreds->jumps > tasks->jumps && deferreds->lines > tasks->lines;
    bool only_one =
        figures->of_deferred == 1 && figures->of_future == figures->readers;
    return judgement_of(
        harder && only_one ? IS_TRUE : IS_FALSE,
        "Of %d functions that want the result of a Deferred %d gets it: the "
        "next one is given what that returned. Of a Future %d get it. The "
        "client of Deferreds has %zu lines and goes on elsewhere at %zu "
        "places, that of Tasks has %zu lines and %zu such places.",
        figures->readers, figures->of_deferred, figures->of_future,
        deferreds->lines, deferreds->jumps, tasks->lines, tasks->jumps);
}

/* ---- B6 ---- */

static bool is_seen(const struct b6_word *word)
{
    return word->counted >= word->least && word->counted <= word->most;
}

struct judgement b6_judge(const struct b6_figures *figures)
{
    const struct b6_word *missing = NULL;
    for (size_t i = 0; i < figures->count; i++) {
        const struct b6_word *word = &figures->words[i];
        if (word->counted < 0)
            return judgement_of(CANNOT_BE_TOLD, "It could not be counted: %s.",
                                word->word);
        if (!missing && !is_seen(word))
            missing = word;
    }
    if (!figures->count)
        return judgement_of(CANNOT_BE_TOLD, "Nothing was counted.");
    if (missing)
        return judgement_of(IS_FALSE, "It was not seen, of %s: %s.",
                            missing->episode, missing->word);
    return judgement_of(IS_TRUE, "Each of these %zu was seen happening.",
                        figures->count);
}
