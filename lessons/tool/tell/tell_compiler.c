/* SPDX-License-Identifier: MIT */
#include "lessons/tool/tell/tell.h"

#include "base/line.h"
#include "base/number.h"
#include "base/path.h"
#include "lessons/tool/tell/mismatch.h"
#include "lessons/tool/tell/note.h"
#include "lessons/tool/tell/sanitizer.h"
#include "lessons/tool/wrap.h"

#include <stdio.h>

/* ---- the linker ---- */

/* What is between `needle`, with which the linker quotes a name, and its "'".
 */
static bool find_name(const char *said, const char *needle, char name[128])
{
    const char *at = strstr(said, needle);
    if (!at)
        return false;
    at += strlen(needle);
    snprintf(name, 128, "%.*s", (int)strcspn(at, "'\n"), at);
    return true;
}

/* In the learner's words. */
static bool link_error_tell(const char *said, const struct lesson *lesson,
                            const char *file, int columns, struct buffer *out)
{
    char name[128], text[512];
    if (find_name(said, "multiple definition of `", name)) {
        snprintf(text, sizeof text,
                 "%s is defined twice: in your %s, and in what it is linked "
                 "with. Call yours otherwise, or make it static.",
                 name, file);
    } else if (find_name(said, "undefined reference to `", name)) {
        int step = lesson_step_of_function(lesson, name);
        if (step)
            snprintf(text, sizeof text, "Your %s has no %s yet (step %d).",
                     file, name, step);
        else
            snprintf(text, sizeof text,
                     "Your %s calls %s, which is defined nowhere.", file, name);
    } else {
        return false;
    }
    wrap_text(out, text, 4, columns);
    return true;
}

/* ---- the compiler ---- */

/* "In function 'f':", said some lines before this one, as "in 'f'". */
static void print_function(const char *said, const char *line,
                           struct buffer *out)
{
    static const char needle[] = "In function ";
    const char *last = NULL;
    for (const char *at = said; (at = strstr(at, needle)) && at < line; at++)
        last = at + sizeof needle - 1;
    if (last)
        buffer_print(out, "        in %.*s\n", (int)strcspn(last, ":\n"), last);
}

/* The first that the compiler says of this kind ("error:", "warning:"), and not
 * what follows from it; with the line, when it is in the learner's `file`. */
static void print_diagnostic(const char *said, const char *kind,
                             const char *file, int columns, struct buffer *out)
{
    const char *found = strstr(said, kind);
    const char *line = found ? found : said;
    while (line > said && line[-1] != '\n')
        line--;
    const char *slash = line;
    for (const char *c = line; *c && *c != ':'; c++)
        if (*c == '/')
            slash = c + 1;
    const char *name = path_base_name(file);
    size_t size = strlen(name);
    char first[512];
    int number;
    snprintf(first, sizeof first, "%.*s", (int)line_at(slash).size, slash);
    wrap_text(out, first, 4, columns);
    if (strstr(first, "return-type]")) /* its line is a brace */
        print_function(said, line, out);
    else if (!strncmp(first, name, size) && first[size] == ':' &&
             number_read_int(first + size + 1, &number))
        source_line_tell(file, number, columns, out);
    note_tell(line, file, columns, out);
}

void error_tell(const char *said, const struct lesson *lesson, const char *file,
                int columns, struct buffer *out)
{
    if (!link_error_tell(said, lesson, path_base_name(file), columns, out) &&
        !mismatch_tell(said, columns, out))
        print_diagnostic(said, "error:", file, columns, out);
}

/* An int where a size_t is meant, or a member left to be zero, is not a reason
 * to stop and read: of these an editor may speak. */
static bool may_wait(struct slice line)
{
    char text[512];
    snprintf(text, sizeof text, "%.*s", (int)line.size, line.data);
    return strstr(text, "conversion]") || strstr(text, "-Wsign-compare]") ||
           strstr(text, "-Wmissing-field-initializers]");
}

void warning_tell(const char *said, const char *file, int columns,
                  struct buffer *out)
{
    const char *at = said;
    while ((at = strstr(at, "warning:")) && may_wait(line_at(at)))
        at = line_behind(at);
    if (!at)
        return;
    while (at > said && at[-1] != '\n')
        at--;
    buffer_append_text(out, "\n  The compiler warns:\n");
    print_diagnostic(at, "warning:", file, columns, out);
}
