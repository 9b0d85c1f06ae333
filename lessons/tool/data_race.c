/* SPDX-License-Identifier: MIT */
#include "lessons/tool/data_race.h"

#include "lessons/tool/stacks.h"
#include "lessons/tool/wrap.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>

/* The report has two parts like this one, one for each thread:
 *
 *       Previous write of size 8 at 0x7b0c by thread T1 (mutexes: write M0):
 *         #0 add /home/me/threads.c:4 (check+0x121d)
 *         #1 run /home/me/threads.c:5 (check+0x121d)
 *
 * and an empty line behind it. */
struct access {
    bool writes;
    bool locked;
    struct slice function, place; /* "add", "/home/me/threads.c:4" */
};

static struct slice line_at(const char *at)
{
    return (struct slice){at, strcspn(at, "\n")};
}

static bool has(struct slice line, const char *text)
{
    return memmem(line.data, line.size, text, strlen(text));
}

static const char *base_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

/* "#0 add /home/me/threads.c:4 (check+0x121d)" */
static bool read_frame(struct slice line, struct access *access)
{
    struct slice text = slice_trim(line);
    const char *end = text.data + text.size;
    const char *function = memchr(text.data, ' ', text.size);
    if (text.size < 1 || text.data[0] != '#' || !function)
        return false;
    function++;
    const char *place = memchr(function, ' ', (size_t)(end - function));
    if (!place)
        return false;
    access->function = (struct slice){function, (size_t)(place - function)};
    place++;
    const char *behind = memchr(place, ' ', (size_t)(end - place));
    access->place =
        (struct slice){place, (size_t)((behind ? behind : end) - place)};
    return true;
}

/* Of the frames the first that is in the learner's file; else the first. */
static const char *read_frames(const char *at, const char *file,
                               struct access *access)
{
    char needle[128];
    bool found = false;
    snprintf(needle, sizeof needle, "/%s:", base_name(file));
    while (*at && *at != '\n') {
        struct slice line = line_at(at);
        struct access frame;
        if (read_frame(line, &frame) && !found) {
            found = has(frame.place, needle);
            if (found || !access->place.size) {
                access->function = frame.function;
                access->place = frame.place;
            }
        }
        at += line.size + (at[line.size] == '\n');
    }
    return at;
}

/* The next part of the report; NULL: there is none. */
static const char *read_access(const char *at, const char *file,
                               struct access *access)
{
    while (at && *at) {
        struct slice line = line_at(at);
        at += line.size + (at[line.size] == '\n');
        if (!has(line, " of size ") || !has(line, " by "))
            continue;
        *access = (struct access){
            .writes = has(line, "rite of size"),
            .locked = has(line, "(mutexes:"),
        };
        return read_frames(at, file, access);
    }
    return NULL;
}

static void print_access(const struct access *access, const char *file,
                         int columns, struct buffer *out)
{
    char place[512];
    snprintf(place, sizeof place, "%.*s", (int)access->place.size,
             access->place.data);
    const char *name = base_name(place), *colon = strchr(name, ':');
    size_t size = strlen(base_name(file));
    buffer_print(out, "      %s %s in %.*s, %s\n",
                 access->writes ? "written" : "read   ", name,
                 (int)access->function.size, access->function.data,
                 access->locked ? "with a lock held" : "without a lock");
    if (colon && (size_t)(colon - name) == size &&
        !strncmp(name, base_name(file), size))
        source_line_tell(file, atoi(colon + 1), columns, out);
}

void data_race_tell(const char *output, const char *file, int columns,
                    struct buffer *out)
{
    struct access access;
    const char *at = strstr(output, "data race");
    wrap_text(out,
              "Two threads use the same memory, at least one of them writes, "
              "and there is no lock that both of them hold:",
              4, columns);
    for (int i = 0; i < 2 && (at = read_access(at, file, &access)); i++)
        print_access(&access, file, columns, out);
}
