/* SPDX-License-Identifier: MIT */
#include "harness/diff/columns.h"

#include "base/colour.h"

#include <string.h>

static void code(const char *which, FILE *out)
{
    if (colour_is_wanted(out))
        fprintf(out, "\033[%sm", which);
}

/* ---- one line of a column, cut to its width ---- */

struct cell {
    const struct hop_line *line; /* NULL: there are no more */
    size_t printed;              /* how much of it */
};

static size_t left_of(const struct cell *cell)
{
    return cell->line ? cell->line->text.size - cell->printed : 0;
}

/* The continuation of a line is indented a little further. */
static void print_cell(struct cell *cell, size_t width, bool pad, FILE *out)
{
    size_t indent = cell->printed ? 8 : 0;
    size_t most = width - indent, count = left_of(cell);
    if (count > most)
        count = most;
    if (cell->line && cell->line->waits)
        code("33", out);
    fprintf(out, "%*s", (int)indent, "");
    if (count)
        fwrite(cell->line->text.data + cell->printed, 1, count, out);
    if (cell->line && cell->line->waits)
        code("0", out);
    if (pad)
        fprintf(out, "%*s", (int)(width - indent - count), "");
    cell->printed += count;
}

static void print_rows(const struct hop_lines *left,
                       const struct hop_lines *right, size_t width, FILE *out)
{
    size_t count = left->count > right->count ? left->count : right->count;
    for (size_t i = 0; i < count; i++) {
        struct cell a = {i < left->count ? &left->list[i] : NULL, 0};
        struct cell b = {i < right->count ? &right->list[i] : NULL, 0};
        do {
            print_cell(&a, width, true, out);
            fputs(left_of(&b) ? " | " : " |", out);
            print_cell(&b, width, false, out);
            fputc('\n', out);
        } while (left_of(&a) || left_of(&b));
    }
}

/* ---- all of it ---- */

static void print_heading(const char *text, size_t width, FILE *out)
{
    code("1", out);
    fprintf(out, "\n---- %s ", text);
    for (size_t used = strlen(text) + 6; used < 2 * width + 3; used++)
        fputc('-', out);
    code("0", out);
    fputc('\n', out);
}

static void print_counts(const struct column columns[2], FILE *out)
{
    fprintf(out, "\n%-20s %16s %16s\n", "lines", columns[0].model,
            columns[1].model);
    for (int i = 0; i < HOP_PARTS; i++)
        fprintf(out, "%-20s %16zu %16zu\n", hop_part_names[i],
                hop_lines_count(&columns[0].hops.parts[i]),
                hop_lines_count(&columns[1].hops.parts[i]));
}

void columns_print(const struct column columns[2], bool all, size_t width,
                   FILE *out)
{
    size_t each = (width - 3) / 2;
    code("1", out);
    fprintf(out, "%-*s | %s\n", (int)each, columns[0].model, columns[1].model);
    code("0", out);
    fprintf(out, "%-*s | %s\n", (int)each, columns[0].files, columns[1].files);
    for (int i = 0; i < HOP_PARTS; i++) {
        const struct hop_lines *left = &columns[0].hops.parts[i];
        const struct hop_lines *right = &columns[1].hops.parts[i];
        if ((i == HOP_REST && !all) || (!left->count && !right->count))
            continue;
        print_heading(hop_part_names[i], each, out);
        print_rows(left, right, each, out);
    }
    print_counts(columns, out);
}
