/* SPDX-License-Identifier: MIT */
/* Whole numbers in text from outside: the kernel's files, what other programs
 * print, files that a user may change. A number that does not fit is none here.
 * For sscanf() and atoi() it is undefined what it is, and strtol() takes
 * another one for it. */
#ifndef BASE_NUMBER_H
#define BASE_NUMBER_H

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The number with which the text begins; blanks may come before it, and
 * anything behind. False when there is none, or when it is greater than `most`:
 * then *number is as it was. */
bool number_read(const char *text, uint64_t most, uint64_t *number);

/* The same in hexadecimal digits, with or without 0x before them. */
bool number_read_hex(const char *text, uint64_t *number);

/* The same as an int that is not negative. */
bool number_read_int(const char *text, int *number);

#ifdef __cplusplus
}
#endif

#endif
