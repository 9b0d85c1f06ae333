/* SPDX-License-Identifier: MIT */
#include "harness/arguments.h"

#include <ctype.h>
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

bool argument_count(const char *text, size_t least, size_t most, size_t *count)
{
    char *end;
    errno = 0;
    unsigned long long value = strtoull(text, &end, 10);
    /* strtoull would take a sign and spaces. */
    if (!isdigit((unsigned char)*text) || *end || errno || value < least ||
        value > most)
        return false;
    *count = (size_t)value;
    return true;
}

/* How long the unit is; 0 for one that nobody knows. */
static nanos unit_length(const char *unit)
{
    static const struct {
        const char *name;
        nanos length;
    } units[] = {
        {"", NANOS_PER_SECOND},        {"s", NANOS_PER_SECOND},
        {"ms", NANOS_PER_MILLISECOND}, {"us", NANOS_PER_MICROSECOND},
        {"m", 60 * NANOS_PER_SECOND},
    };
    for (size_t i = 0; i < sizeof units / sizeof *units; i++)
        if (!strcmp(unit, units[i].name))
            return units[i].length;
    return 0;
}

bool argument_span(const char *text, nanos *span)
{
    /* strtod would take signs, "inf", "nan" and hexadecimal. */
    size_t digits = strspn(text, "0123456789.");
    if (!digits || !strcmp(text, "."))
        return false;
    char *end;
    double value = strtod(text, &end);
    nanos unit = unit_length(end);
    double length = value * (double)unit;
    if (end != text + digits || !unit ||
        length > 366.0 * 86400 * (double)NANOS_PER_SECOND)
        return false;
    *span = (nanos)(length + 0.5);
    return true;
}
