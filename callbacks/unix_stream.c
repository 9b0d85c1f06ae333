/* SPDX-License-Identifier: MIT */
#include "callbacks/unix_stream.h"

#include "nonblocking/unix_socket.h"

#include <unistd.h>

int unix_stream_connect(struct stream_transport *stream,
                        struct transports *shared, const char *path,
                        struct protocol *protocol)
{
    return stream_begin_connect(stream, shared, unix_socket_start_connect(path),
                                protocol);
}

int unix_server_listen(struct stream_server *server, struct transports *shared,
                       const char *path)
{
    int fd = unix_socket_listen(path);
    if (fd < 0)
        return fd;
    int error = stream_server_adopt(server, shared, fd);
    if (error) {
        close(fd);
        unlink(path);
    }
    return error;
}

/* Removes the file before closing: a server that starts in between then finds
 * no file. The other way round, it would replace a file that it takes for left
 * behind, and we would then remove its file. */
void unix_server_close(struct stream_server *server, const char *path)
{
    if (server->listening)
        unlink(path);
    stream_server_close(server);
}
