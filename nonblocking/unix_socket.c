/* SPDX-License-Identifier: MIT */
#include "nonblocking/unix_socket.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

enum { BACKLOG = 128 };

/* A new socket, and the address that the path makes. The descriptor, or a
 * negative errno. */
static int open_for(const char *path, struct sockaddr_un *address)
{
    *address = (struct sockaddr_un){.sun_family = AF_UNIX};
    size_t length = strlen(path);
    if (length >= sizeof address->sun_path)
        return -ENAMETOOLONG;
    memcpy(address->sun_path, path, length);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    return fd < 0 ? -errno : fd;
}

int unix_socket_start_connect(const char *path)
{
    struct sockaddr_un address;
    int fd = open_for(path, &address);
    if (fd < 0)
        return fd;
    if (!connect(fd, (struct sockaddr *)&address, sizeof address))
        return fd;
    int error = -errno;
    close(fd);
    return error;
}

/* A socket file outlives its server, and only a connection shows whether there
 * is one. Files of other kinds refuse connections, too. */
static bool was_left(const char *path)
{
    struct stat status;
    if (lstat(path, &status) || !S_ISSOCK(status.st_mode))
        return false;
    int fd = unix_socket_start_connect(path);
    if (fd >= 0)
        close(fd);
    return fd == -ECONNREFUSED;
}

static int listen_at(int fd, const struct sockaddr_un *address)
{
    if (bind(fd, (const struct sockaddr *)address, sizeof *address) ||
        listen(fd, BACKLOG))
        return -errno;
    return 0;
}

int unix_socket_listen(const char *path)
{
    struct sockaddr_un address;
    int fd = open_for(path, &address);
    if (fd < 0)
        return fd;
    int error = listen_at(fd, &address);
    if (error == -EADDRINUSE && was_left(path) && !unlink(path))
        error = listen_at(fd, &address);
    if (!error)
        return fd;
    close(fd);
    return error;
}
