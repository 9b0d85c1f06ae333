/* SPDX-License-Identifier: MIT */
#include "callbacks/pipe_transport.h"

#include "nonblocking/pipe.h"

#include <errno.h>
#include <sys/stat.h>

static const struct stream_channel read_channel = {.receive = pipe_read};
static const struct stream_channel write_channel = {.send = pipe_write};

/* Checks whether the descriptor can be taken over, and prepares it. 0 or a
 * negative errno. */
static int prepare_descriptor(int fd, mode_t *mode)
{
    struct stat status;
    if (fstat(fd, &status))
        return -errno;
    *mode = status.st_mode;
    if (!S_ISFIFO(*mode) && !S_ISSOCK(*mode) && !S_ISCHR(*mode))
        return -EINVAL;
    return pipe_set_nonblocking(fd);
}

int read_pipe_adopt(struct stream_transport *stream, struct transports *shared,
                    int fd, struct protocol *protocol)
{
    mode_t mode;
    int error = prepare_descriptor(fd, &mode);
    if (!error)
        stream_adopt_channel(stream, shared, fd, &read_channel, protocol);
    return error;
}

/* For a pipe's writing end "readable" means that no reader is left; for a
 * terminal it means that a key was pressed. */
int write_pipe_adopt(struct stream_transport *stream, struct transports *shared,
                     int fd, struct protocol *protocol)
{
    mode_t mode;
    int error = prepare_descriptor(fd, &mode);
    if (error)
        return error;
    stream_adopt_channel(stream, shared, fd, &write_channel, protocol);
    stream->reading = !S_ISCHR(mode);
    return 0;
}
