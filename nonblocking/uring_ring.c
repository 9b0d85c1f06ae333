/* SPDX-License-Identifier: MIT */
#include "nonblocking/uring_ring_internal.h"

#include "base/probe.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/mman.h>

enum { BUFFER_SIZE = 4096, POOL = 0, SUBMIT_AT = 256 };

static unsigned power_of_two(size_t wanted, unsigned least, unsigned most)
{
    unsigned size = least;
    while (size < wanted && size < most)
        size *= 2;
    return size;
}

static size_t pool_bytes(const struct uring_ring *ring)
{
    return ring->pool_size * sizeof(struct io_uring_buf);
}

static char *buffer_at(const struct uring_ring *ring, unsigned number)
{
    return ring->buffers + (size_t)number * BUFFER_SIZE;
}

static void give_buffer(struct uring_ring *ring, unsigned short number)
{
    io_uring_buf_ring_add(ring->pool, buffer_at(ring, number), BUFFER_SIZE,
                          number, io_uring_buf_ring_mask(ring->pool_size), 0);
    io_uring_buf_ring_advance(ring->pool, 1);
}

static int make_pool(struct uring_ring *ring)
{
    void *pool = mmap(NULL, pool_bytes(ring), PROT_READ | PROT_WRITE,
                      MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (pool == MAP_FAILED)
        return -ENOMEM;
    ring->pool = pool;
    ring->buffers = malloc((size_t)ring->pool_size * BUFFER_SIZE);
    if (!ring->buffers)
        return -ENOMEM;
    struct io_uring_buf_reg registration = {
        .ring_addr = (uintptr_t)pool,
        .ring_entries = ring->pool_size,
        .bgid = POOL,
    };
    int error = io_uring_register_buf_ring(&ring->ring, &registration, 0);
    if (error)
        return error;
    io_uring_buf_ring_init(ring->pool);
    for (unsigned i = 0; i < ring->pool_size; i++)
        give_buffer(ring, (unsigned short)i);
    return 0;
}

int uring_ring_init(struct uring_ring *ring, size_t connections)
{
    *ring = (struct uring_ring){0};
    struct io_uring_params params = {
        /* One thread submits, and the kernel works on completions when that
         * thread waits, not by interrupting it. */
        .flags = IORING_SETUP_SINGLE_ISSUER | IORING_SETUP_DEFER_TASKRUN |
                 IORING_SETUP_CQSIZE,
        .cq_entries = power_of_two(4 * connections, 2 * SUBMIT_AT, 32768),
    };
    int error = io_uring_queue_init_params(SUBMIT_AT, &ring->ring, &params);
    if (error)
        return error;
    ring->pool_size = power_of_two(connections, 16, 1024);
    error = make_pool(ring);
    if (error)
        uring_ring_deinit(ring);
    return error;
}

void uring_ring_deinit(struct uring_ring *ring)
{
    io_uring_queue_exit(&ring->ring);
    free(ring->buffers);
    if (ring->pool)
        munmap(ring->pool, pool_bytes(ring));
}

/* ---- operations in ---- */

static struct io_uring_sqe *next_entry(struct uring_ring *ring)
{
    struct io_uring_sqe *entry = io_uring_get_sqe(&ring->ring);
    if (!entry && io_uring_submit(&ring->ring) >= 0)
        entry = io_uring_get_sqe(&ring->ring);
    return entry;
}

static uint64_t tag(const void *owner, enum uring_operation operation)
{
    return (uint64_t)(uintptr_t)owner | (uint64_t)operation;
}

int uring_connect(struct uring_ring *ring, int fd,
                  const struct address *address, void *owner)
{
    struct io_uring_sqe *entry = next_entry(ring);
    if (!entry)
        return -EBUSY;
    io_uring_prep_connect(entry, fd, &address->socket.any, address->size);
    io_uring_sqe_set_data64(entry, tag(owner, URING_CONNECT));
    return 0;
}

int uring_await_connect(struct uring_ring *ring, int fd, unsigned events,
                        void *owner)
{
    struct io_uring_sqe *entry = next_entry(ring);
    if (!entry)
        return -EBUSY;
    io_uring_prep_poll_add(entry, fd, events);
    io_uring_sqe_set_data64(entry, tag(owner, URING_CONNECT));
    return 0;
}

int uring_send(struct uring_ring *ring, int fd, struct slice bytes, void *owner)
{
    struct io_uring_sqe *entry = next_entry(ring);
    if (!entry)
        return -EBUSY;
    io_uring_prep_send(entry, fd, bytes.data, bytes.size, MSG_NOSIGNAL);
    io_uring_sqe_set_data64(entry, tag(owner, URING_SEND));
    return 0;
}

int uring_receive(struct uring_ring *ring, int fd, bool repeat, void *owner)
{
    struct io_uring_sqe *entry = next_entry(ring);
    if (!entry)
        return -EBUSY;
    if (repeat)
        io_uring_prep_recv_multishot(entry, fd, NULL, 0, 0);
    else
        io_uring_prep_recv(entry, fd, NULL, BUFFER_SIZE, 0);
    entry->flags |= IOSQE_BUFFER_SELECT;
    entry->buf_group = POOL;
    io_uring_sqe_set_data64(entry, tag(owner, URING_RECEIVE));
    return 0;
}

int uring_watch(struct uring_ring *ring, int fd, void *owner)
{
    struct io_uring_sqe *entry = next_entry(ring);
    if (!entry)
        return -EBUSY;
    io_uring_prep_poll_multishot(entry, fd, POLLIN);
    io_uring_sqe_set_data64(entry, tag(owner, URING_READABLE));
    return 0;
}

int uring_cancel(struct uring_ring *ring, enum uring_operation operation,
                 void *owner)
{
    struct io_uring_sqe *entry = next_entry(ring);
    if (!entry)
        return -EBUSY;
    io_uring_prep_cancel64(entry, tag(owner, operation), 0);
    io_uring_sqe_set_data64(entry, tag(NULL, URING_CANCEL));
    return 0;
}

/* ---- events out ---- */

int uring_wait(struct uring_ring *ring, nanos timeout)
{
    struct timespec left = nanos_to_timespec(timeout);
    struct __kernel_timespec span = {left.tv_sec, left.tv_nsec};
    struct io_uring_cqe *first;
    probe(PROBE_WAIT_BEGINS, PROBE_FOR_EVENTS, 0, 0);
    int got = io_uring_submit_and_wait_timeout(
        &ring->ring, &first, 1, timeout == NEVER ? NULL : &span, NULL);
    probe(PROBE_WAIT_ENDS, PROBE_FOR_EVENTS, 0, 0);
    return got >= 0 || got == -ETIME || got == -EINTR ? 0 : got;
}

bool uring_next(struct uring_ring *ring, struct uring_event *event)
{
    struct io_uring_cqe *cqe;
    if (io_uring_peek_cqe(&ring->ring, &cqe))
        return false;
    uint64_t data = cqe->user_data;
    *event = (struct uring_event){
        .owner = (void *)(uintptr_t)(data & ~UINT64_C(7)),
        .operation = (enum uring_operation)(data & 7),
        .result = cqe->res,
        .more = cqe->flags & IORING_CQE_F_MORE,
    };
    if (cqe->flags & IORING_CQE_F_BUFFER) {
        event->buffer = (unsigned short)(cqe->flags >> IORING_CQE_BUFFER_SHIFT);
        event->data = buffer_at(ring, event->buffer);
    }
    io_uring_cqe_seen(&ring->ring, cqe);
    return true;
}

void uring_release(struct uring_ring *ring, const struct uring_event *event)
{
    if (event->data)
        give_buffer(ring, event->buffer);
}
