/* SPDX-License-Identifier: MIT */
/* The small files of the kernel with figures, in /proc and /sys. */
#ifndef HARNESS_RACE_SYSTEM_FILE_H
#define HARNESS_RACE_SYSTEM_FILE_H

#include <stddef.h>
#include <sys/types.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Reads the file at once into a text of that size, and ends it with a NUL. What
 * does not fit is left out. Returns how much was read, or a negative errno, and
 * then the text is empty. */
ssize_t system_file_read(const char *path, char *text, size_t size);

#ifdef __cplusplus
}
#endif

#endif
