/* SPDX-License-Identifier: MIT */
#include "base/program.h"

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

/* ---- the words ---- */

/* Takes ownership of the text. False when there is no memory for it. */
static bool append_argument(char ***list, size_t *count, size_t *capacity,
                            char *text)
{
    if (*count + 2 > *capacity) {
        size_t wanted = *capacity ? 2 * *capacity : 32;
        char **larger = realloc(*list, wanted * sizeof **list);
        if (!larger)
            return false;
        *list = larger;
        *capacity = wanted;
    }
    (*list)[(*count)++] = text;
    (*list)[*count] = NULL;
    return true;
}

void arguments_add(struct arguments *arguments, const char *format, ...)
{
    va_list values;
    va_start(values, format);
    char *text = NULL;
    if (vasprintf(&text, format, values) < 0)
        text = NULL;
    va_end(values);
    if (text && append_argument(&arguments->list, &arguments->count,
                                &arguments->capacity, text))
        return;
    free(text);
    arguments->incomplete = true;
}

void arguments_add_first(struct arguments *arguments,
                         const struct arguments *from, size_t count)
{
    for (size_t i = 0; i < count; i++)
        arguments_add(arguments, "%s", from->list[i]);
    arguments->incomplete |= from->incomplete;
}

void arguments_set(struct arguments *arguments, const char *variable,
                   const char *value)
{
    char *text = NULL;
    if (!value)
        return;
    if (asprintf(&text, "%s=%s", variable, value) < 0)
        text = NULL;
    if (text &&
        append_argument(&arguments->variables, &arguments->variable_count,
                        &arguments->variable_capacity, text))
        return;
    free(text);
    arguments->incomplete = true;
}

static void free_list(char **list, size_t count)
{
    for (size_t i = 0; i < count; i++)
        free(list[i]);
    free(list);
}

void arguments_deinit(struct arguments *arguments)
{
    free_list(arguments->list, arguments->count);
    free_list(arguments->variables, arguments->variable_count);
    *arguments = (struct arguments){0};
}

/* ---- the environment ---- */

/* Where things are on this machine; nothing that says how to work. */
static const char *const kept[] = {
    "PATH=",
    "HOME=",
    "TMPDIR=",
    "USER=",
    "LOGNAME=",
    "LD_LIBRARY_PATH=",
    "XDG_CONFIG_HOME=",
    "XDG_CACHE_HOME=",
};

enum { KEPT = sizeof kept / sizeof *kept };

/* Points at strings of ours and of the arguments; free() ends it. NULL without
 * memory. */
static char **compose_environment(const struct arguments *arguments)
{
    char **list = calloc(KEPT + arguments->variable_count + 2, sizeof *list);
    size_t count = 0;
    if (!list)
        return NULL;
    for (size_t i = 0; i < arguments->variable_count; i++)
        list[count++] = arguments->variables[i];
    list[count++] = "LC_ALL=C";
    for (int i = 0; i < KEPT; i++)
        for (char **variable = environ; variable && *variable; variable++)
            if (!strncmp(*variable, kept[i], strlen(kept[i]))) {
                list[count++] = *variable;
                break;
            }
    return list;
}

/* ---- running ---- */

/* Reads from both until both are closed. It goes on reading when memory runs
 * out, because the program must not block on a full pipe. 0, or -ENOMEM when
 * something is missing. */
static int drain_pipes(int fds[2], struct buffer *buffers[2])
{
    int error = 0;
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
                if (buffer_append(buffers[i], bytes, (size_t)count))
                    error = -ENOMEM;
            } else if (count == 0 || errno != EINTR) {
                list[i].fd = -1;
                open--;
            }
        }
    }
    return error;
}

/* A pipe whose writing end becomes the child's descriptor; none when the
 * output is not wanted. */
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
    char **environment = compose_environment(arguments);
    if (!environment)
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
                             arguments->list, environment);
    posix_spawn_file_actions_destroy(&actions);
    free(environment);
    close_end(&out_ends[1]);
    close_end(&error_ends[1]);
    int lost = 0;
    if (!error)
        lost = drain_pipes((int[]){out_ends[0], error_ends[0]},
                           (struct buffer *[]){out, errors});
    close_end(&out_ends[0]);
    close_end(&error_ends[0]);
    if (error)
        return error == ENOENT ? 127 : -error;
    int status = exit_status(pid);
    return lost ? lost : status;
}
