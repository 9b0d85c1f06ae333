/* SPDX-License-Identifier: MIT */
/* `solution` and `diff`: ours, for comparison. */
#include "lessons/tool/commands.h"

#include "lessons/tool/files.h"
#include "lessons/tool/learner/git.h"
#include "lessons/tool/session.h"
#include "lessons/tool/style.h"

#include <errno.h>
#include <stdio.h>

/* Prints how the second file differs from the first. */
static int print_diff(const char *from, const char *to)
{
    struct arguments diff = {0};
    struct buffer out = {0};
    static const char *const words[] = {"diff", "--no-index", "--no-prefix",
                                        "--no-ext-diff", "--no-textconv"};
    git_begin(&diff);
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        arguments_add(&diff, "%s", words[i]);
    arguments_add(&diff, "--color=%s",
                  *style_on(STYLE_GOOD) ? "always" : "never");
    arguments_add(&diff, "--");
    arguments_add(&diff, "%s", from);
    arguments_add(&diff, "%s", to);
    int status = arguments_run(&diff, &out, &out);
    (void)style_put(&out, stdout);
    if (status == 0)
        puts("There is no difference.");
    if (status < 0)
        fprintf(stderr, "lab: git diff: %s\n", strerrordesc_np(-status));
    arguments_deinit(&diff);
    buffer_deinit(&out);
    return status == 0 || status == 1 ? 0 : 1;
}

/* Writes a generated text of the step beside the learner's file. */
static int write_text(const struct session *session, int step, int solved,
                      const char *name, char path[PATH_MAX])
{
    struct buffer text = {0}, why = {0};
    snprintf(path, PATH_MAX, "%s/%s/%s-%d.c", session->place->work,
             session->lesson->name, name, session->step);
    int error = lesson_text(session->lesson, step, solved, &text, &why);
    if (!error)
        error = file_write(buffer_slice(&text), "%s", path);
    if (error && !why.size)
        buffer_print(&why, "%s: %s", path, strerrordesc_np(-error));
    if (error)
        style_complain(&why);
    buffer_deinit(&text);
    buffer_deinit(&why);
    return error;
}

/* Shown to a learner who has passed, or who asks a second time. */
static int solution(struct session *session)
{
    struct progress *progress = &session->progress;
    const char *name = session->lesson->name;
    int step = session->step;
    char starter[PATH_MAX], solved[PATH_MAX];
    bool may = progress_count(progress, "passed", name, step) ||
               progress_count(progress, "asked", name, step);
    if (!may) {
        progress_note(progress, "asked", name, step, NULL);
        printf("%s.%d has not passed yet.\n", name, step);
        style_print("Have you seen all hints? Ask once more, and ours is "
                    "shown.",
                    0);
        return session_save(session) ? 1 : 0;
    }
    if (write_text(session, step, step - 1, "starter", starter) ||
        write_text(session, step, step, "solution", solved))
        return 1;
    int status = print_diff(starter, solved);
    printf("\nThis is what ours adds to the starter. All of it: %s\n", solved);
    return status;
}

static int diff(struct session *session)
{
    const struct progress *progress = &session->progress;
    int step = session->step, stands_at = step;
    char solved[PATH_MAX];
    /* Compares with the step that is in the learner's file, because its
     * scaffold is there, too. */
    if (!strcmp(progress->lesson, session->lesson->name) &&
        progress->step > step)
        stands_at = progress->step;
    if (!progress_count(progress, "passed", session->lesson->name, step)) {
        puts("First make it pass; then compare it with ours.");
        return 1;
    }
    return write_text(session, stands_at, step, "solution", solved)
               ? 1
               : print_diff(session->file, solved);
}

int solution_main(const struct place *place, int argc, char **argv)
{
    return session_run(place, argc, argv, solution);
}

int diff_main(const struct place *place, int argc, char **argv)
{
    return session_run(place, argc, argv, diff);
}
