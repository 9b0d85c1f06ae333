/* SPDX-License-Identifier: MIT */
/* Whether what was written in a lesson can be raced: a few pages of an origin
 * that is started for the purpose. */
#ifndef LESSONS_TOOL_AUTHOR_RACE_TRY_H
#define LESSONS_TOOL_AUTHOR_RACE_TRY_H

#include "lessons/tool/lesson.h"

struct raced {
    int asked, pages; /* how many were to come, and how many came whole */
    char error[256];  /* why others did not */
};

/* `program` is one of build_race. It is ended when it takes too long. */
void race_try(const struct lesson *lesson, const char *program,
              struct raced *raced);

#endif
