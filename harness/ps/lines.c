/* SPDX-License-Identifier: MIT */
#include "harness/ps/look.h"

#include <stdarg.h>
#include <string.h>

/* NULL: no memory, or enough was said. */
static const char *put(struct look *look, unsigned depth, const char *format,
                       va_list arguments)
{
    if (look->lines->count == LOOK_LINES_MAX)
        return NULL;
    struct shown_line *line =
        snapshot_append(&look->lines->list, &look->lines->count,
                        &look->lines->capacity, sizeof *line);
    if (!line) {
        look->snapshot->cut = true;
        return NULL;
    }
    line->depth = depth;
    if (look->lines->count == LOOK_LINES_MAX)
        snprintf(line->text, sizeof line->text, "...");
    else
        vsnprintf(line->text, sizeof line->text, format, arguments);
    return line->text;
}

void look_say(struct look *look, unsigned depth, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    put(look, depth, format, arguments);
    va_end(arguments);
}

void look_say_wait(struct look *look, unsigned depth, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    const char *text = put(look, depth, format, arguments);
    va_end(arguments);
    size_t used = strlen(look->waits);
    if (text && (!used || look->waits_on))
        snprintf(look->waits + used, sizeof look->waits - used, "%s%s",
                 used ? ": " : "", text);
    look->waits_on = false;
}

void look_say_on(struct look *look, unsigned depth, const char *name)
{
    bool is_part = look->waits_on || !*look->waits;
    look_say_wait(look, depth, "%s", name);
    look->waits_on = is_part;
}

void look_say_task(struct look *look, unsigned depth, place task)
{
    size_t before = look->lines->count;
    look_say_wait(look, depth, "a Task");
    if (look->lines->count > before)
        look->lines->list[before].task = task;
}
