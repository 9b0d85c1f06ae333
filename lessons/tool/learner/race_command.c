/* SPDX-License-Identifier: MIT */
/* `race`, `fetch` and `timeline`: the lab's program, with what the learner has
 * written in it. */
#include "lessons/tool/commands.h"

#include "base/path.h"
#include "base/program.h"
#include "lessons/tool/files.h"
#include "lessons/tool/program/build.h"
#include "lessons/tool/session.h"
#include "lessons/tool/style.h"
#include "lessons/tool/tell/tell.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* ---- is it all there? ---- */

/* The function of the lesson in whose body this line is, if the line that
 * begins a function is the last one that names any; else NULL. */
static const char *function_at(const struct lesson *lesson, const char *line)
{
    for (int i = 1; i <= lesson->count; i++)
        for (size_t j = 0; lesson->steps[i].functions[j]; j++) {
            const char *name = lesson->steps[i].functions[j];
            const char *at = strstr(line, name);
            if (at && at[strlen(name)] == '(' &&
                (at == line || at[-1] == ' ' || at[-1] == '*'))
                return name;
        }
    return NULL;
}

/* Reports a hole in a step on which others are built: that step comes first. */
static bool find_holes(const struct session *session, char *text)
{
    static const char mark[] = "YOUR_CODE(";
    const char *function = NULL;
    int number = 0;
    for (char *line; (line = strsep(&text, "\n"));) {
        number++;
        const char *code = line + strspn(line, " \t");
        if (code == line && *line && !strchr("#/*{}", *line)) {
            const char *begins = function_at(session->lesson, line);
            function = begins ? begins : function;
        }
        if (!function || strncmp(code, mark, sizeof mark - 1))
            continue;
        int step = lesson_step_of_function(session->lesson, function);
        if (!session->lesson->steps[step].spine)
            continue;
        fprintf(
            stderr,
            "lab: %s is not written yet (step %d, %s:%d).\nThere is nothing "
            "to race before that.\n",
            function, step, path_base_name(session->file), number);
        return true;
    }
    return false;
}

/* The first step on which others are built that is not in the file yet; or
 * 0. */
static int step_to_come(const struct session *session)
{
    const struct progress *progress = &session->progress;
    if (strcmp(progress->lesson, session->lesson->name))
        return 0; /* what is missing in the file will show */
    for (int i = progress->step + 1; i <= session->lesson->count; i++)
        if (session->lesson->steps[i].spine)
            return i;
    return 0;
}

static bool is_ready(const struct session *session)
{
    const struct lesson *lesson = session->lesson;
    struct buffer text = {0};
    int step = step_to_come(session);
    int error = file_read(&text, "%s", session->file);
    if (!error)
        error = buffer_terminate(&text);
    bool ready = !error && !find_holes(session, text.data);
    buffer_deinit(&text);
    if (!lesson_is_raced(lesson))
        fprintf(stderr, "lab: what %s makes cannot be raced\n", lesson->name);
    else if (error && error != -ENOENT)
        fprintf(stderr, "lab: %s: %s\n", session->file,
                strerrordesc_np(-error));
    else if (error)
        fprintf(stderr,
                "lab: there is nothing of yours in %s yet. It begins with: "
                "./lab start %s\n",
                lesson->name, lesson->name);
    else if (ready && step)
        fprintf(stderr,
                "lab: step %d (%s) comes first.\nThere is nothing to race "
                "before that.\n",
                step, lesson->steps[step].name);
    else
        return ready;
    return false;
}

/* ---- does it print? ---- */

static bool prints(const char *line)
{
    static const char *const calls[] = {"printf(", "puts(", "putchar("};
    for (size_t i = 0; i < sizeof calls / sizeof *calls; i++) {
        const char *at = strstr(line, calls[i]);
        if (at && (at == line || at[-1] == ' ' || at[-1] == '\t'))
            return true;
    }
    return false;
}

/* A learner who prints to see what happens looks for the output, and printing
 * costs time. */
static void note_prints(const struct session *session)
{
    struct buffer text = {0};
    int number = 0;
    bool found = false;
    if (!file_read(&text, "%s", session->file) && !buffer_terminate(&text)) {
        char *rest = text.data;
        for (char *line; !found && (line = strsep(&rest, "\n"));) {
            number++;
            found = prints(line);
        }
    }
    if (found)
        fprintf(stderr,
                "lab: what your code prints goes nowhere in a race, and takes "
                "time:\n  %s:%d\n",
                session->file, number);
    buffer_deinit(&text);
}

/* ---- building ---- */

