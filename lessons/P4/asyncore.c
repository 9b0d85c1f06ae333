/* SPDX-License-Identifier: MIT */
/* asyncore: sockets as objects, events as method calls. One pass of its loop:
 *
 *     1  ask every object what it would like      ask_all
 *     2  poll                                     given, in asyncore_poll
 *     3  call those that can read, then those     call_ready
 *        that can write
 *
 * First what an object and its class are, then what an event means, then the
 * pass, then the socket's own calls, and at last the talk's HttpClient on top.
 * Each function says above its first line what it has to do; the types, and all
 * that is given, are in lessons/P4/asyncore.h. */
#ifndef STEP
#define STEP 5
#define SOLVED 5
#endif

#include "lessons/P4/asyncore.h"
#include "lessons/your_code.h"

#include <errno.h>
#include <unistd.h>

/* ---- step 1: a class in C ---- */

/* A new object: of the class `methods`, for this map, and without a socket (fd
 * is -1). Everything else is zero. It does not go into the map: for that it
 * needs a socket. */
void dispatcher_init(struct dispatcher *self,
                     const struct dispatcher_methods *methods,
                     struct socket_map *map)
{
#if SOLVED >= 1
    *self = (struct dispatcher){.methods = methods, .map = map, .fd = -1};
#else
    YOUR_CODE(self, methods, map);
#endif
}

/* A method of the subclass counter: one read more. Its caller knows only that
 * this is a dispatcher; counter_of gets from there to the counter. It raises
 * nothing: returns 0. */
int counter_handle_read(struct dispatcher *self)
{
#if SOLVED >= 1
    counter_of(self)->reads++;
    return 0;
#else
    YOUR_CODE(self);
    return 0;
#endif
}

/* The class counter: all as in the base class, dispatcher_defaults, but for
 * handle_read, which is the one above. */
struct dispatcher_methods counter_class(void)
{
#if SOLVED >= 1
    struct dispatcher_methods methods = dispatcher_defaults;
    methods.handle_read = counter_handle_read;
    return methods;
#else
    YOUR_CODE(&dispatcher_defaults);
    return dispatcher_defaults;
#endif
}
#if STEP >= 2

/* ---- step 2: events become calls ---- */

/* The attempt to connect is over. dispatcher_connect_result tells how it went:
 * an error is raised, that is returned, and nothing is called. Else the
 * object's handle_connect is called, and what that raises is raised. Only when
 * all is well is the object connected, and not connecting any more. */
int dispatcher_handle_connect_event(struct dispatcher *self)
{
#if SOLVED >= 2
    int error = dispatcher_connect_result(self);
    if (!error)
        error = self->methods->handle_connect(self);
    if (error)
        return error;
    self->connected = true;
    self->connecting = false;
    return 0;
#else
    YOUR_CODE(self);
    return 0;
#endif
}

/* The socket is readable. Calls the object's handle_read; but if the object is
 * still connecting, its handle_connect_event first, and when that raises,
 * nothing else. Returns what was raised, or 0. The object's methods are in
 * self->methods: a call of the functions here by name overlooks that a subclass
 * has its own. */
int dispatcher_handle_read_event(struct dispatcher *self)
{
#if SOLVED >= 2
    if (self->connecting) {
        int error = self->methods->handle_connect_event(self);
        if (error)
            return error;
    }
    return self->methods->handle_read(self);
#else
    YOUR_CODE(self);
    return 0;
#endif
}

/* The socket is writable: the same, with handle_write. */
int dispatcher_handle_write_event(struct dispatcher *self)
{
#if SOLVED >= 2
    if (self->connecting) {
        int error = self->methods->handle_connect_event(self);
        if (error)
            return error;
    }
    return self->methods->handle_write(self);
#else
    YOUR_CODE(self);
    return 0;
#endif
}
#endif
#if STEP >= 3

/* ---- step 3: one pass ---- */

