/* SPDX-License-Identifier: MIT */
#include "lessons/tool/style.h"

#include "base/colour.h"
#include "base/number.h"
#include "lessons/tool/wrap.h"

#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

int style_columns(void)
{
    const char *said = getenv("COLUMNS");
    struct winsize size = {0};
    int columns = 0;
    if (!ioctl(STDOUT_FILENO, TIOCGWINSZ, &size))
        columns = size.ws_col;
    else if (said)
        number_read_int(said, &columns);
    return columns < 20 ? 80 : columns;
}

int style_rows(void)
{
    struct winsize size = {0};
    return ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) || size.ws_row < 10
               ? 24
               : size.ws_row;
}

void style_print(const char *text, int indent)
{
    struct buffer lines = {0};
    wrap_text(&lines, text, indent, style_columns());
    if (buffer_lacks(&lines))
        printf("%*s%s\n", indent, "", text);
    else
        printf("%.*s", (int)lines.size, lines.data);
    buffer_deinit(&lines);
}

bool style_put(const struct buffer *text, FILE *out)
{
    fprintf(out, "%.*s", (int)text->size, text->data);
    if (!buffer_lacks(text))
        return true;
    fputs("lab: out of memory: some of this is missing\n", stderr);
    return false;
}

void style_complain(const struct buffer *why)
{
    struct buffer text = {0}, lines = {0};
    int columns = isatty(STDERR_FILENO) ? style_columns() : INT_MAX;
    buffer_print(&text, "lab: %.*s", (int)why->size, why->data);
    wrap_buffer(&lines, &text, 0, columns);
    if (why->size && buffer_lacks(&lines))
        fprintf(stderr, "lab: %.*s\n", (int)why->size, why->data);
    else if (why->size)
        fprintf(stderr, "%.*s", (int)lines.size, lines.data);
    if (!why->size || buffer_lacks(why))
        fputs("lab: out of memory\n", stderr);
    buffer_deinit(&lines);
    buffer_deinit(&text);
}

const char *style_on(enum style style)
{
    static const char *const codes[] = {"\033[32m", "\033[31m", "\033[2m",
                                        "\033[1m"};
    return colour_is_wanted(stdout) ? codes[style] : "";
}

const char *style_off(void)
{
    return colour_is_wanted(stdout) ? "\033[0m" : "";
}
