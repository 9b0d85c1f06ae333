/* SPDX-License-Identifier: MIT */
#include "lessons/tool/teacher/play_page.h"

#include "base/line.h"
#include "base/text.h"

struct cutter {
    struct buffer *rows;
    size_t begin; /* of this row */
    int column, columns;
    int count;
};

static void end_row(struct cutter *cutter)
{
    buffer_append(cutter->rows, "\n", 1);
    cutter->begin = cutter->rows->size;
    cutter->column = 0;
    cutter->count++;
}

/* How long a sequence is that begins with ESC; all that is left if its end has
 * not come yet. */
static size_t escape_size(struct slice text)
{
    if (text.size < 2 || text.data[1] != '[')
        return text.size < 2 ? text.size : 2;
    size_t size = 2;
    while (size < text.size && (text.data[size] < '@' || text.data[size] > '~'))
        size++;
    return size < text.size ? size + 1 : size;
}

static size_t take_escape(struct cutter *cutter, struct slice text)
{
    size_t size = escape_size(text);
    if (size > 2 && text.data[size - 1] == 'm')
        buffer_append(cutter->rows, text.data, size);
    return size;
}

/* How many bytes the character has, and how many columns it takes. What is not
 * UTF-8 takes one for each byte. */
static size_t character(struct slice text, int *columns)
{
    uint32_t point;
    size_t size = text_character(text, &point);
    *columns = size ? text_columns(point) : 1;
    return size ? size : 1;
}

static size_t take_character(struct cutter *cutter, struct slice text)
{
    int columns;
    size_t size = character(text, &columns);
    if (cutter->column > 0 && cutter->column + columns > cutter->columns)
        end_row(cutter);
    cutter->column += columns;
    buffer_append(cutter->rows, text.data, size);
    return size;
}

static void take_tab(struct cutter *cutter)
{
    do
        take_character(cutter, slice_of(" "));
    while (cutter->column % 8 && cutter->column < cutter->columns);
}

static void take_return(struct cutter *cutter, bool line_ends)
{
    if (line_ends)
        return;
    cutter->rows->size = cutter->begin;
    cutter->column = 0;
}

/* How many bytes were taken. */
static size_t take(struct cutter *cutter, struct slice text)
{
    char byte = text.data[0];
    if (byte == '\033')
        return take_escape(cutter, text);
    if (byte == '\n')
        end_row(cutter);
    else if (byte == '\t')
        take_tab(cutter);
    else if (byte == '\r')
        take_return(cutter, text.size == 1 || text.data[1] == '\n');
    else if ((unsigned char)byte >= ' ' && byte != 0x7f)
        return take_character(cutter, text);
    return 1;
}

int page_append_rows(struct buffer *rows, struct slice text, int columns)
{
    struct cutter cutter = {
        .rows = rows, .begin = rows->size, .columns = columns};
    while (text.size)
        text = slice_behind(text, take(&cutter, text));
    if (rows->size > cutter.begin)
        end_row(&cutter);
    return cutter.count;
}

struct slice page_take_row(struct slice *rows)
{
    struct slice row = *rows;
    (void)line_take(rows, &row);
    return row;
}

int page_width(struct slice row)
{
    int width = 0;
    while (row.size) {
        int columns = 0;
        row =
            slice_behind(row, row.data[0] == '\033' ? escape_size(row)
                                                    : character(row, &columns));
        width += columns;
    }
    return width;
}
