/* SPDX-License-Identifier: MIT */
/* `list`, `start`, `next`, `reset`, `hint`: from step to step. */
#include "lessons/tool/commands.h"

#include "lessons/tool/build.h"
#include "lessons/tool/files.h"
#include "lessons/tool/merge.h"
#include "lessons/tool/session.h"
#include "lessons/tool/style.h"

#include <errno.h>
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
    bool all = argc < 2 || strcmp(argv[1], "--short") != 0;
    struct session session;
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

/* ---- start and reset ---- */

/* So that an editor shows errors in place. Without it a learner only sees them
 * later, in the check: no reason to stop. */
static void tell_editors(const struct session *session)
{
    struct toolchain toolchain = {0};
    struct buffer flags = {0}, why = {0};
    if (!toolchain_load(&toolchain, session->place->build, &why)) {
        toolchain_flags(&toolchain, session->lesson, &flags);
        file_write(buffer_slice(&flags), "%s/compile_flags.txt",
                   session->place->work);
    }
    toolchain_deinit(&toolchain);
    buffer_deinit(&flags);
    buffer_deinit(&why);
}

static void print_step(const struct session *session)
{
    const struct step *step = &session->lesson->steps[session->step];
    printf("%s.%d  %s, %d minutes\n\n"
           "  read   %s/README.md, step %d\n"
           "  write  %s\n",
           session->lesson->name, session->step, step->name, step->minutes,
           session->lesson->folder, session->step, session->file);
    for (size_t i = 0; step->functions[i]; i++)
        printf("         %s\n", step->functions[i]);
    puts("  then   ./lab check");
    if (step->predict.question)
        printf("\nFirst, what do you think?  ./lab predict\n");
}

static int start(struct session *session)
{
    if (session_start(session))
        return 1;
    tell_editors(session);
    print_step(session);
    return 0;
}

int start_main(const struct place *place, int argc, char **argv)
{
    if (argc == 2)
        return session_run(place, argc, argv, start);
    fputs("usage: ./lab start STEP, such as E0.1\n", stderr);
    return 2;
}

int reset_main(const struct place *place, int argc, char **argv)
{
    return session_run(place, argc, argv, start);
}

/* ---- next ---- */

/* What the next step brings, made in the learner's own file. How many conflicts
 * it left, or a negative errno after saying so. */
static int merge_next(const struct session *session)
{
    const struct lesson *lesson = session->lesson;
    int step = session->step, conflicts = 0;
    struct buffer mine = {0}, base = {0}, theirs = {0}, merged = {0}, why = {0};
    char folder[PATH_MAX];
    snprintf(folder, sizeof folder, "%s/.check", session->place->work);
    int error = file_read(&mine, "%s", session->file);
    if (error)
        buffer_print(&why, "%s: %s", session->file, strerrordesc_np(-error));
    if (!error)
        error = lesson_text(lesson, step, step - 1, &base, &why);
    if (!error)
        error = lesson_text(lesson, step + 1, step - 1, &theirs, &why);
    if (!error) {
        conflicts = merge_text(buffer_slice(&mine), buffer_slice(&base),
                               buffer_slice(&theirs), folder, &merged, &why);
        error = conflicts < 0 ? conflicts : 0;
    }
    if (!error)
        error = file_keep(buffer_slice(&merged), "%s", session->file);
    if (error)
        style_complain(&why);
    buffer_deinit(&mine);
    buffer_deinit(&base);
    buffer_deinit(&theirs);
    buffer_deinit(&merged);
    buffer_deinit(&why);
    return error ? error : conflicts;
}

static int go_on(struct session *session)
{
    struct buffer aside = {0};
    if (session_keep_aside(session, &aside))
        return 1;
    int conflicts = merge_next(session);
    if (conflicts > 0)
        printf("The next step touches lines that you have changed. %s in\n%s\n"
               "between <<<<<<< and >>>>>>>: yours, then what comes. Make one "
               "of the two.\nWhat you had is kept in %.*s\n\n",
               conflicts == 1 ? "Look" : "Look at each place", session->file,
               (int)aside.size, aside.data);
    buffer_deinit(&aside);
    if (conflicts < 0)
        return 1;
    session->progress.step = ++session->step;
    if (session_save(session))
        return 1;
    tell_editors(session);
    print_step(session);
    return 0;
}

static int next_lesson(struct session *session)
{
    struct lesson **lesson = session->lessons;
    while (*lesson != session->lesson)
        lesson++;
    printf("%s is finished.", session->lesson->name);
    if (!lesson[1]) {
        puts(" It was the last lesson that there is.");
        return 0;
    }
    printf(" The next one is %s, %s:  ./lab start %s.1\n", lesson[1]->name,
           lesson[1]->title, lesson[1]->name);
    return 0;
}

static int next(struct session *session)
{
    const char *name = session->lesson->name;
    int last = session->lesson->count;
    if (is_passed(session, session->lesson, session->step))
        return session->step == last ? next_lesson(session) : go_on(session);
    printf("%s.%d has not passed yet: ./lab check\n", name, session->step);
    if (session->step < last)
        printf("To go on from our solution instead: ./lab start %s.%d\n", name,
               session->step + 1);
    return 1;
}

int next_main(const struct place *place, int argc, char **argv)
{
    if (argc == 1)
        return session_run(place, argc, argv, next);
    fputs("usage: ./lab next\n", stderr);
    return 2;
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
