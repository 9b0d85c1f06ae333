/* SPDX-License-Identifier: MIT */
#include "harness/race/cells.h"

#include <stdarg.h>
#include <string.h>

/* Bytes that continue a UTF-8 character have no column. */
int cell_width_of(const char *text, size_t size)
{
    int width = 0;
    for (size_t i = 0; i < size; i++)
        width += ((unsigned char)text[i] & 0xC0) != 0x80;
    return width;
}

int cell_width(const char *text)
{
    return cell_width_of(text, strlen(text));
}

void cell_print(FILE *out, int width, const char *text)
{
    int room = (width < 0 ? -width : width) - cell_width(text);
    room = room < 0 ? 0 : room;
    fprintf(out, "%*s%s%*s", width < 0 ? 0 : room, "", text,
            width < 0 ? room : 0, "");
}

void cell_fill(char text[CELL_SIZE], const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, CELL_SIZE, format, arguments);
    va_end(arguments);
}

void cell_put_before(char text[CELL_SIZE], char mark)
{
    size_t size = strlen(text);
    if (size + 2 > CELL_SIZE)
        return;
    memmove(text + 1, text, size + 1);
    text[0] = mark;
}

int cell_decimals(double value)
{
    double size = value < 0 ? -value : value;
    return size < 1 ? 3 : size < 10 ? 2 : size < 100 ? 1 : 0;
}
