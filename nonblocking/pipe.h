/* SPDX-License-Identifier: MIT */
/* Pipes that do not wait: as socket.h, each call does what is possible now.
 * A terminal, or a socket without any of what sockets can do more, is as good.
 */
#ifndef NONBLOCKING_PIPE_H
#define NONBLOCKING_PIPE_H

#include "base/bytes.h"

#include <sys/types.h>

#ifdef __cplusplus
extern "C" {
#endif

/* How many bytes went out; -EAGAIN when none fit; -EPIPE when no reader is
 * left; another negative errno. Never SIGPIPE, whatever the program does with
 * that signal. */
ssize_t pipe_write(int fd, struct slice bytes);

/* How many bytes came in; 0 when no writer is left; -EAGAIN when there are none
 * yet; a negative errno. */
ssize_t pipe_read(int fd, void *data, size_t size);

/* From now on it does not wait. That is a property of the pipe, and so of each
 * descriptor of the same end, in other processes too: a program that hands its
 * standard input to this one and goes on reading from it will see -EAGAIN. 0 or
 * a negative errno. */
int pipe_set_nonblocking(int fd);

#ifdef __cplusplus
}
#endif

#endif
