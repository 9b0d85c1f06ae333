/* SPDX-License-Identifier: MIT */
#include "lessons/tool/program.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

void arguments_add(struct arguments *arguments, const char *format, ...)
{
    if (arguments->count + 2 > arguments->capacity) {
        size_t capacity = arguments->capacity ? 2 * arguments->capacity : 32;
        char **list = realloc(arguments->list, capacity * sizeof *list);
        if (!list) {
            arguments->incomplete = true;
            return;
        }
        arguments->list = list;
        arguments->capacity = capacity;
    }
    va_list values;
    va_start(values, format);
    char *text = NULL;
    if (vasprintf(&text, format, values) >= 0)
        arguments->list[arguments->count++] = text;
    else
        arguments->incomplete = true;
    arguments->list[arguments->count] = NULL;
    va_end(values);
}

void arguments_deinit(struct arguments *arguments)
{
    for (size_t i = 0; i < arguments->count; i++)
        free(arguments->list[i]);
    free(arguments->list);
    *arguments = (struct arguments){0};
}

/* Reads from both until both are closed. */
static void drain(int fds[2], struct buffer *buffers[2])
{
    struct pollfd list[2] = {{fds[0], POLLIN, 0}, {fds[1], POLLIN, 0}};
    int open = (fds[0] >= 0) + (fds[1] >= 0);
    while (open > 0) {
        if (poll(list, 2, -1) < 0)
            continue;
        for (int i = 0; i < 2; i++) {
            char bytes[8192];
            if (list[i].fd < 0 || !list[i].revents)
                continue;
            ssize_t count = read(list[i].fd, bytes, sizeof bytes);
            if (count > 0) {
                buffer_append(buffers[i], bytes, (size_t)count);
            } else if (count == 0 || errno != EINTR) {
                list[i].fd = -1;
                open--;
            }
        }
    }
}

/* A pipe whose writing end becomes the child's descriptor; none for what
 * nobody wants to read. */
static int plumb(posix_spawn_file_actions_t *actions, const struct buffer *want,
                 int target, int ends[2])
{
    ends[0] = ends[1] = -1;
    if (!want)
        return posix_spawn_file_actions_addopen(actions, target, "/dev/null",
                                                O_WRONLY, 0);
    if (pipe2(ends, O_CLOEXEC))
        return errno;
    return posix_spawn_file_actions_adddup2(actions, ends[1], target);
}

static void close_end(int *fd)
{
    if (*fd >= 0)
        close(*fd);
    *fd = -1;
}

static int exit_status(pid_t pid)
{
    int status;
    while (waitpid(pid, &status, 0) < 0)
        if (errno != EINTR)
            return -errno;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

int arguments_run(const struct arguments *arguments, struct buffer *out,
                  struct buffer *errors)
{
    int out_ends[2] = {-1, -1}, error_ends[2] = {-1, -1};
    posix_spawn_file_actions_t actions;
    if (!arguments->count || arguments->incomplete)
        return -ENOMEM;
    posix_spawn_file_actions_init(&actions);
    int error =
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
    if (!error)
        error = plumb(&actions, out, 1, out_ends);
    if (!error && errors && errors == out)
        error = posix_spawn_file_actions_adddup2(&actions, out_ends[1], 2);
    else if (!error)
        error = plumb(&actions, errors, 2, error_ends);
    pid_t pid = 0;
    if (!error)
        error = posix_spawnp(&pid, arguments->list[0], &actions, NULL,
                             arguments->list, environ);
    posix_spawn_file_actions_destroy(&actions);
    close_end(&out_ends[1]);
    close_end(&error_ends[1]);
    if (!error)
        drain((int[]){out_ends[0], error_ends[0]},
              (struct buffer *[]){out, errors});
    close_end(&out_ends[0]);
    close_end(&error_ends[0]);
    if (error)
        return error == ENOENT ? 127 : -error;
    return exit_status(pid);
}
