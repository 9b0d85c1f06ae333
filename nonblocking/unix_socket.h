/* SPDX-License-Identifier: MIT */
/* UNIX sockets that do not wait: between programs on one machine, by a path in
 * the file system. What is done with them once they are open is in socket.h. */
#ifndef NONBLOCKING_UNIX_SOCKET_H
#define NONBLOCKING_UNIX_SOCKET_H

#ifdef __cplusplus
extern "C" {
#endif

/* On its way to the server at `path`. The descriptor, or a negative errno:
 * -ENAMETOOLONG for a path of more than 107 bytes, -ENOENT and -ECONNREFUSED
 * when no server is there, -EAGAIN when its queue is full. */
int unix_socket_start_connect(const char *path);

/* A socket that listens at `path`. A socket file that a server has left there
 * is replaced; one whose server still listens, and a file of another kind, is
 * not: -EADDRINUSE. The descriptor, or a negative errno. The file stays when
 * the descriptor is closed: it is the caller's to remove. */
int unix_socket_listen(const char *path);

#ifdef __cplusplus
}
#endif

#endif
