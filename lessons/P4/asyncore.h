/* SPDX-License-Identifier: MIT */
/* Given: asyncore, as much of it as a client needs. What is yours is in
 * asyncore.c; the base class, the map and connecting are in base.c.
 *
 * How a class looks in C: struct dispatcher_methods is the class, a table of
 * functions. An object points to its class, and every method is handed the
 * object: that is `self`. A subclass's object begins with a struct dispatcher,
 * its table begins as a copy of the base class's.
 *
 * A method that returns an int returns 0, or raises: a negative errno. */
#ifndef LESSONS_P4_ASYNCORE_H
#define LESSONS_P4_ASYNCORE_H

#include "base/bytes.h"
#include "http/address.h"

#include <poll.h>
#include <sys/types.h>

#ifdef __cplusplus
extern "C" {
#endif

struct dispatcher;

struct dispatcher_methods {
    /* Would you like to read, to write? Asked before every wait. The base class
     * says yes to both. */
    bool (*readable)(struct dispatcher *self);
    bool (*writable)(struct dispatcher *self);

    /* What the loop calls. The base class's sort out what the event means, and
     * call the handlers below. */
    int (*handle_read_event)(struct dispatcher *self);
    int (*handle_write_event)(struct dispatcher *self);
    int (*handle_connect_event)(struct dispatcher *self);

    /* What a subclass overrides. In the base class the first three do nothing,
     * handle_close closes, handle_error notes the error and calls handle_close.
     */
    int (*handle_connect)(struct dispatcher *self);
    int (*handle_read)(struct dispatcher *self);
    int (*handle_write)(struct dispatcher *self);
    int (*handle_close)(struct dispatcher *self);
    int (*handle_error)(struct dispatcher *self, int error);
};

/* The base class. */
extern const struct dispatcher_methods dispatcher_defaults;

/* An object of the base class, and the beginning of every other one. */
struct dispatcher {
    const struct dispatcher_methods *methods; /* its class */
    struct socket_map *map;
    int fd; /* -1: no socket */
    bool connecting, connected;
    int error; /* what handle_error was told last; 0: nothing */
};

/* ---- what is in the loop ---- */

enum { SOCKET_MAP_SIZE = 8192 };

/* From descriptor to object. All zero is an empty map. */
struct socket_map {
    struct dispatcher *by_fd[SOCKET_MAP_SIZE]; /* NULL where none is */
    int size;  /* all are in by_fd[0 .. size-1] */
    int count; /* how many there are */
};

/* Under self->fd. 0, or -EMFILE when there is no place for such a number. */
int socket_map_add(struct socket_map *map, struct dispatcher *self);
void socket_map_remove(struct socket_map *map, struct dispatcher *self);

/* The object with this descriptor, or NULL. */
struct dispatcher *socket_map_find(const struct socket_map *map, int fd);

/* ---- the object ---- */

void dispatcher_init(struct dispatcher *self,
                     const struct dispatcher_methods *methods,
                     struct socket_map *map);

/* A new socket, in the map and on its way to the address. 0 or a negative
 * errno, and then it has no socket. */
int dispatcher_connect(struct dispatcher *self, const struct address *address);

/* How did the attempt to connect end? 0, or the negative errno of it. */
int dispatcher_connect_result(const struct dispatcher *self);

ssize_t dispatcher_send(struct dispatcher *self, const void *data, size_t size);
ssize_t dispatcher_recv(struct dispatcher *self, void *data, size_t size);
void dispatcher_close(struct dispatcher *self);

/* The peer is gone, says this negative errno. */
bool is_disconnect(ssize_t error);

/* The base class's methods for events. */
int dispatcher_handle_read_event(struct dispatcher *self);
int dispatcher_handle_write_event(struct dispatcher *self);
int dispatcher_handle_connect_event(struct dispatcher *self);

/* ---- the loop ---- */

/* One pass; `timeout` is poll's, in milliseconds, -1 for as long as it takes.
 * 0, or what handle_error raised. */
int asyncore_poll(struct socket_map *map, int timeout);

int asyncore_loop(struct socket_map *map, int timeout, int passes);

/* ---- two classes ---- */

/* Counts how often it could read. */
struct counter {
    struct dispatcher dispatcher; /* the base class, first */
    int reads;
};

/* The first member of a struct lies where the struct lies. So code that knows
 * that this dispatcher is the beginning of a counter may go from the one to the
 * other. */
static inline struct counter *counter_of(struct dispatcher *self)
{
    return (struct counter *)(void *)self;
}

int counter_handle_read(struct dispatcher *self);
struct dispatcher_methods counter_class(void);

/* The talk's HttpClient: sends a request, keeps what comes back. */
struct http_client {
    struct dispatcher dispatcher;
    struct slice write_buffer; /* what is left to send; another owner's bytes */
    struct buffer read_buffer; /* what has come; buffer_deinit it at the end */
};

static inline struct http_client *http_client_of(struct dispatcher *self)
{
    return (struct http_client *)(void *)self;
}

/* __init__, up to the connect: `methods` is http_client_class's, or what a
 * subclass made of it. */
void http_client_init(struct http_client *self,
                      const struct dispatcher_methods *methods,
                      struct socket_map *map, struct slice request);

bool http_client_writable(struct dispatcher *self);
int http_client_handle_write(struct dispatcher *self);
int http_client_handle_read(struct dispatcher *self);
struct dispatcher_methods http_client_class(void);

#ifdef __cplusplus
}
#endif

#endif
