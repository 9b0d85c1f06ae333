/* SPDX-License-Identifier: MIT */
#include "lessons/tool/place.h"

#include <stdio.h>
#include <unistd.h>

const char *place_path(const struct place *place, const char *path,
                       char absolute[PATH_MAX])
{
    char link[64];
    snprintf(link, sizeof link, "/proc/self/fd/%d", place->began_in);
    ssize_t size = path && path[0] && path[0] != '/'
                       ? readlink(link, absolute, PATH_MAX - 1)
                       : -1;
    if (size < 0)
        return path;
    snprintf(absolute + size, (size_t)(PATH_MAX - size), "/%s", path);
    return absolute;
}
