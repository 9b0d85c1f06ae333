/* SPDX-License-Identifier: MIT */
#include "lessons/tool/teacher/room_folder.h"

#include "base/clock.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static bool is_json(const char *name)
{
    size_t size = strlen(name);
    return name[0] != '.' && size > 5 && !strcmp(name + size - 5, ".json");
}

/* When the file was written, by the room's clock: as long ago as the calendar
 * says. What lies in the future was written now. */
static nanos when_written(const struct stat *status)
{
    int64_t ago = time(NULL) - status->st_mtim.tv_sec;
    nanos now = monotonic_now();
    if (ago <= 0)
        return now;
    return ago > now / NANOS_PER_SECOND ? 0 : now - ago * NANOS_PER_SECOND;
}

/* Reads no more than is judged: it may grow meanwhile. */
static int read_all(int fd, struct buffer *text)
{
    while (text->size <= LAPTOP_TEXT_MAX) {
        int error = buffer_reserve(text, 16 * 1024);
        if (error)
            return error;
        ssize_t count = read(fd, text->data + text->size, 16 * 1024);
        if (count < 0 && errno == EINTR)
            continue;
        if (count <= 0)
            return count < 0 ? -errno : 0;
        text->size += (size_t)count;
    }
    return 0;
}

static void take(struct room *room, const char *name, int fd,
                 const struct stat *status)
{
    const char *why = "it is not a file";
    struct buffer text = {0};
    int error = S_ISREG(status->st_mode) ? read_all(fd, &text) : 0;
    if (error)
        why = strerrordesc_np(-error);
    else if (S_ISREG(status->st_mode))
        error = room_take(room, name, buffer_slice(&text), when_written(status),
                          &why);
    else
        error = -EINVAL;
    if (error)
        room_complain(room, name, why);
    buffer_deinit(&text);
}

/* A FIFO of that name is not waited for: O_NONBLOCK. */
static void take_file(struct room *room, int folder, const char *name)
{
    struct stat status;
    int fd = openat(folder, name, O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
    if (fd < 0 || fstat(fd, &status))
        room_complain(room, name, strerrordesc_np(errno));
    else
        take(room, name, fd, &status);
    if (fd >= 0)
        close(fd);
}

static void forget_missing(struct room *room, int folder)
{
    struct stat status;
    for (size_t i = room->count; i-- > 0;)
        if (fstatat(folder, room->laptops[i].key, &status, 0) &&
            errno == ENOENT)
            room_remove(room, &room->laptops[i]);
}

int room_read_folder(struct room *room, const char *folder)
{
    DIR *open_folder = opendir(folder);
    if (!open_folder)
        return -errno;
    room_forget_complaints(room);
    forget_missing(room, dirfd(open_folder));
    for (struct dirent *entry; (entry = readdir(open_folder));)
        if (!is_json(entry->d_name))
            continue;
        else if (strlen(entry->d_name) >= sizeof room->laptops->key)
            room_complain(room, entry->d_name, "its name is too long");
        else
            take_file(room, dirfd(open_folder), entry->d_name);
    closedir(open_folder);
    return 0;
}
