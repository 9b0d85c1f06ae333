/* SPDX-License-Identifier: MIT */
/* A blocking process per connection, as in floor-fork, but the answers are
 * needed in the parent: each child writes all that it receives to a pipe of its
 * own, as a model with processes must. */
#include "harness/floors/floors.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

struct child {
    pid_t pid;
    size_t left; /* bytes of answers that are still to come */
};

struct children {
    struct floor_load *load;
    struct child *of;     /* the first `running` are there */
    struct pollfd *pipes; /* one of each */
    size_t running, started;
    char scratch[65536];
};

/* How many requests a child has: it is one connection. */
static size_t child_share(const struct floor_load *load, size_t number)
{
    return load->keep_alive ? floor_share(load, number) : 1;
}

static _Noreturn void child_main(const struct floor_load *shared, size_t number,
                                 int pipe)
{
    struct floor_load load = *shared;
    load.errors = 0;
    floor_do_share(&load, child_share(&load, number), number, pipe);
    _exit(floor_status_of(&load));
}

static int child_start(struct children *children)
{
    const struct floor_load *load = children->load;
    size_t number = children->started;
    int ends[2];

    if (pipe2(ends, O_CLOEXEC) < 0)
        return -errno;
    pid_t pid = fork();
    int error = -errno;
    if (pid == 0)
        child_main(load, number, ends[1]);
    close(ends[1]);
    if (pid < 0) {
        close(ends[0]);
        return error;
    }
    children->of[children->running] =
        (struct child){pid, child_share(load, number) * load->answer_size};
    children->pipes[children->running++] = (struct pollfd){ends[0], POLLIN, 0};
    children->started++;
    return 0;
}

/* The last child takes its place. */
static void child_end(struct children *children, size_t i)
{
    close(children->pipes[i].fd);
    floor_collect(children->load, children->of[i].pid);
    children->running--;
    children->of[i] = children->of[children->running];
    children->pipes[i] = children->pipes[children->running];
}

/* A child that fails writes less than it should. */
static bool child_has_ended(struct children *children, size_t i)
{
    ssize_t count = read(children->pipes[i].fd, children->scratch,
                         sizeof children->scratch);
    if (count < 0)
        return errno != EINTR;
    struct child *child = &children->of[i];
    child->left -= (size_t)count < child->left ? (size_t)count : child->left;
    return count == 0 || child->left == 0;
}

/* Forks children until there are as many as may be at a time. A negative errno
 * when one cannot be forked. */
static int start_children(struct children *children)
{
    const struct floor_load *load = children->load;
    size_t total = load->keep_alive ? load->connections : load->requests;
    int error = 0;

    while (error == 0 && children->running < load->connections &&
           children->started < total)
        error = child_start(children);
    return error;
}

static int run_children(struct children *children)
{
    int error = start_children(children);

    while (children->running > 0) {
        if (poll(children->pipes, children->running, -1) < 0)
            continue;
        /* From back to front, so that the last one has been looked at
         * already. */
        for (size_t i = children->running; i-- > 0;)
            if (children->pipes[i].revents && child_has_ended(children, i))
                child_end(children, i);
        if (error == 0)
            error = start_children(children);
    }
    return error;
}

static int run(struct floor_load *load)
{
    struct children children = {.load = load};

    children.of = calloc(load->connections, sizeof *children.of);
    children.pipes = calloc(load->connections, sizeof *children.pipes);
    int error =
        children.of && children.pipes ? run_children(&children) : -ENOMEM;
    free(children.of);
    free(children.pipes);
    return error;
}

const struct floor floor_fork_pipe = {
    .name = "floor-fork-pipe",
    .summary = "a blocking process per connection, and a pipe back for what it "
               "gets",
    .overlaps = true,
    .run = run,
};
