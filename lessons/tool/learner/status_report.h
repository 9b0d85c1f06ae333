/* SPDX-License-Identifier: MIT */
/* Where a learner is, as JSON, for a program that collects that of a whole
 * room:
 *
 *     {"laptop": "5f0c…", "name": "Ann",
 *      "at": {"lesson": "E0", "step": 2, "seconds": 754},
 *      "lessons": [{"name": "E0", "title": …, "steps": [{"step": 1, "name": …,
 *          "passed": true, "hints": 0, "asked_for_solution": false,
 *          "predicted": true, "guess": "a b z"}, …]}, …]}
 *
 * `at` is null before the first start, `seconds` when it is not known for how
 * long, `guess` where none was made. A name is there only if it was given.
 * The laptop is a number by chance, kept in work/laptop, so that what it sends
 * later takes the place of what it has sent before. */
#ifndef LESSONS_TOOL_LEARNER_STATUS_REPORT_H
#define LESSONS_TOOL_LEARNER_STATUS_REPORT_H

#include "lessons/tool/session.h"

#include <stdio.h>

enum { LAPTOP_SIZE = 16 }; /* digits of its number */

/* Is it such a number? */
bool status_is_laptop(struct slice text);

/* Finds the laptop's number, or makes one. 0 or a negative errno. */
int status_laptop(const struct place *place, char laptop[LAPTOP_SIZE + 1]);

/* Writes it; `laptop` and `name` may be NULL. */
void status_write(const struct session *session, const char *laptop,
                  const char *name, FILE *out);

#endif
