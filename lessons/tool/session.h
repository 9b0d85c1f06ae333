/* SPDX-License-Identifier: MIT */
/* What nearly every command begins with: the lessons, where the learner is, and
 * which step is meant. */
#ifndef LESSONS_TOOL_SESSION_H
#define LESSONS_TOOL_SESSION_H

#include "lessons/tool/lesson.h"
#include "lessons/tool/place.h"
#include "lessons/tool/progress.h"

#include <limits.h>

struct session {
    const struct place *place;
    struct lesson **lessons;
    struct progress progress;

    /* The step that is meant: NULL and 0 before session_choose. */
    const struct lesson *lesson;
    int step;
    bool names_step;     /* it was named, and not only its lesson */
    char file[PATH_MAX]; /* the learner's own */
};

/* 0; or a negative errno, after saying what is wrong on standard error. */
int session_open(struct session *session, const struct place *place);
void session_close(struct session *session);

/* Reads "E0.2", "E0" (its first step, or where the learner is in it) or "2"
 * (of the current lesson); NULL: where the learner is. 0; or -ENOENT, after
 * saying that there is no such step. */
int session_choose(struct session *session, const char *text);

/* Saves where the learner is. 0 or a negative errno, after saying so. */
int session_save(struct session *session);

/* A whole command: opens, chooses the step that argv[1] names, or the one where
 * the learner is, runs, closes. The command's exit code, or 1 or 2. */
int session_run(const struct place *place, int argc, char **argv,
                int (*command)(struct session *session));

#endif
