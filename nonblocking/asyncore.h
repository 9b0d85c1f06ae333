/* SPDX-License-Identifier: MIT */
/* asyncore: sockets as objects, events as method calls (row A5).
 *
 * The oldest of Python's event frameworks, whole: a dispatcher wraps a socket
 * and has sixteen methods; a subclass overrides some; the loop asks every
 * object in every pass whether it would like to read or write, waits for those
 * that would, and calls their handlers. Rules AS1 to AS23 in the tests.
 *
 * How a class looks in C: struct dispatcher_methods is the class, a table of
 * functions; dispatcher_defaults is the base class, and a subclass begins as a
 * copy of it. An object embeds struct dispatcher as its first member; `self`
 * is passed. An exception is a returned negative errno: a handler that returns
 * one has raised it, and it ends up in handle_error (AS7).
 *
 * Two differences. asyncore has a global socket_map for callers that pass none;
 * here the map is always passed, and belongs to one thread. And Python keeps an
 * object alive as long as code refers to it; here a handler may close its
 * own object, or another, but may free none before the pass is over.
 */
#ifndef NONBLOCKING_ASYNCORE_H
#define NONBLOCKING_ASYNCORE_H

#include "base/bytes.h"
#include "base/nanos.h"
#include "http/address.h"

#include <sys/types.h>

