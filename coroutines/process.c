/* SPDX-License-Identifier: MIT */
#include "coroutines/process.h"

#include "callbacks/wait_shape.h"
#include "coroutines/shield.h"

#include <stdint.h>
#include <stdlib.h>

static struct process *process_of(struct subprocess_protocol *protocol)
{
    return container_of(protocol, struct process, protocol);
}

/* ---- passing the events of the pipes on to the streams ---- */

static struct protocol *process_told(struct subprocess_protocol *protocol,
                                     int number)
{
    return &process_of(protocol)->streams[number].protocol;
}

static void on_data(struct subprocess_protocol *protocol, int number,
                    struct slice data)
{
    struct protocol *stream = process_told(protocol, number);
    stream->ops->data_received(stream, data);
}

static void on_pipe_lost(struct subprocess_protocol *protocol, int number,
                         int error)
{
    struct protocol *stream = process_told(protocol, number);
    stream->ops->connection_lost(stream, error);
}

static void on_pause(struct subprocess_protocol *protocol)
{
    struct protocol *stream = process_told(protocol, STDIN_FILENO);
    stream->ops->pause_writing(stream);
}

static void on_resume(struct subprocess_protocol *protocol)
{
    struct protocol *stream = process_told(protocol, STDIN_FILENO);
    stream->ops->resume_writing(stream);
}

/* ---- what is waited for ---- */

struct exit_wait {
    struct future future;
    const struct watch *ended; /* for inspection; good while it is pending */
};

static void exit_wait_free(struct future *future)
{
    free(container_of(future, struct exit_wait, future));
}
WAIT_SHAPE_BY(exit_wait_free, "the end of a process", struct exit_wait, future,
              WAIT_PART(WAIT_WATCH_AT, struct exit_wait, ended));

static struct future *exit_wait_new(const struct subprocess *subprocess)
{
    struct exit_wait *wait = malloc(sizeof *wait);
    if (!wait)
        return NULL;
    future_init(&wait->future, subprocess->shared->loop);
    wait->future.release = exit_wait_free;
    wait->ended = &subprocess->ended;
    return &wait->future;
}

/* ---- the end ---- */

static void process_free(struct process *process)
{
    streams_remove(&process->member);
    if (process->made)
        future_unref(process->made);
    if (process->exited)
        future_unref(process->exited);
    for (int i = 0; i < SUBPROCESS_STREAMS; i++)
        stream_dispose(&process->streams[i]);
    free(process);
}

static void on_exited(struct subprocess_protocol *protocol)
{
    struct process *process = process_of(protocol);
    if (process->exited)
        future_set_result(process->exited,
                          outcome_number(process->subprocess.returncode));
}

static void on_lost(struct subprocess_protocol *protocol)
{
    struct process *process = process_of(protocol);
    process->over = true;
    if (process->dropped)
        process_free(process);
}

static void cut_member(struct streams_member *member)
{
    struct process *process = container_of(member, struct process, member);
    subprocess_deinit(&process->subprocess);
    process_free(process);
}

void process_drop(struct process *process)
{
    if (!process)
        return;
    process->dropped = true;
    if (process->over)
        process_free(process);
    else
        subprocess_close(&process->subprocess);
}

static void drop_process(struct outcome outcome)
{
    process_drop(outcome.pointer);
}

const struct kind process_kind = {.name = "process", .drop = drop_process};

/* ---- the beginning ---- */

/* The pipes are connected before they are closed, or they would not send what
 * they keep. */
static void connect_streams(struct process *process)
{
    for (int i = 0; i < SUBPROCESS_STREAMS; i++) {
        struct protocol *stream = &process->streams[i].protocol;
        struct transport *pipe = subprocess_transport(&process->subprocess, i);
        if (pipe)
            stream->ops->connection_made(stream, pipe);
    }
}

