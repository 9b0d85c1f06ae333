/* SPDX-License-Identifier: MIT */
/* Folders to write files into. */
#ifndef BASE_FOLDER_H
#define BASE_FOLDER_H

#ifdef __cplusplus
extern "C" {
#endif

/* Makes the folder and those above it, if they are not there. 0 or a negative
 * errno: -ENOTDIR where a file has that name, or one on the way. */
int folder_make(const char *path);

/* Makes that folder and no other: a new one. 0, -EEXIST when something has that
 * name, or another negative errno. */
int folder_make_new(const char *path);

/* The same as folder_make for the folder in which the file `path` is to be. */
int folder_make_for(const char *path);

/* Makes it and tries whether a file can be written in it, so that a command can
 * refuse it before doing the work whose results are to go there. Where it knows
 * their names, it tries those, too (whole_file_try). */
int folder_prepare(const char *path);

#ifdef __cplusplus
}
#endif

#endif
