/* SPDX-License-Identifier: MIT */
#include "lessons/tool/teacher/play_source.h"

#include "base/line.h"
#include "lessons/tool/definition.h"
#include "lessons/tool/files.h"
#include "lessons/tool/teacher/play_script.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>

/* ---- the file ---- */

static int read_file(const struct lesson *lesson, const char *name,
                     struct buffer *text, struct buffer *why)
{
    if (!strcmp(name, lesson->source))
        return lesson_text(lesson, lesson->count, lesson->count, text, why);
    int error = file_read(text, "%s/%s", lesson->folder, name);
    if (error)
        error = file_read(text, "%s", name);
    if (error)
        buffer_print(why, "%s: %s", name, strerrordesc_np(-error));
    return error;
}

/* ---- a part of it ---- */

/* Does a line belong to what comes below it? A comment does, and the beginning
 * of a head that is too long for one line. */
static bool leads_on(const char *line)
{
    size_t size = strcspn(line, "\n");
    if (!size || strchr("#}", line[0]))
        return false;
    if (!strncmp(line, "/*", 2) || !strncmp(line, " *", 2))
        return strncmp(line, "/* ----", 7) != 0;
    return line[size - 1] != ';' && line[size - 1] != '}';
}

static int append_function(const char *text, const char *name,
                           struct buffer *out)
{
    int line = definition_line(text, name);
    if (!line)
        return -ENOENT;
    const char *end = strstr(line_find(text, line), "\n}");
    while (line > 1 && leads_on(line_find(text, line - 1)))
        line--;
    const char *begin = line_find(text, line);
    if (out->size)
        buffer_append(out, "\n", 1);
    buffer_append(out, begin, end ? (size_t)(end - begin) + 2 : strlen(begin));
    return buffer_append(out, "\n", 1);
}

static const char *behind_licence(const char *text)
{
    if (!strncmp(text, "/* SPDX", 7))
        text = line_find(text, 2);
    return text;
}

static int append_parts(const char *text, const char *file, struct slice names,
                        struct buffer *out, struct buffer *why)
{
    if (!slice_trim(names).size)
        return buffer_append_text(out, behind_licence(text));
    struct slice word;
    while ((word = play_word(&names)).size) {
        char name[128];
        snprintf(name, sizeof name, "%.*s", (int)word.size, word.data);
        int error = append_function(text, name, out);
        if (error == -ENOENT)
            buffer_print(why, "%s does not define a function %s", file, name);
        if (error)
            return error;
    }
    return 0;
}

int play_source(const struct lesson *lesson, struct slice named,
                struct buffer *text, struct buffer *why)
{
    char name[PATH_MAX];
    struct buffer file = {0};
    struct slice word = play_word(&named);
    snprintf(name, sizeof name, "%.*s", (int)word.size, word.data);
    int error = read_file(lesson, name, &file, why);
    if (!error)
        error = buffer_terminate(&file);
    if (!error) {
        struct buffer part = {0};
        error = append_parts(file.data, name, named, &part, why);
        buffer_append(text, part.data, part.size);
        buffer_lack(text, &part);
        buffer_deinit(&part);
    }
    buffer_deinit(&file);
    return error;
}
