/* SPDX-License-Identifier: MIT */
#include "lessons/tool/program/build.h"

#include "lessons/tool/files.h"
#include "lessons/tool/program/objects.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>

/* ---- the check ---- */

/* A lesson from elsewhere: its check is compiled when it is first needed, and
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
    if (!toolchain_is_stale(toolchain, lesson, object))
        return 0;
    toolchain_add_compiler(&cxx, toolchain, "cxx");
    arguments_add(&cxx, "-std=c++17");
    arguments_add(&cxx, "-D_GNU_SOURCE");
    arguments_add(&cxx, "-g");
    toolchain_add(&cxx, toolchain, "flag", "");
    toolchain_add(&cxx, toolchain, "include", "-I");
    arguments_add(&cxx, "-I%s", lesson->folder);
    arguments_add(&cxx, "-c");
    arguments_add(&cxx, "%s", source);
    arguments_add(&cxx, "-o");
    arguments_add(&cxx, "%s", object);
    status = arguments_run(&cxx, said, said);
    arguments_deinit(&cxx);
    return status;
}

/* The check of one of the lab's own lessons. ./lab builds those of the lessons
 * that are begun, but `next` may lead into another lesson. Only one lab builds
 * at a time. */
static int make_check(const struct toolchain *toolchain,
                      const struct lesson *lesson, struct slice object,
                      struct buffer *said)
{
    struct arguments make = {0};
    struct buffer chat = {0};
    if (file_exists("%.*s", (int)object.size, object.data))
        return 0;
    arguments_add(&make, "flock");
    arguments_add(&make, "%s/../.lock", toolchain->folder);
    arguments_add(&make, "ninja");
    arguments_add(&make, "-C");
    arguments_add(&make, "%s", toolchain->folder);
    arguments_add(&make, "lesson_%s_check", lesson->name);
    int status = arguments_run(&make, &chat, &chat);
    if (status)
        buffer_append(said, chat.data, chat.size);
    buffer_lack(said, &chat);
    buffer_deinit(&chat);
    arguments_deinit(&make);
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
    toolchain_add(link, toolchain, "runner", "");
    toolchain_add(link, toolchain, "link", "");
    toolchain_add(link, toolchain, "object", "");
    if (!toolchain_named(toolchain, "check", source, &value))
        return compile_check(toolchain, lesson, source, folder, link, said);
    arguments_add(link, "%.*s", (int)value.size, value.data);
    return make_check(toolchain, lesson, value, said);
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
    arguments_add_first(&objects, all, own);
    arguments_add(&objects, "%s", check);
    if (!objects_join(toolchain, &objects, joined, &ignored))
        (void)objects_find_missing(lesson, joined, said);
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
    if (objects->incomplete)
        return -ENOMEM;
    const char *check = objects->list[objects->count - 1];
    toolchain_add_cores(toolchain, lesson->core.objects, objects);
    status = toolchain_link(toolchain, objects, program, said);
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
    int status = file_write((struct slice){"", 0}, "%s/.folder", folder);
    if (!status)
        status =
            toolchain_compile(toolchain, lesson, step, source, object, said);
    if (!status)
        status = objects_watch(toolchain, object, said);
    if (!status) {
        arguments_add(&objects, "%s", object);
        status = toolchain_compile_given(toolchain, lesson, step, folder,
                                         &objects, said);
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
    int status = file_write((struct slice){"", 0}, "%s", object);
    if (!status)
        status = toolchain_compile(toolchain, lesson, lesson->count, path,
                                   object, said);
    if (!status) {
        arguments_add(&objects, "%s", object);
        toolchain_add_cores(toolchain, NULL, &objects);
        status = toolchain_link(toolchain, &objects, program, said);
    }
    arguments_deinit(&objects);
    return status > 0 ? 1 : status;
}
