/* SPDX-License-Identifier: MIT */
#include "harness/floors/floors.h"

#include "base/number.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

const struct floor *const floors[] = {
    &floor_sequential, &floor_threads,    &floor_fork,  &floor_fork_pipe,
    &floor_epoll,      &floor_epoll_late, &floor_uring, NULL,
};

const struct floor *floors_find(const char *name)
{
    for (size_t i = 0; floors[i]; i++)
        if (!strcmp(floors[i]->name, name))
            return floors[i];
    return NULL;
}

const char *floors_why_not(const struct floor *floor)
{
    return floor->unavailable ? floor->unavailable() : NULL;
}

const char *floors_name_for_family(const char *family)
{
    if (!strcmp(family, "blocking"))
        return floor_sequential.name;
    if (!strcmp(family, "threads"))
        return floor_threads.name;
    if (!strcmp(family, "processes"))
        return floor_fork_pipe.name;
    return floor_epoll.name;
}

void floors_strategies(const char *name, const char *names[STRATEGIES_MAX + 1])
{
    size_t count = 0;
    names[count++] = name;
    for (size_t i = 0; floors[i] && count < STRATEGIES_MAX; i++)
        if (floors[i]->instead_of && !strcmp(floors[i]->instead_of, name))
            names[count++] = floors[i]->name;
    names[count] = NULL;
}

/* Reads the head that ends before `end`. Only here does a floor read an answer,
 * and only once, before the clock runs. */
static int read_length(const char *head, const char *end, size_t *length)
{
    static const char field[] = "\r\ncontent-length:";

    if (strncmp(head, "HTTP/1.1 200", 12) != 0)
        return -EBADMSG;
    const char *found = strcasestr(head, field);
    if (!found || found > end)
        return -EBADMSG;
    /* The head comes on top of it. */
    uint64_t number;
    if (!number_read(found + sizeof field - 1, SIZE_MAX / 2, &number))
        return -EBADMSG;
    *length = number;
    return 0;
}

static int read_head(int fd, struct floor_load *load, size_t *body_size)
{
    char text[4096];
    size_t size = 0;

    while (size < sizeof text - 1) {
        ssize_t count = recv(fd, text + size, sizeof text - 1 - size, 0);
        if (count < 0)
            return -errno;
        if (count == 0)
            return -EBADMSG;
        size += (size_t)count;
        text[size] = '\0';
        const char *end = strstr(text, "\r\n\r\n");
        if (!end)
            continue;
        load->answer_size = (size_t)(end + 4 - text);
        int error = read_length(text, end, body_size);
        load->answer_size += error == 0 ? *body_size : 0;
        return error;
    }
    return -EBADMSG;
}

int floor_learn(struct floor_load *load, size_t *body_size)
{
    int fd = floor_connect(load, 0);
    if (fd < 0)
        return fd;
    ssize_t sent =
        send(fd, load->request.data, load->request.size, MSG_NOSIGNAL);
    int error = sent == (ssize_t)load->request.size
                    ? read_head(fd, load, body_size)
                    : -EPIPE;
    close(fd);
    return error;
}
