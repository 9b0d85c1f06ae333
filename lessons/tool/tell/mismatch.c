/* SPDX-License-Identifier: MIT */
#include "lessons/tool/tell/mismatch.h"

#include "lessons/tool/wrap.h"

#include <stdio.h>

/* What is between `before` and the next quote; nothing when `before` is not
 * there. */
static struct slice quoted_behind(const char *said, const char *before)
{
    const char *at = strstr(said, before);
    if (!at)
        return (struct slice){0};
    at += strlen(before);
    return (struct slice){at, strcspn(at, "'\n")};
}

/* "loop.h:101" out of "/home/me/loop.h:101:6: note: previous declaration". */
static struct slice place_of_declaration(const char *said)
{
    const char *note = strstr(said, "note: previous declaration");
    const char *line = note ? note : said;
    while (line > said && line[-1] != '\n')
        line--;
    const char *name = line;
    for (const char *c = line; c < note && *c != ':'; c++)
        if (*c == '/')
            name = c + 1;
    const char *colon = strchr(name, ':');
    size_t digits = colon ? strspn(colon + 1, "0123456789") : 0;
    return digits ? (struct slice){name, (size_t)(colon - name) + 1 + digits}
                  : slice_of("the header");
}

/* gcc says both types. */
static void print_types(const char *said, struct buffer *out)
{
    struct slice is = quoted_behind(said, "; have '");
    struct slice wanted = quoted_behind(said, "' with type '");
    if (!is.size || !wanted.size)
        return;
    buffer_print(out, "      is         %.*s\n      should be  %.*s\n",
                 (int)is.size, is.data, (int)wanted.size, wanted.data);
}

/* Each once, with commas between. */
static void add_undeclared(const char *said, struct buffer *names)
{
    static const char needle[] = "declaration of function '";
    while ((said = strstr(said, needle))) {
        struct slice name = quoted_behind(said, needle);
        said += sizeof needle;
        char text[128];
        snprintf(text, sizeof text, "%s%.*s", names->size ? ", " : "",
                 (int)name.size, name.data);
        if (!names->size ||
            !memmem(names->data, names->size, name.data, name.size))
            buffer_append_text(names, text);
    }
}

bool mismatch_tell(const char *said, int columns, struct buffer *out)
{
    static const char needle[] = "error: conflicting types for '";
    const char *error = strstr(said, needle);
    if (!error)
        return false;
    struct slice name = quoted_behind(error, needle);
    struct slice place = place_of_declaration(error);
    struct buffer text = {0}, undeclared = {0};
    buffer_print(&text, "Your %.*s is not the one that is declared in %.*s:\n",
                 (int)name.size, name.data, (int)place.size, place.data);
    wrap_buffer(out, &text, 4, columns);
    print_types(error, out);
    buffer_clear(&text);
    buffer_print(&text, "Was the file begun with an earlier version of the "
                        "lab? Then write the function as the header has it");
    add_undeclared(said, &undeclared);
    if (undeclared.size)
        buffer_print(&text, ", and leave out what there is no more: %.*s",
                     (int)undeclared.size, undeclared.data);
    buffer_append_text(&text, ".\n");
    buffer_lack(&text, &undeclared);
    wrap_buffer(out, &text, 4, columns);
    buffer_deinit(&undeclared);
    buffer_deinit(&text);
    return true;
}
