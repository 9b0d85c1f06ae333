/* SPDX-License-Identifier: MIT */
#include "base/folder.h"

#include "base/whole_file.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

int folder_make_new(const char *path)
{
    return mkdir(path, 0777) ? -errno : 0;
}

static int make_one(const char *path)
{
    struct stat status;
    int error = folder_make_new(path);
    if (!error)
        return 0;
    /* The folder may be there already. Then mkdir() may report EEXIST or, say,
     * that its file system is read-only. */
    if (stat(path, &status))
        return error;
    return S_ISDIR(status.st_mode) ? 0 : -ENOTDIR;
}

/* Makes the folders above it first, one for each slash. */
static int make_all(char *path)
{
    int error = 0;
    for (char *at = path + 1; !error && *path && *at; at++)
        if (*at == '/') {
            *at = '\0';
            error = make_one(path);
            *at = '/';
        }
    return error;
}

int folder_make_for(const char *path)
{
    char *copy = strdup(path);
    if (!copy)
        return -ENOMEM;
    int error = make_all(copy);
    free(copy);
    return error;
}

int folder_make(const char *path)
{
    int error = folder_make_for(path);
    return error ? error : make_one(path);
}

int folder_prepare(const char *path)
{
    int error = folder_make(path);
    return error ? error : whole_file_try_folder(path);
}
