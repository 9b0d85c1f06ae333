/* SPDX-License-Identifier: MIT */
/* `next`: looks whether the step passes, and goes on, in the learner's own
 * file. */
#include "lessons/tool/commands.h"
#include "lessons/tool/files.h"
#include "lessons/tool/learner/arrive.h"
#include "lessons/tool/learner/check.h"
#include "lessons/tool/learner/merge.h"
#include "lessons/tool/learner/own_file.h"
#include "lessons/tool/learner/start.h"
#include "lessons/tool/program/scratch.h"
#include "lessons/tool/style.h"

#include <stdio.h>

/* The texts of a merge. */
struct texts {
    struct buffer mine, base, theirs, merged;
};

static int read_texts(const struct session *session, struct texts *texts,
                      struct buffer *why)
{
    const struct lesson *lesson = session->lesson;
    int step = session->step;
    int error = file_read(&texts->mine, "%s", session->file);
    if (error)
        buffer_print(why, "%s: %s", session->file, strerrordesc_np(-error));
    if (!error)
        error = lesson_text(lesson, step, step - 1, &texts->base, why);
    if (!error)
        error = lesson_text(lesson, step + 1, step - 1, &texts->theirs, why);
    return error;
}

/* How many conflicts are left in the merged text, or a negative errno. */
static int merge_texts(const struct session *session, struct texts *texts,
                       struct buffer *why)
{
    struct scratch scratch;
    int error = scratch_take(&scratch, session->place->work, why);
    if (error)
        return error;
    int conflicts = merge_text(
        buffer_slice(&texts->mine), buffer_slice(&texts->base),
        buffer_slice(&texts->theirs), scratch.folder, &texts->merged, why);
    scratch_leave(&scratch);
    return conflicts;
}

/* What the next step brings, made in the learner's own file. The session is at
 * that step then. How many conflicts it left, or a negative errno after saying
 * so. */
static int merge_next(struct session *session)
{
    struct texts texts = {0};
    struct buffer why = {0};
    int error = read_texts(session, &texts, &why);
    int conflicts = error ? error : merge_texts(session, &texts, &why);
    if (conflicts < 0)
        style_complain(&why);
    if (conflicts >= 0) {
        session->step++;
        error = own_file_go_on(session, buffer_slice(&texts.merged));
    }
    buffer_deinit(&texts.mine);
    buffer_deinit(&texts.base);
    buffer_deinit(&texts.theirs);
    buffer_deinit(&texts.merged);
    buffer_deinit(&why);
    return error ? error : conflicts;
}

static int go_on(struct session *session)
{
    struct buffer aside = {0};
    if (own_file_keep_aside(session, &aside))
        return 1;
    int conflicts = merge_next(session);
    if (conflicts > 0)
        printf("The next step touches lines that you have changed. %s in\n%s\n"
               "between <<<<<<< and >>>>>>>: yours, then what comes. Make one "
               "of the two.\nWhat you had is kept in %.*s\n\n",
               conflicts == 1 ? "Look" : "Look at each place", session->file,
               (int)aside.size, aside.data);
    buffer_deinit(&aside);
    return conflicts < 0 ? 1 : arrive(session);
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
    printf(" The next one is %s, %s.\n\n", lesson[1]->name, lesson[1]->title);
    return session_choose(session, lesson[1]->name) ? 1 : start_chosen(session);
}

static int next(struct session *session)
{
    const char *name = session->lesson->name;
    int last = session->lesson->count;
    if (!check_quietly(session))
        return session->step == last ? next_lesson(session) : go_on(session);
    printf("\n%s.%d has not passed yet.\n", name, session->step);
    if (session->step < last)
        printf("To go on from our solution instead: ./lab reset %s.%d\n", name,
               session->step + 1);
    return 1;
}

/* In a step that has passed a moment ago: without a look. */
static int next_checked(struct session *session)
{
    int step = own_file_step(session);
    if (step < 0)
        return 1;
    if (!step)
        return next(session);
    session->step = step;
    return step == session->lesson->count ? next_lesson(session)
                                          : go_on(session);
}

int next_main(const struct place *place, int argc, char **argv)
{
    if (argc == 2 && !strcmp(argv[1], "--checked"))
        return session_run(place, 1, argv, next_checked);
    if (argc == 1)
        return session_run(place, argc, argv, next);
    fputs("usage: ./lab next\n", stderr);
    return 2;
}
