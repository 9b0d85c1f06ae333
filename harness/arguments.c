/* SPDX-License-Identifier: MIT */
#include "harness/arguments.h"

#include "base/ascii.h"

bool argument_count(const char *text, size_t least, size_t most, size_t *count)
{
    struct slice rest = slice_of(text);
    uint64_t value;
    if (ascii_take_decimal(&rest, &value) || rest.size || value < least ||
        value > most)
        return false;
    *count = (size_t)value;
    return true;
}

bool argument_span(const char *text, nanos *span)
{
    nanos value;
    if (!nanos_parse(slice_of(text), &value) ||
        value > 366 * 86400 * NANOS_PER_SECOND)
        return false;
    *span = value;
    return true;
}
