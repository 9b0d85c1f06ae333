/* SPDX-License-Identifier: MIT */
#include "callbacks/subprocess.h"

#include "base/contract.h"
#include "callbacks/handle_name.h"
#include "callbacks/pipe_transport.h"
#include "callbacks/spawn.h"

#include <errno.h>
#include <signal.h>
#include <sys/pidfd.h>
#include <unistd.h>

/* ---- the end ---- */

static bool is_over(const struct subprocess *process)
{
    for (int i = 0; i < SUBPROCESS_STREAMS; i++)
        if (process->pipes[i].open)
            return false;
    return process->exited;
}

static void on_lost(struct handle *handle)
{
    struct subprocess *process = container_of(handle, struct subprocess, turn);
    process->protocol->ops->connection_lost(process->protocol);
}
HANDLE_NAME(on_lost, "connection_lost of a subprocess", NULL);

/* In a turn of its own (SP1). */
static void end_if_over(struct subprocess *process)
{
    if (!is_over(process))
        return;
    process->turn.run = on_lost;
    loop_call_soon(process->shared->loop, &process->turn);
}

static void tell_exit(struct subprocess *process)
{
    const struct subprocess_protocol_ops *ops = process->protocol->ops;
    process->exited = true;
    if (ops->process_exited)
        ops->process_exited(process->protocol);
    end_if_over(process);
}

static void forget_pidfd(struct subprocess *process)
{
    if (process->ended.fd < 0)
        return;
    loop_watch(process->shared->loop, &process->ended, 0);
    close(process->ended.fd);
    process->ended.fd = -1;
}

static void on_ended(struct handle *handle)
{
    struct subprocess *process =
        container_of(handle, struct subprocess, ended.handle);
    int returncode = spawned_returncode(process->ended.fd, true);
    if (returncode == SUBPROCESS_RUNNING)
        return;
    process->returncode = returncode;
    forget_pidfd(process);
    tell_exit(process);
}

static void describe_subprocess(const struct handle *handle, FILE *out)
{
    const struct subprocess *process =
        container_of(handle, const struct subprocess, ended.handle);
    fprintf(out, "pid %ld", (long)process->pid);
}
HANDLE_NAME(on_ended, "the end of a subprocess", describe_subprocess);

/* ---- its beginning ---- */

static void tell_made(struct subprocess *process)
{
    const struct subprocess_protocol_ops *ops = process->protocol->ops;
    if (process->made)
        return;
    process->made = true;
    if (ops->connection_made)
        ops->connection_made(process->protocol, process);
}

/* Scheduled after the pipes' own connection_made, so it comes behind them in
 * the queue, but before any data, for which the loop must look at the
 * descriptors again (SP1). */
static void on_made(struct handle *handle)
{
    struct subprocess *process = container_of(handle, struct subprocess, turn);
    tell_made(process);
    if (process->returncode == SUBPROCESS_UNKNOWN)
        tell_exit(process);
}
HANDLE_NAME(on_made, "connection_made of a subprocess", NULL);

/* ---- its pipes ---- */

static struct subprocess_pipe *pipe_of(struct protocol *protocol)
{
    return container_of(protocol, struct subprocess_pipe, protocol);
}

static int stream_of(const struct subprocess_pipe *pipe)
{
    return (int)(pipe - pipe->process->pipes);
}

static void on_pipe_made(struct protocol *protocol, struct transport *transport)
{
    (void)protocol;
    (void)transport; /* the process's connection_made comes behind the last */
}

static void on_pipe_data(struct protocol *protocol, struct slice data)
{
    struct subprocess_pipe *pipe = pipe_of(protocol);
    struct subprocess_protocol *upper = pipe->process->protocol;
    upper->ops->pipe_data_received(upper, stream_of(pipe), data);
}

static void on_pipe_lost(struct protocol *protocol, int error)
{
    struct subprocess_pipe *pipe = pipe_of(protocol);
    struct subprocess *process = pipe->process;
    struct subprocess_protocol *upper = process->protocol;
    tell_made(process); /* it was closed before its first turn */
    pipe->open = false;
    if (upper->ops->pipe_connection_lost)
        upper->ops->pipe_connection_lost(upper, stream_of(pipe), error);
    end_if_over(process);
}

