/* SPDX-License-Identifier: MIT */
/* One thread and io_uring. A connection for each request is one chain of
 * operations, from the socket to its end, and takes no system call of its own.
 * A kept one has a single receive for its whole life, and each request is one
 * entry more. Nothing looks at the answers, so all of them arrive at the same
 * place in memory.
 *
 * A request has one completion: that of its last operation, or of the one that
 * failed. */
#include "nonblocking/uring.h"
#include "harness/floors/floors.h"

#include <errno.h>
#include <liburing.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

enum {
    ENTRIES = 1024,
    CHAIN = 5,      /* operations of a request with its own connection */
    BUFFERS = 1024, /* a power of two */
    BUFFER_SIZE = 4096,
    GROUP = 0,
};

/* What an operation was: the low bits of its data, a line's number above. */
enum step { OPENED, CONNECTED, SENT, RECEIVED, CLOSED };

/* A line that has no request in flight. */
#define NOTHING_ASKED SIZE_MAX

struct ring {
    struct floor_load *load;
    struct io_uring uring;
    struct io_uring_buf_ring *buffers; /* all of them are `scratch` */
    char *scratch;
    size_t *arrived; /* for each line whose connection is kept: bytes of its
                      * answer, or NOTHING_ASKED */
    size_t begun;    /* requests */
    size_t active;   /* lines with a request in flight */
    int error;       /* the ring's own, which ends the run; or 0 */
};

/* ---- operations ---- */

/* A submission ends every chain, so there must be room for a whole chain. */
static bool make_room(struct ring *ring, unsigned wanted)
{
    if (io_uring_sq_space_left(&ring->uring) >= wanted)
        return true;
    int count = io_uring_submit(&ring->uring);
    ring->error = count < 0 ? count : ring->error;
    return count >= 0;
}

static void mark(struct io_uring_sqe *entry, size_t line, enum step step,
                 unsigned flags)
{
    entry->flags |= (unsigned char)flags;
    io_uring_sqe_set_data64(entry, (uint64_t)line << 3 | (uint64_t)step);
}

static void queue_send(struct ring *ring, size_t line, unsigned flags)
{
    struct io_uring_sqe *entry = io_uring_get_sqe(&ring->uring);
    const struct slice *request = &ring->load->request;
    io_uring_prep_send(entry, (int)line, request->data, request->size,
                       MSG_NOSIGNAL | MSG_WAITALL);
    mark(entry, line, SENT, flags | IOSQE_FIXED_FILE | IOSQE_CQE_SKIP_SUCCESS);
}

/* An answer that is short breaks the chain, as an error does. */
static void queue_chain(struct ring *ring, size_t line)
{
    const unsigned quiet = IOSQE_IO_LINK | IOSQE_CQE_SKIP_SUCCESS;
    const struct floor_load *load = ring->load;
    const struct address *address =
        &load->addresses[ring->begun % (size_t)load->address_count];
    struct io_uring_sqe *entry = io_uring_get_sqe(&ring->uring);

    io_uring_prep_socket_direct(entry, address->socket.any.sa_family,
                                SOCK_STREAM, IPPROTO_TCP, (unsigned)line, 0);
    mark(entry, line, OPENED, quiet);
    entry = io_uring_get_sqe(&ring->uring);
    io_uring_prep_connect(entry, (int)line, &address->socket.any,
                          address->size);
    mark(entry, line, CONNECTED, quiet | IOSQE_FIXED_FILE);
    queue_send(ring, line, IOSQE_IO_LINK);
    entry = io_uring_get_sqe(&ring->uring);
    io_uring_prep_recv(entry, (int)line, ring->scratch, load->answer_size,
                       MSG_WAITALL);
    mark(entry, line, RECEIVED, quiet | IOSQE_FIXED_FILE);
    entry = io_uring_get_sqe(&ring->uring);
    io_uring_prep_close_direct(entry, (unsigned)line);
    mark(entry, line, CLOSED, 0);
}

static void queue_receive(struct ring *ring, size_t line)
{
    if (!make_room(ring, 1))
        return;
    struct io_uring_sqe *entry = io_uring_get_sqe(&ring->uring);
    io_uring_prep_recv_multishot(entry, (int)line, NULL, 0, 0);
    entry->buf_group = GROUP;
    mark(entry, line, RECEIVED, IOSQE_FIXED_FILE | IOSQE_BUFFER_SELECT);
}

/* A new connection for the line; its receive goes on until the connection
 * ends. */
static int dial(struct ring *ring, size_t line)
{
    int fd = floor_connect(ring->load, line);
    if (fd < 0)
        return fd;
    int count =
        io_uring_register_files_update(&ring->uring, (unsigned)line, &fd, 1);
    close(fd); /* the ring has its own */
    if (count < 0)
        return count;
    queue_receive(ring, line);
    return 0;
}

static void give_buffer(struct ring *ring, unsigned number)
{
    io_uring_buf_ring_add(ring->buffers, ring->scratch, BUFFER_SIZE,
                          (unsigned short)number,
                          io_uring_buf_ring_mask(BUFFERS), 0);
    io_uring_buf_ring_advance(ring->buffers, 1);
}

/* ---- requests ---- */

/* Begins the line's next request, if one is left. */
static void begin(struct ring *ring, size_t line)
{
    ring->arrived[line] = NOTHING_ASKED;
    if (ring->begun == ring->load->requests || !make_room(ring, CHAIN))
        return;
    ring->begun++;
    ring->active++;
    ring->arrived[line] = 0;
    if (ring->load->keep_alive)
        queue_send(ring, line, 0);
    else
        queue_chain(ring, line);
}

