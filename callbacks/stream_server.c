/* SPDX-License-Identifier: MIT */
#include "callbacks/stream_server.h"

#include "callbacks/exception_handler.h"
#include "callbacks/handle_name.h"
#include "nonblocking/socket.h"

#include <errno.h>
#include <unistd.h>

/* The most accepted in one turn, so that connections which are open are served
 * in between. */
enum { ACCEPTS_PER_TURN = 64 };

/* How long a server that is out of descriptors or memory stops accepting. Its
 * socket stays readable, so without a pause the loop would spin. */
static const nanos SHORTAGE_PAUSE = 50 * NANOS_PER_MILLISECOND;

static bool is_full(const struct stream_server *server)
{
    return server->connections_max &&
           server->connections >= server->connections_max;
}

static void resume_later(struct stream_server *server)
{
    struct loop *loop = server->shared->loop;
    loop_call_at(loop, &server->resume,
                 nanos_after(loop_time(loop), SHORTAGE_PAUSE));
}

/* Watches the socket while the server may accept: not when it is full or in a
 * shortage. There may be no memory to watch it with. */
static void watch_listener(struct stream_server *server)
{
    bool accepts = server->listening && !is_full(server) &&
                   server->resume.state == HANDLE_IDLE;
    if (loop_watch(server->shared->loop, &server->watch,
                   accepts ? SELECT_READ : 0))
        resume_later(server);
}

static void on_resume(struct handle *handle)
{
    watch_listener(container_of(handle, struct stream_server, resume));
}
HANDLE_NAME(on_resume, "a server, which accepts again after a shortage", NULL);

/* There is no caller to return this error to, so the exception handler gets
 * it. */
static void pause_for_shortage(struct stream_server *server, int error)
{
    exception_handler_call(&(struct exception_context){
        .message = "a server cannot accept connections for now",
        .call = server->watch.handle.run,
        .error = error});
    resume_later(server);
    watch_listener(server);
}

/* ---- accepting ---- */

/* Accepts a connection. 0, also for one that ended while it waited; or a
 * negative errno when there is none or none can be accepted now. */
static int accept_one(struct stream_server *server)
{
    int fd = socket_accept(server->watch.fd);
    if (fd == -ECONNABORTED || fd == -EPROTO)
        return 0;
    if (fd < 0)
        return fd;
    struct stream_transport *stream = server->accepted(server, fd);
    if (!stream) {
        close(fd);
        return -ENOMEM;
    }
    stream->server = server;
    server->connections++;
    return 0;
}

static void on_incoming(struct handle *handle)
{
    struct stream_server *server =
        container_of(handle, struct stream_server, watch.handle);
    int error = 0;
    for (int i = 0; i < ACCEPTS_PER_TURN && !error && !is_full(server); i++)
        error = accept_one(server);
    if (error && error != -EAGAIN)
        pause_for_shortage(server, error);
    else
        watch_listener(server);
}
HANDLE_NAME(on_incoming, "a server, which accepts connections", NULL);

void stream_server_ended(struct stream_server *server)
{
    server->connections--;
    if (server->listening)
        watch_listener(server);
}

/* ---- listening ---- */

int stream_server_adopt(struct stream_server *server, struct transports *shared,
                        int fd)
{
    server->shared = shared;
    server->watch = (struct watch){.handle.run = on_incoming, .fd = fd};
    server->resume = (struct handle){.run = on_resume};
    server->connections = 0;
    int error = loop_watch(shared->loop, &server->watch, SELECT_READ);
    server->listening = !error;
    return error;
}

int stream_server_listen(struct stream_server *server,
                         struct transports *shared,
                         const struct address *address)
{
    int fd = socket_listen(address);
    if (fd < 0)
        return fd;
    int error = stream_server_adopt(server, shared, fd);
    if (error)
        close(fd);
    return error;
}

int stream_server_address(const struct stream_server *server,
                          struct address *address)
{
    return socket_address(server->watch.fd, address);
}

void stream_server_close(struct stream_server *server)
{
    if (!server->listening)
        return;
    server->listening = false;
    loop_cancel(server->shared->loop, &server->resume);
    watch_listener(server);
    close(server->watch.fd);
    server->watch.fd = -1;
}
