/* SPDX-License-Identifier: MIT */
/* A blocking process per connection: where a connection is not kept, a process
 * for each request. */
#include "harness/floors/floors.h"

#include <errno.h>
#include <sys/wait.h>
#include <unistd.h>

/* A count up to 255. */
int floor_status_of(const struct floor_load *load)
{
    return load->errors < 255 ? (int)load->errors : 255;
}

void floor_collect(struct floor_load *load, pid_t child)
{
    int status = 0;
    while (waitpid(child, &status, 0) < 0 && errno == EINTR)
        continue;
    if (status == 0)
        return;
    load->errors += WIFEXITED(status) ? (size_t)WEXITSTATUS(status) : 1;
    load->error = load->error ? load->error : -EIO;
}

static _Noreturn void child_main(struct floor_load *load, size_t share,
                                 size_t connection)
{
    load->errors = 0;
    floor_do_share(load, share, connection, -1);
    _exit(floor_status_of(load));
}

static int run_children(struct floor_load *load)
{
    int error = 0;
    size_t children = load->keep_alive ? load->connections : load->requests;
    size_t started = 0, ended = 0;

    for (; started < children; started++) {
        if (started - ended == load->connections) {
            floor_collect(load, -1);
            ended++;
        }
        pid_t child = fork();
        if (child == 0)
            child_main(load, load->keep_alive ? floor_share(load, started) : 1,
                       started);
        if (child < 0) {
            error = -errno;
            break;
        }
    }
    for (; ended < started; ended++)
        floor_collect(load, -1);
    return error;
}

const struct floor floor_fork = {
    .name = "floor-fork",
    .summary = "a blocking process per connection",
    .overlaps = true,
    .run = run_children,
};
