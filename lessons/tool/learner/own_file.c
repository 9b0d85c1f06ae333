/* SPDX-License-Identifier: MIT */
#include "lessons/tool/learner/own_file.h"

#include "base/number.h"
#include "base/path.h"
#include "lessons/tool/definition.h"
#include "lessons/tool/files.h"
#include "lessons/tool/style.h"

#include <errno.h>
#include <stdio.h>

static int complain(const char *what, int error)
{
    if (error)
        fprintf(stderr, "lab: %s: %s\n", what, strerrordesc_np(-error));
    return error;
}

static int folder_size(const struct session *session)
{
    return (int)(strrchr(session->file, '/') - session->file);
}

/* ---- its step ---- */

/* Does the text define a function of these steps that the lab's own text of the
 * step before them does not? */
static bool goes_beyond(const struct lesson *lesson, int step, int to,
                        const char *text)
{
    struct buffer ours = {0}, why = {0};
    bool beyond = false;
    bool known = !lesson_text(lesson, step, step, &ours, &why) &&
                 !buffer_terminate(&ours);
    for (int i = step + 1; known && i <= to; i++)
        for (const char **name = lesson->steps[i].functions; *name; name++)
            beyond |= definition_line(text, *name) &&
                      !definition_line(ours.data, *name);
    buffer_deinit(&ours);
    buffer_deinit(&why);
    return beyond;
}

static int step_of(const struct session *session, const char *text)
{
    const struct lesson *lesson = session->lesson;
    const struct progress *progress = &session->progress;
    bool here = !strcmp(progress->lesson, lesson->name) &&
                progress->step <= lesson->count;
    int known = here ? progress->step : 0;
    int step = lesson_step_of_text(lesson, text);
    if (step && step < known && goes_beyond(lesson, step, known, text))
        return known;
    if (!step && session->names_step)
        step = session->step;
    return step ? step : known ? known : 1;
}

/* A file that is there and cannot be read is not one that is missing: what is
 * in it would be written over. */
static int read_own(const struct session *session, struct buffer *text)
{
    int error = file_read(text, "%s", session->file);
    if (error && error != -ENOENT)
        complain(session->file, error);
    return error;
}

int own_file_step(const struct session *session)
{
    struct buffer text = {0};
    int step = read_own(session, &text);
    if (!step && buffer_terminate(&text))
        step = complain(session->file, -ENOMEM);
    else if (!step)
        step = step_of(session, text.data);
    buffer_deinit(&text);
    return step == -ENOENT ? 0 : step;
}

/* ---- what a step begins with ---- */

/* begun/2-loop.c, and what a format needs for it. */
#define BEGUN "%.*s/begun/%d-%s"
#define BEGUN_OF(session, step)                                                \
    folder_size(session), (session)->file, step,                               \
        (session)->file + folder_size(session) + 1

bool own_file_has_begun(const struct session *session)
{
    return session->step > 1 &&
           file_exists(BEGUN, BEGUN_OF(session, session->step));
}

/* The text that a step begins with: the learner's own, or the lab's. For the
 * first step it is always the lab's, which may have changed. */
static int read_beginning(const struct session *session, int step,
                          struct buffer *text, struct buffer *why)
{
    int error =
        step > 1 ? file_read(text, BEGUN, BEGUN_OF(session, step)) : -ENOENT;
    if (error == -ENOENT)
        return lesson_text(session->lesson, step, step - 1, text, why);
    if (error)
        buffer_print(why, BEGUN ": %s", BEGUN_OF(session, step),
                     strerrordesc_np(-error));
    return error;
}

/* Is its text another than that which this step begins with? Where that cannot
 * be read, it may be. Else 0, or a negative errno. */
static int differs(const struct session *session, int step)
{
    struct buffer own = {0}, begun = {0}, why = {0};
    int result = read_own(session, &own);
    if (!result)
        result = read_beginning(session, step, &begun, &why) ||
                 !slice_equal(buffer_slice(&own), buffer_slice(&begun));
    buffer_deinit(&own);
    buffer_deinit(&begun);
    buffer_deinit(&why);
    return result;
}

int own_file_has_work(const struct session *session)
{
    int step = own_file_step(session);
    return step > 0 ? differs(session, step) : step;
}

/* ---- aside ---- */

static int number_of(const char *path)
{
    int number = 0;
    number_read_int(path_base_name(path), &number);
    return number;
}

