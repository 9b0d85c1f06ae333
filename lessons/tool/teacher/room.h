/* SPDX-License-Identifier: MIT */
/* A room: what is known of its laptops. Whatever they send, it takes no more
 * memory than ROOM_LAPTOPS of them do. */
#ifndef LESSONS_TOOL_TEACHER_ROOM_H
#define LESSONS_TOOL_TEACHER_ROOM_H

#include "lessons/tool/teacher/room_laptop.h"

enum { ROOM_LAPTOPS = 1000 };

struct room {
    struct laptop *laptops; /* sorted by their keys */
    size_t count;
    struct buffer complaints; /* sentences about what could not be read */
    size_t complaint_count;   /* …of which a few are kept */
};

void room_deinit(struct room *room);

/* Takes what this laptop has said, at that time, in the place of what it said
 * before. 0; -EBADMSG or -ENOMEM as laptop_read, and then what it said before
 * stays; -ENOSPC when there are too many. `why` is half a sentence. */
int room_take(struct room *room, const char *key, struct slice text, nanos when,
              const char **why);

/* NULL when it has said nothing. */
struct laptop *room_find(const struct room *room, const char *key);

/* Forgets it. */
void room_remove(struct room *room, struct laptop *laptop);

/* Notes that something of that name could not be read. */
void room_complain(struct room *room, const char *name, const char *why);
void room_forget_complaints(struct room *room);

#endif
