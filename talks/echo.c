/* SPDX-License-Identifier: MIT */
#include "talks/echo.h"

#include "callbacks/unix_stream.h"
#include "threads/thread.h"

#ifdef TALKS_CERTIFICATES
#include "support/certificates.h"
#endif

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* ---- a connection ---- */

struct echo_connection {
    struct protocol protocol;
    struct transport *transport;
    struct stream_transport stream;
    struct tls_transport tls; /* of those that have it */
};

static void on_made(struct protocol *protocol, struct transport *transport)
{
    container_of(protocol, struct echo_connection, protocol)->transport =
        transport;
}

static void on_data(struct protocol *protocol, struct slice data)
{
    transport_write(
        container_of(protocol, struct echo_connection, protocol)->transport,
        data);
}

static void on_lost(struct protocol *protocol, int error)
{
    (void)error;
    free(container_of(protocol, struct echo_connection, protocol));
}

static const struct protocol_ops connection_ops = {
    .connection_made = on_made,
    .data_received = on_data,
    .connection_lost = on_lost,
};

static struct echo_connection *new_connection(void)
{
    struct echo_connection *connection = calloc(1, sizeof *connection);
    if (connection)
        connection->protocol.ops = &connection_ops;
    return connection;
}

static struct stream_transport *accept_plain(struct stream_server *server,
                                             int fd)
{
    struct echo_connection *connection = new_connection();
    if (!connection)
        return NULL;
    stream_adopt(&connection->stream, server->shared, fd,
                 &connection->protocol);
    return &connection->stream;
}

static struct stream_transport *accept_tls(struct stream_server *server, int fd)
{
    struct echo *echo = container_of(server, struct echo, tls_server);
    struct echo_connection *connection = new_connection();
    if (!connection)
        return NULL;
    if (tls_transport_accept(&connection->tls, server->shared, echo->identity,
                             &connection->protocol)) {
        free(connection);
        return NULL;
    }
    stream_adopt(&connection->stream, server->shared, fd,
                 &connection->tls.wire_side);
    return &connection->stream;
}

/* ---- datagrams ---- */

static void on_udp_made(struct datagram_protocol *protocol,
                        struct datagram_endpoint *endpoint)
{
    (void)protocol;
    (void)endpoint;
}

static void on_datagram(struct datagram_protocol *protocol, struct slice data,
                        const struct address *from)
{
    struct echo *echo = container_of(protocol, struct echo, udp_protocol);
    datagram_send(&echo->udp_endpoint, data, from);
}

static void on_udp_lost(struct datagram_protocol *protocol, int error)
{
    (void)protocol;
    (void)error;
}

static const struct datagram_protocol_ops udp_ops = {
    .connection_made = on_udp_made,
    .datagram_received = on_datagram,
    .connection_lost = on_udp_lost,
};

/* ---- beginning ---- */

static int listen_at(struct echo *echo, struct stream_server *server,
                     struct address *address)
{
    struct address any;
    (void)address_from_literal(&any, "127.0.0.1", 0);
    int error = stream_server_listen(server, &echo->shared, &any);
    return error ? error : stream_server_address(server, address);
}

static int listen_for_datagrams(struct echo *echo)
{
    struct address any;
    (void)address_from_literal(&any, "127.0.0.1", 0);
    echo->udp_protocol.ops = &udp_ops;
    int error = datagram_open(&echo->udp_endpoint, &echo->shared, &any, NULL,
                              &echo->udp_protocol);
    echo->has_udp = !error;
    return error ? error : datagram_address(&echo->udp_endpoint, &echo->udp);
}

#ifdef TALKS_CERTIFICATES
static int read_certificates(struct echo *echo)
{
    char chain[64], key[64], issuer[64];
    snprintf(chain, sizeof chain, "%s/good.pem", echo->folder);
    snprintf(key, sizeof key, "%s/good.key", echo->folder);
    snprintf(issuer, sizeof issuer, "%s/ca.pem", echo->folder);
    if (certificates_make(echo->folder))
        return -EIO;
    int error = tls_server_context_new(&echo->identity, chain, key);
    return error ? error : tls_client_context_new(&echo->trust, issuer, false);
}
#endif

static int listen_for_tls(struct echo *echo)
{
    int error = 0;
#ifdef TALKS_CERTIFICATES
    error = read_certificates(echo);
    if (!error)
        error = listen_at(echo, &echo->tls_server, &echo->tls);
#else
    (void)echo;
#endif
    return error;
}

static int listen_everywhere(struct echo *echo)
{
    echo->tcp_server.accepted = echo->unix_server.accepted = accept_plain;
    echo->tls_server.accepted = accept_tls;
    int error = listen_at(echo, &echo->tcp_server, &echo->tcp);
    if (!error)
        error = listen_for_datagrams(echo);
    if (!error)
        error =
            unix_server_listen(&echo->unix_server, &echo->shared, echo->path);
    return error ? error : listen_for_tls(echo);
}

static void on_stop(struct handle *handle)
{
    loop_stop(container_of(handle, struct echo, stop)->loop);
}

static void *serve(void *argument)
{
    struct echo *echo = argument;
    loop_run(echo->loop);
    return NULL;
}

static int open_loop(struct echo *echo, struct loop *loop)
{
    int error = transports_init(&echo->clients, loop);
    if (!error)
        error = loop_new(&echo->loop, &epoll_selector, &monotonic_clock);
    if (!error)
        error = transports_init(&echo->shared, echo->loop);
    if (!error)
        error = mailbox_new(&echo->mailbox, echo->loop);
    if (!error)
        error = mailbox_hold(echo->mailbox);
    echo->held = !error;
    return error;
}

/* ---- the end ---- */

static void remove_folder(const char *folder)
{
    char path[320];
    DIR *list = opendir(folder);
    struct dirent *entry;
    while (list && (entry = readdir(list))) {
        snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
        unlink(path);
    }
    if (list)
        closedir(list);
    rmdir(folder);
}

int echo_start(struct echo *echo, struct loop *loop)
{
    *echo = (struct echo){.folder = "/tmp/waitlab-echo-XXXXXX",
                          .stop = {.run = on_stop}};
    if (!mkdtemp(echo->folder))
        return -errno;
    snprintf(echo->path, sizeof echo->path, "%s/socket", echo->folder);
    int error = open_loop(echo, loop);
    if (!error)
        error = listen_everywhere(echo);
    if (!error)
        error = thread_start(&echo->thread, serve, echo);
    echo->serves = !error;
    return error;
}

/* The servers' loop runs once more, on this thread, for the last callbacks. */
static void close_servers(struct echo *echo)
{
    stream_server_close(&echo->tcp_server);
    stream_server_close(&echo->tls_server);
    unix_server_close(&echo->unix_server, echo->path);
    if (echo->has_udp)
        datagram_close(&echo->udp_endpoint);
    if (echo->held)
        mailbox_release(echo->mailbox);
    if (echo->loop)
        loop_run(echo->loop);
}

void echo_stop(struct echo *echo)
{
    if (echo->serves) {
        mailbox_post(echo->mailbox, &echo->stop);
        pthread_join(echo->thread, NULL);
    }
    close_servers(echo);
    mailbox_free(echo->mailbox);
    tls_context_free(echo->trust);
    tls_context_free(echo->identity);
    transports_deinit(&echo->shared);
    transports_deinit(&echo->clients);
    loop_free(echo->loop);
    remove_folder(echo->folder);
}

void echo_lost(struct protocol *protocol, int error)
{
    (void)protocol;
    if (error)
        printf("connection_lost: %s\n", strerrordesc_np(-error));
}
