/* SPDX-License-Identifier: MIT */
#include "base/path.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

const char *path_base_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

/* A folder can be "executed", too. */
static bool is_program(const char *path)
{
    struct stat status;
    return !stat(path, &status) && S_ISREG(status.st_mode) &&
           !access(path, X_OK);
}

bool path_find_program(const char *name, char *path, size_t size)
{
    const char *folder = getenv("PATH");
    while (folder) {
        int length = (int)strcspn(folder, ":");
        int whole = snprintf(path, size, "%.*s/%s", length ? length : 1,
                             length ? folder : ".", name);
        if (whole >= 0 && (size_t)whole < size && is_program(path))
            return true;
        folder = folder[length] ? folder + length + 1 : NULL;
    }
    return false;
}
