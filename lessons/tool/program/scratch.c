/* SPDX-License-Identifier: MIT */
#include "lessons/tool/program/scratch.h"

#include "lessons/tool/files.h"

#include <errno.h>
#include <stdio.h>
#include <unistd.h>

/* How many commands may build at once. One more waits for the last folder. */
enum { FOLDERS_MAX = 16 };

static int name_folder(struct scratch *scratch, const char *work, int number)
{
    int size = number == 1
                   ? snprintf(scratch->folder, SCRATCH_MAX, "%s/.check", work)
                   : snprintf(scratch->folder, SCRATCH_MAX, "%s/.check/%d",
                              work, number);
    return size < SCRATCH_MAX ? 0 : -ENAMETOOLONG;
}

int scratch_take(struct scratch *scratch, const char *work, struct buffer *why)
{
    int error = -EWOULDBLOCK;
    for (int i = 1; i <= FOLDERS_MAX && error == -EWOULDBLOCK; i++) {
        error = name_folder(scratch, work, i);
        if (!error)
            scratch->lock = folder_lock(scratch->folder, i < FOLDERS_MAX);
        if (!error && scratch->lock < 0)
            error = scratch->lock;
    }
    if (error)
        buffer_print(why, "%s: %s", scratch->folder, strerrordesc_np(-error));
    return error;
}

void scratch_leave(struct scratch *scratch)
{
    close(scratch->lock);
}
