/* SPDX-License-Identifier: MIT */
#include "lessons/tool/files.h"

#include "base/folder.h"
#include "base/whole_file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

/* The path that the format makes: 0, or -ENAMETOOLONG. */
__attribute__((format(printf, 2, 0))) static int
path_from(char path[PATH_MAX], const char *format, va_list values)
{
    int size = vsnprintf(path, PATH_MAX, format, values);
    return size < 0 || size >= PATH_MAX ? -ENAMETOOLONG : 0;
}

/* Declares `path` and whether the format made one. */
#define PATH_FROM(path, error, format)                                         \
    char path[PATH_MAX];                                                       \
    va_list values;                                                            \
    va_start(values, format);                                                  \
    int error = path_from(path, format, values);                               \
    va_end(values)

int file_read(struct buffer *text, const char *format, ...)
{
    PATH_FROM(path, error, format);
    if (error)
        return error;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return -errno;
    for (;;) {
        char bytes[8192];
        ssize_t count = read(fd, bytes, sizeof bytes);
        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0)
            error = -errno;
        if (count <= 0)
            break;
        error = buffer_append(text, bytes, (size_t)count);
        if (error)
            break;
    }
    close(fd);
    return error;
}

static int write_with(enum whole_file_effort effort, struct slice text,
                      const char *path)
{
    int error = folder_make_for(path);
    return error ? error : whole_file_write(path, text, effort);
}

int file_write(struct slice text, const char *format, ...)
{
    PATH_FROM(path, error, format);
    return error ? error : write_with(WHOLE_FILE_WRITTEN, text, path);
}

int file_keep(struct slice text, const char *format, ...)
{
    PATH_FROM(path, error, format);
    return error ? error : write_with(WHOLE_FILE_ON_DISK, text, path);
}

bool file_exists(const char *format, ...)
{
    PATH_FROM(path, error, format);
    return !error && access(path, F_OK) == 0;
}

int folder_lock(const char *path, bool at_once)
{
    int error = folder_make(path);
    if (error)
        return error;
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return -errno;
    while (flock(fd, at_once ? LOCK_EX | LOCK_NB : LOCK_EX))
        if (errno != EINTR) {
            error = -errno;
            close(fd);
            return error;
        }
    return fd;
}

static int remove_entry(const char *path, const struct stat *status, int kind,
                        struct FTW *place)
{
    (void)status;
    (void)kind;
    (void)place;
    return remove(path);
}

void folder_remove(const char *path)
{
    nftw(path, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
}

/* ---- the files of a folder ---- */

static bool ends_in(const char *name, const char *ending)
{
    size_t size = strlen(name), end = strlen(ending);
    return name[0] != '.' && size >= end && !strcmp(name + size - end, ending);
}

static int by_name(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static int add_file(struct file_list *list, const char *folder,
                    const char *name)
{
    char **larger =
        realloc(list->paths, (list->count + 1) * sizeof *list->paths);
    if (!larger)
        return -ENOMEM;
    list->paths = larger;
    if (asprintf(&larger[list->count], "%s/%s", folder, name) < 0)
        return -ENOMEM;
    list->count++;
    return 0;
}

int file_list_init(struct file_list *list, const char *folder,
                   const char *ending)
{
    *list = (struct file_list){0};
    DIR *directory = opendir(folder);
    struct dirent *entry;
    int error = directory || errno == ENOENT ? 0 : -errno;
    while (directory && !error && (entry = readdir(directory)))
        if (entry->d_type != DT_DIR && ends_in(entry->d_name, ending))
            error = add_file(list, folder, entry->d_name);
    if (directory)
        closedir(directory);
    if (error)
        file_list_deinit(list);
    else if (list->count)
        qsort(list->paths, list->count, sizeof *list->paths, by_name);
    return error;
}

void file_list_deinit(struct file_list *list)
{
    for (size_t i = 0; i < list->count; i++)
        free(list->paths[i]);
    free(list->paths);
    *list = (struct file_list){0};
}
