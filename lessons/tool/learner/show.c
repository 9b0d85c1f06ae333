/* SPDX-License-Identifier: MIT */
#include "lessons/tool/learner/show.h"

#include "base/program.h"
#include "lessons/tool/program/build.h"
#include "lessons/tool/program/scratch.h"
#include "lessons/tool/style.h"

#include <errno.h>
#include <stdio.h>

static int build_and_run(const struct session *session, const char *source,
                         const char *folder, struct buffer *said)
{
    struct toolchain toolchain = {0};
    struct buffer out = {0};
    struct arguments run = {0};
    char program[PATH_MAX];
    snprintf(program, sizeof program, "%s/program", folder);
    int status = toolchain_load(&toolchain, session->place->build, said);
    if (!status)
        status =
            build_program(&toolchain, session->lesson, source, program, said);
    if (status) {
        struct slice reason = buffer_reason(said);
        fprintf(stderr, "lab: %.*s\n", (int)reason.size, reason.data);
    } else {
        arguments_add(&run, "%s", program);
        status = arguments_run(&run, &out, &out);
        (void)style_put(&out, stdout);
    }
    arguments_deinit(&run);
    buffer_deinit(&out);
    toolchain_deinit(&toolchain);
    return status;
}

int show_program(const struct session *session, const char *source)
{
    struct scratch scratch;
    struct buffer said = {0};
    int status = scratch_take(&scratch, session->place->work, &said);
    if (status) {
        style_complain(&said);
    } else {
        status = build_and_run(session, source, scratch.folder, &said);
        scratch_leave(&scratch);
    }
    buffer_deinit(&said);
    return status;
}

int show_answer(const struct session *session, struct slice guess)
{
    const struct predict *predict =
        &session->lesson->steps[session->step].predict;
    int status = predict->program ? show_program(session, predict->program) : 0;
    if (status)
        return status;
    putchar('\n');
    struct buffer text = {0};
    if (guess.size)
        buffer_print(&text, "Your guess: %.*s\n", (int)guess.size, guess.data);
    buffer_print(&text, "The answer: %s%s.%s\n", style_on(STYLE_STRONG),
                 predict->answer, style_off());
    if (buffer_terminate(&text) == 0)
        style_print(text.data, 0);
    status = buffer_lacks(&text);
    buffer_deinit(&text);
    if (predict->because)
        style_print(predict->because, 0);
    return status;
}
