/* SPDX-License-Identifier: MIT */
#include "lessons/tool/fit.h"

/* The size of the line at the beginning, its end included. */
static size_t line_size(struct slice text)
{
    const char *end = memchr(text.data, '\n', text.size);
    return end ? (size_t)(end - text.data) + 1 : text.size;
}

static struct slice behind(struct slice text, size_t size)
{
    return (struct slice){text.data + size, text.size - size};
}

/* Characters, without what continues one in UTF-8 and without ESC [ … m. */
static int width_of(struct slice line)
{
    int width = 0;
    bool colour = false;
    for (size_t i = 0; i < line.size && line.data[i] != '\n'; i++) {
        if (line.data[i] == '\033')
            colour = true;
        else if (!colour)
            width += (line.data[i] & 0xc0) != 0x80;
        else
            colour = line.data[i] != 'm';
    }
    return width;
}

static int rows_of(struct slice line, int columns)
{
    int width = width_of(line);
    return width > columns ? (width + columns - 1) / columns : 1;
}

static int rows_of_all(struct slice text, int columns)
{
    int rows = 0;
    for (size_t size; text.size > 0; text = behind(text, size)) {
        size = line_size(text);
        rows += rows_of((struct slice){text.data, size}, columns);
    }
    return rows;
}

static struct slice last_line(struct slice text)
{
    for (size_t size; (size = line_size(text)) < text.size;)
        text = behind(text, size);
    return text;
}

/* The lines that fit; the rest of the text is left in it. */
static int add_head(struct buffer *out, struct slice *text, int rows,
                    int columns)
{
    int error = 0;
    while (!error && text->size > 0) {
        struct slice line = {text->data, line_size(*text)};
        rows -= rows_of(line, columns);
        if (rows < 0)
            break;
        error = buffer_append(out, line.data, line.size);
        *text = behind(*text, line.size);
    }
    return error;
}

int fit_text(struct buffer *out, struct slice text, int rows, int columns)
{
    if (rows_of_all(text, columns) <= rows)
        return buffer_append(out, text.data, text.size);
    struct slice last = last_line(text);
    int error =
        add_head(out, &text, rows - 1 - rows_of(last, columns), columns);
    if (!error)
        error = buffer_append_text(out, "  ... all of it: ./lab check\n");
    return error ? error : buffer_append(out, last.data, last.size);
}
