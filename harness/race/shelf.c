/* SPDX-License-Identifier: MIT */
#include "harness/race/shelf.h"

#include "base/ascii.h"
#include "base/folder.h"
#include "base/path.h"
#include "base/whole_file.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

enum { NAME_MAX_LENGTH = 60 };

bool shelf_is_name(const char *name)
{
    size_t size = strlen(name);
    for (size_t i = 0; i < size; i++)
        if (!ascii_is_alphanumeric(name[i]) && !strchr("._-", name[i]))
            return false;
    return size > 0 && size <= NAME_MAX_LENGTH && name[0] != '.' &&
           strcmp(name, "latest") != 0;
}

/* -EEXIST: another race has it. */
static int try_folder(const char *shelf, const char *name, const char *date,
                      int number, struct buffer *path)
{
    int error = buffer_print(path, "%s/%s-%s", shelf, name, date);
    if (!error && number > 1)
        error = buffer_print(path, "-%d", number);
    if (!error)
        error = buffer_print(path, "%c", '\0');
    if (!error)
        error = folder_make_new(path->data);
    if (error)
        path->size = 0;
    return error;
}

int shelf_make(const char *shelf, const char *name, time_t when,
               struct buffer *path)
{
    char date[32] = "";
    struct tm local;
    int error = folder_make(shelf);

    if (!error && localtime_r(&when, &local))
        strftime(date, sizeof date, "%Y%m%d-%H%M%S", &local);
    for (int number = 1; !error; number++) {
        error = try_folder(shelf, name, date, number, path);
        if (error != -EEXIST)
            break;
        error = 0;
    }
    return error;
}

int shelf_point(const char *shelf, const char *folder)
{
    struct buffer link = {0};
    int error = buffer_print(&link, "%s/latest%c", shelf, '\0');

    if (!error)
        error = whole_file_link(link.data, path_base_name(folder));
    buffer_deinit(&link);
    return error;
}
