/* SPDX-License-Identifier: MIT */
#include "base/line.h"

bool line_take(struct slice *text, struct slice *line)
{
    if (!text->size)
        return false;
    const char *end = memchr(text->data, '\n', text->size);
    line->data = text->data;
    line->size = end ? (size_t)(end - text->data) : text->size;
    *text = slice_behind(*text, line->size + (end != NULL));
    return true;
}

struct slice line_at(const char *at)
{
    struct slice line = {at, strcspn(at, "\n")};
    return line;
}

const char *line_behind(const char *at)
{
    at += strcspn(at, "\n");
    return *at ? at + 1 : at;
}

const char *line_find(const char *text, int number)
{
    while (*text && --number > 0)
        text = line_behind(text);
    return text;
}

const char *line_field(const char *at, unsigned field)
{
    static const char blanks[] = " \t", ends[] = " \t\n";
    at += strspn(at, blanks);
    for (; field > 0; field--) {
        at += strcspn(at, ends);
        at += strspn(at, blanks);
    }
    return at;
}
