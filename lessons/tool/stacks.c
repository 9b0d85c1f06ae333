/* SPDX-License-Identifier: MIT */
#include "lessons/tool/stacks.h"

#include "lessons/tool/files.h"

#include <stdio.h>
#include <stdlib.h>

enum { PLACES_MAX = 16 };

struct place {
    char function[64];
    int line;
    int threads;
    char caller[64]; /* the next one out that is in the file, or "" */
    int caller_line;
};

static struct slice line_at(const char *at)
{
    return (struct slice){at, strcspn(at, "\n")};
}

static const char *base_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

void source_line_tell(const char *file, int number, int columns,
                      struct buffer *out)
{
    const size_t room = (size_t)columns - strlen("        ...");
    struct buffer text = {0};
    if (!file_read(&text, "%s", file) && !buffer_append(&text, "", 1)) {
        const char *at = text.data;
        while (*at && --number > 0)
            at += strcspn(at, "\n") + (strchr(at, '\n') != NULL);
        struct slice line = slice_trim(line_at(at));
        bool cut = line.size > room + strlen("...");
        if (line.size)
            buffer_print(out, "        %.*s%s\n", (int)(cut ? room : line.size),
                         line.data, cut ? "..." : "");
    }
    buffer_deinit(&text);
}

/* "#3 0x55 in run_ready work/E0/loop.c:93" or, of the thread sanitizer,
 * "#3 run_ready work/E0/loop.c:93 (check+0x12)": is it in the file? */
static bool read_place(struct slice line, const char *file, struct place *place)
{
    char text[512], needle[128];
    snprintf(text, sizeof text, "%.*s", (int)line.size, line.data);
    snprintf(needle, sizeof needle, "/%s:", base_name(file));
    const char *where = strstr(text, needle);
    const char *in = strstr(text, " in ");
    const char *function = in ? in + 4 : text + strcspn(text, " ") + 1;
    if (text[0] != '#' || !where || where < function)
        return false;
    snprintf(place->function, sizeof place->function, "%.*s",
             (int)strcspn(function, " "), function);
    place->line = atoi(where + strlen(needle));
    place->threads = 1;
    place->caller[0] = '\0';
    return true;
}

/* Returns where in the list it is; NULL when there is no room. */
static struct place *add(struct place *list, int *count,
                         const struct place *place)
{
    for (int i = 0; i < *count; i++)
        if (list[i].line == place->line &&
            !strcmp(list[i].function, place->function)) {
            list[i].threads++;
            return &list[i];
        }
    if (*count == PLACES_MAX)
        return NULL;
    list[*count] = *place;
    return &list[(*count)++];
}

static void add_caller(struct place *place, const struct place *caller)
{
    memcpy(place->caller, caller->function, sizeof place->caller);
    place->caller_line = caller->line;
}

static int read_stacks(const char *output, const char *file, struct place *list)
{
    bool wanted = false;
    struct place *inner = NULL;
    int count = 0;
    while (*output) {
        struct slice line = line_at(output), text = slice_trim(line);
        struct place place;
        if (text.size > 2 && !strncmp(text.data, "#0 ", 3)) {
            wanted = true; /* a new stack */
            inner = NULL;
        }
        if ((wanted || inner) && read_place(text, file, &place)) {
            if (inner)
                add_caller(inner, &place);
            inner = wanted ? add(list, &count, &place) : NULL;
            wanted = false;
        }
        output += line.size + (output[line.size] == '\n');
    }
    return count;
}

/* Where one thread is, who has called may be what goes on for ever. */
static void tell_caller(const struct place *place, const char *file,
                        int columns, struct buffer *out)
{
    if (place->threads > 1 || !place->caller[0])
        return;
    buffer_print(out, "    called in %s, %s:%d\n", place->caller,
                 base_name(file), place->caller_line);
    source_line_tell(file, place->caller_line, columns, out);
}

void stacks_tell(const char *output, const char *file, int columns,
                 struct buffer *out)
{
    struct place list[PLACES_MAX];
    int count = read_stacks(output, file, list);
    for (int i = 0; i < count; i++) {
        buffer_append_text(out, "    ");
        if (list[i].threads > 1)
            buffer_print(out, "%d threads ", list[i].threads);
        else if (count > 1)
            buffer_append_text(out, "a thread ");
        buffer_print(out, "in %s, %s:%d\n", list[i].function, base_name(file),
                     list[i].line);
        source_line_tell(file, list[i].line, columns, out);
        tell_caller(&list[i], file, columns, out);
    }
}

void caller_tell(const char *output, const char *file, int columns,
                 struct buffer *out)
{
    struct place list[PLACES_MAX];
    if (read_stacks(output, file, list)) {
        list[0].threads = 1;
        tell_caller(&list[0], file, columns, out);
    }
}