static void next(struct ring *ring, size_t line)
{
    ring->active--;
    begin(ring, line);
}

static void fail(struct ring *ring, size_t line, int error)
{
    ring->load->errors++;
    ring->load->error = ring->load->error ? ring->load->error : error;
    next(ring, line);
}

/* The receive of a kept connection has ended, and so has the connection. After
 * its last request it may. */
static void hang_up(struct ring *ring, size_t line, int error)
{
    if (ring->arrived[line] == NOTHING_ASKED)
        return;
    ring->error = dial(ring, line);
    fail(ring, line, error ? error : -ECONNRESET);
}

/* A completion of a kept connection. */
static void receive(struct ring *ring, size_t line,
                    const struct io_uring_cqe *completion)
{
    if (completion->flags & IORING_CQE_F_BUFFER)
        give_buffer(ring, completion->flags >> IORING_CQE_BUFFER_SHIFT);
    if (completion->res <= 0 && completion->res != -ENOBUFS) {
        hang_up(ring, line, completion->res);
        return;
    }
    if (!(completion->flags & IORING_CQE_F_MORE))
        queue_receive(ring, line);
    if (completion->res < 0 || ring->arrived[line] == NOTHING_ASKED)
        return;
    ring->arrived[line] += (size_t)completion->res;
    if (ring->arrived[line] > ring->load->answer_size)
        fail(ring, line, -EBADMSG);
    else if (ring->arrived[line] == ring->load->answer_size)
        next(ring, line);
}

/* If nothing can be sent over a kept connection, its receive ends, too, and the
 * error is handled there. */
static void complete(struct ring *ring, const struct io_uring_cqe *completion)
{
    size_t line = completion->user_data >> 3;
    enum step step = completion->user_data & 7;

    if (ring->load->keep_alive && step == RECEIVED)
        receive(ring, line, completion);
    else if (ring->load->keep_alive)
        return;
    else if (step != CLOSED || completion->res < 0)
        fail(ring, line, completion->res < 0 ? completion->res : -ECONNRESET);
    else
        next(ring, line);
}

static void run_lines(struct ring *ring)
{
    struct floor_load *load = ring->load;

    for (size_t i = 0; i < load->connections && !ring->error; i++) {
        if (load->keep_alive)
            ring->error = dial(ring, i);
        begin(ring, i);
    }
    while (ring->active > 0 && !ring->error) {
        struct io_uring_cqe *completion;
        unsigned head, count = 0;
        int status = io_uring_submit_and_wait(&ring->uring, 1);
        if (status < 0 && status != -EINTR)
            ring->error = status;
        io_uring_for_each_cqe(&ring->uring, head, completion)
        {
            complete(ring, completion);
            count++;
        }
        io_uring_cq_advance(&ring->uring, count);
    }
}

/* ---- the ring ---- */

static size_t buffers_bytes(void)
{
    return BUFFERS * sizeof(struct io_uring_buf);
}

static int register_buffers(struct ring *ring)
{
    void *pool = mmap(NULL, buffers_bytes(), PROT_READ | PROT_WRITE,
                      MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (pool == MAP_FAILED)
        return -ENOMEM;
    ring->buffers = pool;
    struct io_uring_buf_reg registration = {
        .ring_addr = (uintptr_t)pool, .ring_entries = BUFFERS, .bgid = GROUP};
    int error = io_uring_register_buf_ring(&ring->uring, &registration, 0);
    if (error)
        return error;
    io_uring_buf_ring_init(ring->buffers);
    for (unsigned i = 0; i < BUFFERS; i++)
        give_buffer(ring, i);
    return 0;
}

static int set_up(struct ring *ring)
{
    size_t connections = ring->load->connections;
    struct io_uring_params params = {
        .flags = IORING_SETUP_SINGLE_ISSUER | IORING_SETUP_DEFER_TASKRUN |
                 IORING_SETUP_CQSIZE,
        .cq_entries = 2 * ENTRIES,
    };

    while (params.cq_entries < 4 * connections && params.cq_entries < 32768)
        params.cq_entries *= 2;
    int error = io_uring_queue_init_params(ENTRIES, &ring->uring, &params);
    if (error)
        return error;
    error = io_uring_register_files_sparse(&ring->uring, (unsigned)connections);
    return error ? error : register_buffers(ring);
}

static int run(struct floor_load *load)
{
    struct ring ring = {.load = load, .uring = {.ring_fd = -1}};
    size_t size =
        load->answer_size > BUFFER_SIZE ? load->answer_size : BUFFER_SIZE;

    ring.scratch = malloc(size);
    ring.arrived = calloc(load->connections, sizeof *ring.arrived);
    ring.error = ring.scratch && ring.arrived ? set_up(&ring) : -ENOMEM;
    if (!ring.error)
        run_lines(&ring);
    if (ring.uring.ring_fd >= 0)
        io_uring_queue_exit(&ring.uring);
    if (ring.buffers)
        munmap(ring.buffers, buffers_bytes());
    free(ring.arrived);
    free(ring.scratch);
    return ring.error;
}

static const char *why_not(void)
{
    return uring_model.unavailable();
}

const struct floor floor_uring = {
    .name = "floor-uring",
    .summary = "one thread and io_uring",
    .overlaps = true,
    .run = run,
    .unavailable = why_not,
};