/* 1: asks each object of the map, once: are you readable, are you writable?
 * One that says yes to one of them is noted in the list, with its descriptor
 * and with POLLIN, POLLOUT or both as events; one that wants nothing is left
 * out. The objects are in map->by_fd[0 .. map->size - 1], and NULL is none.
 * Returns how many are in the list; it is long enough for all. */
static nfds_t ask_all(struct socket_map *map, struct pollfd *list)
{
#if SOLVED >= 3
    nfds_t count = 0;
    for (int fd = 0; fd < map->size; fd++) {
        struct dispatcher *object = map->by_fd[fd];
        if (!object)
            continue;
        short events = 0;
        if (object->methods->readable(object))
            events |= POLLIN;
        if (object->methods->writable(object))
            events |= POLLOUT;
        if (events)
            list[count++] = (struct pollfd){.fd = fd, .events = events};
    }
    return count;
#else
    YOUR_CODE(map, list);
    return 0;
#endif
}

/* 3: calls `call` with the object of every entry in whose revents poll has set
 * `event`, in the order of the list. The object is looked up (socket_map_find)
 * right before it is called: one that was called earlier may have closed it,
 * and then there is nothing to call. Ends at the first call that does not
 * return 0, and returns what that returned; else 0. */
static int call_ready(struct socket_map *map, const struct pollfd *list,
                      nfds_t count, int event,
                      int (*call)(struct dispatcher *self))
{
#if SOLVED >= 3
    for (nfds_t i = 0; i < count; i++) {
        if (!(list[i].revents & event))
            continue;
        struct dispatcher *object = socket_map_find(map, list[i].fd);
        int error = object ? call(object) : 0;
        if (error)
            return error;
    }
    return 0;
#else
    YOUR_CODE(map, list, count, event, call);
    return 0;
#endif
}

/* ---- given: what a pass is made of ---- */

/* Where Python has "except": what a handler raises goes to handle_error. */
static int raised(struct dispatcher *self, int error)
{
    return error ? self->methods->handle_error(self, error) : 0;
}

static int call_read(struct dispatcher *self)
{
    return raised(self, self->methods->handle_read_event(self));
}

static int call_write(struct dispatcher *self)
{
    return raised(self, self->methods->handle_write_event(self));
}

int asyncore_poll(struct socket_map *map, int timeout)
{
    struct pollfd list[SOCKET_MAP_SIZE];
    /* 1 */ nfds_t count = ask_all(map, list);
    /* 2 */ if (poll(list, count, timeout) < 0)
        return errno == EINTR ? 0 : -errno;
    /* 3 */ int error = call_ready(map, list, count, POLLIN, call_read);
    return error ? error : call_ready(map, list, count, POLLOUT, call_write);
}
#endif
#if STEP >= 4

/* ---- step 4: send, recv, close, loop ---- */

/* Sends what fits, with MSG_NOSIGNAL: a peer that is gone is not a reason to
 * die. Returns how many bytes went out. When nothing fits (EAGAIN), that is 0.
 * When the peer is gone (is_disconnect), calls the object's handle_close;
 * returns 0, or what handle_close raised. Raises everything else. */
ssize_t dispatcher_send(struct dispatcher *self, const void *data, size_t size)
{
#if SOLVED >= 4
    ssize_t count = send(self->fd, data, size, MSG_NOSIGNAL);
    if (count >= 0)
        return count;
    if (errno == EAGAIN)
        return 0;
    if (is_disconnect(-errno))
        return self->methods->handle_close(self);
    return -errno;
#else
    YOUR_CODE(self, data, size);
    return 0;
#endif
}

/* Receives what is there. Returns how many bytes. 0 bytes say that the peer has
 * closed: calls the object's handle_close, and returns 0 or what that raised;
 * the same when the peer is gone (is_disconnect). Raises everything else, also
 * that there is nothing to receive: -EAGAIN. */
