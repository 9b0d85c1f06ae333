/* SPDX-License-Identifier: MIT */
/* The learner's own file of the lesson that a session has chosen. Nothing in it
 * is ever lost: what a command replaces is kept in aside/ beside it, under
 * numbers that grow; and in begun/ is what each step began with, when `next`
 * had brought it into what the learner had written.
 *
 * Errors are reported on standard error; the negative errno is returned,
 * too. */
#ifndef LESSONS_TOOL_LEARNER_OWN_FILE_H
#define LESSONS_TOOL_LEARNER_OWN_FILE_H

#include "lessons/tool/session.h"

/* The step whose text is in it: what the lesson's headings in it say, unless
 * functions behind that are there all the same. 0 when there is no file; a
 * negative errno when there is one that cannot be read. */
int own_file_step(const struct session *session);

/* Has the learner changed anything in it since its step began? 1, 0, or a
 * negative errno. */
int own_file_has_work(const struct session *session);

/* Does the chosen step begin with the learner's own steps before it? Else with
 * the lab's. */
bool own_file_has_begun(const struct session *session);

/* Writes what the chosen step begins with. What was there is kept aside, unless
 * there was no work in it. */
int own_file_begin(const struct session *session);

/* Writes what the chosen step begins with now: by `next`. */
int own_file_go_on(const struct session *session, struct slice text);

/* Keeps a copy of it, if it is there and no such copy is, and appends where. */
int own_file_keep_aside(const struct session *session, struct buffer *where);

/* Brings back what was set aside last, or under this number (0: the last) and
 * is not what is there now; that is kept aside in turn. */
int own_file_restore(const struct session *session, int number);

#endif