/* If no code waits any more, the Future drops this outcome. */
static void on_made(struct subprocess_protocol *protocol,
                    struct subprocess *subprocess)
{
    struct process *process = process_of(protocol);
    struct future *made = process->made;
    (void)subprocess;
    process->made = NULL;
    connect_streams(process);
    future_set_result(made, outcome_value(&process_kind, process));
    future_unref(made);
}

static const struct subprocess_protocol_ops process_ops = {
    .connection_made = on_made,
    .pipe_data_received = on_data,
    .pipe_connection_lost = on_pipe_lost,
    .process_exited = on_exited,
    .connection_lost = on_lost,
    .pause_writing = on_pause,
    .resume_writing = on_resume,
};

/* NULL: no memory. */
static struct process *process_new(struct streams *streams)
{
    struct loop *loop = streams->transports->loop;
    struct process *process = calloc(1, sizeof *process);
    if (!process)
        return NULL;
    process->protocol.ops = &process_ops;
    for (int i = 0; i < SUBPROCESS_STREAMS; i++)
        stream_init(&process->streams[i], loop, streams->limit);
    streams_add(streams, &process->member, cut_member);
    process->made = future_new(loop);
    if (process->made)
        return process;
    process_free(process);
    return NULL;
}

struct outcome create_subprocess_exec(struct streams *streams,
                                      const struct subprocess_options *options)
{
    struct process *process = process_new(streams);
    if (!process)
        return outcome_failure(&failure_no_memory);
    int error = subprocess_start(&process->subprocess, streams->transports,
                                 options, &process->protocol);
    if (!error)
        return future_await(process->made);
    process_free(process);
    return outcome_errno(error);
}

/* ---- in between ---- */

struct stream *process_stream(struct process *process, int number)
{
    struct stream *stream = &process->streams[number];
    return stream->transport ? stream : NULL;
}

struct outcome process_wait(struct process *process)
{
    const struct subprocess *subprocess = &process->subprocess;
    if (subprocess->exited)
        return outcome_number(subprocess->returncode);
    if (!process->exited)
        process->exited = exit_wait_new(subprocess);
    return process->exited ? future_await_shielded(process->exited)
                           : outcome_failure(&failure_no_memory);
}

/* ---- communicate ---- */

/* Gives all of the input to the transport, which sends it while the outputs are
 * read. */
static void write_input(struct communicate *f)
{
    struct stream *input = process_stream(f->process, STDIN_FILENO);
    if (!input)
        return;
    if (!stream_is_closing(input))
        stream_write(input, f->input);
    stream_close(input);
}

static struct outcome read_output(struct communicate *f, int number)
{
    struct stream *output = process_stream(f->process, number);
    return output ? stream_read_all(output) : outcome_none();
}

/* Reads both outputs at the same time: if the second one waited until the first
 * has ended, the program could block on a full pipe and never end. */
static void lift_limit(struct communicate *f)
{
    reader_set_limit(&f->process->streams[STDERR_FILENO].reader, SIZE_MAX / 2);
}

static struct outcome communicate(struct generator *self, struct outcome got)
{
    CO_FRAME(struct communicate, f);
    CO_BEGIN;

    lift_limit(f);
    f->outputs = outcome_list_new(2);
    if (!f->outputs)
        CO_RETURN(outcome_failure(&failure_no_memory));
    write_input(f);
    CO_AWAIT(read_output(f, STDOUT_FILENO));
    f->outputs->outcomes[0] = got;
    CO_AWAIT(read_output(f, STDERR_FILENO));
    f->outputs->outcomes[1] = got;
    CO_AWAIT(process_wait(f->process));
    got = outcome_value(&list_kind, f->outputs);
    f->outputs = NULL;
    CO_RETURN(got);

    CO_FINALLY;
    if (f->outputs)
        outcome_drop(outcome_value(&list_kind, f->outputs));
    CO_END_FINALLY;
}

struct generator *process_communicate(struct communicate *frame,
                                      struct process *process,
                                      struct slice input)
{
    frame->process = process;
    frame->input = input;
    frame->outputs = NULL;
    return frame_init(&frame->frame, communicate);
}
