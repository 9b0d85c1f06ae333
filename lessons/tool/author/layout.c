/* SPDX-License-Identifier: MIT */
#include "lessons/tool/author/layout.h"

#include "base/line.h"
#include "base/number.h"

#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

enum { NESTING_MAX = 16, CONDITIONALS_HOLE = 2, CONDITIONALS_OTHER = 3 };

/* A conditional that is open. */
struct branch {
    int depth;  /* of braces, where it began */
    int solved; /* the step, for #if SOLVED >= n; else 0 */
    bool has_else, has_mark;
};

/* The state of reading. */
struct layout {
    const struct lesson *lesson;
    struct buffer *complaints;
    int count;
    int line;
    bool in_comment;
    int depth; /* of braces */

    char function[128]; /* whose head was read last */
    bool in_function;
    int conditionals; /* in it */
    bool has_hole;
    int closed; /* the line of the #endif of its hole; 0: none before */

    struct branch open[NESTING_MAX];
    int nesting;

    /* For each function of each step: has its hole been seen? */
    bool *seen[STEPS_MAX + 1];
};

__attribute__((format(printf, 3, 4))) static void
complain(struct layout *layout, int line, const char *format, ...)
{
    char text[256];
    va_list values;
    va_start(values, format);
    vsnprintf(text, sizeof text, format, values);
    va_end(values);
    buffer_print(layout->complaints, "%s:%d: %s\n", layout->lesson->source,
                 line, text);
    layout->count++;
}

/* ---- code without comments and texts ---- */

/* Copies the line, with blanks instead of what is not code. */
static void keep_code(struct layout *layout, const char *line, size_t size,
                      char *code)
{
    char quote = '\0';
    for (size_t i = 0; i < size; i++) {
        bool two = i + 1 < size;
        code[i] = ' ';
        if (layout->in_comment) {
            if (two && line[i] == '*' && line[i + 1] == '/') {
                layout->in_comment = false;
                code[++i] = ' ';
            }
        } else if (quote) {
            if (line[i] == '\\' && two)
                code[++i] = ' ';
            else if (line[i] == quote)
                quote = '\0';
        } else if (two && line[i] == '/' && line[i + 1] == '*') {
            layout->in_comment = true;
            code[++i] = ' ';
        } else if (line[i] == '"' || line[i] == '\'') {
            quote = line[i];
        } else {
            code[i] = line[i];
        }
    }
    code[size] = '\0';
}

/* ---- conditionals ---- */

static void note_hole(struct layout *layout, int step)
{
    const char **functions = layout->lesson->steps[step].functions;
    for (size_t i = 0; functions[i]; i++)
        if (!strcmp(functions[i], layout->function)) {
            layout->seen[step][i] = true;
            return;
        }
    complain(layout, layout->line,
             "%s is a hole of step %d, which lesson.json does not say",
             layout->function, step);
}

/* "if SOLVED >= 2" */
static bool is_hole(const char *words, int *step)
{
    return !strncmp(words, "if", 2) &&
           !strncmp(line_field(words, 1), "SOLVED", 6) &&
           !strncmp(line_field(words, 2), ">=", 2) &&
           number_read_int(line_field(words, 3), step);
}

static void begin_conditional(struct layout *layout, const char *words)
{
    struct branch *branch = &layout->open[layout->nesting];
    if (layout->nesting++ >= NESTING_MAX)
        return;
    *branch = (struct branch){.depth = layout->depth};
    if (is_hole(words, &branch->solved) &&
        (branch->solved < 1 || branch->solved > layout->lesson->count)) {
        complain(layout, layout->line, "there is no step %d", branch->solved);
        branch->solved = 0;
    }
    if (!layout->in_function)
        return;
    layout->conditionals++;
    if (!branch->solved)
        return;
    layout->has_hole = true;
    note_hole(layout, branch->solved);
}

static void end_branch(struct layout *layout, const struct branch *branch)
{
    if (layout->depth != branch->depth)
        complain(layout, layout->line,
                 "this branch of the conditional has an %s brace too many",
                 layout->depth > branch->depth ? "opening" : "closing");
    layout->depth = branch->depth;
}

static void end_conditional(struct layout *layout, const struct branch *branch)
{
    if (!branch->solved || !layout->in_function)
        return;
    layout->closed = layout->line;
    if (!branch->has_else || !branch->has_mark)
        complain(layout, layout->line,
                 "the hole of %s has no #else with YOUR_CODE in it",
                 layout->function);
}

