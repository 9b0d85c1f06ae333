/* SPDX-License-Identifier: MIT */
#include "lessons/tool/files.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

/* The path that the format makes; too long is one that does not exist. */
#define PATH_FROM(path, format)                                                \
    char path[PATH_MAX];                                                       \
    va_list values;                                                            \
    va_start(values, format);                                                  \
    vsnprintf(path, sizeof path, format, values);                              \
    va_end(values)

int file_read(struct buffer *text, const char *format, ...)
{
    PATH_FROM(path, format);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return -errno;
    int error = 0;
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

static void make_folders(char *path)
{
    for (char *slash = strchr(path + 1, '/'); slash;
         slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        mkdir(path, 0777); /* there already, or open() will say so */
        *slash = '/';
    }
}

static int write_all(int fd, struct slice text)
{
    while (text.size > 0) {
        ssize_t count = write(fd, text.data, text.size);
        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0)
            return -errno;
        text.data += count;
        text.size -= (size_t)count;
    }
    return 0;
}

int file_write(struct slice text, const char *format, ...)
{
    PATH_FROM(path, format);
    char beside[PATH_MAX + 8];
    snprintf(beside, sizeof beside, "%s.new", path);
    make_folders(beside);
    int fd = open(beside, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    if (fd < 0)
        return -errno;
    int error = write_all(fd, text);
    if (close(fd) && !error)
        error = -errno;
    if (!error && rename(beside, path))
        error = -errno;
    if (error)
        unlink(beside);
    return error;
}

bool file_exists(const char *format, ...)
{
    PATH_FROM(path, format);
    return access(path, F_OK) == 0;
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
