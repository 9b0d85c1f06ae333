/* SPDX-License-Identifier: MIT */
/* One connection at a time, and the kernel waits. */
#include "base/write_all.h"
#include "harness/floors/floors.h"

#include <errno.h>
#include <unistd.h>

int floor_connect(const struct floor_load *load, size_t connection)
{
    const struct address *address =
        &load->addresses[connection % (size_t)load->address_count];
    int fd = socket(address->socket.any.sa_family, SOCK_STREAM | SOCK_CLOEXEC,
                    IPPROTO_TCP);
    if (fd < 0)
        return -errno;
    if (connect(fd, &address->socket.any, address->size) < 0) {
        int error = -errno;
        close(fd);
        return error;
    }
    return fd;
}

/* One write, then reads until the answer is whole, as a rule only one. */
static int ask_once(int fd, const struct floor_load *load, int pipe)
{
    char scratch[16384];
    size_t arrived = 0;

    if (send(fd, load->request.data, load->request.size, MSG_NOSIGNAL) < 0)
        return -errno;
    while (arrived < load->answer_size) {
        ssize_t count = recv(fd, scratch, sizeof scratch, 0);
        if (count <= 0)
            return count < 0 ? -errno : -ECONNRESET;
        arrived += (size_t)count;
        int error = 0;
        if (pipe >= 0)
            error = write_all(pipe, (struct slice){scratch, (size_t)count});
        if (error < 0)
            return error;
    }
    return arrived == load->answer_size ? 0 : -EBADMSG;
}

void floor_do_share(struct floor_load *load, size_t share, size_t connection,
                    int pipe)
{
    int fd = -1;

    for (size_t i = 0; i < share; i++) {
        if (fd < 0)
            fd = floor_connect(load, connection + i);
        int error = fd < 0 ? fd : ask_once(fd, load, pipe);
        if (error < 0) {
            load->errors++;
            load->error = load->error ? load->error : error;
        }
        if (fd >= 0 && (error < 0 || !load->keep_alive)) {
            close(fd);
            fd = -1;
        }
    }
    if (fd >= 0)
        close(fd);
}

size_t floor_share(const struct floor_load *load, size_t connection)
{
    return load->requests / load->connections +
           (connection < load->requests % load->connections);
}

static int run_sequential(struct floor_load *load)
{
    floor_do_share(load, load->requests, 0, -1);
    return 0;
}

const struct floor floor_sequential = {
    .name = "floor-sequential",
    .summary = "one blocking connection at a time",
    .overlaps = false,
    .run = run_sequential,
};
