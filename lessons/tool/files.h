/* SPDX-License-Identifier: MIT */
/* Small files, whole. All paths are printf formats; one that is too long is
 * refused with -ENAMETOOLONG, not cut. */
#ifndef LESSONS_TOOL_FILES_H
#define LESSONS_TOOL_FILES_H

#include "base/bytes.h"

/* Appends the whole file. 0 or a negative errno. */
int file_read(struct buffer *text, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Writes it anew, whole or not at all (base/whole_file.h). Makes the folders on
 * the way. 0 or a negative errno. */
int file_write(struct slice text, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* The same for files that cannot be made again: it is on the disk
 * afterwards. */
int file_keep(struct slice text, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

bool file_exists(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Paths of files; free them by file_list_deinit. */
struct file_list {
    char **paths;
    size_t count;
};

/* The files of a folder whose names end in `ending` ("": all), sorted by name;
 * none if there is no such folder. A folder's name is not a pattern: it may
 * have brackets in it. 0 or a negative errno. */
int file_list_init(struct file_list *list, const char *folder,
                   const char *ending);
void file_list_deinit(struct file_list *list);

/* Makes the folder, if it is not there, and locks it against all others that do
 * so: waits for the lock, or with `at_once` returns -EWOULDBLOCK where another
 * has it. A descriptor, whose closing ends the lock; or a negative errno. */
int folder_lock(const char *path, bool at_once);

/* Removes a folder and all that is in it. */
void folder_remove(const char *path);

#endif
