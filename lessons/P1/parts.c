/* SPDX-License-Identifier: MIT */
#include "lessons/P1/fork.h"
#include "processes/pack.h"

#include <errno.h>
#include <poll.h>
#include <unistd.h>

int result_write(int pipe, struct result *result)
{
    struct buffer packed = {0};
    result->doer.pid = getpid();
    result->doer.thread = gettid();
    int error = result_pack_or_fail(result, &packed);
    for (size_t sent = 0; !error && sent < packed.size;) {
        ssize_t count = write(pipe, packed.data + sent, packed.size - sent);
        if (count > 0)
            sent += (size_t)count;
        else if (errno != EINTR)
            error = -errno;
    }
    buffer_deinit(&packed);
    return error;
}

int result_read(int pipe, struct result *result)
{
    struct buffer packed = {0};
    ssize_t unpacked = 0;
    int error = 0;
    result_clear(result);
    while (!error && unpacked == 0) {
        error = buffer_reserve(&packed, 4096);
        if (error)
            break;
        ssize_t count = read(pipe, packed.data + packed.size,
                             packed.capacity - packed.size);
        if (count > 0) {
            packed.size += (size_t)count;
            unpacked = result_unpack(result, buffer_slice(&packed));
        } else if (count == 0) {
            error = -ENODATA;
        } else if (errno != EINTR) {
            error = -errno;
        }
    }
    buffer_deinit(&packed);
    return unpacked < 0 ? (int)unpacked : error;
}

size_t children_wait(const struct child *children, size_t count)
{
    if (count == 0)
        return 0;
    struct pollfd pipes[count];
    for (size_t i = 0; i < count; i++)
        pipes[i] = (struct pollfd){children[i].pipe, POLLIN, 0};
    while (poll(pipes, count, -1) < 0)
        if (errno != EINTR)
            return 0; /* the first one, then, and it may take long */
    size_t place = 0;
    while (!pipes[place].revents)
        place++;
    return place;
}
