/* SPDX-License-Identifier: MIT */
#include "harness/race/system_file.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

ssize_t system_file_read(const char *path, char *text, size_t size)
{
    text[0] = '\0';
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return -errno;
    ssize_t count = read(fd, text, size - 1);
    int error = -errno;
    close(fd);
    if (count < 0)
        return error;
    text[count] = '\0';
    return count;
}
