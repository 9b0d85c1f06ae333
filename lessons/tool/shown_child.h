/* SPDX-License-Identifier: MIT */
/* What runs while a command waits for keys, and is shown on its screen: in a
 * child, so that a key can end it. */
#ifndef LESSONS_TOOL_SHOWN_CHILD_H
#define LESSONS_TOOL_SHOWN_CHILD_H

#include "base/bytes.h"

#include <sys/types.h>

struct shown_child {
    pid_t pid;  /* 0: none runs */
    int output; /* what it prints comes here: to be watched */
};

/* Starts it: the child runs the function, and its exit code is what that
 * returns. It prints in colour, for a terminal of `columns` columns; standard
 * output and error are one. It leads a process group, and ends when we do. 0 or
 * a negative errno. */
int shown_child_start(struct shown_child *child, int columns,
                      int (*run)(void *data), void *data);

/* Appends what has come; `most` is how large `said` may become, and what is
 * beyond is dropped. False when nothing more will come. */
bool shown_child_read(const struct shown_child *child, struct buffer *said,
                      size_t most);

/* Ends it and whatever it has started, and closes its output, which is not
 * watched any more. How it has ended, as waitpid says it; -1: none ran. It is
 * waited for, unless it is to end `at_once`. */
int shown_child_end(struct shown_child *child, bool at_once);

#endif
