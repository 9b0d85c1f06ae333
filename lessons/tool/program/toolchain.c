/* SPDX-License-Identifier: MIT */
#include "lessons/tool/program/toolchain.h"

#include "lessons/tool/files.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

static int load(struct toolchain *toolchain, const char *folder,
                const char *file, struct buffer *why)
{
    *toolchain = (struct toolchain){.folder = folder};
    int error = file_read(&toolchain->text, "%s/%s", folder, file);
    if (!error)
        error = buffer_terminate(&toolchain->text);
    if (error)
        buffer_print(why,
                     "%s/%s: %s. Start it by ./lab, which builds what is "
                     "needed",
                     folder, file, strerrordesc_np(-error));
    return error;
}

int toolchain_load(struct toolchain *toolchain, const char *folder,
                   struct buffer *why)
{
    return load(toolchain, folder, "lessons.link", why);
}

int toolchain_load_race(struct toolchain *toolchain, const char *folder,
                        struct buffer *why)
{
    return load(toolchain, folder, "race.link", why);
}

bool toolchain_has(const struct toolchain *toolchain, const char *sanitizer)
{
    const char *flag = strstr(toolchain->text.data, "flag -fsanitize=");
    const char *found = flag ? strstr(flag, sanitizer) : NULL;
    return found && found < strchrnul(flag, '\n');
}

void toolchain_deinit(struct toolchain *toolchain)
{
    buffer_deinit(&toolchain->text);
}

/* ---- reading the lines ---- */

/* The next line that begins with `word`: what is behind it. */
static bool next_value(const char **at, const char *word, struct slice *value)
{
    size_t size = strlen(word);
    while (**at) {
        const char *line = *at, *end = strchrnul(line, '\n');
        *at = *end ? end + 1 : end;
        if (!strncmp(line, word, size) && line[size] == ' ') {
            *value = slice_trim((struct slice){
                line + size + 1, (size_t)(end - line) - size - 1});
            return value->size > 0;
        }
    }
    return false;
}

/* Adds every value of a word, each behind `prefix`. */
void toolchain_add(struct arguments *arguments,
                   const struct toolchain *toolchain, const char *word,
                   const char *prefix)
{
    const char *at = toolchain->text.data;
    struct slice value;
    while (next_value(&at, word, &value))
        arguments_add(arguments, "%s%.*s", prefix, (int)value.size, value.data);
}

/* Lines of "word name value": the value of that name. */
bool toolchain_named(const struct toolchain *toolchain, const char *word,
                     const char *name, struct slice *value)
{
    const char *at = toolchain->text.data;
    size_t size = strlen(name);
    while (next_value(&at, word, value))
        if (value->size > size && !strncmp(value->data, name, size) &&
            value->data[size] == ' ') {
            value->data += size + 1;
            value->size -= size + 1;
            return true;
        }
    return false;
}

bool toolchain_is_built(const struct toolchain *toolchain)
{
    const char *at = toolchain->text.data;
    struct slice value;
    while (next_value(&at, "runner", &value))
        if (!file_exists("%.*s", (int)value.size, value.data))
            return false;
    return true;
}

/* ---- compiling ---- */

void toolchain_add_compiler(struct arguments *arguments,
                            const struct toolchain *toolchain, const char *word)
{
    const char *at = toolchain->text.data;
    struct slice value;
    if (toolchain->cc && !strcmp(word, "cc"))
        arguments_add(arguments, "%s", toolchain->cc);
    else if (next_value(&at, word, &value))
        arguments_add(arguments, "%.*s", (int)value.size, value.data);
}

/* What is hardly ever meant is not a warning to overlook: a function without
 * its `return`, a name that is nowhere, an integer for a pointer. */
static const char *const dialect[] = {
    "-std=c17",
    "-D_GNU_SOURCE",
    "-Wall",
    "-Wextra",
    "-Wpedantic",
    "-Wshadow",
    "-Wconversion",
    "-Werror=return-type",
    "-Werror=implicit-function-declaration",
    "-Werror=int-conversion",
    "-Werror=incompatible-pointer-types",
};

enum { DIALECT = sizeof dialect / sizeof *dialect };

void toolchain_flags(const struct toolchain *toolchain,
                     const struct lesson *lesson, struct buffer *flags)
{
    const char *at = toolchain->text.data;
    struct slice value;
    for (int i = 0; i < DIALECT; i++)
        buffer_print(flags, "%s\n", dialect[i]);
    while (next_value(&at, "include", &value))
        buffer_print(flags, "-I%.*s\n", (int)value.size, value.data);
    buffer_print(flags, "-I%s%s\n", lesson->folder[0] == '/' ? "" : "../",
                 lesson->folder);
}

