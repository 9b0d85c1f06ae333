/* SPDX-License-Identifier: MIT */
/* What is in a table that is printed: short texts of UTF-8. */
#ifndef HARNESS_RACE_CELLS_H
#define HARNESS_RACE_CELLS_H

#include <stdio.h>

#ifdef __cplusplus
extern "C" {
#endif

enum { CELL_SIZE = 64 };

/* What printf makes of it, as much as there is room for. */
void cell_fill(char text[CELL_SIZE], const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* A mark in front of it, where there is room. */
void cell_put_before(char text[CELL_SIZE], char mark);

/* Columns on the screen; of the first `size` bytes. */
int cell_width(const char *text);
int cell_width_of(const char *text, size_t size);

/* To the right of `width` columns; negative: to the left. */
void cell_print(FILE *out, int width, const char *text);

/* How many decimals show three figures of a number: more would claim more than
 * is known. */
int cell_decimals(double value);

#ifdef __cplusplus
}
#endif

#endif
