/* SPDX-License-Identifier: MIT */
#include "harness/claims/verdict.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>

const char *claim_verdict_word(enum verdict verdict)
{
    static const char *const words[] = {
        [CANNOT_BE_TOLD] = "cannot be told",
        [IS_TRUE] = "true",
        [IS_FALSE] = "false",
        [IS_TRUE_UNTIL] = "true until",
    };
    return words[verdict];
}

struct judgement judgement_of(enum verdict verdict, const char *format, ...)
{
    struct judgement judgement = {.verdict = verdict};
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(judgement.sentence, sizeof judgement.sentence, format, arguments);
    va_end(arguments);
    return judgement;
}

/* One sample does not show how far the next one may be from it. */
static bool can_be_used(const struct spread *spread)
{
    return spread->count > 1 && !spread->disturbed;
}

enum side spread_side(const struct spread *spread, double bound)
{
    if (!can_be_used(spread))
        return NEITHER_SIDE;
    if (spread->min > bound)
        return ABOVE;
    return spread->max < bound ? BELOW : NEITHER_SIDE;
}

enum side spread_beside(const struct spread *a, const struct spread *b)
{
    if (!can_be_used(a) || !can_be_used(b))
        return NEITHER_SIDE;
    if (a->min > b->max)
        return ABOVE;
    return a->max < b->min ? BELOW : NEITHER_SIDE;
}

struct said number_say(double number)
{
    struct said said;
    double size = fabs(number);
    int digits = size >= 100 || size == 0 ? 0 : size >= 10 ? 1 : 2;
    if (size >= 1e12 || (size > 0 && size < 0.1))
        snprintf(said.text, sizeof said.text, "%.2g", number);
    else if (size >= 1e6)
        snprintf(said.text, sizeof said.text, "%.3g million", number / 1e6);
    else if (number == (double)(long)number) /* floor() would want libm */
        snprintf(said.text, sizeof said.text, "%.0f", number);
    else
        snprintf(said.text, sizeof said.text, "%.*f", digits, number);
    return said;
}

struct said spread_say(const struct spread *spread)
{
    struct said said;
    if (!spread->count) {
        snprintf(said.text, sizeof said.text, "unknown");
        return said;
    }
    if (spread->min == spread->max)
        return number_say(spread->median);
    snprintf(said.text, sizeof said.text, "%.20s (%.18s–%.18s)",
             number_say(spread->median).text, number_say(spread->min).text,
             number_say(spread->max).text);
    return said;
}
