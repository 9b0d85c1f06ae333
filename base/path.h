/* SPDX-License-Identifier: MIT */
/* Names of files. */
#ifndef BASE_PATH_H
#define BASE_PATH_H

#include <stdbool.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/* What is behind the last slash: all of it where there is none. */
const char *path_base_name(const char *path);

/* The program that a shell would run by that name, which has no slash: the
 * first in the folders of PATH that is a file and can be executed. An empty
 * folder is the current one (POSIX). False when there is none, or when its path
 * is too long for `size`. */
bool path_find_program(const char *name, char *path, size_t size);

#ifdef __cplusplus
}
#endif

#endif
