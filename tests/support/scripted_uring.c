/* SPDX-License-Identifier: MIT */
/* The same script for io_uring, which makes no system call for a send or a
 * receive. The next best place is between the client and its ring: operations
 * are made smaller on their way in, and events are cut up or replaced on their
 * way out. */
#include "support/scripted_clock.h"
#include "support/scripted_sockets_internal.h"

#include "nonblocking/uring_conn_internal.h"

#include <errno.h>
#include <poll.h>

int __wrap_uring_connect(struct uring_ring *ring, int fd,
                         const struct address *address, void *owner);
int __real_uring_connect(struct uring_ring *ring, int fd,
                         const struct address *address, void *owner);
int __wrap_uring_send(struct uring_ring *ring, int fd, struct slice bytes,
                      void *owner);
int __real_uring_send(struct uring_ring *ring, int fd, struct slice bytes,
                      void *owner);
int __wrap_uring_cancel(struct uring_ring *ring, enum uring_operation operation,
                        void *owner);
int __real_uring_cancel(struct uring_ring *ring, enum uring_operation operation,
                        void *owner);
int __wrap_uring_watch(struct uring_ring *ring, int fd, void *owner);
int __wrap_uring_wait(struct uring_ring *ring, nanos timeout);
int __real_uring_wait(struct uring_ring *ring, nanos timeout);
bool __wrap_uring_next(struct uring_ring *ring, struct uring_event *event);
bool __real_uring_next(struct uring_ring *ring, struct uring_event *event);
void __wrap_uring_release(struct uring_ring *ring,
                          const struct uring_event *event);
void __real_uring_release(struct uring_ring *ring,
                          const struct uring_event *event);

/* Operations that are under way, and are to end with an error. */
static struct doomed {
    const void *owner;
    enum uring_operation operation;
    int error; /* negative; 0: this place is free */
} doomed[64];

static void doom(const void *owner, enum uring_operation operation, int error)
{
    struct doomed *place = doomed;
    while (place->error)
        place++;
    *place = (struct doomed){owner, operation, error};
}

static struct doomed *doom_of(const struct uring_event *event)
{
    for (size_t i = 0; i < sizeof doomed / sizeof *doomed; i++)
        if (doomed[i].error && doomed[i].owner == event->owner &&
            doomed[i].operation == event->operation)
            return &doomed[i];
    return NULL;
}

/* ---- operations in ---- */

int __wrap_uring_connect(struct uring_ring *ring, int fd,
                         const struct address *address, void *owner)
{
    int error = scripted_connect_error(&address->socket.any);
    /* An interrupted connect goes on, and io_uring does not speak of it. */
    if (error && error != EINTR)
        doom(owner, URING_CONNECT, -error);
    return __real_uring_connect(ring, fd, address, owner);
}

int __wrap_uring_send(struct uring_ring *ring, int fd, struct slice bytes,
                      void *owner)
{
    ssize_t most = scripted_allowed(SCRIPTED_SEND, fd, bytes.size, true);
    if (most < 0)
        doom(owner, URING_SEND, (int)most);
    bytes.size = most < 0 ? 0 : (size_t)most;
    return __real_uring_send(ring, fd, bytes, owner);
}

int __wrap_uring_cancel(struct uring_ring *ring, enum uring_operation operation,
                        void *owner)
{
    int error = scripted_error_instead(SCRIPTED_QUEUE);
    return error ? -error : __real_uring_cancel(ring, operation, owner);
}

/* The kernel may end a watch with any event: here it always does. */
int __wrap_uring_watch(struct uring_ring *ring, int fd, void *owner)
{
    int error = scripted_error_instead(SCRIPTED_QUEUE);
    struct io_uring_sqe *entry = error ? NULL : io_uring_get_sqe(&ring->ring);
    if (!entry)
        return error ? -error : -EBUSY;
    io_uring_prep_poll_add(entry, fd, POLLIN);
    io_uring_sqe_set_data64(entry, (uint64_t)(uintptr_t)owner | URING_READABLE);
    return 0;
}

/* ---- events out ---- */

/* What is left of an event that is handed out in pieces. */
static struct uring_event rest;

int __wrap_uring_wait(struct uring_ring *ring, nanos timeout)
{
    bool interrupted = scripted_is_interrupted();
    bool jumps = timeout != NEVER && scripted_clock_is_on();
    int error = __real_uring_wait(ring, interrupted || jumps ? 0 : timeout);
    if (jumps && !interrupted && !io_uring_cq_ready(&ring->ring))
        scripted_clock_jump(timeout);
    return error;
}

/* An event for the first `size` bytes; the others are left. */
static void cut(struct uring_event *event, int size)
{
    if (size == event->result)
        return;
    rest = *event;
    rest.data += size;
    rest.result -= size;
    event->result = size;
    event->more = true;
}

/* Nothing was received, and all that was is still to come. */
static void interrupt(struct uring_event *event)
{
    rest = *event;
    event->result = -EINTR;
    event->more = true;
    event->data = NULL;
}

/* Its connection is broken now: what came before is lost, and the operation
 * ends as soon as the kernel has seen it. */
static bool break_off(struct uring_ring *ring, struct uring_event *event,
                      int error)
{
    __real_uring_release(ring, event);
    event->data = NULL;
    event->result = error;
    if (event->more)
        doom(event->owner, URING_RECEIVE, error);
    return !event->more;
}

/* False when the event is not to be seen. */
static bool bend_receive(struct uring_ring *ring, struct uring_event *event)
{
    const struct uring_conn *conn = event->owner;
    if (event->result < 0)
        return true;
    ssize_t most =
        scripted_allowed(SCRIPTED_RECV, conn->fd, (size_t)event->result, true);
    if (most == -EINTR)
        interrupt(event);
    else if (most < 0)
        return break_off(ring, event, (int)most);
    else
        cut(event, (int)most);
    return true;
}

/* Does its fate befall it with this event, its last one? */
static bool meet_doom(struct uring_ring *ring, struct uring_event *event,
                      struct doomed *fate)
{
    __real_uring_release(ring, event);
    event->data = NULL;
    if (event->more)
        return false;
    event->result = fate->error;
    fate->error = 0;
    return true;
}

bool __wrap_uring_next(struct uring_ring *ring, struct uring_event *event)
{
    bool told = false;
    while (!told) {
        *event = rest;
        rest = (struct uring_event){0};
        if (!event->owner && !__real_uring_next(ring, event))
            return false;
        struct doomed *fate = doom_of(event);
        if (fate)
            told = meet_doom(ring, event, fate);
        else
            told =
                event->operation != URING_RECEIVE || bend_receive(ring, event);
    }
    return true;
}

/* A buffer of which something is left is needed still. */
void __wrap_uring_release(struct uring_ring *ring,
                          const struct uring_event *event)
{
    if (!rest.owner)
        __real_uring_release(ring, event);
}
