/* SPDX-License-Identifier: MIT */
/* `wrong`: see a known mistake happen. It is built when it is asked for. */
#include "lessons/tool/commands.h"

#include "base/path.h"
#include "lessons/tool/files.h"
#include "lessons/tool/learner/show.h"
#include "lessons/tool/session.h"
#include "lessons/tool/style.h"
#include "lessons/tool/wrap.h"

#include <ctype.h>
#include <stdio.h>

/* ---- what they say ---- */

/* The first sentence of the first comment that says something, on one line. */
static void first_sentence(const char *text, struct buffer *out)
{
    const char *at = strchr(text, '\n'); /* behind the license */
    at = at ? strstr(at, "/*") : NULL;
    bool gap = false;
    for (at = at ? at + 2 : ""; *at && strncmp(at, "*/", 2); at++) {
        bool ends = *at == '.' && isspace((unsigned char)at[1]);
        if (isspace((unsigned char)*at) || (*at == '*' && gap)) {
            gap = true;
            continue;
        }
        if (gap && out->size)
            buffer_append(out, " ", 1);
        gap = false;
        buffer_append(out, at, 1);
        if (ends)
            break;
    }
}

static bool print_mistake(const char *path)
{
    struct buffer text = {0}, sentence = {0}, lines = {0};
    const char *name = path_base_name(path);
    printf("  %s%.*s%s\n", style_on(STYLE_STRONG), (int)strcspn(name, "."),
           name, style_off());
    if (!file_read(&text, "%s", path) && !buffer_terminate(&text))
        first_sentence(text.data, &sentence);
    wrap_buffer(&lines, &sentence, 6, style_columns());
    buffer_lack(&lines, &text);
    bool whole = style_put(&lines, stdout);
    buffer_deinit(&text);
    buffer_deinit(&sentence);
    buffer_deinit(&lines);
    return whole;
}

/* ---- where they are ---- */

static bool find_lesson(struct session *session, const char *name)
{
    for (struct lesson **lesson = session->lessons; *lesson; lesson++)
        if (file_exists("%s/wrong/%s.c", (*lesson)->folder, name)) {
            session->lesson = *lesson;
            return true;
        }
    return false;
}

/* ---- the list ---- */

static int print_folder(const char *title, const char *folder)
{
    struct file_list files;
    int status = 0;
    int error = file_list_init(&files, folder, ".c");
    if (error) {
        fprintf(stderr, "lab: %s: %s\n", folder, strerrordesc_np(-error));
        return 1;
    }
    if (files.count)
        puts(title);
    for (size_t i = 0; i < files.count; i++)
        status |= print_mistake(files.paths[i]) ? 0 : 1;
    file_list_deinit(&files);
    return status;
}

static int print_all(struct session *session)
{
    int status = 0;
    puts("Known mistakes, to see them happen:  ./lab wrong NAME\n");
    for (struct lesson **lesson = session->lessons; *lesson; lesson++) {
        char folder[PATH_MAX], title[256];
        snprintf(folder, sizeof folder, "%s/wrong", (*lesson)->folder);
        snprintf(title, sizeof title, "%s  %s", (*lesson)->name,
                 (*lesson)->title);
        status |= print_folder(title, folder);
    }
    return status;
}

/* ---- one of them ---- */

static int run_mistake(struct session *session, const char *name)
{
    char source[PATH_MAX];
    snprintf(source, sizeof source, "wrong/%s.c", name);
    if (!strchr(name, '/') && find_lesson(session, name))
        return show_program(session, source);
    fprintf(stderr, "lab: no mistake is called '%s'. ./lab wrong names all\n",
            name);
    return 2;
}

int wrong_main(const struct place *place, int argc, char **argv)
{
    struct session session;
    int status = 0;
    if (argc > 2) {
        fputs("usage: ./lab wrong [NAME]\n", stderr);
        return 2;
    }
    if (session_open(&session, place))
        return 1;
    if (argc == 1)
        status = print_all(&session);
    else
        status = run_mistake(&session, argv[1]);
    session_close(&session);
    return status;
}
