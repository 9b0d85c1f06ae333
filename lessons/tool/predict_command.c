/* SPDX-License-Identifier: MIT */
/* `predict`: first say what you think, then see it happen. And `wrong`: see a
 * known mistake happen. */
#include "lessons/tool/commands.h"

#include "lessons/tool/build.h"
#include "lessons/tool/files.h"
#include "lessons/tool/program.h"
#include "lessons/tool/session.h"
#include "lessons/tool/style.h"

#include <errno.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>

/* Builds a program of the lesson and runs it; prints what it prints. */
static int show(const struct session *session, const char *source)
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

/* ---- predict ---- */

static const struct predict *prediction(const struct session *session)
{
    return &session->lesson->steps[session->step].predict;
}

static int ask(struct session *session)
{
    char answer[256];
    style_print(prediction(session)->question, 0);
    printf("\n> ");
    fflush(stdout);
    if (!fgets(answer, sizeof answer, stdin))
        return 1;
    answer[strcspn(answer, "\n")] = '\0';
    if (!answer[0])
        return 1;
    progress_note(&session->progress, "predicted", session->lesson->name,
                  session->step, answer);
    if (session_save(session))
        return 1;
    puts("\nNoted. To see it happen:  ./lab predict --reveal");
    return 0;
}

static int reveal(struct session *session)
{
    const struct predict *predict = prediction(session);
    if (!progress_count(&session->progress, "predicted", session->lesson->name,
                        session->step)) {
        puts("Say first what you think: ./lab predict");
        return 1;
    }
    style_print(predict->question, 0);
    puts("");
    if (predict->program && show(session, predict->program))
        return 1;
    printf("\nThe answer: %s%s.%s\n", style_on(STYLE_STRONG), predict->answer,
           style_off());
    if (predict->because)
        style_print(predict->because, 0);
    return 0;
}

static int predict(struct session *session)
{
    if (!prediction(session)->question) {
        puts("This step has no question.");
        return 0;
    }
    return ask(session);
}

int predict_main(const struct place *place, int argc, char **argv)
{
    for (int i = 1; i < argc; i++)
        if (!strcmp(argv[i], "--reveal")) {
            argv[i] = argv[argc - 1];
            return session_run(place, argc - 1, argv, reveal);
        }
    return session_run(place, argc, argv, predict);
}

/* ---- wrong ---- */

/* lessons/E0/wrong/blocking-callback.c: its lesson and its name. */
static void print_wrong(const char *path)
{
    const char *slash = strrchr(path, '/');
    printf("  %.*s\n", (int)strcspn(slash + 1, "."), slash + 1);
}

static int find_wrong(struct session *session, const char *name, bool print)
{
    for (struct lesson **lesson = session->lessons; *lesson; lesson++) {
        char pattern[PATH_MAX];
        glob_t found = {0};
        bool match = false;
        snprintf(pattern, sizeof pattern, "%s/wrong/%s.c", (*lesson)->folder,
                 name);
        if (!glob(pattern, 0, NULL, &found)) {
            match = found.gl_pathc > 0;
            for (size_t i = 0; print && i < found.gl_pathc; i++)
                print_wrong(found.gl_pathv[i]);
        }
        globfree(&found);
        session->lesson = *lesson;
        if (match && !print)
            return 0;
    }
    return -ENOENT;
}

int wrong_main(const struct place *place, int argc, char **argv)
{
    struct session session;
    char source[NAME_MAX];
    int status = 2;
    if (session_open(&session, place))
        return 1;
    if (argc == 2 && !strpbrk(argv[1], "/*?[") &&
        !find_wrong(&session, argv[1], false)) {
        snprintf(source, sizeof source, "wrong/%s.c", argv[1]);
        status = show(&session, source);
    } else {
        puts("usage: ./lab wrong NAME. Known mistakes, to see them happen:");
        find_wrong(&session, "*", true);
    }
    session_close(&session);
    return status;
}