/* A lesson's headers are found in its folder, wherever that is. */
int toolchain_compile(const struct toolchain *toolchain,
                      const struct lesson *lesson, int step, const char *source,
                      const char *object, struct buffer *said)
{
    /* Each function has a place of its own in a stack. */
    static const char *const flags[] = {"-g", "-fno-inline",
                                        "-fdiagnostics-color=never"};
    struct arguments cc = {0};
    toolchain_add_compiler(&cc, toolchain, "cc");
    for (int i = 0; i < DIALECT; i++)
        arguments_add(&cc, "%s", dialect[i]);
    for (size_t i = 0; i < sizeof flags / sizeof *flags; i++)
        arguments_add(&cc, "%s", flags[i]);
    toolchain_add(&cc, toolchain, "flag", "");
    toolchain_add(&cc, toolchain, "include", "-I");
    arguments_add(&cc, "-I%s", lesson->folder);
    arguments_add(&cc, "-DSTEP=%d", step);
    arguments_add(&cc, "-c");
    arguments_add(&cc, "%s", source);
    arguments_add(&cc, "-o");
    arguments_add(&cc, "%s", object);
    int status = arguments_run(&cc, said, said);
    arguments_deinit(&cc);
    return status;
}

/* ---- what need not be compiled again ---- */

static bool is_older(const struct stat *made, const char *path)
{
    struct stat file;
    return !stat(path, &file) && made->st_mtime <= file.st_mtime;
}

/* Is the object older than anything in the lesson's folder, or than the lab? */
bool toolchain_is_stale(const struct toolchain *toolchain,
                        const struct lesson *lesson, const char *object)
{
    struct stat made;
    struct slice library;
    struct file_list files;
    char path[PATH_MAX];
    const char *at = toolchain->text.data;
    if (stat(object, &made))
        return true;
    bool stale = file_list_init(&files, lesson->folder, "") < 0;
    for (size_t i = 0; i < files.count; i++)
        stale = stale || is_older(&made, files.paths[i]);
    file_list_deinit(&files);
    while (!stale && next_value(&at, "library", &library)) {
        snprintf(path, sizeof path, "%.*s", (int)library.size, library.data);
        stale = is_older(&made, path);
    }
    return stale;
}

/* Compiles what the lesson gives, and adds each object to the link. */
int toolchain_compile_given(const struct toolchain *toolchain,
                            const struct lesson *lesson, int step,
                            const char *folder, struct arguments *link,
                            struct buffer *said)
{
    const char *later[] = {lesson->later, NULL};
    const char *const *lists[] = {later, lesson->given};
    int number = 0, status = 0;
    for (int i = 0; i < 2; i++)
        for (const char *const *file = lists[i]; !status && *file; file++) {
            char *source = NULL, *object = NULL;
            if (asprintf(&source, "%s/%s", lesson->folder, *file) < 0 ||
                asprintf(&object, "%s/%s-%d-%d.o", folder, lesson->name, step,
                         number++) < 0)
                return -ENOMEM;
            if (toolchain_is_stale(toolchain, lesson, object))
                status = toolchain_compile(toolchain, lesson, step, source,
                                           object, said);
            arguments_add(link, "%s", object);
            free(source);
            free(object);
        }
    return status;
}

static bool is_in(const char **names, struct slice name)
{
    while (names && *names && !slice_equal(slice_of(*names), name))
        names++;
    return names && *names;
}

/* The cores, but for those in whose place the learner's file is. */
void toolchain_add_cores(const struct toolchain *toolchain,
                         const char **replaced, struct arguments *link)
{
    const char *at = toolchain->text.data;
    struct slice value;
    while (next_value(&at, "core", &value)) {
        const char *space = memchr(value.data, ' ', value.size);
        size_t name = space ? (size_t)(space - value.data) : value.size;
        if (is_in(replaced, (struct slice){value.data, name}))
            continue;
        arguments_add(link, "%.*s", (int)(value.size - name - 1),
                      value.data + name + 1);
    }
}

/* ---- linking ---- */

int toolchain_link(const struct toolchain *toolchain, struct arguments *objects,
                   const char *program, struct buffer *said)
{
    struct arguments link = {0};
    toolchain_add_compiler(&link, toolchain, "linker");
    toolchain_add(&link, toolchain, "flag", "");
    arguments_add_first(&link, objects, objects->count);
    arguments_add(&link, "-Wl,--start-group");
    toolchain_add(&link, toolchain, "library", "");
    arguments_add(&link, "-Wl,--end-group");
    arguments_add(&link, "-o");
    arguments_add(&link, "%s", program);
    int status = arguments_run(&link, said, said);
    arguments_deinit(&link);
    return status > 0 ? 1 : status;
}
