/* SPDX-License-Identifier: MIT */
#include "lessons/tool/program/build.h"

#include "lessons/tool/files.h"
#include "lessons/tool/program/objects.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>

static int compile_into(const struct toolchain *toolchain,
                        const struct lesson *lesson, const char *source,
                        const char *object, struct arguments *objects,
                        struct buffer *said)
{
    arguments_add(objects, "%s", object);
    return toolchain_compile(toolchain, lesson, lesson->count, source, object,
                             said);
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
        status = objects_join(toolchain, objects, joined, said);
    if (!status)
        status = objects_find_missing(lesson, joined, said);
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
    int status = file_write((struct slice){"", 0}, "%s/.folder", folder);
    if (!status)
        status =
            compile_into(toolchain, lesson, source, object, &objects, said);
    if (!status)
        status = toolchain_compile_given(toolchain, lesson, lesson->count,
                                         folder, &objects, said);
    if (!status && lesson->model)
        status = build_model(toolchain, lesson, folder, &objects, said);
    if (!status) {
        toolchain_add(&objects, toolchain, "program", "");
        toolchain_add_cores(toolchain, lesson->core.objects, &objects);
        status = toolchain_link(toolchain, &objects, program, said);
    }
    arguments_deinit(&objects);
    return status > 0 ? 1 : status;
}
