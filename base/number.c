/* SPDX-License-Identifier: MIT */
#include "base/number.h"

#include "base/ascii.h"

#include <limits.h>

static const char *behind_blanks(const char *text)
{
    return text + strspn(text, " \t");
}

bool number_read(const char *text, uint64_t most, uint64_t *number)
{
    struct slice rest = slice_of(behind_blanks(text));
    uint64_t read;
    if (ascii_take_decimal(&rest, &read) || read > most)
        return false;
    *number = read;
    return true;
}

bool number_read_hex(const char *text, uint64_t *number)
{
    uint64_t read = 0;
    const char *at = behind_blanks(text);
    if (at[0] == '0' && at[1] == 'x')
        at += 2;
    const char *first = at;
    for (int digit; (digit = ascii_hex_value(*at)) >= 0; at++) {
        if (read > UINT64_MAX >> 4)
            return false;
        read = read << 4 | (uint64_t)digit;
    }
    if (at == first)
        return false;
    *number = read;
    return true;
}

bool number_read_int(const char *text, int *number)
{
    uint64_t read;
    if (!number_read(text, INT_MAX, &read))
        return false;
    *number = (int)read;
    return true;
}
