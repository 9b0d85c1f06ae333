/* SPDX-License-Identifier: MIT */
/* What a check's process says to the one that watches over it, in memory that
 * both share: nothing that the learner's code closes, prints or leaves by can
 * keep it from arriving, or make it look as if the check had come to its end.
 */
#ifndef LESSONS_CHECK_REPORT_H
#define LESSONS_CHECK_REPORT_H

#include <stdbool.h>
#include <sys/types.h>

#ifdef __cplusplus
extern "C" {
#endif

enum { REPORT_MESSAGE_MAX = 64 * 1024, REPORT_TEXT_MAX = 512 };

/* The first hole that was reached. No line: none was. */
struct hole {
    int taken; /* by the first thread that reached one */
    char file[256];
    int line;
    char function[128];
};

/* Something that the learner's code did, and where: the address to which the
 * call returns. No address: nothing. */
struct deed {
    int taken; /* by the first thread that did something */
    void *place;
    char text[REPORT_TEXT_MAX];
};

struct report {
    struct hole hole;

    /* The process in which the test runs, and not a child of it. */
    pid_t test;
    /* The test has come to its end: set by the check, in that process. */
    bool is_over;
    /* The check's first complaint; empty: it has none. */
    char message[REPORT_MESSAGE_MAX];

    /* A rule of calls.h that the learner's code has broken: the first. */
    struct deed broken;
    /* How the learner's code has ended that process: "exit(1)". */
    struct deed left;
    /* The last watched call in that process, such as "send". */
    const char *last_call;
    void *last_place;
};

/* From now on holes and deeds are written there; NULL: nowhere. */
void your_code_report_to(struct hole *hole);
void calls_report_to(struct report *report);

/* At the end of a test: has the learner's code closed what it has opened? If
 * not, that is noted, and this does not return. */
void calls_end(void);

#ifdef __cplusplus
}
#endif

#endif
