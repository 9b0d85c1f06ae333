/* SPDX-License-Identifier: MIT */
#include "lessons/tool/definition.h"

#include "base/line.h"

#include <ctype.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

static bool is_name_letter(char letter)
{
    return isalnum((unsigned char)letter) || letter == '_';
}

/* Behind the parenthesis that closes the one at `at`; NULL: none does. */
static const char *behind_parenthesis(const char *at)
{
    int depth = 0;
    for (; *at; at++) {
        depth += (*at == '(') - (*at == ')');
        if (depth == 0)
            return at + 1;
    }
    return NULL;
}

int definition_line(const char *text, const char *function)
{
    size_t size = strlen(function);
    for (const char *at = text; (at = strstr(at, function)); at += size) {
        if ((at > text && is_name_letter(at[-1])) || at[size] != '(')
            continue;
        const char *end = behind_parenthesis(at + size);
        if (!end || end[strspn(end, " \t\r\n")] != '{')
            continue;
        int line = 1;
        for (const char *c = text; c < at; c++)
            line += *c == '\n';
        return line;
    }
    return 0;
}

/* A line that begins at the margin may be a function's head: its name is what
 * comes before the first parenthesis. */
static bool read_head(const char *line, char name[128])
{
    size_t size = strcspn(line, "(\n");
    if (line[size] != '(' || !is_name_letter(line[0]))
        return false;
    const char *begin = line + size;
    while (begin > line && is_name_letter(begin[-1]))
        begin--;
    snprintf(name, 128, "%.*s", (int)(line + size - begin), begin);
    return name[0];
}

bool definitions_meet(const char *text, const char *other)
{
    char name[128];
    for (const char *line = other; *line; line = line_behind(line))
        if (read_head(line, name) && definition_line(other, name) &&
            definition_line(text, name))
            return true;
    return false;
}