static void read_directive(struct layout *layout, const char *words)
{
    struct branch *branch =
        layout->nesting > 0 && layout->nesting <= NESTING_MAX
            ? &layout->open[layout->nesting - 1]
            : NULL;
    if (!strncmp(words, "if", 2)) {
        begin_conditional(layout, words);
    } else if (branch && !strncmp(words, "el", 2)) {
        end_branch(layout, branch);
        branch->has_else = true;
    } else if (branch && !strncmp(words, "endif", 5)) {
        end_branch(layout, branch);
        end_conditional(layout, branch);
    }
    if (strncmp(words, "endif", 5) != 0)
        return;
    if (layout->nesting > 0)
        layout->nesting--;
    else
        complain(layout, layout->line, "this #endif ends no conditional");
}

/* ---- functions ---- */

/* A line that begins at the margin may be a function's head: its name is what
 * comes before the first parenthesis. */
static void read_head(struct layout *layout, const char *code)
{
    const char *end = strchr(code, '(');
    const char *begin = end;
    if (!end || !isalpha((unsigned char)code[0]))
        return;
    while (begin > code &&
           (isalnum((unsigned char)begin[-1]) || begin[-1] == '_'))
        begin--;
    snprintf(layout->function, sizeof layout->function, "%.*s",
             (int)(end - begin), begin);
}

static void end_function(struct layout *layout)
{
    int most = layout->has_hole ? CONDITIONALS_HOLE : CONDITIONALS_OTHER;
    if (layout->conditionals > most)
        complain(layout, layout->line,
                 "%d conditionals in %s: at most %d in a function %s a hole",
                 layout->conditionals, layout->function, most,
                 layout->has_hole ? "with" : "without");
    layout->in_function = false;
}

static void read_code(struct layout *layout, const char *code)
{
    bool blank = code[strspn(code, " \t")] == '\0';
    if (layout->depth == 0)
        read_head(layout, code);
    if (layout->depth == 0 && code[0] == '{') {
        layout->in_function = true;
        layout->has_hole = false;
        layout->conditionals = layout->closed = 0;
    }
    if (layout->closed && !blank && code[0] != '}')
        complain(layout, layout->line,
                 "a hole is the rest of its function: this is behind that "
                 "of %s",
                 layout->function);
    if (!blank)
        layout->closed = 0;
    for (int i = 0; i < layout->nesting && i < NESTING_MAX; i++)
        if (layout->open[i].has_else && strstr(code, "YOUR_CODE("))
            layout->open[i].has_mark = true;
    for (const char *c = code; *c; c++)
        layout->depth += (*c == '{') - (*c == '}');
    if (code[0] != '}')
        return;
    layout->depth = 0; /* at the margin, whatever was miscounted before */
    if (layout->in_function)
        end_function(layout);
}

static void read_line(struct layout *layout, const char *line, size_t size)
{
    char code[1024];
    if (size >= sizeof code)
        size = sizeof code - 1;
    keep_code(layout, line, size, code);
    if (code[0] == '#')
        read_directive(layout, code + 1 + strspn(code + 1, " \t"));
    else
        read_code(layout, code);
}

/* ---- all of it ---- */

static void judge_seen(struct layout *layout)
{
    for (int step = 1; step <= layout->lesson->count; step++) {
        const char **functions = layout->lesson->steps[step].functions;
        for (size_t i = 0; functions[i]; i++)
            if (!layout->seen[step][i])
                complain(layout, layout->line,
                         "%s, of step %d in lesson.json, has no hole: "
                         "#if SOLVED >= %d",
                         functions[i], step, step);
    }
}

int layout_check(const struct lesson *lesson, const char *text,
                 struct buffer *complaints)
{
    struct layout layout = {.lesson = lesson, .complaints = complaints};
    bool memory = true;
    for (int step = 1; step <= lesson->count; step++) {
        size_t functions = 0;
        while (lesson->steps[step].functions[functions])
            functions++;
        layout.seen[step] = calloc(functions + 1, sizeof *layout.seen[step]);
        memory = memory && layout.seen[step];
    }
    while (memory && *text) {
        size_t size = strcspn(text, "\n");
        layout.line++;
        read_line(&layout, text, size);
        text += size + (text[size] == '\n');
    }
    if (memory)
        judge_seen(&layout);
    for (int step = 1; step <= lesson->count; step++)
        free(layout.seen[step]);
    return memory && !buffer_lacks(complaints) ? layout.count : -ENOMEM;
}
