/* SPDX-License-Identifier: MIT */
/* The room as a folder that all laptops write into: a file NAME.json of each,
 * with what `./lab status --json` prints. */
#ifndef LESSONS_TOOL_TEACHER_ROOM_FOLDER_H
#define LESSONS_TOOL_TEACHER_ROOM_FOLDER_H

#include "lessons/tool/teacher/room.h"

/* Reads all of them, and forgets each laptop whose file is gone. What cannot be
 * read is complained of in the room; what such a file said before stays. 0; or
 * a negative errno: the folder itself cannot be read. */
int room_read_folder(struct room *room, const char *folder);

#endif
