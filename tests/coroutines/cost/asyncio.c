/* SPDX-License-Identifier: MIT */
/* asyncio_cost.py runs beside this program: it reads how often, and answers
 * with the CPU time. So its rounds lie between ours. */
#include "callbacks/spawn.h"
#include "costs.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct python {
    struct spawned process;
    FILE *answers; /* NULL: it is not there */
};

static struct python asyncio, uvloop;

static void end(struct python *python)
{
    close(python->process.ends[STDIN_FILENO]);
    if (python->answers)
        fclose(python->answers);
    else
        close(python->process.ends[STDOUT_FILENO]);
    python->answers = NULL;
    if (python->process.pidfd < 0)
        return;
    (void)spawned_returncode(python->process.pidfd, false);
    close(python->process.pidfd);
}

static bool read_answer(struct python *python, char *line, int size)
{
    return python->answers && fgets(line, size, python->answers);
}

static void begin(struct python *python, const char *which)
{
    const char *const argv[] = {"/usr/bin/python3", ASYNCIO_COST, which, NULL};
    const struct subprocess_options options = {
        argv, {SUBPROCESS_PIPE, SUBPROCESS_PIPE, SUBPROCESS_NULL}, false};
    char line[32];
    if (spawn(&python->process, &options))
        return;
    python->answers = fdopen(python->process.ends[STDOUT_FILENO], "r");
    if (!read_answer(python, line, sizeof line) || strcmp(line, "ready\n") != 0)
        end(python);
}

void asyncio_open(void)
{
    begin(&asyncio, "asyncio");
    begin(&uvloop, "uvloop");
}

void asyncio_close(void)
{
    if (asyncio.answers)
        end(&asyncio);
    if (uvloop.answers)
        end(&uvloop);
}

static nanos ask(struct python *python, long times)
{
    char line[32];
    if (!python->answers)
        return -ENOENT;
    dprintf(python->process.ends[STDIN_FILENO], "%ld %d %d\n", times, TASKS,
            TURNS);
    if (!read_answer(python, line, sizeof line))
        return -EPIPE;
    return strtoll(line, NULL, 10);
}

nanos cost_of_asyncio(long times)
{
    return ask(&asyncio, times);
}

nanos cost_of_uvloop(long times)
{
    return ask(&uvloop, times);
}
