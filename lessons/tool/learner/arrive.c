/* SPDX-License-Identifier: MIT */
#include "lessons/tool/learner/arrive.h"

#include "lessons/tool/files.h"
#include "lessons/tool/program/toolchain.h"

#include <stdint.h>
#include <stdio.h>
#include <time.h>

/* Lets editors show errors in place. If it fails the learner only sees them
 * later, in the check, so the error is ignored. */
static void tell_editors(const struct session *session)
{
    struct toolchain toolchain = {0};
    struct buffer flags = {0}, why = {0};
    if (!toolchain_load(&toolchain, session->place->build, &why)) {
        toolchain_flags(&toolchain, session->lesson, &flags);
        if (!buffer_lacks(&flags))
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
    puts("  then   ./lab learn");
    if (step->predict.question)
        printf("\nFirst, what do you think?  ./lab predict\n");
}

/* When it was, for `status --json` and the teacher who reads it. A learner who
 * comes back on another day begins once more. */
static void note_beginning(struct session *session)
{
    enum { A_WHILE = 12 * 60 * 60 };
    const char *lesson = session->lesson->name;
    int64_t since = progress_since(&session->progress, lesson, session->step);
    char moment[32];
    time_t now = time(NULL);
    struct tm utc;
    if (since >= 0 && since < A_WHILE)
        return;
    if (strftime(moment, sizeof moment, PROGRESS_MOMENT, gmtime_r(&now, &utc)))
        progress_note(&session->progress, "began", lesson, session->step,
                      moment);
}

int arrive(struct session *session)
{
    note_beginning(session);
    progress_move(&session->progress, session->lesson->name, session->step);
    if (session_save(session))
        return 1;
    tell_editors(session);
    print_step(session);
    return 0;
}
