/* SPDX-License-Identifier: MIT */
#include "lessons/tool/program/objects.h"

#include <stdlib.h>

/* The learner's objects as one, of which only models_mine is seen outside: its
 * functions may have the names of the lab's own. */
int objects_join(const struct toolchain *toolchain,
                 const struct arguments *objects, const char *joined,
                 struct buffer *said)
{
    struct arguments link = {0}, hide = {0};
    toolchain_add_compiler(&link, toolchain, "cc");
    arguments_add(&link, "-r");
    arguments_add(&link, "-nostdlib");
    arguments_add_first(&link, objects, objects->count);
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

int objects_watch(const struct toolchain *toolchain, const char *object,
                  struct buffer *said)
{
    struct arguments rename = {0};
    arguments_add(&rename, "objcopy");
    toolchain_add(&rename, toolchain, "calls", "--redefine-syms=");
    arguments_add(&rename, "%s", object);
    int status = arguments_run(&rename, said, said);
    arguments_deinit(&rename);
    return status;
}

/* What of the lesson's functions the objects call and do not have. The linker
 * would take the lab's own function of that name and say nothing. */
int objects_find_missing(const struct lesson *lesson, const char *joined,
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
        status = buffer_terminate(&names);
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
