/* SPDX-License-Identifier: MIT */
#include "base/ascii.h"

#include <errno.h>

int ascii_take_decimal(struct slice *text, uint64_t *number)
{
    if (text->size == 0 || !ascii_is_digit(text->data[0]))
        return -EINVAL;
    uint64_t value = 0;
    int error = 0;
    while (text->size && ascii_is_digit(text->data[0])) {
        uint64_t digit = (uint64_t)(text->data[0] - '0');
        if (__builtin_mul_overflow(value, 10, &value) ||
            __builtin_add_overflow(value, digit, &value))
            error = -ERANGE;
        text->data++;
        text->size--;
    }
    *number = error ? UINT64_MAX : value;
    return error;
}
