/* SPDX-License-Identifier: MIT */
#include "lessons/tool/scratch.h"

#include "base/folder.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/file.h>
#include <unistd.h>

/* So many commands may build at once. One more waits for the last folder. */
enum { FOLDERS_MAX = 16 };

static int name_folder(struct scratch *scratch, const char *work, int number)
{
    int size = number == 1
                   ? snprintf(scratch->folder, SCRATCH_MAX, "%s/.check", work)
                   : snprintf(scratch->folder, SCRATCH_MAX, "%s/.check/%d",
                              work, number);
    return size < SCRATCH_MAX ? 0 : -ENAMETOOLONG;
}

/* 0; -EWOULDBLOCK when somebody else has it; or another negative errno. */
static int lock_folder(struct scratch *scratch, int how)
{
    int error = folder_make(scratch->folder);
    if (error)
        return error;
    scratch->lock = open(scratch->folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (scratch->lock < 0)
        return -errno;
    while (flock(scratch->lock, how))
        if (errno != EINTR) {
            error = -errno;
            close(scratch->lock);
            return error;
        }
    return 0;
}

int scratch_take(struct scratch *scratch, const char *work, struct buffer *why)
{
    int error = -EWOULDBLOCK;
    for (int i = 1; i <= FOLDERS_MAX && error == -EWOULDBLOCK; i++) {
        error = name_folder(scratch, work, i);
        if (!error)
            error = lock_folder(scratch,
                                i < FOLDERS_MAX ? LOCK_EX | LOCK_NB : LOCK_EX);
    }
    if (error)
        buffer_print(why, "%s: %s", scratch->folder, strerrordesc_np(-error));
    return error;
}

void scratch_leave(struct scratch *scratch)
{
    close(scratch->lock);
}
