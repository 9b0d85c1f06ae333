/* SPDX-License-Identifier: MIT */
/* A lesson as its lesson.json says it is. */
#ifndef LESSONS_TOOL_LESSON_H
#define LESSONS_TOOL_LESSON_H

#include "base/bytes.h"

enum { LESSON_FORMAT = 1, STEPS_MAX = 16, RANK_LAST = 4, MINUTES_MAX = 600 };

struct predict {
    const char *question, *answer, *because;
    const char *program; /* a file of the lesson; NULL: none */
};

struct step {
    const char *name;
    int minutes;
    bool spine; /* else it may be left out */
    int rank;   /* 1: even the shortest course has it; 4: only the longest */
    const char *fails;      /* the test that the starter must fail */
    const char **functions; /* what the learner writes; NULL-closed */
    const char **hints;     /* each nearer than the last; NULL-closed */
    struct predict predict; /* no question: none */
};

/* How the learner's is raced. */
struct lesson_race {
    const char *beside;  /* these models, as --models has them; NULL */
    const char *options; /* unless others are asked for; NULL */
};

/* Mechanisms of the house that the learner writes anew. */
struct lesson_core {
    const char **objects;   /* that it replaces in the link; NULL-closed */
    const char *contestant; /* the model that uses it: raced and fetched with;
                             * NULL if there is no object */
};

struct lesson {
    char *folder; /* where it lies */
    const char *name, *title;
    const char *source; /* what the learner edits */
    struct lesson_core core;
    const char *model; /* offers it as a contestant; NULL */
    struct lesson_race race;
    const char *check;  /* its tests */
    const char *later;  /* in place of later steps' functions; NULL */
    bool threads;       /* checked with the thread sanitizer too */
    const char **given; /* compiled beside it; NULL-closed */
    const char **rows;  /* of the talks; NULL-closed */
    struct step steps[STEPS_MAX + 1]; /* from 1 on */
    int count;

    struct cJSON *json; /* owns all texts above */
};

/* Reads folder/lesson.json. 0; or a negative errno, with a sentence about it
 * appended to `why`. */
int lesson_load(struct lesson **lesson, const char *folder, struct buffer *why);

/* The same from a text that has been read; the folder is a name only. */
int lesson_parse(struct lesson **lesson, const char *folder, struct slice text,
                 struct buffer *why);

void lesson_free(struct lesson *lesson);

/* All lessons in a folder, in the order of the syllabus (P before E, then by
 * name); NULL-closed, freed by lessons_free. A folder without lesson.json is
 * none. */
int lessons_load(struct lesson ***lessons, const char *folder,
                 struct buffer *why);
void lessons_free(struct lesson **lessons);
struct lesson *lessons_find(struct lesson **lessons, const char *name);

/* Does it replace one of the lab's cores, or several? */
static inline bool lesson_has_core(const struct lesson *lesson)
{
    return lesson->core.objects && lesson->core.objects[0];
}

/* Can its result be raced, as a core or as a model? */
bool lesson_is_raced(const struct lesson *lesson);

/* The contestant that a program with the learner's file in it runs: that of its
 * core, or "mine". */
const char *lesson_contestant(const struct lesson *lesson);

/* Which step writes this function; 0: none does. */
int lesson_step_of_function(const struct lesson *lesson, const char *function);

/* The step of a learner's text, by its headings, each in a line "---- step N: …
 * ----" of a comment; 0: it has none. */
int lesson_step_of_text(const struct lesson *lesson, const char *text);

/* Appends the learner's text of a step: the source with these two defined, its
 * conditionals gone. 0 or a negative errno, with a sentence in `why`. */
int lesson_text(const struct lesson *lesson, int step, int solved,
                struct buffer *text, struct buffer *why);

#endif
