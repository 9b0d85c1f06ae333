/* SPDX-License-Identifier: MIT */
#include "harness/ps/look.h"

#include "base/number.h"

#include <string.h>
#include <unistd.h>

/* The process of a pidfd: a line in its file of /proc/PID/fdinfo. */
static int process_of(struct target *target, int fd)
{
    char line[64];
    int pid = 0;
    snprintf(line, sizeof line, "/proc/%d/fdinfo/%d", (int)target->pid, fd);
    FILE *about = target_file(target, line);
    while (about && !pid && fgets(line, sizeof line, about))
        if (!strncmp(line, "Pid:", 4))
            number_read_int(line + 4, &pid);
    if (about)
        fclose(about);
    return pid;
}

const char *look_descriptor(struct target *target, int fd,
                            char text[SHOWN_NAME])
{
    char path[64];
    snprintf(path, sizeof path, "/proc/%d/fd/%d", (int)target->pid, fd);
    ssize_t size = readlink(path, text, SHOWN_NAME - 1);
    text[size > 0 ? size : 0] = '\0';
    target_harmless(text);
    if (!strcmp(text, "anon_inode:[pidfd]"))
        snprintf(text, SHOWN_NAME, "process %d", process_of(target, fd));
    return text;
}
