/* SPDX-License-Identifier: MIT */
#include "deferreds/ladder.h"

/* A column of text; the right one begins behind it. */
enum { COLUMN = 26, INDENT = 4 };

struct pen {
    struct buffer *out;
    bool colour;
};

#define GREEN "\033[32m"
#define RED "\033[31m"
#define DIM "\033[2m"
#define BOLD "\033[1m"

static void pen_print(const struct pen *pen, const char *style,
                      const char *text)
{
    bool coloured = pen->colour && *style && *text;
    buffer_append_text(pen->out, coloured ? style : "");
    buffer_append_text(pen->out, text);
    buffer_append_text(pen->out, coloured ? "\033[0m" : "");
}

static void pen_fill(const struct pen *pen, size_t from, size_t to)
{
    for (; from < to; from++)
        buffer_append_text(pen->out, " ");
}

/* ---- rungs ---- */

/* What is on one side of a rung. */
static void cell(const struct ladder_line *line, bool right,
                 char text[LADDER_TEXT + 3])
{
    const char *name = right ? line->right : line->left;
    bool taken = line->passed && line->known && line->failed == right;
    if (!*name)
        snprintf(text, LADDER_TEXT + 3, " %s", taken ? "|" : ".");
    else
        snprintf(text, LADDER_TEXT + 3, taken ? "[%s]" : " %s", name);
}

static const char *style_of(const struct ladder_line *line, bool right)
{
    if (!line->passed)
        return "";
    if (!line->known || line->failed != right)
        return DIM;
    return right ? RED : GREEN;
}

static void print_rung(const struct pen *pen, const struct ladder_line *line)
{
    char text[LADDER_TEXT + 3];
    buffer_print(pen->out, "%4u%s", line->number,
                 line->passed && !line->known ? "*" : " ");
    cell(line, false, text);
    pen_print(pen, style_of(line, false), text);
    pen_fill(pen, strlen(text), COLUMN);
    cell(line, true, text);
    pen_print(pen, style_of(line, true), text);
}

/* ---- other lines ---- */

static void print_value(const struct pen *pen, const struct ladder_line *line)
{
    pen_fill(pen, 0, 6 + (line->failed ? COLUMN : 0));
    pen_print(pen, line->failed ? RED : GREEN, "v ");
    pen_print(pen, line->failed ? RED : GREEN, line->left);
}

static void print_line(const struct pen *pen, const struct ladder_line *line)
{
    pen_fill(pen, 0, line->depth * INDENT);
    switch (line->kind) {
    case LADDER_TITLE:
        pen_print(pen, BOLD, line->left);
        break;
    case LADDER_HEAD:
        pen_fill(pen, 0, 6);
        pen_print(pen, DIM, "callbacks                 errbacks");
        break;
    case LADDER_VALUE:
        print_value(pen, line);
        break;
    case LADDER_RUNG:
        print_rung(pen, line);
        break;
    case LADDER_NOTE:
        pen_fill(pen, 0, 6);
        buffer_append_text(pen->out, line->left);
        break;
    }
    buffer_append_text(pen->out, "\n");
}

void ladder_text(const struct ladder *ladder, bool colour, struct buffer *out)
{
    struct pen pen = {out, colour};
    for (size_t i = 0; i < ladder->count; i++)
        print_line(&pen, &ladder->lines[i]);
    if (ladder->short_of_memory)
        buffer_append_text(out, "(there is no memory to draw the rest)\n");
}
