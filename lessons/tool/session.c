/* SPDX-License-Identifier: MIT */
#include "lessons/tool/session.h"

#include "base/number.h"
#include "lessons/tool/style.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>

static void complain(const char *what, int error)
{
    fprintf(stderr, "lab: %s: %s\n", what, strerrordesc_np(-error));
}

int session_open(struct session *session, const struct place *place)
{
    struct buffer why = {0};
    *session = (struct session){.place = place};
    int error = lessons_load(&session->lessons, place->lessons, &why);
    if (error)
        style_complain(&why);
    buffer_deinit(&why);
    if (!error) {
        error = progress_load(&session->progress, place->work);
        if (error)
            complain("work/state", error);
    }
    if (error)
        session_close(session);
    return error;
}

void session_close(struct session *session)
{
    progress_deinit(&session->progress);
    lessons_free(session->lessons);
    session->lessons = NULL;
}

static int choose(struct session *session, const struct lesson *lesson,
                  int step)
{
    session->lesson = lesson;
    session->step = step;
    snprintf(session->file, sizeof session->file, "%s/%s/%s",
             session->place->work, lesson->name, lesson->source);
    return 0;
}

static int no_such_step(const char *text)
{
    fprintf(stderr,
            "lab: there is no step '%s'. ./lab list shows them all, and a step "
            "is written E0.2\n",
            text);
    return -ENOENT;
}

static int no_current_step(const struct session *session)
{
    const char *name = session->progress.lesson;
    if (*name && !lessons_find(session->lessons, name))
        fprintf(stderr,
                "lab: you are in lesson %s, which is not in %s. If it is "
                "elsewhere: ./lab --lessons DIR\n",
                name, session->place->lessons);
    else
        fprintf(stderr, "lab: no step was started yet. Try: ./lab start %s\n",
                session->lessons[0]->name);
    return -ENOENT;
}

int session_choose(struct session *session, const char *text)
{
    const struct progress *progress = &session->progress;
    const struct lesson *current =
        lessons_find(session->lessons, progress->lesson);
    if (!text) {
        if (!current || progress->step < 1 || progress->step > current->count)
            return no_current_step(session);
        return choose(session, current, progress->step);
    }
    char name[32];
    const char *dot = strchrnul(text, '.');
    snprintf(name, sizeof name, "%.*s", (int)(dot - text), text);
    const struct lesson *lesson = lessons_find(session->lessons, name);
    const char *number = *dot ? dot + 1 : NULL;
    if (!lesson && isdigit((unsigned char)text[0])) {
        lesson = current;
        number = text;
    }
    if (!lesson)
        return no_such_step(text);
    int step = lesson == current ? progress->step : 1;
    session->names_step = number != NULL;
    if (number)
        step = number_read_int(number, &step) ? step : 0;
    if (step < 1 || step > lesson->count)
        return no_such_step(text);
    return choose(session, lesson, step);
}

int session_save(struct session *session)
{
    int error = progress_save(&session->progress, session->place->work);
    if (error)
        complain("work/state", error);
    return error;
}

int session_run(const struct place *place, int argc, char **argv,
                int (*command)(struct session *session))
{
    struct session session;
    int status = 2;
    if (session_open(&session, place))
        return 1;
    if (argc > 2)
        fprintf(stderr, "usage: ./lab %s [STEP]\n", argv[0]);
    else if (!session_choose(&session, argc == 2 ? argv[1] : NULL))
        status = command(&session);
    session_close(&session);
    return status;
}
