/* SPDX-License-Identifier: MIT */
/* `play`: a lesson as a demonstration. On a terminal a key leads on from step
 * to step; on a pipe, or with --auto, all of them follow by themselves. */
#include "lessons/tool/commands.h"

#include "harness/arguments.h"
#include "lessons/tool/files.h"
#include "lessons/tool/style.h"
#include "lessons/tool/teacher/play_act.h"
#include "lessons/tool/teacher/play_check.h"
#include "lessons/tool/teacher/play_show.h"
#include "lessons/tool/teacher/play_told.h"
#include "lessons/tool/terminal_guard.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

static const char usage[] = "usage: ./lab play [LESSON [--auto] [--from N]]\n"
                            "       ./lab play --check\n";

/* ---- without keys ---- */

static int act_and_wait(struct session *session, const struct play_step *step)
{
    int status = 1;
    fflush(stdout);
    pid_t pid = fork();
    if (pid == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        _exit(play_act(session, step, style_columns()));
    }
    if (pid < 0) {
        fprintf(stderr, "lab: play: %s\n", strerrordesc_np(errno));
        return 1;
    }
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
        ;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

static int follow_step(struct session *session, const struct play *play, int i)
{
    const struct play_step *step = &play->steps[i];
    struct buffer text = {0};
    buffer_print(&text, "%s%s  %d of %d  %.*s%s\n\n", style_on(STYLE_STRONG),
                 session->lesson->name, i + 1, play->count,
                 (int)step->title.size, step->title.data, style_off());
    if (step->source.size) {
        play_append_source(&text, session->lesson, step);
        buffer_append(&text, "\n", 1);
    }
    play_append_told(&text, session->lesson, step, style_columns());
    int missing = !style_put(&text, stdout);
    buffer_deinit(&text);
    int status = play_step_acts(step) ? act_and_wait(session, step) : 0;
    if (status)
        printf("It ended with exit code %d; the play goes on.\n", status);
    putchar('\n');
    return status || missing;
}

static int follow(struct session *session, const struct play *play, int from)
{
    int failed = 0;
    for (int i = from; i < play->count; i++)
        failed += follow_step(session, play, i) != 0;
    if (failed)
        printf("%d of %d steps failed.\n", failed, play->count - from);
    return failed ? 1 : 0;
}

/* ---- what there is ---- */

static bool has_play(const struct lesson *lesson)
{
    return file_exists("%s/" PLAY_FILE, lesson->folder);
}

static int list(const struct session *session)
{
    puts("Lessons as demonstrations, for a projector:  ./lab play LESSON\n");
    for (struct lesson **lesson = session->lessons; *lesson; lesson++)
        if (has_play(*lesson))
            printf("  %-4s %s\n", (*lesson)->name, (*lesson)->title);
    return 0;
}

static int check_lesson(const struct session *session,
                        const struct lesson *lesson)
{
    struct play play;
    struct buffer why = {0};
    int missing = 1, error = play_load(&play, lesson, &why);
    if (error) {
        style_complain(&why);
    } else {
        missing = play_check(session, lesson, &play, &why);
        printf("%s: %d step%s, %d missing\n", lesson->name, play.count,
               play.count == 1 ? "" : "s", missing);
        (void)style_put(&why, stdout);
        play_deinit(&play);
    }
    buffer_deinit(&why);
    return missing;
}

static int check(const struct session *session)
{
    int missing = 0;
    for (struct lesson **lesson = session->lessons; *lesson; lesson++)
        if (has_play(*lesson))
            missing += check_lesson(session, *lesson);
    return missing ? 1 : 0;
}

/* ---- the command ---- */

struct play_options {
    const char *lesson;
    bool automatic, checks;
    size_t from; /* 1: the first step */
};

static int read_page(const char *text, size_t *page)
{
    if (argument_count(text, 1, PLAY_STEPS_MAX, page))
        return 0;
    fprintf(stderr, "lab: --from wants the number of a page, as 2, not %s\n",
            text);
    return -EINVAL;
}

static int read_options(struct play_options *options, int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        if (!strcmp(argv[i], "--auto"))
            options->automatic = true;
        else if (!strcmp(argv[i], "--check"))
            options->checks = true;
        else if (!strcmp(argv[i], "--from") && i + 1 < argc) {
            if (read_page(argv[++i], &options->from))
                return -EINVAL;
        } else if (argv[i][0] == '-' || options->lesson)
            return -EINVAL;
        else
            options->lesson = argv[i];
    }
    return options->checks && options->lesson ? -EINVAL : 0;
}

static int run_guarded(void *data)
{
    return play_show(data);
}

static int play_lesson(struct session *session, const struct play *play,
                       const struct play_options *options)
{
    int from = (int)options->from - 1;
    struct play_showing showing = {
        .session = session, .play = play, .from = from};
    if (from >= play->count) {
        fprintf(stderr, "lab: the play of %s has %d step%s\n",
                session->lesson->name, play->count,
                play->count == 1 ? "" : "s");
        return 2;
    }
    if (options->automatic || !isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO))
        return follow(session, play, from);
    int status = terminal_guard(run_guarded, &showing);
    if (status < 0)
        fprintf(stderr, "lab: play: %s\n", strerrordesc_np(-status));
    return status < 0 ? 1 : status;
}

static int load_and_play(struct session *session,
                         const struct play_options *options)
{
    struct play play;
    struct buffer why = {0};
    if (session_choose(session, options->lesson))
        return 2;
    int error = play_load(&play, session->lesson, &why);
    if (error)
        style_complain(&why);
    buffer_deinit(&why);
    if (error)
        return error == -ENOENT ? 2 : 1;
    int status = play_lesson(session, &play, options);
    play_deinit(&play);
    return status;
}

int play_main(const struct place *place, int argc, char **argv)
{
    struct session session;
    struct play_options options = {.from = 1};
    int status;
    if (read_options(&options, argc, argv)) {
        fputs(usage, stderr);
        return 2;
    }
    if (session_open(&session, place))
        return 1;
    if (options.checks)
        status = check(&session);
    else if (!options.lesson)
        status = list(&session);
    else
        status = load_and_play(&session, &options);
    session_close(&session);
    return status;
}
