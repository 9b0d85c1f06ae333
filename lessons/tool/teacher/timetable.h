/* SPDX-License-Identifier: MIT */
/* The timetable of a course: what is done when, with breaks. */
#ifndef LESSONS_TOOL_TEACHER_TIMETABLE_H
#define LESSONS_TOOL_TEACHER_TIMETABLE_H

#include "base/bytes.h"

enum { ENTRIES_MAX = 512 };

/* How long a course is, all breaks included. */
struct course_time {
    int days;
    int minutes; /* of each day */
    int from;    /* minutes behind midnight */
};

/* "3h", "90m", "1h30m", "1.5h"; "1d", "2d", of eight hours each. False when it
 * is not a time. */
bool course_time_read(struct course_time *time, const char *text);

struct timetable {
    struct course_time time;
    struct {
        int day, at, minutes; /* at: behind midnight */
        char text[80];
    } entries[ENTRIES_MAX];
    int count;
    bool is_full; /* something did not fit any more */

    /* Where the next entry begins. */
    int day, at, worked;
    int worked_before; /* the last break */
    bool had_lunch;
};

void timetable_init(struct timetable *table, const struct course_time *time);

/* `minutes` at the keyboard, or of talk. Breaks come by themselves: one
 * before more than 80 minutes of work would come together, and lunch on a long
 * day; what does not fit into a day is moved to the next. */
void timetable_add(struct timetable *table, int minutes, const char *format,
                   ...) __attribute__((format(printf, 3, 4)));

/* After the last entry. A break just before it is left out, where 90 minutes of
 * work without one are enough. */
void timetable_end(struct timetable *table);

/* A line for each entry, a heading for each day when there are several. */
void timetable_print(const struct timetable *table);

#endif