ssize_t dispatcher_recv(struct dispatcher *self, void *data, size_t size)
{
#if SOLVED >= 4
    ssize_t count = recv(self->fd, data, size, 0);
    if (count > 0)
        return count;
    if (count == 0 || is_disconnect(-errno))
        return self->methods->handle_close(self);
    return -errno;
#else
    YOUR_CODE(self, data, size);
    return 0;
#endif
}

/* Leaves the map, closes the socket, and has none then: fd is -1, and it is
 * neither connected nor connecting. Harmless for one that has no socket. The
 * map goes by self->fd: what comes first? */
void dispatcher_close(struct dispatcher *self)
{
#if SOLVED >= 4
    if (self->fd < 0)
        return;
    socket_map_remove(self->map, self);
    close(self->fd);
    self->fd = -1;
    self->connected = self->connecting = false;
#else
    YOUR_CODE(self);
#endif
}

/* Makes passes, each with this timeout, until none is in the map; with `passes`
 * above 0, at most that many. A pass that returns an error is the last, and its
 * error is returned; else 0. */
int asyncore_loop(struct socket_map *map, int timeout, int passes)
{
#if SOLVED >= 4
    int error = 0;
    for (int pass = 0; !error && map->count > 0; pass++) {
        if (passes > 0 && pass == passes)
            break;
        error = asyncore_poll(map, timeout);
    }
    return error;
#else
    YOUR_CODE(map, timeout, passes);
    return 0;
#endif
}
#endif
#if STEP >= 5

/* ---- step 5: the talk's client ---- */

/* Given: __init__. dispatcher_connect comes next. */
void http_client_init(struct http_client *self,
                      const struct dispatcher_methods *methods,
                      struct socket_map *map, struct slice request)
{
    *self = (struct http_client){.write_buffer = request};
    dispatcher_init(&self->dispatcher, methods, map);
}

/* return len(self.write_buffer) > 0 */
bool http_client_writable(struct dispatcher *self)
{
#if SOLVED >= 5
    return http_client_of(self)->write_buffer.size > 0;
#else
    YOUR_CODE(self);
    return true;
#endif
}

/* sent = self.send(self.write_buffer)
 * self.write_buffer = self.write_buffer[sent:]
 * Returns 0, or what dispatcher_send raised: a negative number. */
int http_client_handle_write(struct dispatcher *self)
{
#if SOLVED >= 5
    struct slice *out = &http_client_of(self)->write_buffer;
    ssize_t sent = dispatcher_send(self, out->data, out->size);
    if (sent < 0)
        return (int)sent;
    out->data += sent;
    out->size -= (size_t)sent;
    return 0;
#else
    YOUR_CODE(self);
    return 0;
#endif
}

/* self.read_buffer += self.recv(8192)
 * A buffer of 8192 bytes is yours to make; buffer_append does the "+=", and
 * raises its error. Nothing there, -EAGAIN, is not an error; all else that
 * dispatcher_recv raises is raised. */
int http_client_handle_read(struct dispatcher *self)
{
#if SOLVED >= 5
    char chunk[8192];
    ssize_t count = dispatcher_recv(self, chunk, sizeof chunk);
    if (count <= 0)
        return count == -EAGAIN ? 0 : (int)count;
    return buffer_append(&http_client_of(self)->read_buffer, chunk,
                         (size_t)count);
#else
    YOUR_CODE(self);
    return 0;
#endif
}

/* The class: writable, handle_write and handle_read are the ones above, all
 * else is as in the base class. */
struct dispatcher_methods http_client_class(void)
{
#if SOLVED >= 5
    struct dispatcher_methods methods = dispatcher_defaults;
    methods.writable = http_client_writable;
    methods.handle_write = http_client_handle_write;
    methods.handle_read = http_client_handle_read;
    return methods;
#else
    YOUR_CODE(&dispatcher_defaults);
    return dispatcher_defaults;
#endif
}
#endif
