/* SPDX-License-Identifier: MIT */
/* A8 (coroutines): A page over a stream, line by line
 *
 * The program opens a connection, writes a request, and reads line after line
 * until none is left. The slide's HTTP/1.1 would leave it open; so this is 1.0.
 *
 * Python: yield from asyncio.open_connection(...), and reader.readline(). */
#include "coroutines/open_connection.h"
#include "talks/coroutine.h"
const char *const talk_sites[] = {"/status/200", NULL};
struct http_get {
    struct frame frame;
    const struct request *request;
    struct streams streams;
    struct stream *stream;
};
static struct outcome http_get(struct generator *self, struct outcome got)
{
    CO_FRAME(struct http_get, f);
    CO_BEGIN;
    CO_AWAIT(open_connection(&f->streams, &f->request->address));
    f->stream = got.pointer;
    stream_write(f->stream, slice_of("GET /status/200 HTTP/1.0\r\n\r\n"));
    for (;;) {
        CO_AWAIT(stream_readline(f->stream));
        if (outcome_is_none(&got))
            break;
        printf("%s", outcome_slice(&got).data);
        outcome_drop(got);
    }
    CO_FINALLY;
    stream_drop(f->stream);
    CO_END_FINALLY;
}
int talk_run(struct talk *talk)
{
    struct http_get f = {.request = &talk->pages[0].request};
    struct transports shared;
    transports_init(&shared, talk->loop);
    streams_init(&f.streams, &shared);
    int error = talk_complete(talk, frame_init(&f.frame, http_get));
    streams_deinit(&f.streams);
    transports_deinit(&shared);
    return error;
}
