/* SPDX-License-Identifier: MIT */
/* io_uring, as far as a client needs it: operations go into one ring, what came
 * of them comes out of another, and one system call a turn serves both.
 *
 * The kernel is told what to do, not asked what can be done: completions
 * instead of readiness, as in the talk's IOCP. So it must own a place for the
 * bytes before they arrive. A pool of buffers serves all connections: the
 * kernel takes one when something comes, and a connection that waits has none.
 */
#ifndef NONBLOCKING_URING_RING_INTERNAL_H
#define NONBLOCKING_URING_RING_INTERNAL_H

#include "base/bytes.h"
#include "base/nanos.h"
#include "http/address.h"

#include <liburing.h>

/* What an operation was: the low bits of its pointer. */
enum uring_operation {
    URING_CONNECT = 1,
    URING_SEND = 2,
    URING_RECEIVE = 4,
    URING_READABLE = 3, /* a descriptor that is only watched */
    URING_CANCEL = 7,   /* its end is not reported */
};

struct uring_ring {
    struct io_uring ring;
    struct io_uring_buf_ring *pool;
    char *buffers;
    unsigned pool_size; /* how many buffers; a power of two */
};

/* A completion, with its parts told apart. */
struct uring_event {
    void *owner;
    enum uring_operation operation;
    int result;            /* a count, or a negative errno */
    bool more;             /* the operation goes on */
    const char *data;      /* of URING_RECEIVE with a positive result */
    unsigned short buffer; /* which buffer that is */
};

/* A ring for this many connections. 0; or a negative errno: -EPERM or -ENOSYS
 * where the kernel or a container does not allow io_uring. */
int uring_ring_init(struct uring_ring *ring, size_t connections);
void uring_ring_deinit(struct uring_ring *ring);

/* Each queues one operation; it reaches the kernel with the next wait. `owner`
 * is at least 8-aligned and outlives the operation, and so do the bytes to be
 * sent and the address. 0 or a negative errno. */
int uring_connect(struct uring_ring *ring, int fd,
                  const struct address *address, void *owner);
/* For an attempt to connect that is under way without the ring: its event is
 * that of uring_connect, but for the result, which says that fd is ready for
 * one of the `events` of poll(). */
int uring_await_connect(struct uring_ring *ring, int fd, unsigned events,
                        void *owner);
int uring_send(struct uring_ring *ring, int fd, struct slice bytes,
               void *owner);
/* `repeat`: for the life of the connection, one event for each arrival. */
int uring_receive(struct uring_ring *ring, int fd, bool repeat, void *owner);
int uring_watch(struct uring_ring *ring, int fd, void *owner);
/* The operation ends early, with an event of its own like any other. */
int uring_cancel(struct uring_ring *ring, enum uring_operation operation,
                 void *owner);

/* Hands all that is queued over and waits for an event or the timeout. 0 or a
 * negative errno. */
int uring_wait(struct uring_ring *ring, nanos timeout);

/* The next event; false when there is none. Its data is good until
 * uring_release. */
bool uring_next(struct uring_ring *ring, struct uring_event *event);

/* Gives the buffer of an event back, if it had one. */
void uring_release(struct uring_ring *ring, const struct uring_event *event);

#endif
