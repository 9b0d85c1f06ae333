/* SPDX-License-Identifier: MIT */
#include "lessons/tool/learner/fit.h"

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

/* ---- what can be left out ---- */

/* How a test is run again; and a warning, of which an editor speaks too. */
static const char *const dispensable[] = {"\n\n  Again:",
                                          "\n\n  The compiler warns:"};

/* Without the paragraph that begins so, and the empty line before it. */
static void leave_out(struct buffer *text, const char *beginning)
{
    char *at = memmem(text->data, text->size, beginning, strlen(beginning));
    if (!at)
        return;
    at++; /* the end of the line before stays */
    char *behind_all = text->data + text->size;
    size_t rest = (size_t)(behind_all - (at + 1));
    char *end = memmem(at + 1, rest, "\n\n", 2);
    end = end ? end + 1 : behind_all;
    memmove(at, end, (size_t)(behind_all - end));
    text->size -= (size_t)(end - at);
}

/* Leaves out headings that nothing follows, and empty lines. */
static void take_back_heading(struct buffer *out)
{
    const char *const ends[] = {":\n", "\n\n"};
    for (int i = 0; i < 2; i++) {
        if (out->size < 2 || memcmp(out->data + out->size - 2, ends[i], 2) != 0)
            continue;
        out->size--;
        while (out->size && out->data[out->size - 1] != '\n')
            out->size--;
    }
}

static const char note[] = "  ... all of it: ./lab check\n";

static int cut(struct buffer *out, struct slice text, int rows, int columns)
{
    struct slice last = last_line(text);
    struct slice head = {text.data, text.size - last.size};
    int error = add_head(out, &head, rows - rows_of(last, columns), columns);
    take_back_heading(out);
    if (!error)
        error = buffer_append_text(out, note);
    return error ? error : buffer_append(out, last.data, last.size);
}

int fit_text(struct buffer *out, struct slice text, int rows, int columns)
{
    struct buffer rest = {0};
    if (rows_of_all(text, columns) <= rows)
        return buffer_append(out, text.data, text.size);
    int error = buffer_append(&rest, text.data, text.size);
    for (size_t i = 0; !error && i < sizeof dispensable / sizeof *dispensable;
         i++)
        if (rows_of_all(buffer_slice(&rest), columns) > rows - 1)
            leave_out(&rest, dispensable[i]);
    struct slice text_left = buffer_slice(&rest);
    if (!error && rows_of_all(text_left, columns) > rows - 1)
        error = cut(out, text_left, rows - 1, columns);
    else if (!error) {
        error = buffer_append(out, rest.data, rest.size);
        if (!error)
            error = buffer_append_text(out, note);
    }
    buffer_deinit(&rest);
    return error;
}
