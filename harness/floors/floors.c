/* SPDX-License-Identifier: MIT */
#include "harness/floors/floors.h"

#include "http/message.h"

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

/* Only here does a floor read an answer, and only once, before the clock
 * runs. */
static int read_head(int fd, struct message *head, size_t *size)
{
    char piece[4096];

    while (!message_has_head(head)) {
        ssize_t count = recv(fd, piece, sizeof piece, 0);
        if (count <= 0)
            return count ? -errno : -EBADMSG;
        count = message_feed_head(head, piece, (size_t)count);
        if (count < 0)
            return -EBADMSG;
        *size += (size_t)count;
    }
    return head->status == 200 && head->has_length ? 0 : -EBADMSG;
}

static int read_answer(int fd, struct floor_load *load, size_t *body_size)
{
    static const struct message_limits limits = {
        MESSAGE_LINE_DEFAULT, MESSAGE_HEAD_DEFAULT, MESSAGE_BODY_DEFAULT};
    struct message head;

    message_init(&head, MESSAGE_RESPONSE, &limits);
    load->answer_size = 0;
    int error = read_head(fd, &head, &load->answer_size);
    *body_size = error ? 0 : (size_t)head.remaining;
    load->answer_size += *body_size;
    message_deinit(&head);
    return error;
}

int floor_learn(struct floor_load *load, size_t *body_size)
{
    int fd = floor_connect(load, 0);
    if (fd < 0)
        return fd;
    ssize_t sent =
        send(fd, load->request.data, load->request.size, MSG_NOSIGNAL);
    int error = sent == (ssize_t)load->request.size
                    ? read_answer(fd, load, body_size)
                    : -EPIPE;
    close(fd);
    return error;
}
