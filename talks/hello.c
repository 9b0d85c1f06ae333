/* SPDX-License-Identifier: MIT */
#include "talks/hello.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

static const char *const greeting = "Hello World!";

static void print(const char *name, struct slice text)
{
    printf("%-8s %.*s\n", name, (int)text.size, text.data);
}

/* ---- transports ---- */

static void say(struct protocol *protocol, struct transport *transport)
{
    (void)protocol;
    transport_write(transport, slice_of(greeting));
    transport_write_eof(transport);
}

static void listen_only(struct protocol *protocol, struct transport *transport)
{
    (void)protocol;
    (void)transport;
}

static void hear(struct protocol *protocol, struct slice data)
{
    print(container_of(protocol, struct hello, protocol)->name, data);
}

static const struct protocol_ops both_ops = {.connection_made = say,
                                             .data_received = hear,
                                             .connection_lost = echo_lost};
static const struct protocol_ops reader_ops = {.connection_made = listen_only,
                                               .data_received = hear,
                                               .connection_lost = echo_lost};

/* ---- datagrams ---- */

static void say_by_letter(struct datagram_protocol *protocol,
                          struct datagram_endpoint *endpoint)
{
    (void)protocol;
    datagram_send(endpoint, slice_of(greeting), NULL);
}

static void hear_a_letter(struct datagram_protocol *protocol, struct slice data,
                          const struct address *from)
{
    (void)from;
    print("UDP", data);
    datagram_close(&container_of(protocol, struct hellos, letter)->udp);
}

static void letter_lost(struct datagram_protocol *protocol, int error)
{
    (void)protocol;
    (void)error;
}

static const struct datagram_protocol_ops letter_ops = {
    .connection_made = say_by_letter,
    .datagram_received = hear_a_letter,
    .connection_lost = letter_lost};

/* ---- signals, threads, processes ---- */

static void signalled(struct signal_handler *handler)
{
    print("signal", slice_of(greeting));
    signal_handler_remove(handler);
}

/* On the thread. */
static void work(struct offload *offload)
{
    container_of(offload, struct hellos, work)->result = greeting;
}

static void worked(struct offload *offload)
{
    print("thread",
          slice_of(container_of(offload, struct hellos, work)->result));
}

static void dropped(struct offload *offload)
{
    (void)offload;
}

static void hear_a_program(struct subprocess_protocol *protocol, int stream,
                           struct slice data)
{
    (void)protocol;
    (void)stream;
    print("process", data);
}

static void program_lost(struct subprocess_protocol *protocol)
{
    (void)protocol;
}

static const struct subprocess_protocol_ops output_ops = {
    .pipe_data_received = hear_a_program, .connection_lost = program_lost};

/* ---- all of it ---- */

int hellos_init(struct hellos *hellos, struct talk *talk)
{
    static const char *const printf_argv[] = {"printf", "Hello World!", NULL};
    *hellos = (struct hellos){
        .tcp = {{&both_ops}, .name = "TCP"},
        .local = {{&both_ops}, .name = "UNIX"},
        .secure = {{&both_ops}, .name = "TLS"},
        .reader = {{&reader_ops}, .name = "pipe"},
        .writer = {{&both_ops}, .name = "pipe"},
        .pipe = {-1, -1},
        .letter = {&letter_ops},
        .signal = {.signalled = signalled},
        .work = {.run = work, .done = worked, .drop = dropped},
        .output = {&output_ops},
        .program = {.argv = printf_argv},
    };
    int error = echo_start(&hellos->echo, talk->loop);
    if (!error && pipe2(hellos->pipe, O_CLOEXEC))
        error = -errno;
    if (!error)
        error = offloader_new(&hellos->offloader, talk->loop, 1);
    return error;
}

/* The pipe is the transports' by then. */
void hellos_deinit(struct hellos *hellos)
{
    offloader_free(hellos->offloader);
    echo_stop(&hellos->echo);
}
