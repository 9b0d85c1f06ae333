/* SPDX-License-Identifier: MIT */
/* A16 (callbacks): What a loop offers: transports, signals, pipes, workers
 *
 * A transport is between the program and the system's network. One protocol
 * serves over all of them, and the loop calls back for all the rest, too.
 *
 * Python: create_connection(), create_datagram_endpoint(), connect_read_pipe(),
 * add_signal_handler(), run_in_executor(), subprocess_exec(). */
#include "talks/hello.h"

const char *const talk_sites[] = {NULL};

static int connect_by_tls(struct hello *tls, struct echo *to)
{
    int error = tls_transport_connect(&tls->tls, &to->clients, to->trust,
                                      "localhost", &tls->protocol);
    return error ? error
                 : stream_connect(&tls->stream, &to->clients, &to->tls,
                                  &tls->tls.wire_side);
}

static int say_hello(struct hellos *h, struct echo *to, struct transports *on)
{
    stream_connect(&h->tcp.stream, on, &to->tcp, &h->tcp.protocol);
    unix_stream_connect(&h->local.stream, on, to->path, &h->local.protocol);
    datagram_open(&h->udp, on, NULL, &to->udp, &h->letter);
    read_pipe_adopt(&h->reader.stream, on, h->pipe[0], &h->reader.protocol);
    write_pipe_adopt(&h->writer.stream, on, h->pipe[1], &h->writer.protocol);
    signal_handler_add(&h->signal, on->loop, SIGUSR1);
    raise(SIGUSR1);
    offload_start(h->offloader, &h->work);
    subprocess_start(&h->process, on, &h->program, &h->output);
    return to->trust ? connect_by_tls(&h->secure, to) : 0;
}

int talk_run(struct talk *talk)
{
    struct hellos h;
    int error = hellos_init(&h, talk);
    error = error ? error : say_hello(&h, &h.echo, &h.echo.clients);
    error = error ? error : loop_run(talk->loop);
    hellos_deinit(&h);
    return error;
}
