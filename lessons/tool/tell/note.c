/* SPDX-License-Identifier: MIT */
#include "lessons/tool/tell/note.h"

#include "base/line.h"
#include "lessons/tool/definition.h"
#include "lessons/tool/files.h"
#include "lessons/tool/wrap.h"

#include <stdio.h>

/* Where the needle is in the line; NULL: nowhere. */
static const char *find(struct slice line, const char *needle)
{
    return memmem(line.data, line.size, needle, strlen(needle));
}

/* What is in the line behind `before` and in front of `after`; nothing when
 * that is not there. */
static struct slice between(struct slice line, const char *before,
                            const char *after)
{
    const char *begin = find(line, before);
    if (!begin)
        return (struct slice){0};
    begin += strlen(before);
    size_t rest = line.size - (size_t)(begin - line.data);
    const char *end = find((struct slice){begin, rest}, after);
    return (struct slice){begin, end ? (size_t)(end - begin) : 0};
}

/* The first note to the error in `line` that says this, before the compiler
 * speaks of something else; or NULL. */
static const char *find_note(const char *line, const char *words)
{
    for (;;) {
        line = line_behind(line);
        struct slice text = line_at(line);
        if (!*line || find(text, "error: ") || find(text, "warning: "))
            return NULL;
        if (find(text, "note: ") && find(text, words))
            return line;
    }
}

/* ---- the header ---- */

/* The line in which the file defines the function, further down; or 0. */
static int line_below(const char *file, struct slice name)
{
    struct buffer text = {0};
    char function[128];
    int line = 0;
    snprintf(function, sizeof function, "%.*s", (int)name.size, name.data);
    if (*function && !file_read(&text, "%s", file) && !buffer_terminate(&text))
        line = definition_line(text.data, function);
    buffer_deinit(&text);
    return line;
}

static void header_tell(const char *line, const char *file, int columns,
                        struct buffer *out)
{
    struct buffer text = {0};
    const char *note = find_note(line, "nclude ");
    struct slice header =
        between(note ? line_at(note) : slice_of(""), "<", ">");
    struct slice name = between(line_at(line), "function '", "'");
    int below = line_below(file, name);
    if (header.size)
        buffer_print(&text,
                     "Its header is missing: #include <%.*s> at the top of the "
                     "file.\n",
                     (int)header.size, header.data);
    else if (below)
        buffer_print(&text,
                     "You define it further down, in line %d. C reads from the "
                     "top: move it up, or declare it before.\n",
                     below);
    else if (!find(line_at(line), "did you mean"))
        buffer_print(&text,
                     "No header that the file includes knows %.*s. If it is a "
                     "function of the system, `man %.*s` says which header "
                     "does.\n",
                     (int)name.size, name.data, (int)name.size, name.data);
    wrap_buffer(out, &text, 4, columns);
    buffer_deinit(&text);
}

/* ---- the declaration ---- */

/* "loop.h:101" out of "/home/me/loop.h:101:6: note: declared here". */
static struct slice place_of(const char *note)
{
    const char *name = note;
    for (const char *c = note; *c && *c != ':' && *c != '\n'; c++)
        if (*c == '/')
            name = c + 1;
    const char *colon = name + strcspn(name, ":\n");
    if (*colon != ':')
        return (struct slice){0};
    size_t digits = strspn(colon + 1, "0123456789");
    return (struct slice){name, (size_t)(colon - name) + 1 + digits};
}

/* The line that is quoted below a note: gcc writes its number before it. Below
 * a note to a call by pointer there is none, but what comes next. */
static struct slice quoted_below(const char *note)
{
    struct slice line = line_at(line_behind(note));
    if (find(line, "error: ") || find(line, "warning: ") ||
        find(line, "note: "))
        return (struct slice){0};
    const char *bar = find(line, " | ");
    size_t digits = strspn(line.data, " 0123456789");
    if (bar && digits == (size_t)(bar - line.data) + 1)
        line = slice_behind(line, digits + strlen("| "));
    return slice_trim(line);
}

static void declaration_tell(const char *note, int columns, struct buffer *out)
{
    struct slice place = place_of(note), code = quoted_below(note);
    struct buffer text = {0};
    /* The system's own headers are written in names that are not for us. */
    if (!place.size || !code.size || find(code, "__"))
        return;
    buffer_print(out, "    Declared in %.*s:\n", (int)place.size, place.data);
    buffer_append(&text, code.data, code.size);
    wrap_buffer(out, &text, 8, columns);
    buffer_deinit(&text);
}

/* By GNU's headers an address is of any of the types that one may have. */
static struct slice known_as(struct slice type)
{
    if (slice_equal(type, slice_of("__CONST_SOCKADDR_ARG")))
        return slice_of("const struct sockaddr *");
    if (slice_equal(type, slice_of("__SOCKADDR_ARG")))
        return slice_of("struct sockaddr *");
    return type;
}

/* gcc says both types here, clang has said them in the error. */
static void types_tell(const char *note, struct buffer *out)
{
    struct slice is = between(line_at(note), "is of type '", "'");
    struct slice wanted = known_as(between(line_at(note), "expected '", "'"));
    if (is.size && wanted.size)
        buffer_print(out, "      is         %.*s\n      should be  %.*s\n",
                     (int)is.size, is.data, (int)wanted.size, wanted.data);
}

void note_tell(const char *line, const char *file, int columns,
               struct buffer *out)
{
    static const char *const notes[] = {"but argument is of type",
                                        "passing argument to parameter",
                                        "declared here"};
    if (find(line_at(line), "implicit declaration of function") ||
        find(line_at(line), "implicitly declaring")) {
        header_tell(line, file, columns, out);
        return;
    }
    if (find(line_at(line), "'co_leave'")) {
        wrap_text(out,
                  "CO_END is missing: it is the last line of a function "
                  "that has CO_BEGIN.",
                  4, columns);
        return;
    }
    for (size_t i = 0; i < sizeof notes / sizeof *notes; i++) {
        const char *note = find_note(line, notes[i]);
        if (!note)
            continue;
        types_tell(note, out);
        declaration_tell(note, columns, out);
        return;
    }
}
