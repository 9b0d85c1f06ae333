/* SPDX-License-Identifier: MIT */
#include "base/nanos.h"

#include "base/ascii.h"

/* How long the unit is; 0 for one that is not known. */
static nanos unit_length(struct slice unit)
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
        if (slice_equal(unit, slice_of(units[i].name)))
            return units[i].length;
    return 0;
}

/* Takes the digits off the front, with those behind a point. */
static struct slice take_number(struct slice *text)
{
    struct slice number = {text->data, 0};
    while (text->size && (ascii_is_digit(*text->data) || *text->data == '.')) {
        number.size++;
        text->data++;
        text->size--;
    }
    return number;
}

/* What the digits behind the point are worth; each is a tenth of the one
 * before, and what is shorter than a nanosecond is dropped. */
static nanos fraction_length(struct slice digits, nanos unit)
{
    nanos length = 0;
    for (size_t i = 0; i < digits.size; i++) {
        unit /= 10;
        length += (digits.data[i] - '0') * unit;
    }
    return length;
}

bool nanos_parse(struct slice text, nanos *span)
{
    struct slice number = take_number(&text);
    nanos unit = unit_length(text);
    uint64_t whole = 0;
    bool has_whole = !ascii_take_decimal(&number, &whole);
    bool has_point = number.size && number.data[0] == '.';
    struct slice fraction = slice_behind(number, has_point);
    nanos length;
    if (!unit || (!has_whole && !fraction.size) ||
        (fraction.size && memchr(fraction.data, '.', fraction.size)) ||
        __builtin_mul_overflow(whole, unit, &length) ||
        __builtin_add_overflow(length, fraction_length(fraction, unit),
                               &length))
        return false;
    *span = length;
    return true;
}
