/* SPDX-License-Identifier: MIT */
#include "lessons/tool/progress.h"

#include "base/line.h"
#include "base/number.h"
#include "lessons/tool/files.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

/* Does the line say this? */
static bool says(const char *line, const char *word, const char *lesson,
                 int step)
{
    char wanted[64];
    int size = snprintf(wanted, sizeof wanted, "%s %s %d", word, lesson, step);
    return !strncmp(line, wanted, (size_t)size) &&
           (line[size] == '\n' || line[size] == ' ');
}

/* The size of the line at the beginning of the text, its end included. */
static size_t line_size(struct slice text)
{
    const char *end = memchr(text.data, '\n', text.size);
    return end ? (size_t)(end - text.data) + 1 : text.size;
}

/* The name is shown on the terminal, so it has no control character in it. */
static bool is_name(const char *text, size_t size)
{
    for (size_t i = 0; i < size; i++)
        if (!isgraph((unsigned char)text[i]))
            return false;
    return size > 0;
}

/* "at E0 2". A line ends where it ends: what no line of ours is long enough
 * for, or has a NUL in it, says no place. */
static bool read_place(struct progress *progress, struct slice line)
{
    char text[96] = "";
    int step;
    if (line.size < sizeof text)
        memcpy(text, line.data, line.size);
    const char *name = line_field(text, 1);
    size_t size = strcspn(name, " \t\n");
    if (strncmp(text, "at ", 3) != 0 || !is_name(name, size) ||
        size >= sizeof progress->lesson ||
        !number_read_int(line_field(text, 2), &step) || step < 1)
        return false;
    snprintf(progress->lesson, size + 1, "%s", name);
    progress->step = step;
    return true;
}

int progress_read(struct progress *progress, struct slice text)
{
    int error = 0;
    *progress = (struct progress){0};
    while (!error && text.size > 0) {
        size_t size = line_size(text);
        struct slice line = {text.data, size};
        if (!read_place(progress, line) && text.data[0] != '\n')
            error = buffer_append(&progress->facts, line.data, line.size);
        text = slice_behind(text, size);
    }
    /* A line that was added by hand at the end may lack its own end. */
    if (!error && progress->facts.size > 0 &&
        progress->facts.data[progress->facts.size - 1] != '\n')
        error = buffer_append_text(&progress->facts, "\n");
    return error;
}

int progress_load(struct progress *progress, const char *folder)
{
    struct buffer text = {0};
    *progress = (struct progress){0};
    int error = file_read(&text, "%s/state", folder);
    if (!error)
        error = progress_read(progress, buffer_slice(&text));
    buffer_deinit(&text);
    return error == -ENOENT ? 0 : error;
}

static int write_state(const struct progress *progress, const char *folder)
{
    struct buffer text = {0};
    int error = 0;
    if (progress->lesson[0])
        error =
            buffer_print(&text, "at %s %d\n", progress->lesson, progress->step);
    if (!error)
        error =
            buffer_append(&text, progress->facts.data, progress->facts.size);
    if (!error)
        error = file_keep(buffer_slice(&text), "%s/state", folder);
    buffer_deinit(&text);
    return error;
}

/* What has been noted here, behind what is in the file now. */
static int merge_state(struct progress *progress, const char *folder)
{
    struct progress fresh;
    int error = progress_load(&fresh, folder);
    if (!error)
        error = buffer_append(&fresh.facts, progress->noted.data,
                              progress->noted.size);
    if (!error && progress->moved)
        progress_move(&fresh, progress->lesson, progress->step);
    if (!error)
        error = write_state(&fresh, folder);
    if (error) {
        progress_deinit(&fresh);
        return error;
    }
    progress_deinit(progress);
    fresh.moved = false;
    *progress = fresh;
    return 0;
}

int progress_save(struct progress *progress, const char *folder)
{
    if (buffer_lacks(&progress->facts) || buffer_lacks(&progress->noted))
        return -ENOMEM;
    int lock = folder_lock(folder, false);
    if (lock < 0)
        return lock;
    int error = merge_state(progress, folder);
    close(lock);
    return error;
}

void progress_deinit(struct progress *progress)
{
    buffer_deinit(&progress->facts);
    buffer_deinit(&progress->noted);
}

int progress_count(const struct progress *progress, const char *word,
                   const char *lesson, int step)
{
    int count = 0;
    struct slice rest = buffer_slice(&progress->facts);
    while (rest.size > 0) {
        count += says(rest.data, word, lesson, step);
        rest = slice_behind(rest, line_size(rest));
    }
    return count;
}

void progress_note(struct progress *progress, const char *word,
                   const char *lesson, int step, const char *text)
{
    struct buffer line = {0};
    if (!buffer_print(&line, "%s %s %d%s%s\n", word, lesson, step,
                      text ? " " : "", text ? text : "")) {
        buffer_append(&progress->facts, line.data, line.size);
        buffer_append(&progress->noted, line.data, line.size);
    }
    buffer_lack(&progress->noted, &line);
    buffer_deinit(&line);
}

struct slice progress_text(const struct progress *progress, const char *word,
                           const char *lesson, int step)
{
    struct slice found = {NULL, 0};
    struct slice rest = buffer_slice(&progress->facts);
    while (rest.size > 0) {
        size_t size = line_size(rest);
        if (says(rest.data, word, lesson, step))
            found =
                (struct slice){rest.data, size - (rest.data[size - 1] == '\n')};
        rest = slice_behind(rest, size);
    }
    for (int spaces = 0; found.size > 0 && spaces < 3;
         found = slice_behind(found, 1))
        spaces += *found.data == ' ';
    return found;
}

int64_t progress_since(const struct progress *progress, const char *lesson,
                       int step)
{
    char text[32];
    struct tm utc = {0};
    struct slice moment = progress_text(progress, "began", lesson, step);
    if (!moment.size || moment.size >= sizeof text)
        return -1;
    snprintf(text, sizeof text, "%.*s", (int)moment.size, moment.data);
    const char *end = strptime(text, PROGRESS_MOMENT, &utc);
    int64_t since = end && !*end ? time(NULL) - timegm(&utc) : -1;
    return since < 0 ? -1 : since;
}

void progress_move(struct progress *progress, const char *lesson, int step)
{
    char name[sizeof progress->lesson]; /* it may be ours */
    snprintf(name, sizeof name, "%s", lesson);
    memcpy(progress->lesson, name, sizeof name);
    progress->step = step;
    progress->moved = true;
}
