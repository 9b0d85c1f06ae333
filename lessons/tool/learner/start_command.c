/* SPDX-License-Identifier: MIT */
/* `start`, `reset`, `restore`: where a learner begins, and begins again. */
#include "lessons/tool/learner/start.h"

#include "harness/arguments.h"
#include "lessons/tool/commands.h"
#include "lessons/tool/learner/arrive.h"
#include "lessons/tool/learner/ask.h"
#include "lessons/tool/learner/own_file.h"

#include <limits.h>
#include <stdio.h>

static int begin(struct session *session)
{
    return own_file_begin(session) ? 1 : arrive(session);
}

/* Whose the steps before the chosen one are when it begins anew. */
static const char *whose(const struct session *session)
{
    return own_file_has_begun(session) ? "yours" : "ours";
}

/* ---- start ---- */

/* There is work in another step of this lesson, and it stays. */
static int refuse_to_begin(const struct session *session, int at)
{
    const char *name = session->lesson->name;
    fprintf(stderr,
            "lab: there is work of yours at step %d, in %s\n"
            "  ./lab start %-6s  goes on with it\n"
            "  ./lab reset %s.%-3d  begins step %d, with %s of the steps "
            "before\n",
            at, session->file, name, name, session->step, session->step,
            whose(session));
    return 1;
}

int start_chosen(struct session *session)
{
    int at = own_file_step(session);
    bool other = session->names_step && at && at != session->step;
    int has_work = at < 0 ? at : own_file_has_work(session);
    if (has_work < 0)
        return 1;
    if (!at || (other && !has_work))
        return begin(session);
    if (other)
        return refuse_to_begin(session, at);
    session->step = at;
    if (has_work)
        printf("Your work goes on.\n\n");
    int status = arrive(session);
    if (!status &&
        progress_count(&session->progress, "passed", session->lesson->name, at))
        puts("\nYou have passed it before.  ./lab next  looks, and goes on");
    return status;
}

int start_main(const struct place *place, int argc, char **argv)
{
    if (argc == 2)
        return session_run(place, argc, argv, start_chosen);
    fputs("usage: ./lab start STEP, such as E0.1\n", stderr);
    return 2;
}

/* ---- reset ---- */

static int reset(struct session *session)
{
    char question[256], before[64] = "";
    int has_work = own_file_has_work(session);
    if (has_work < 0)
        return 1;
    if (session->step > 1)
        snprintf(before, sizeof before, " with %s of the steps before",
                 whose(session));
    snprintf(question, sizeof question,
             "Begin %s.%d anew%s? What you have now is kept aside. (y/n)",
             session->lesson->name, session->step, before);
    if (!has_work || ask_yes(question))
        return begin(session);
    puts("Nothing has changed. (./lab reset --yes does not ask)");
    return 1;
}

int reset_main(const struct place *place, int argc, char **argv)
{
    for (int i = 1; i < argc; i++)
        if (!strcmp(argv[i], "--yes")) {
            argv[i] = argv[argc - 1];
            return session_run(place, argc - 1, argv, begin);
        }
    return session_run(place, argc, argv, reset);
}

/* ---- restore ---- */

static int restore(struct session *session, int number)
{
    if (session_choose(session, NULL))
        return 2;
    if (own_file_restore(session, number))
        return 1;
    session->step = own_file_step(session);
    return session->step > 0 ? arrive(session) : 1;
}

int restore_main(const struct place *place, int argc, char **argv)
{
    struct session session;
    size_t number = 0;
    if (argc > 2 ||
        (argc == 2 && !argument_count(argv[1], 1, INT_MAX, &number))) {
        fputs("usage: ./lab restore [NUMBER], as in aside/NUMBER-…\n", stderr);
        return 2;
    }
    if (session_open(&session, place))
        return 1;
    int status = restore(&session, (int)number);
    session_close(&session);
    return status;
}
