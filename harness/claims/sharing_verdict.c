/* SPDX-License-Identifier: MIT */
#include "harness/claims/sharing.h"

/* That nothing was lost this time is not a proof, so the verdict is true or
 * none. */
struct judgement k4_judge(const struct k4_figures *figures)
{
    const struct spread *lost = &figures->lost;
    if (spread_side(&figures->lost_with_lock, 0) == ABOVE)
        return judgement_of(CANNOT_BE_TOLD,
                            "Additions were lost with a lock, too: this "
                            "machine, or this experiment, is broken.");
    if (!lost->count || lost->max <= 0)
        return judgement_of(CANNOT_BE_TOLD,
                            "Nothing was lost this time, which does not say "
                            "that the program is right: the next run may lose "
                            "some.");
    return judgement_of(
        IS_TRUE,
        "Of %s additions %s were lost in the worst of %zu runs and %s in the "
        "best, and no error told of it. With a lock none was lost.",
        number_say(figures->additions).text, number_say(lost->max).text,
        lost->count, number_say(lost->min).text);
}

/* A factor below this means that the threads did not run at once. */
static const double at_once = 1.25;

struct judgement k5_judge(const struct k5_figures *figures)
{
    enum side free_side = spread_side(&figures->free, at_once);
    enum side locked = spread_side(&figures->locked, at_once);
    enum side python = spread_side(&figures->python, at_once);
    if (free_side != ABOVE || locked != BELOW)
        return judgement_of(
            CANNOT_BE_TOLD,
            "%zu threads were %s times as fast as one without a lock, and %s "
            "times under one lock: on this machine, now, the two are not far "
            "enough apart.",
            figures->threads, spread_say(&figures->free).text,
            spread_say(&figures->locked).text);
    if (!figures->python.count)
        return judgement_of(IS_TRUE,
                            "%zu threads were %s times as fast as one, under "
                            "one lock %s times: one runs at a time. CPython is "
                            "not here to be asked.",
                            figures->threads, spread_say(&figures->free).text,
                            spread_say(&figures->locked).text);
    if (python == ABOVE)
        return judgement_of(IS_FALSE,
                            "This CPython has no such lock: %zu threads were "
                            "%s times as fast as one. Of the C program they "
                            "were %s times as fast under one lock.",
                            figures->threads, spread_say(&figures->python).text,
                            spread_say(&figures->locked).text);
    return judgement_of(
        python == BELOW ? IS_TRUE : CANNOT_BE_TOLD,
        "%zu threads were %s times as fast as one, under one lock %s times, "
        "and those of CPython %s times: its lock %s.",
        figures->threads, spread_say(&figures->free).text,
        spread_say(&figures->locked).text, spread_say(&figures->python).text,
        python == BELOW ? "lets one run at a time" : "is not told from none");
}