static void tell(const struct session *session, struct buffer *said)
{
    struct finding finding = {.verdict = VERDICT_NOT_COMPILING};
    struct buffer text = {0};
    if (buffer_terminate(said))
        return;
    finding.message = said->data;
    finding_tell(&finding, session->lesson, session->file, style_columns(),
                 &text);
    (void)style_put(&text, stderr);
    buffer_deinit(&text);
}

/* The program, as an absolute path: it is run elsewhere. */
static int build(const struct session *session, char program[PATH_MAX])
{
    struct toolchain toolchain = {0};
    struct buffer said = {0};
    char folder[PATH_MAX - 64], path[PATH_MAX];
    snprintf(folder, sizeof folder, "%s/.race/%s", session->place->work,
             session->lesson->name);
    snprintf(path, sizeof path, "%s/waitlab", folder);
    int status = toolchain_load_race(&toolchain, session->place->build, &said);
    if (!status)
        status = build_race(&toolchain, session->lesson, session->file, folder,
                            &said);
    if (status == 1) {
        tell(session, &said);
    } else if (status) {
        style_complain(&said);
    } else if (!realpath(path, program)) {
        status = -errno;
        fprintf(stderr, "lab: %s: %s\n", path, strerrordesc_np(-status));
    }
    toolchain_deinit(&toolchain);
    buffer_deinit(&said);
    return status;
}

/* ---- running ---- */

/* Do the arguments ask for another setting than the lesson's? */
static bool is_setting(const char *word)
{
    static const char *const settings[] = {
        "-c", "-n", "-k", "--q", "--conc", "--req", "--del", "--keep",
    };
    for (size_t i = 0; i < sizeof settings / sizeof *settings; i++)
        if (!strncmp(word, settings[i], strlen(settings[i])))
            return true;
    return false;
}

static void add_lesson_options(const struct lesson *lesson, int argc,
                               char **argv, struct arguments *words)
{
    const char *at = lesson->race.options;
    if (lesson->race.beside) {
        arguments_add(words, "--models");
        arguments_add(words, "%s", lesson->race.beside);
    }
    for (int i = 2; i < argc; i++)
        if (is_setting(argv[i]))
            return;
    while (at && *(at += strspn(at, " "))) {
        int size = (int)strcspn(at, " ");
        arguments_add(words, "%.*s", size, at);
        at += size;
    }
}

/* A core is raced, and drawn, under the lab's own client; a model is its own
 * client. */
static void compose(const struct session *session, const char *program,
                    int argc, char **argv, struct arguments *words)
{
    const struct lesson *lesson = session->lesson;
    bool race = !strcmp(argv[0], "race");
    bool beside_ours = strcmp(argv[0], "fetch") && lesson_has_core(lesson);
    char ours[PATH_MAX], path[PATH_MAX];
    snprintf(path, sizeof path, "%s/bin/waitlab", session->place->build);
    if (!beside_ours || !realpath(path, ours))
        snprintf(ours, sizeof ours, "%s", program);
    arguments_add(words, "%s", ours);
    arguments_add(words, "%s", argv[0]);
    if (beside_ours) {
        arguments_add(words, "--mine");
        arguments_add(words, "%s=%s", lesson_contestant(lesson), program);
    } else if (!race) {
        arguments_add(words, "--model");
        arguments_add(words, "%s", lesson_contestant(lesson));
    }
    if (race)
        add_lesson_options(lesson, argc, argv, words);
    for (int i = 2; i < argc; i++)
        arguments_add(words, "%s", argv[i]);
}

/* Becomes the program, in the folder in which the command was given. It is the
 * lab's own, and gets what ./lab would give it: all of our environment. */
static int become(const struct session *session, const char *program, int argc,
                  char **argv)
{
    struct arguments words = {0};
    compose(session, program, argc, argv, &words);
    errno = ENOMEM;
    if (!words.incomplete && !fchdir(session->place->began_in))
        execv(words.list[0], words.list);
    fprintf(stderr, "lab: %s: %s\n", program, strerrordesc_np(errno));
    arguments_deinit(&words);
    return 1;
}

int race_mine_main(const struct place *place, int argc, char **argv)
{
    struct session session;
    char program[PATH_MAX];
    int status = 2;
    if (argc < 2) {
        fprintf(stderr, "usage: ./lab %s --mine LESSON [options]\n", argv[0]);
        return 2;
    }
    if (session_open(&session, place))
        return 1;
    bool ready = !session_choose(&session, argv[1]) && is_ready(&session);
    if (ready && strcmp(argv[0], "fetch") != 0)
        note_prints(&session);
    if (ready)
        status = build(&session, program)
                     ? 1
                     : become(&session, program, argc, argv);
    session_close(&session);
    return status;
}
