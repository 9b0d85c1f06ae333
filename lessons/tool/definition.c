/* SPDX-License-Identifier: MIT */
#include "lessons/tool/definition.h"

#include <ctype.h>
#include <stdbool.h>
#include <stddef.h>
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
