/* SPDX-License-Identifier: MIT */
#include "talkers.h"

#include "callbacks/unix_stream.h"
#include "coroutines/frame.h"
#include "coroutines/process.h"
#include "coroutines/task.h"
#include "coroutines/task_server.h"

#include <stdlib.h>

/* ---- the server ---- */

struct echo {
    struct frame frame;
    struct stream *stream;
};

static struct outcome echo(struct generator *self, struct outcome got)
{
    CO_FRAME(struct echo, f);
    CO_BEGIN;
    for (;;) {
        CO_AWAIT(stream_readline(f->stream));
        if (outcome_is_none(&got))
            break;
        stream_write(f->stream, outcome_slice(&got));
        outcome_drop(got);
        CO_AWAIT(stream_drain(f->stream));
    }
    CO_END;
}

static void release(struct generator *self)
{
    free(container_of(self, struct echo, frame.generator));
}

static struct generator *client_connected(struct task_server *server,
                                          struct stream *stream)
{
    struct echo *made = malloc(sizeof *made);
    (void)server;
    if (!made)
        return NULL;
    made->stream = stream;
    frame_init(&made->frame, echo);
    made->frame.generator.release = release;
    return &made->frame.generator;
}

/* ---- the client ---- */

struct asks {
    struct frame frame;
    struct streams *streams;
    struct address address;
    const char *path;
    struct stream *stream;
    struct outcome line;
};

static struct outcome open_one(struct asks *asks)
{
    return asks->path ? open_unix_connection(asks->streams, asks->path)
                      : open_connection(asks->streams, &asks->address);
}

static struct outcome ask(struct generator *self, struct outcome got)
{
    CO_FRAME(struct asks, f);
    CO_BEGIN;
    CO_AWAIT(open_one(f));
    f->stream = got.pointer;
    stream_write(f->stream, slice_of("hello\n"));
    CO_AWAIT(stream_readline(f->stream));
    f->line = got;
    stream_close(f->stream);
    CO_AWAIT(stream_wait_closed(f->stream));
    CO_RETURN(outcome_take(&f->line));
    CO_FINALLY;
    outcome_drop(f->line);
    stream_drop(f->stream);
    CO_END_FINALLY;
}

/* ---- both ---- */

static int listen_somewhere(struct task_server *server, struct asks *asks)
{
    if (asks->path)
        return start_unix_server(server, asks->streams, asks->path);
    address_from_literal(&asks->address, "127.0.0.1", 0);
    int error = start_server(server, asks->streams, &asks->address);
    return error ? error
                 : stream_server_address(&server->listener, &asks->address);
}

struct outcome talkers_run(struct streams *streams, const char *path)
{
    struct task_server server = {.client_connected = client_connected};
    struct asks asks = {.streams = streams, .path = path};
    int error = listen_somewhere(&server, &asks);
    if (error)
        return outcome_errno(error);
    struct outcome came = run_until_complete(streams->transports->loop,
                                             frame_init(&asks.frame, ask));
    if (path)
        unix_server_close(&server.listener, path);
    else
        task_server_close(&server);
    loop_run(streams->transports->loop); /* the server's side ends, too */
    return came;
}

/* ---- a program ---- */

struct asks_program {
    struct frame frame;
    struct streams *streams;
    struct process *process;
    struct communicate communicate;
};

static struct outcome ask_program(struct generator *self, struct outcome got)
{
    static const char *const argv[] = {"/bin/sh", "-c", "cat; echo err >&2",
                                       NULL};
    static const struct subprocess_options options = {.argv = argv};
    CO_FRAME(struct asks_program, f);
    CO_BEGIN;
    CO_AWAIT(create_subprocess_exec(f->streams, &options));
    f->process = got.pointer;
    CO_YIELD_FROM(
        process_communicate(&f->communicate, f->process, slice_of("hello")));
    CO_RETURN(got);
    CO_FINALLY;
    process_drop(f->process);
    CO_END_FINALLY;
}

struct outcome talkers_run_program(struct streams *streams)
{
    struct asks_program asks = {.streams = streams};
    struct loop *loop = streams->transports->loop;
    struct outcome came =
        run_until_complete(loop, frame_init(&asks.frame, ask_program));
    loop_run(loop); /* the program is gone when that is over */
    return came;
}
