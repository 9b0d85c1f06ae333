/* SPDX-License-Identifier: MIT */
#include "base/whole_file.h"

#include "base/write_all.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

enum { NAME_SIZE = 32, NAME_ATTEMPTS = 100 };

/* A file that grows. Its folder is held open: if that is renamed meanwhile, the
 * file still appears beside its neighbours. */
struct growing {
    int folder;
    int fd;
    char name[NAME_SIZE]; /* while it grows, or between two names; or "" */
    const char *target;   /* of a link, which does not grow */
};

/* ---- its folder ---- */

/* Opens the folder of a path; `*name` is the last part of it. */
static int open_folder_of(const char *path, const char **name)
{
    const char *slash = strrchr(path, '/');
    *name = slash ? slash + 1 : path;
    if (!**name)
        return slash ? -EISDIR : -ENOENT;
    char *folder = slash ? strndup(path, (size_t)(slash - path) + 1) : NULL;
    if (slash && !folder)
        return -ENOMEM;
    int fd = open(folder ? folder : ".", O_PATH | O_DIRECTORY | O_CLOEXEC);
    int error = -errno;
    free(folder);
    return fd < 0 ? error : fd;
}

/* ---- names that nothing has ---- */

static int make_name(char name[NAME_SIZE])
{
    uint64_t number;
    if (getrandom(&number, sizeof number, 0) != (ssize_t)sizeof number)
        return -errno;
    snprintf(name, NAME_SIZE, ".new-%016" PRIx64, number);
    return 0;
}

/* Calls `take` with one name after another until it meets one that is free.
 * Returns what `take` returned last. */
static int take_name(struct growing *file, int (*take)(struct growing *file))
{
    int error = -EEXIST;
    for (int i = 0; error == -EEXIST && i < NAME_ATTEMPTS; i++) {
        error = make_name(file->name);
        if (!error)
            error = take(file);
    }
    if (error)
        file->name[0] = '\0';
    return error;
}

/* O_EXCL also refuses a link, wherever it leads. */
static int create(struct growing *file)
{
    file->fd =
        openat(file->folder, file->name,
               O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0666);
    return file->fd < 0 ? -errno : 0;
}

static int link_to_name(struct growing *file)
{
    char self[40];
    snprintf(self, sizeof self, "/proc/self/fd/%d", file->fd);
    return linkat(AT_FDCWD, self, file->folder, file->name, AT_SYMLINK_FOLLOW)
               ? -errno
               : 0;
}

static int make_link(struct growing *file)
{
    return symlinkat(file->target, file->folder, file->name) ? -errno : 0;
}

/* ---- from beginning to end ---- */

/* Opens a file without a name, if the file system can do that. It is named only
 * when it is whole, by way of /proc, which may be missing. */
static int begin_file(struct growing *file)
{
    file->name[0] = '\0';
    file->fd =
        access("/proc/self/fd", X_OK)
            ? -1
            : openat(file->folder, ".", O_WRONLY | O_TMPFILE | O_CLOEXEC, 0666);
    return file->fd >= 0 ? 0 : take_name(file, create);
}

/* Writes the bytes, gives the file a name if it has none, and closes it, also
 * after an error. The name that it has then is a temporary one. */
static int fill_file(struct growing *file, struct slice bytes,
                     enum whole_file_effort effort)
{
    int error = write_all(file->fd, bytes);
    if (!error && effort == WHOLE_FILE_ON_DISK && fsync(file->fd))
        error = -errno;
    /* A link cannot replace a file, but a rename can: so first link, then
     * rename. */
    if (!error && !file->name[0])
        error = take_name(file, link_to_name);
    if (close(file->fd) && !error)
        error = -errno;
    return error;
}

/* A new name survives a power cut only when its folder is on the disk, too, so
 * the folder is synchronised. That this fails, because the folder may not be
 * read or its file system cannot do it, is not an error: every reader sees the
 * new file already. */
static void sync_folder(int folder)
{
    int fd = openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return;
    fsync(fd);
    close(fd);
}

/* Is there something under this name that a rename must not replace, because
 * other programs use it: a device, a pipe or a socket, such as /dev/stdout? */
static bool is_no_file(int folder, const char *name)
{
    struct stat found;
    return !fstatat(folder, name, &found, 0) && !S_ISREG(found.st_mode) &&
           !S_ISDIR(found.st_mode);
}

/* May a new file have this name? 0, or why not. A link to a folder is replaced,
 * as any link is. */
static int look_at(int folder, const char *name)
{
    struct stat found;
    if (is_no_file(folder, name))
        return -EEXIST;
    if (fstatat(folder, name, &found, AT_SYMLINK_NOFOLLOW))
        return errno == ENOENT ? 0 : -errno;
    return S_ISDIR(found.st_mode) ? -EISDIR : 0;
}

/* Renames it, unless there has been an error: then nothing of it stays. */
static int put_in_place(struct growing *file, const char *name, int error)
{
    if (!error && renameat(file->folder, file->name, file->folder, name))
        error = -errno;
    if (error && file->name[0])
        unlinkat(file->folder, file->name, 0);
    return error;
}

static int write_in(int folder, const char *name, struct slice bytes,
                    enum whole_file_effort effort)
{
    struct growing file = {.folder = folder};
    int error = look_at(folder, name);
    if (!error)
        error = begin_file(&file);
    if (!error)
        error = fill_file(&file, bytes, effort);
    error = put_in_place(&file, name, error);
    if (!error && effort == WHOLE_FILE_ON_DISK)
        sync_folder(folder);
    return error;
}

int whole_file_write(const char *path, struct slice bytes,
                     enum whole_file_effort effort)
{
    const char *name;
    int folder = open_folder_of(path, &name);
    if (folder < 0)
        return folder;
    int error = write_in(folder, name, bytes, effort);
    close(folder);
    return error;
}

static int link_in(int folder, const char *name, const char *target)
{
    struct growing file = {.folder = folder, .target = target};
    struct stat found;
    if (!fstatat(folder, name, &found, AT_SYMLINK_NOFOLLOW) &&
        !S_ISLNK(found.st_mode))
        return -EINVAL;
    return put_in_place(&file, name, take_name(&file, make_link));
}

int whole_file_link(const char *path, const char *target)
{
    const char *name;
    int folder = open_folder_of(path, &name);
    if (folder < 0)
        return folder;
    int error = link_in(folder, name, target);
    close(folder);
    return error;
}

static int try_in(int folder)
{
    struct growing file = {.folder = folder};
    int error = begin_file(&file);
    if (!error)
        close(file.fd);
    if (!error && file.name[0])
        unlinkat(folder, file.name, 0);
    return error;
}

int whole_file_try(const char *path)
{
    const char *name;
    int folder = open_folder_of(path, &name);
    if (folder < 0)
        return folder;
    int error = look_at(folder, name);
    if (!error)
        error = try_in(folder);
    close(folder);
    return error;
}

int whole_file_try_folder(const char *path)
{
    int folder = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (folder < 0)
        return -errno;
    int error = try_in(folder);
    close(folder);
    return error;
}
