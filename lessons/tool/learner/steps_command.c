/* SPDX-License-Identifier: MIT */
/* `list` and `hint`. */
#include "lessons/tool/commands.h"

#include "lessons/tool/session.h"
#include "lessons/tool/style.h"

#include <stdio.h>

static bool is_passed(const struct session *session,
                      const struct lesson *lesson, int step)
{
    return progress_count(&session->progress, "passed", lesson->name, step) > 0;
}

/* ---- list ---- */

static void print_lesson(const struct session *session,
                         const struct lesson *lesson)
{
    const struct progress *progress = &session->progress;
    bool current = !strcmp(lesson->name, progress->lesson);
    printf("%s%s  %s%s\n", style_on(STYLE_STRONG), lesson->name, lesson->title,
           style_off());
    for (int i = 1; i <= lesson->count; i++) {
        const struct step *step = &lesson->steps[i];
        printf("  %s %s.%d  %-36s %3d min%s%s\n",
               is_passed(session, lesson, i) ? "x" : ".", lesson->name, i,
               step->name, step->minutes, step->spine ? "" : "  stretch",
               current && i == progress->step ? "  <- you are here" : "");
    }
}

static void print_line(const struct session *session,
                       const struct lesson *lesson)
{
    int passed = 0;
    for (int i = 1; i <= lesson->count; i++)
        passed += is_passed(session, lesson, i);
    printf("%s  %-40s %d of %d steps\n", lesson->name, lesson->title, passed,
           lesson->count);
}

/* --short: the steps of the current lesson only. */
int list_main(const struct place *place, int argc, char **argv)
{
    bool all = argc < 2;
    struct session session;
    if (argc > 2 || (!all && strcmp(argv[1], "--short") != 0)) {
        fputs("usage: ./lab list [--short]\n", stderr);
        return 2;
    }
    if (session_open(&session, place))
        return 1;
    for (struct lesson **lesson = session.lessons; *lesson; lesson++)
        if (all || !strcmp((*lesson)->name, session.progress.lesson))
            print_lesson(&session, *lesson);
        else
            print_line(&session, *lesson);
    printf("\nx passed   . open   ./lab start %s.1 begins anywhere\n",
           session.lessons[0]->name);
    session_close(&session);
    return 0;
}

/* ---- hint ---- */

static int hint(struct session *session)
{
    struct progress *progress = &session->progress;
    const char *name = session->lesson->name;
    const struct step *step = &session->lesson->steps[session->step];
    int rungs = 0;
    while (step->hints[rungs])
        rungs++;
    int shown = progress_count(progress, "hint", name, session->step);
    if (rungs == 0) {
        puts("This step has no hints.");
        return 0;
    }
    if (shown < rungs)
        progress_note(progress, "hint", name, session->step, NULL);
    else
        shown = rungs - 1;
    printf("Hint %d of %d\n\n", shown + 1, rungs);
    style_print(step->hints[shown], 2);
    if (shown + 1 == rungs)
        puts("\nThat was the last one. ./lab solution shows ours.");
    return session_save(session) ? 1 : 0;
}

int hint_main(const struct place *place, int argc, char **argv)
{
    return session_run(place, argc, argv, hint);
}
