/* SPDX-License-Identifier: MIT */
#include "lessons/tool/show.h"

#include "base/program.h"
#include "lessons/tool/build.h"

#include <stdio.h>

int show_program(const struct session *session, const char *source)
{
    struct toolchain toolchain = {0};
    struct buffer said = {0}, out = {0};
    struct arguments run = {0};
    char program[PATH_MAX];
    snprintf(program, sizeof program, "%s/.check/program",
             session->place->work);
    int status = toolchain_load(&toolchain, session->place->build, &said);
    if (!status)
        status =
            build_program(&toolchain, session->lesson, source, program, &said);
    if (status) {
        fprintf(stderr, "lab: %.*s\n", (int)said.size, said.data);
    } else {
        arguments_add(&run, "%s", program);
        status = arguments_run(&run, &out, &out);
        printf("%.*s", (int)out.size, out.data);
    }
    arguments_deinit(&run);
    buffer_deinit(&out);
    buffer_deinit(&said);
    toolchain_deinit(&toolchain);
    return status;
}
