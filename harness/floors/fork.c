/* SPDX-License-Identifier: MIT */
/* A blocking process per connection. */
#include "harness/floors/floors.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

/* In the child: what it has to say fits into its exit status, a count of
 * errors up to 255. */
static _Noreturn void lane_main(struct floor_load *load, size_t lane)
{
    load->errors = 0;
    floor_do_share(load, floor_share(load, lane), lane);
    _exit(load->errors < 255 ? (int)load->errors : 255);
}

static void collect(struct floor_load *load, pid_t child)
{
    int status = 0;
    while (waitpid(child, &status, 0) < 0 && errno == EINTR)
        continue;
    if (status == 0)
        return;
    load->errors += WIFEXITED(status) ? (size_t)WEXITSTATUS(status) : 1;
    load->error = load->error ? load->error : -EIO;
}

static int run(struct floor_load *load)
{
    int status = 0;
    size_t started = 0;
    pid_t *children = calloc(load->connections, sizeof *children);
    if (!children)
        return -ENOMEM;

    for (; started < load->connections; started++) {
        children[started] = fork();
        if (children[started] == 0)
            lane_main(load, started);
        if (children[started] < 0) {
            status = -errno;
            break;
        }
    }
    for (size_t i = 0; i < started; i++)
        collect(load, children[i]);
    free(children);
    return status;
}

const struct floor floor_fork = {
    .name = "floor-fork",
    .summary = "a blocking process per connection",
    .overlaps = true,
    .run = run,
};