#ifdef __cplusplus
extern "C" {
#endif

struct dispatcher;

/* Python's ExitNow: from a handler it ends the loop, past handle_error. */
enum { ASYNCORE_EXIT = -10000 };

/* The sixteen methods. Handlers return 0, or raise with a negative errno. */
struct dispatcher_methods {
    /* Asked in every pass; both are true by default. One that does not override
     * writable has a busy loop: a socket is nearly always writable (AS9). */
    bool (*readable)(struct dispatcher *self);
    bool (*writable)(struct dispatcher *self);

    /* What the loop calls; the defaults sort out what the event means. */
    int (*handle_read_event)(struct dispatcher *self);
    int (*handle_write_event)(struct dispatcher *self);
    int (*handle_connect_event)(struct dispatcher *self);
    int (*handle_expt_event)(struct dispatcher *self);

    /* What a subclass overrides; the defaults warn that it has not. */
    int (*handle_read)(struct dispatcher *self);
    int (*handle_write)(struct dispatcher *self);
    int (*handle_connect)(struct dispatcher *self);
    int (*handle_accept)(struct dispatcher *self);
    int (*handle_accepted)(struct dispatcher *self, int fd,
                           const struct address *from); /* fd is now yours */
    int (*handle_expt)(struct dispatcher *self);
    int (*handle_close)(struct dispatcher *self);
    int (*handle_error)(struct dispatcher *self, int error);

    void (*log)(struct dispatcher *self, const char *message);
    void (*log_info)(struct dispatcher *self, const char *message,
                     const char *type);
};

/* The base class. */
extern const struct dispatcher_methods dispatcher_defaults;

/* What is in the loop: from descriptor to object. All zero is an empty map. */
struct socket_map {
    struct dispatcher **by_fd; /* NULL where none is */
    int size;                  /* of by_fd */
    int count;                 /* objects in it */
};

struct dispatcher {
    const struct dispatcher_methods *methods;
    struct socket_map *map;
    int fd; /* -1: no socket */
    bool connected, connecting, accepting;
    struct address address; /* where it is connected or bound to */
};

/* ---- the object ---- */

/* Without a socket: dispatcher_create_socket comes next. */
void dispatcher_init(struct dispatcher *self,
                     const struct dispatcher_methods *methods,
                     struct socket_map *map);

/* Around a socket that exists (AS21): it becomes non-blocking and the object's.
 * Returns 0; or a negative errno, and then the socket is the caller's. */
int dispatcher_init_socket(struct dispatcher *self,
                           const struct dispatcher_methods *methods,
                           struct socket_map *map, int fd);

/* Into the map and out of it. close does the latter by itself. 0 or -ENOMEM. */
int dispatcher_add_channel(struct dispatcher *self);
void dispatcher_del_channel(struct dispatcher *self);

/* The socket's own calls. All return 0 or a negative errno. */
int dispatcher_create_socket(struct dispatcher *self, int family, int type);
int dispatcher_set_reuse_address(struct dispatcher *self);
int dispatcher_bind(struct dispatcher *self, const struct address *address);
int dispatcher_listen(struct dispatcher *self, int backlog);

/* AS14: on its way is success; connected at once calls handle_connect_event. */
int dispatcher_connect(struct dispatcher *self, const struct address *address);

/* The next connection, or -EAGAIN when there is none after all. */
int dispatcher_accept(struct dispatcher *self, struct address *from);

/* AS19. Sends what fits: 0 when nothing does; a broken connection is 0 too,
 * after handle_close. */
ssize_t dispatcher_send(struct dispatcher *self, const void *data, size_t size);

/* AS19. Returns 0 when the peer has gone, after handle_close; -EAGAIN when
 * there is nothing to read. */
ssize_t dispatcher_recv(struct dispatcher *self, void *data, size_t size);

/* Leaves the map, then closes (AS1). Twice is harmless (AS20). */
int dispatcher_close(struct dispatcher *self);

/* The defaults of the four event methods: AS10 to AS12, AS17. */
int dispatcher_handle_read_event(struct dispatcher *self);
int dispatcher_handle_write_event(struct dispatcher *self);
int dispatcher_handle_connect_event(struct dispatcher *self);
int dispatcher_handle_expt_event(struct dispatcher *self);

/* ---- the loop ---- */

/* One pass over select (AS3, AS4), or over poll (AS5, AS6). `timeout` NEVER:
 * as long as it takes. Returns 0; ASYNCORE_EXIT; -EINVAL when a descriptor is
 * too high for select, which ends at FD_SETSIZE; another negative errno. */
int asyncore_poll(struct socket_map *map, nanos timeout);
int asyncore_poll2(struct socket_map *map, nanos timeout);

/* Passes until the map is empty; with count > 0, at most that many (AS2). */
int asyncore_loop(struct socket_map *map, nanos timeout, bool use_poll,
                  int count);

/* Calls one handler as the loop does, and its handle_error if it raises (AS7).
 */
int asyncore_read(struct dispatcher *object);
int asyncore_write(struct dispatcher *object);
int asyncore_exception(struct dispatcher *object);

/* The poll path: `events` as poll returned them (AS6). */
int asyncore_readwrite(struct dispatcher *object, int events);

/* Closes everything in the map (AS8). Errors other than EBADF end it, unless
 * they are to be ignored. 0 or a negative errno. */
int asyncore_close_all(struct socket_map *map, bool ignore_all);

/* The object at this descriptor, or NULL. */
struct dispatcher *socket_map_find(const struct socket_map *map, int fd);
void socket_map_deinit(struct socket_map *map);

/* ---- on top ---- */

/* A dispatcher with a buffer behind send (AS22): writable while there is
 * something in it. A subclass begins with dispatcher_with_send_methods(). */
struct dispatcher_with_send {
    struct dispatcher dispatcher;
    struct buffer out;
};

struct dispatcher_methods dispatcher_with_send_methods(void);

/* Appends and tries at once. 0, or what sending raised. */
int dispatcher_with_send_send(struct dispatcher_with_send *self,
                              const void *data, size_t size);
/* Sends at most 64 KiB of what is waiting. */
int dispatcher_with_send_initiate(struct dispatcher_with_send *self);
void dispatcher_with_send_deinit(struct dispatcher_with_send *self);

/* A descriptor that is not a socket, say a pipe (AS23): a duplicate of `fd` is
 * put into the map; read and write instead of recv and send. */
int file_dispatcher_init(struct dispatcher *self,
                         const struct dispatcher_methods *methods,
                         struct socket_map *map, int fd);
ssize_t file_dispatcher_recv(struct dispatcher *self, void *data, size_t size);
ssize_t file_dispatcher_send(struct dispatcher *self, const void *data,
                             size_t size);

#ifdef __cplusplus
}
#endif

#endif
