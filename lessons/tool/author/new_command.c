/* SPDX-License-Identifier: MIT */
/* `lesson new`: a lesson of one step that works, to grow another one from. */
#include "lessons/tool/commands.h"

#include "lessons/tool/files.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>

/* Where it is, from the root of the lab, and the word for the name in it. */
static const char model[] = "lessons/tool/author/new";
static const char word[] = "NAME";

enum { NAME_SIZE = 16 };

/* It becomes part of file names and of "X1.2"; a number alone is a step. */
static bool is_name(const char *text)
{
    size_t size = strlen(text);
    for (size_t i = 0; i < size; i++)
        if (!isalnum((unsigned char)text[i]))
            return false;
    return size < NAME_SIZE && isalpha((unsigned char)text[0]);
}

static int with_name(const char *text, const char *name, struct buffer *out)
{
    int error = 0;
    for (const char *at; !error && (at = strstr(text, word));) {
        error = buffer_append(out, text, (size_t)(at - text));
        if (!error)
            error = buffer_append_text(out, name);
        text = at + sizeof word - 1;
    }
    return error ? error : buffer_append_text(out, text);
}

/* A file of the model. -EISDIR when it is a folder. */
static int copy_file(const char *path, const char *lessons, const char *name)
{
    struct buffer text = {0}, made = {0};
    int error = file_read(&text, "%s", path);
    if (!error)
        error = buffer_terminate(&text);
    if (!error)
        error = with_name(text.data, name, &made);
    if (!error)
        error = file_write(buffer_slice(&made), "%s/%s%s", lessons, name,
                           path + sizeof model - 1);
    buffer_deinit(&text);
    buffer_deinit(&made);
    return error;
}

static int copy_folder(const char *folder, const char *lessons,
                       const char *name)
{
    DIR *directory = opendir(folder);
    struct dirent *entry;
    int error = directory ? 0 : -errno;
    while (directory && !error && (entry = readdir(directory))) {
        char path[PATH_MAX];
        if (entry->d_name[0] == '.')
            continue;
        snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
        error = copy_file(path, lessons, name);
        if (error == -EISDIR)
            error = copy_folder(path, lessons, name);
    }
    if (directory)
        closedir(directory);
    return error;
}

static void print_next(const struct place *place, const char *name)
{
    bool ours = !strcmp(place->lessons, "lessons");
    const char *option = ours ? "" : " --lessons ";
    const char *folder = ours ? "" : place->lessons;
    printf("%s/%s is a lesson of one step that works. Grow yours from it.\n\n"
           "  ./lab%s%s lesson check %s   its proof\n"
           "  ./lab%s%s start %s          as a learner sees it\n\n"
           "What each file is for: lessons/MAKING.md.\n",
           place->lessons, name, option, folder, name, option, folder, name);
    if (ours)
        printf("Its check is built beforehand once %s is in lesson_names, in "
               "lessons/check/CMakeLists.txt.\n",
               name);
}

int new_main(const struct place *place, int argc, char **argv)
{
    if (argc != 2) {
        fputs("usage: ./lab lesson new NAME\n", stderr);
        return 2;
    }
    if (!is_name(argv[1])) {
        fprintf(
            stderr,
            "lab: '%s' is not a name for a lesson: a letter, then letters and "
            "digits, as in X1\n",
            argv[1]);
        return 2;
    }
    if (file_exists("%s/%s", place->lessons, argv[1])) {
        fprintf(stderr, "lab: %s/%s is there already\n", place->lessons,
                argv[1]);
        return 2;
    }
    int error = copy_folder(model, place->lessons, argv[1]);
    if (error) {
        fprintf(stderr, "lab: %s/%s: %s\n", place->lessons, argv[1],
                strerrordesc_np(-error));
        return 1;
    }
    print_next(place, argv[1]);
    return 0;
}
