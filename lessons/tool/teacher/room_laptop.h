/* SPDX-License-Identifier: MIT */
/* What one laptop has said of where it is: status_report.h, read. It comes from
 * outside, and anything may be in it. */
#ifndef LESSONS_TOOL_TEACHER_ROOM_LAPTOP_H
#define LESSONS_TOOL_TEACHER_ROOM_LAPTOP_H

#include "base/bytes.h"
#include "base/nanos.h"

enum {
    LAPTOP_TEXT_MAX = 256 * 1024, /* a text of more bytes is not read */
    LAPTOP_NAME = 14,             /* columns of a name that are shown */
};

struct laptop {
    char key[80];    /* tells it from the others */
    char name[96];   /* printable; empty: none was given */
    char lesson[32]; /* printable; empty: nothing was started */
    int step;
    int64_t seconds; /* it has been there when it said so; -1: not known */
    nanos said;      /* when that was, by the clock of the room */
    int passed;      /* steps of this lesson */
    int hints;       /* in this step */
    bool solution;   /* of this step, asked for */
    /* A line each, "E0 2 text": what it thinks will happen. Printable. */
    struct buffer guesses;
};

/* Reads what was said, but for `key` and `said`. 0; -EBADMSG, with half a
 * sentence in `why` ("it is not JSON"); or -ENOMEM. */
int laptop_read(struct laptop *laptop, struct slice text, const char **why);

/* The number that it has given itself, of at most `size` bytes with the NUL. 0;
 * -EBADMSG when there is none that can be used; or -ENOMEM. */
int laptop_number(struct slice text, char *number, size_t size);

void laptop_deinit(struct laptop *laptop);

/* Its guess for a step; nothing when there is none. */
struct slice laptop_guess(const struct laptop *laptop, const char *lesson,
                          int step);

/* For how many seconds it has been at its step, at this moment; -1: not known.
 */
int64_t laptop_seconds(const struct laptop *laptop, nanos now);

#endif
