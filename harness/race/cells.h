/* SPDX-License-Identifier: MIT */
/* The cells of a printed table: short texts in UTF-8. */
#ifndef HARNESS_RACE_CELLS_H
#define HARNESS_RACE_CELLS_H

#include <stdio.h>

#ifdef __cplusplus
extern "C" {
#endif

enum { CELL_SIZE = 64 };

/* Formats as printf does, cut to the size of a cell. */
void cell_fill(char text[CELL_SIZE], const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Puts a mark in front of it, if there is room. */
void cell_put_before(char text[CELL_SIZE], char mark);

/* Columns on the screen; of the first `size` bytes. */
int cell_width(const char *text);
int cell_width_of(const char *text, size_t size);

/* To the right of `width` columns; negative: to the left. */
void cell_print(FILE *out, int width, const char *text);

/* How many decimals show three significant digits of a number: more would claim
 * more than is known. */
int cell_decimals(double value);

#ifdef __cplusplus
}
#endif

#endif