static void on_pipe_pause(struct protocol *protocol)
{
    struct subprocess_protocol *upper = pipe_of(protocol)->process->protocol;
    if (upper->ops->pause_writing)
        upper->ops->pause_writing(upper);
}

static void on_pipe_resume(struct protocol *protocol)
{
    struct subprocess_protocol *upper = pipe_of(protocol)->process->protocol;
    if (upper->ops->resume_writing)
        upper->ops->resume_writing(upper);
}

static const struct protocol_ops pipe_ops = {
    .connection_made = on_pipe_made,
    .data_received = on_pipe_data,
    .connection_lost = on_pipe_lost,
    .pause_writing = on_pipe_pause,
    .resume_writing = on_pipe_resume,
};

static int adopt_pipe(struct subprocess *process, int stream, int fd)
{
    struct subprocess_pipe *pipe = &process->pipes[stream];
    pipe->protocol.ops = &pipe_ops;
    pipe->process = process;
    int error = stream == STDIN_FILENO
                    ? write_pipe_adopt(&pipe->stream, process->shared, fd,
                                       &pipe->protocol)
                    : read_pipe_adopt(&pipe->stream, process->shared, fd,
                                      &pipe->protocol);
    pipe->open = !error;
    return error;
}

struct transport *subprocess_transport(struct subprocess *process, int stream)
{
    struct subprocess_pipe *pipe = &process->pipes[stream];
    return pipe->open ? &pipe->stream.transport : NULL;
}

/* ---- starting ---- */

/* Takes over what was spawned. After an error the rest is still to be closed.
 */
static int adopt(struct subprocess *process, struct spawned *spawned)
{
    struct loop *loop = process->shared->loop;
    int error = 0;
    process->pid = spawned->pid;
    process->ended.fd = spawned->pidfd;
    if (spawned->pidfd < 0)
        process->returncode = SUBPROCESS_UNKNOWN;
    else
        error = loop_watch(loop, &process->ended, SELECT_READ);
    for (int i = 0; i < SUBPROCESS_STREAMS && !error; i++) {
        if (spawned->ends[i] < 0)
            continue;
        error = adopt_pipe(process, i, spawned->ends[i]);
        if (!error)
            spawned->ends[i] = -1;
    }
    loop_call_soon(loop, &process->turn);
    return error;
}

int subprocess_start(struct subprocess *process, struct transports *shared,
                     const struct subprocess_options *options,
                     struct subprocess_protocol *protocol)
{
    struct spawned spawned;
    *process = (struct subprocess){
        .protocol = protocol,
        .returncode = SUBPROCESS_RUNNING,
        .shared = shared,
        .ended = {.handle.run = on_ended, .fd = -1},
        .turn.run = on_made,
    };
    int error = spawn(&spawned, options);
    if (error)
        return error;
    error = adopt(process, &spawned);
    for (int i = 0; i < SUBPROCESS_STREAMS && error; i++)
        if (spawned.ends[i] >= 0)
            close(spawned.ends[i]);
    if (error)
        subprocess_deinit(process);
    return error;
}

/* ---- signals ---- */

/* By the pidfd, because the pid may be another process's by now. */
int subprocess_send_signal(struct subprocess *process, int number)
{
    if (process->ended.fd < 0)
        return -ESRCH;
    return pidfd_send_signal(process->ended.fd, number, NULL, 0) ? -errno : 0;
}

int subprocess_terminate(struct subprocess *process)
{
    return subprocess_send_signal(process, SIGTERM);
}

int subprocess_kill(struct subprocess *process)
{
    return subprocess_send_signal(process, SIGKILL);
}

/* ---- closing ---- */

void subprocess_close(struct subprocess *process)
{
    subprocess_kill(process);
    for (int i = 0; i < SUBPROCESS_STREAMS; i++)
        if (process->pipes[i].open)
            transport_abort(&process->pipes[i].stream.transport, 0);
}

void subprocess_deinit(struct subprocess *process)
{
    subprocess_kill(process);
    if (process->ended.fd >= 0)
        process->returncode = spawned_returncode(process->ended.fd, false);
    forget_pidfd(process);
    loop_cancel(process->shared->loop, &process->turn);
    for (int i = 0; i < SUBPROCESS_STREAMS; i++)
        if (process->pipes[i].open) {
            stream_deinit(&process->pipes[i].stream);
            process->pipes[i].open = false;
        }
}
