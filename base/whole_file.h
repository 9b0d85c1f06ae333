/* SPDX-License-Identifier: MIT */
/* Files that are there whole or not at all. A reader, at any moment, sees the
 * file as it was before or as it is afterwards. */
#ifndef BASE_WHOLE_FILE_H
#define BASE_WHOLE_FILE_H

#include "base/bytes.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Is the file on the disk when the call returns, or merely on its way there? A
 * file that is lost in a power cut and can be made again need not be waited
 * for. Either way the name never leads to half of it. */
enum whole_file_effort { WHOLE_FILE_WRITTEN, WHOLE_FILE_ON_DISK };

/* Writes the bytes to a new file and gives it the name `path`, in place of what
 * has that name. A link of that name is replaced, not followed; but what is, or
 * leads to, a device, a pipe or a socket stays (-EEXIST). The new file
 * has no name while it grows, so a killed program leaves nothing behind; where
 * the file system cannot do that, it has a random one in the same folder, and
 * no file or link that is there already is ever opened. 0 or a negative errno:
 * then what was there before is there still.
 *
 * A link cannot replace a name, so a file that is whole, and on the disk if it
 * is to be, has such a random name, ".new-" and 16 digits, for the moment
 * between linkat() and renameat(). A program that is killed in that moment
 * leaves it there, beside the old file. Nothing reads it, and it may be
 * removed. */
int whole_file_write(const char *path, struct slice bytes,
                     enum whole_file_effort effort);

/* Makes a symbolic link that leads to `target` and has the name `path`, in
 * place of a link that has it. It, too, has a random name before. 0 or a
 * negative errno: -EINVAL when the name is that of something else. */
int whole_file_link(const char *path, const char *target);

/* Could a file be written now, and get that name? Tries it in its folder and
 * looks at what has the name, without opening it, and leaves nothing behind. 0
 * or a negative errno, as of whole_file_write: -EISDIR where a folder has the
 * name, -ENOENT where it is empty. For a command, before it does the work whose
 * result is to go there. */
int whole_file_try(const char *path);

/* The same for a folder, in which the files will have names that nothing has
 * yet: -ENOTDIR where it is not one. */
int whole_file_try_folder(const char *path);

#ifdef __cplusplus
}
#endif

#endif