static int list_aside(const struct session *session, struct file_list *list)
{
    char folder[PATH_MAX];
    int size = folder_size(session);
    snprintf(folder, sizeof folder, "%.*s/aside", size, session->file);
    return file_list_init(list, folder, session->file + size + 1);
}

/* The copy under this number, or with 0 the last one, that is not `but`, and so
 * may be one that cannot be read. NULL: there is none. */
static const char *find_aside(const struct file_list *list, int number,
                              struct slice but)
{
    const char *found = NULL;
    for (size_t i = 0; i < list->count; i++) {
        const char *path = list->paths[i];
        struct buffer text = {0};
        bool wanted = number ? number == number_of(path)
                             : !found || number_of(path) > number_of(found);
        if (wanted && (file_read(&text, "%s", path) ||
                       !slice_equal(buffer_slice(&text), but)))
            found = path;
        buffer_deinit(&text);
    }
    return found;
}

/* The copy that is this text; NULL: none is. */
static const char *find_copy(const struct file_list *list, struct slice of)
{
    const char *found = NULL;
    for (size_t i = 0; i < list->count && !found; i++) {
        struct buffer text = {0};
        if (!file_read(&text, "%s", list->paths[i]) &&
            slice_equal(buffer_slice(&text), of))
            found = list->paths[i];
        buffer_deinit(&text);
    }
    return found;
}

static int keep_text(const struct session *session, struct slice text,
                     struct buffer *where)
{
    struct file_list list;
    int number = 0, folder = folder_size(session);
    int error = list_aside(session, &list);
    if (error)
        return error;
    const char *copy = find_copy(&list, text);
    if (copy) {
        error = buffer_print(where, "%s", copy);
    } else {
        for (size_t i = 0; i < list.count; i++)
            if (number_of(list.paths[i]) > number)
                number = number_of(list.paths[i]);
        error = buffer_print(where, "%.*s/aside/%d-%s", folder, session->file,
                             number + 1, session->file + folder + 1);
        if (!error)
            error = file_keep(text, "%.*s", (int)where->size, where->data);
    }
    file_list_deinit(&list);
    return error;
}

int own_file_keep_aside(const struct session *session, struct buffer *where)
{
    struct buffer text = {0};
    int error = read_own(session, &text);
    if (!error)
        error = complain("work/aside",
                         keep_text(session, buffer_slice(&text), where));
    buffer_deinit(&text);
    return error == -ENOENT ? 0 : error;
}

/* ---- writing it ---- */

static int replace(const struct session *session, struct slice text)
{
    struct buffer aside = {0};
    int error = own_file_keep_aside(session, &aside);
    if (!error && aside.size)
        printf("What you had is kept in %.*s\n"
               "(./lab restore brings it back)\n\n",
               (int)aside.size, aside.data);
    if (!error)
        error = complain(session->file, file_keep(text, "%s", session->file));
    buffer_deinit(&aside);
    return error;
}

int own_file_begin(const struct session *session)
{
    struct buffer text = {0}, why = {0};
    int error = read_beginning(session, session->step, &text, &why);
    int work = error ? 0 : own_file_has_work(session);
    if (error)
        style_complain(&why);
    else if (work < 0)
        error = work;
    else if (work)
        error = replace(session, buffer_slice(&text));
    else
        error = complain(session->file,
                         file_keep(buffer_slice(&text), "%s", session->file));
    buffer_deinit(&text);
    buffer_deinit(&why);
    return error;
}

int own_file_go_on(const struct session *session, struct slice text)
{
    int error = file_keep(text, BEGUN, BEGUN_OF(session, session->step));
    if (!error)
        error = file_keep(text, "%s", session->file);
    return complain(session->file, error);
}

int own_file_restore(const struct session *session, int number)
{
    struct file_list list = {0};
    struct buffer now = {0}, text = {0};
    int error = read_own(session, &now);
    if (!error || error == -ENOENT)
        error = complain("work/aside", list_aside(session, &list));
    const char *found =
        error ? NULL : find_aside(&list, number, buffer_slice(&now));
    if (!error && !found) {
        fputs("lab: nothing that differs from it is set aside.\n", stderr);
        error = -ENOENT;
    } else if (!error) {
        error = complain(found, file_read(&text, "%s", found));
        if (!error)
            printf("%s is back.\n", found);
        if (!error)
            error = replace(session, buffer_slice(&text));
    }
    file_list_deinit(&list);
    buffer_deinit(&now);
    buffer_deinit(&text);
    return error;
}
