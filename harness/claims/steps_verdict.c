/* SPDX-License-Identifier: MIT */
#include "harness/claims/steps.h"

/* Less than twice as much is not huge. */
static const double huge = 2;

struct judgement k8_judge(const struct k8_figures *figures)
{
    enum side page = spread_side(&figures->page, huge);
    enum verdict verdict = page == ABOVE   ? IS_TRUE
                           : page == BELOW ? IS_FALSE
                                           : CANNOT_BE_TOLD;
    return judgement_of(
        verdict,
        "A step takes %s times as long as a call, and a page %s times the CPU "
        "that it takes with callbacks: %s times the floor beside %s.",
        spread_say(&figures->step).text, spread_say(&figures->page).text,
        spread_say(&figures->generators_floor).text,
        spread_say(&figures->callbacks_floor).text);
}

/* It holds none of the squares if it grows by less than a hundredth of the
 * array, and all of them if it grows by more than half of it. */
struct judgement k11_judge(const struct k11_figures *figures)
{
    const struct spread *lazily = &figures->lazily, *array = &figures->as_array;
    bool measured = lazily->count && array->count && !lazily->disturbed &&
                    !array->disturbed && array->min > 0;
    enum verdict verdict = CANNOT_BE_TOLD;
    if (measured && lazily->max < array->min / 100)
        verdict = IS_TRUE;
    else if (measured && lazily->min > array->max / 2)
        verdict = IS_FALSE;
    return judgement_of(
        verdict,
        "To add up %s squares took %s KiB when a generator made them, and %s "
        "KiB as an array; for %s squares the generator took %s KiB.",
        number_say(figures->squares).text,
        number_say(lazily->count ? lazily->median / 1024 : 0).text,
        number_say(array->count ? array->median / 1024 : 0).text,
        number_say(figures->fewer).text,
        number_say(figures->lazily_fewer.count
                       ? figures->lazily_fewer.median / 1024
                       : 0)
            .text);
}
