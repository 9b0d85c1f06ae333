/* SPDX-License-Identifier: MIT */
#include "lessons/tool/build.h"

#include "lessons/tool/files.h"
#include "lessons/tool/program.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>

int toolchain_load(struct toolchain *toolchain, const char *folder,
                   struct buffer *why)
{
    *toolchain = (struct toolchain){0};
    int error = file_read(&toolchain->text, "%s/lessons.link", folder);
    if (!error)
        error = buffer_append(&toolchain->text, "", 1);
    if (error)
        buffer_print(why,
                     "%s/lessons.link: %s. Start it by ./lab, which "
                     "builds what the checks need",
                     folder, strerrordesc_np(-error));
    return error;
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

/* The next line that begins with `word`: what stands behind it. */
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
static void add_all(struct arguments *arguments,
                    const struct toolchain *toolchain, const char *word,
                    const char *prefix)
{
    const char *at = toolchain->text.data;
    struct slice value;
    while (next_value(&at, word, &value))
        arguments_add(arguments, "%s%.*s", prefix, (int)value.size, value.data);
}

/* Lines of "word name value": the value of that name. */
static bool named_value(const struct toolchain *toolchain, const char *word,
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

static void add_compiler(struct arguments *arguments,
                         const struct toolchain *toolchain, const char *word)
{
    const char *at = toolchain->text.data;
    struct slice value;
    if (toolchain->cc && !strcmp(word, "cc"))
        arguments_add(arguments, "%s", toolchain->cc);
    else if (next_value(&at, word, &value))
        arguments_add(arguments, "%.*s", (int)value.size, value.data);
}

static const char *const dialect[] = {
    "-std=c17",   "-D_GNU_SOURCE", "-Wall",        "-Wextra",
    "-Wpedantic", "-Wshadow",      "-Wconversion",
};

enum { DIALECT = sizeof dialect / sizeof *dialect };

void build_flags(const struct toolchain *toolchain, struct buffer *flags)
{
    const char *at = toolchain->text.data;
    struct slice value;
    for (int i = 0; i < DIALECT; i++)
        buffer_print(flags, "%s\n", dialect[i]);
    while (next_value(&at, "include", &value))
        buffer_print(flags, "-I%.*s\n", (int)value.size, value.data);
}

static int compile(const struct toolchain *toolchain, int step,
                   const char *source, const char *object, struct buffer *said)
{
    static const char *const flags[] = {"-g", "-O1", "-fno-omit-frame-pointer",
                                        "-fdiagnostics-color=never",
                                        "-fno-diagnostics-show-caret"};
    struct arguments cc = {0};
    add_compiler(&cc, toolchain, "cc");
    for (int i = 0; i < DIALECT; i++)
        arguments_add(&cc, "%s", dialect[i]);
    for (size_t i = 0; i < sizeof flags / sizeof *flags; i++)
        arguments_add(&cc, "%s", flags[i]);
    add_all(&cc, toolchain, "flag", "");
    add_all(&cc, toolchain, "include", "-I");
    arguments_add(&cc, "-DSTEP=%d", step);
    arguments_add(&cc, "-c");
    arguments_add(&cc, "%s", source);
    arguments_add(&cc, "-o");
    arguments_add(&cc, "%s", object);
    int status = arguments_run(&cc, said, said);
    arguments_deinit(&cc);
    return status;
}

/* Compiles what the lesson gives, and adds each object to the link. */
static int compile_given(const struct toolchain *toolchain,
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
                asprintf(&object, "%s/given%d.o", folder, number++) < 0)
                return -ENOMEM;
            status = compile(toolchain, step, source, object, said);
            arguments_add(link, "%s", object);
            free(source);
            free(object);
        }
    return status;
}

/* The cores, but for the one in whose place the learner's file stands. */
static void add_cores(const struct toolchain *toolchain, const char *replaced,
                      struct arguments *link)
{
    const char *at = toolchain->text.data;
    struct slice value;
    while (next_value(&at, "core", &value)) {
        const char *space = memchr(value.data, ' ', value.size);
        size_t name = space ? (size_t)(space - value.data) : value.size;
        if (replaced && strlen(replaced) == name &&
            !strncmp(value.data, replaced, name))
            continue;
        arguments_add(link, "%.*s", (int)(value.size - name - 1),
                      value.data + name + 1);
    }
}

static void add_check(const struct toolchain *toolchain,
                      const struct lesson *lesson, struct arguments *link)
{
    struct slice value;
    add_all(link, toolchain, "runner", "");
    add_all(link, toolchain, "link", "");
    add_all(link, toolchain, "object", "");
    if (named_value(toolchain, "check", lesson->name, &value))
        arguments_add(link, "%.*s", (int)value.size, value.data);
}

static int link_program(const struct toolchain *toolchain,
                        struct arguments *objects, const char *program,
                        struct buffer *said)
{
    struct arguments link = {0};
    add_compiler(&link, toolchain, "cxx");
    add_all(&link, toolchain, "flag", "");
    for (size_t i = 0; i < objects->count; i++)
        arguments_add(&link, "%s", objects->list[i]);
    arguments_add(&link, "-Wl,--start-group");
    add_all(&link, toolchain, "library", "");
    arguments_add(&link, "-Wl,--end-group");
    arguments_add(&link, "-o");
    arguments_add(&link, "%s", program);
    int status = arguments_run(&link, said, said);
    arguments_deinit(&link);
    return status > 0 ? 1 : status;
}

int build_check(const struct toolchain *toolchain, const struct lesson *lesson,
                int step, const char *source, const char *folder,
                struct buffer *said)
{
    char object[PATH_MAX], program[PATH_MAX];
    struct arguments objects = {0};
    snprintf(object, sizeof object, "%s/learner.o", folder);
    snprintf(program, sizeof program, "%s/check", folder);
    if (file_write((struct slice){"", 0}, "%s/.folder", folder))
        return -EIO;
    int status = compile(toolchain, step, source, object, said);
    if (!status) {
        arguments_add(&objects, "%s", object);
        status = compile_given(toolchain, lesson, step, folder, &objects, said);
    }
    if (!status) {
        add_check(toolchain, lesson, &objects);
        add_cores(toolchain, lesson->replaces, &objects);
        status = link_program(toolchain, &objects, program, said);
    }
    arguments_deinit(&objects);
    return status > 0 ? 1 : status;
}

int build_program(const struct toolchain *toolchain,
                  const struct lesson *lesson, const char *source,
                  const char *program, struct buffer *said)
{
    char path[PATH_MAX], object[PATH_MAX];
    struct arguments objects = {0};
    snprintf(path, sizeof path, "%s/%s", lesson->folder, source);
    snprintf(object, sizeof object, "%s.o", program);
    if (file_write((struct slice){"", 0}, "%s", object))
        return -EIO;
    int status = compile(toolchain, lesson->count, path, object, said);
    if (!status) {
        arguments_add(&objects, "%s", object);
        add_cores(toolchain, NULL, &objects);
        status = link_program(toolchain, &objects, program, said);
    }
    arguments_deinit(&objects);
    return status > 0 ? 1 : status;
}
