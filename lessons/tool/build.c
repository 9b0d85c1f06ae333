/* SPDX-License-Identifier: MIT */
#include "lessons/tool/build.h"

#include "lessons/tool/files.h"
#include "lessons/tool/program.h"

#include <errno.h>
#include <glob.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

static int load(struct toolchain *toolchain, const char *folder,
                const char *file, struct buffer *why)
{
    *toolchain = (struct toolchain){0};
    int error = file_read(&toolchain->text, "%s/%s", folder, file);
    if (!error)
        error = buffer_append(&toolchain->text, "", 1);
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

void build_flags(const struct toolchain *toolchain, const struct lesson *lesson,
                 struct buffer *flags)
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
static int compile(const struct toolchain *toolchain,
                   const struct lesson *lesson, int step, const char *source,
                   const char *object, struct buffer *said)
{
    static const char *const flags[] = {"-g", "-fdiagnostics-color=never"};
    struct arguments cc = {0};
    add_compiler(&cc, toolchain, "cc");
    for (int i = 0; i < DIALECT; i++)
        arguments_add(&cc, "%s", dialect[i]);
    for (size_t i = 0; i < sizeof flags / sizeof *flags; i++)
        arguments_add(&cc, "%s", flags[i]);
    add_all(&cc, toolchain, "flag", "");
    add_all(&cc, toolchain, "include", "-I");
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
static bool is_stale(const struct toolchain *toolchain,
                     const struct lesson *lesson, const char *object)
{
    struct stat made;
    struct slice library;
    glob_t found = {0};
    char path[PATH_MAX];
    const char *at = toolchain->text.data;
    if (stat(object, &made))
        return true;
    bool stale = false;
    snprintf(path, sizeof path, "%s/*.[ch]*", lesson->folder);
    if (!glob(path, 0, NULL, &found))
        for (size_t i = 0; i < found.gl_pathc; i++)
            stale = stale || is_older(&made, found.gl_pathv[i]);
    globfree(&found);
    while (!stale && next_value(&at, "library", &library)) {
        snprintf(path, sizeof path, "%.*s", (int)library.size, library.data);
        stale = is_older(&made, path);
    }
    return stale;
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
                asprintf(&object, "%s/%s-%d-%d.o", folder, lesson->name, step,
                         number++) < 0)
                return -ENOMEM;
            if (is_stale(toolchain, lesson, object))
                status = compile(toolchain, lesson, step, source, object, said);
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

/* ---- the check ---- */

/* Somebody else's lesson: its check is compiled when it is first needed, and
 * kept in `folder`. */
static int compile_check(const struct toolchain *toolchain,
                         const struct lesson *lesson, const char *source,
                         const char *folder, struct arguments *link,
                         struct buffer *said)
{
    char object[PATH_MAX];
    struct arguments cxx = {0};
    int status = 0;
    snprintf(object, sizeof object, "%s/check-%s.o", folder, lesson->name);
    arguments_add(link, "%s", object);
    if (!is_stale(toolchain, lesson, object))
        return 0;
    add_compiler(&cxx, toolchain, "cxx");
    arguments_add(&cxx, "-std=c++17");
    arguments_add(&cxx, "-D_GNU_SOURCE");
    arguments_add(&cxx, "-g");
    add_all(&cxx, toolchain, "flag", "");
    add_all(&cxx, toolchain, "include", "-I");
    arguments_add(&cxx, "-I%s", lesson->folder);
    arguments_add(&cxx, "-c");
    arguments_add(&cxx, "%s", source);
    arguments_add(&cxx, "-o");
    arguments_add(&cxx, "%s", object);
    status = arguments_run(&cxx, said, said);
    arguments_deinit(&cxx);
    return status;
}

static int add_check(const struct toolchain *toolchain,
                     const struct lesson *lesson, const char *folder,
                     struct arguments *link, struct buffer *said)
{
    char path[PATH_MAX], source[PATH_MAX];
    struct slice value;
    snprintf(path, sizeof path, "%s/%s", lesson->folder, lesson->check);
    if (!realpath(path, source)) {
        buffer_print(said, "%s: error: %s\n", path, strerrordesc_np(errno));
        return 1;
    }
    add_all(link, toolchain, "runner", "");
    add_all(link, toolchain, "link", "");
    add_all(link, toolchain, "object", "");
    if (!named_value(toolchain, "check", source, &value))
        return compile_check(toolchain, lesson, source, folder, link, said);
    arguments_add(link, "%.*s", (int)value.size, value.data);
    return 0;
}

static int link_program(const struct toolchain *toolchain,
                        struct arguments *objects, const char *program,
                        struct buffer *said)
{
    struct arguments link = {0};
    add_compiler(&link, toolchain, "linker");
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

/* The learner's objects as one, of which only models_mine is seen outside: its
 * functions may have the names of the lab's own. */
static int join(const struct toolchain *toolchain,
                const struct arguments *objects, const char *joined,
                struct buffer *said)
{
    struct arguments link = {0}, hide = {0};
    add_compiler(&link, toolchain, "cc");
    arguments_add(&link, "-r");
    arguments_add(&link, "-nostdlib");
    for (size_t i = 0; i < objects->count; i++)
        arguments_add(&link, "%s", objects->list[i]);
    arguments_add(&link, "-o");
    arguments_add(&link, "%s", joined);
    int status = arguments_run(&link, said, said);
    arguments_add(&hide, "objcopy");
    arguments_add(&hide, "--keep-global-symbol=models_mine");
    arguments_add(&hide, "%s", joined);
    if (!status)
        status = arguments_run(&hide, said, said);
    arguments_deinit(&link);
    arguments_deinit(&hide);
    return status;
}

/* What of the lesson's functions the objects call and do not have. The linker
 * would take the lab's own function of that name and say nothing. */
static int find_missing(const struct lesson *lesson, const char *joined,
                        struct buffer *said)
{
    struct arguments nm = {0};
    struct buffer names = {0};
    int missing = 0;
    arguments_add(&nm, "nm");
    arguments_add(&nm, "--undefined-only");
    arguments_add(&nm, "--format=just-symbols");
    arguments_add(&nm, "%s", joined);
    int status = arguments_run(&nm, &names, said);
    if (!status)
        status = buffer_append(&names, "", 1);
    char *rest = status ? NULL : names.data;
    for (char *name; (name = strsep(&rest, "\n"));)
        if (lesson_step_of_function(lesson, name)) {
            buffer_print(said, "undefined reference to `%s'\n", name);
            missing = 1;
        }
    arguments_deinit(&nm);
    buffer_deinit(&names);
    return status ? status : missing;
}

/* The link has failed. Perhaps one of the lesson's functions is not there: then
 * the linker took it out of the lab, and all that it complains about is what
 * came with it. The first `own` of all objects are the learner's. */
static void explain_link(const struct toolchain *toolchain,
                         const struct lesson *lesson,
                         const struct arguments *all, size_t own,
                         const char *check, const char *folder,
                         struct buffer *said)
{
    char joined[PATH_MAX];
    struct arguments objects = {0};
    struct buffer ignored = {0};
    snprintf(joined, sizeof joined, "%s/joined.o", folder);
    for (size_t i = 0; i < own; i++)
        arguments_add(&objects, "%s", all->list[i]);
    arguments_add(&objects, "%s", check);
    if (!join(toolchain, &objects, joined, &ignored))
        (void)find_missing(lesson, joined, said);
    buffer_deinit(&ignored);
    arguments_deinit(&objects);
}

/* Links what is compiled: the first objects are the learner's and the lesson's.
 */
static int link_check(const struct toolchain *toolchain,
                      const struct lesson *lesson, struct arguments *objects,
                      const char *folder, struct buffer *said)
{
    char program[PATH_MAX];
    size_t own = objects->count;
    snprintf(program, sizeof program, "%s/check", folder);
    int status = add_check(toolchain, lesson, folder, objects, said);
    if (status)
        return status;
    const char *check = objects->list[objects->count - 1];
    add_cores(toolchain, lesson->replaces, objects);
    status = link_program(toolchain, objects, program, said);
    if (status > 0)
        explain_link(toolchain, lesson, objects, own, check, folder, said);
    return status;
}

int build_check(const struct toolchain *toolchain, const struct lesson *lesson,
                int step, const char *source, const char *folder,
                struct buffer *said)
{
    char object[PATH_MAX];
    struct arguments objects = {0};
    snprintf(object, sizeof object, "%s/learner.o", folder);
    if (file_write((struct slice){"", 0}, "%s/.folder", folder))
        return -EIO;
    int status = compile(toolchain, lesson, step, source, object, said);
    if (!status) {
        arguments_add(&objects, "%s", object);
        status = compile_given(toolchain, lesson, step, folder, &objects, said);
    }
    if (!status)
        status = link_check(toolchain, lesson, &objects, folder, said);
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
    int status = compile(toolchain, lesson, lesson->count, path, object, said);
    if (!status) {
        arguments_add(&objects, "%s", object);
        add_cores(toolchain, NULL, &objects);
        status = link_program(toolchain, &objects, program, said);
    }
    arguments_deinit(&objects);
    return status > 0 ? 1 : status;
}

/* ---- for the race ---- */

static int compile_into(const struct toolchain *toolchain,
                        const struct lesson *lesson, const char *source,
                        const char *object, struct arguments *objects,
                        struct buffer *said)
{
    arguments_add(objects, "%s", object);
    return compile(toolchain, lesson, lesson->count, source, object, said);
}

/* The learner's object and the adapter's as one; `object` is replaced by it. */
static int build_model(const struct toolchain *toolchain,
                       const struct lesson *lesson, const char *folder,
                       struct arguments *objects, struct buffer *said)
{
    char adapter[PATH_MAX], object[PATH_MAX], joined[PATH_MAX];
    snprintf(adapter, sizeof adapter, "%s/%s", lesson->folder, lesson->model);
    snprintf(object, sizeof object, "%s/mine.o", folder);
    snprintf(joined, sizeof joined, "%s/model.o", folder);
    int status =
        compile_into(toolchain, lesson, adapter, object, objects, said);
    if (!status)
        status = join(toolchain, objects, joined, said);
    if (!status)
        status = find_missing(lesson, joined, said);
    arguments_deinit(objects);
    arguments_add(objects, "%s", joined);
    return status;
}

int build_race(const struct toolchain *toolchain, const struct lesson *lesson,
               const char *source, const char *folder, struct buffer *said)
{
    char object[PATH_MAX], program[PATH_MAX];
    struct arguments objects = {0};
    snprintf(object, sizeof object, "%s/learner.o", folder);
    snprintf(program, sizeof program, "%s/waitlab", folder);
    if (file_write((struct slice){"", 0}, "%s/.folder", folder))
        return -EIO;
    int status =
        compile_into(toolchain, lesson, source, object, &objects, said);
    if (!status)
        status = compile_given(toolchain, lesson, lesson->count, folder,
                               &objects, said);
    if (!status && lesson->model)
        status = build_model(toolchain, lesson, folder, &objects, said);
    if (!status) {
        add_all(&objects, toolchain, "program", "");
        add_cores(toolchain, lesson->replaces, &objects);
        status = link_program(toolchain, &objects, program, said);
    }
    arguments_deinit(&objects);
    return status > 0 ? 1 : status;
}
