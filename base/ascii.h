/* SPDX-License-Identifier: MIT */
/* ASCII characters, whatever the locale: what protocols and URLs are made of.
 * Bytes beyond ASCII belong to no class. */
#ifndef BASE_ASCII_H
#define BASE_ASCII_H

#include "base/bytes.h"

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

static inline bool ascii_is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static inline bool ascii_is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static inline bool ascii_is_alphanumeric(char c)
{
    return ascii_is_letter(c) || ascii_is_digit(c);
}

/* What a hexadecimal digit is worth; -1 for anything else. */
static inline int ascii_hex_value(char c)
{
    if (ascii_is_digit(c))
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

/* Reads the decimal digits at the front of `text` and takes them off it. 0;
 * -EINVAL when it does not begin with a digit; -ERANGE when the number does not
 * fit, and then the digits are taken off and *number is UINT64_MAX. */
int ascii_take_decimal(struct slice *text, uint64_t *number);

#ifdef __cplusplus
}
#endif

#endif
