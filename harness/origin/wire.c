/* SPDX-License-Identifier: MIT */
#include "harness/origin/wire_internal.h"

#include "nonblocking/socket.h"

#include <errno.h>
#include <sys/socket.h>

int wire_init(struct wire *wire, int fd, struct tls_context *context)
{
    *wire = (struct wire){.fd = fd};
    return context ? tls_accept_new(&wire->tls, context) : 0;
}

void wire_deinit(struct wire *wire)
{
    tls_free(wire->tls);
    wire->tls = NULL;
}

/* ---- out ---- */

int wire_flush(struct wire *wire)
{
    struct slice out;
    while (wire->tls && (out = tls_output(wire->tls)).size > 0) {
        ssize_t count = socket_send(wire->fd, out);
        if (count < 0)
            return (int)count;
        tls_sent(wire->tls, (size_t)count);
    }
    return 0;
}

bool wire_wants_write(const struct wire *wire)
{
    return wire->tls && tls_output(wire->tls).size > 0;
}

static ssize_t send_plain(const struct wire *wire, const struct iovec *parts,
                          size_t count)
{
    struct msghdr message = {.msg_iov = (struct iovec *)(uintptr_t)parts,
                             .msg_iovlen = count};
    ssize_t size = sendmsg(wire->fd, &message, MSG_NOSIGNAL);
    return size < 0 ? -errno : size;
}

/* Encrypts all parts before it sends, so that a head and a short body leave
 * together. */
static ssize_t send_secure(struct wire *wire, const struct iovec *parts,
                           size_t count)
{
    size_t taken = 0;
    int error = wire_flush(wire);
    if (error)
        return error;
    for (size_t i = 0; i < count; i++) {
        struct slice part = {parts[i].iov_base, parts[i].iov_len};
        ssize_t size = tls_write(wire->tls, part);
        if (size < 0)
            return size;
        taken += (size_t)size;
        if ((size_t)size < part.size)
            break;
    }
    error = wire_flush(wire);
    if (error && error != -EAGAIN)
        return error;
    return taken ? (ssize_t)taken : -EAGAIN;
}

ssize_t wire_send(struct wire *wire, const struct iovec *parts, size_t count)
{
    return wire->tls ? send_secure(wire, parts, count)
                     : send_plain(wire, parts, count);
}

void wire_end(struct wire *wire)
{
    if (!wire->tls)
        return;
    tls_close(wire->tls);
    wire_flush(wire);
}

/* ---- in ---- */

ssize_t wire_receive_rest(struct wire *wire, char *data, size_t size)
{
    return wire->tls ? tls_read(wire->tls, data, size) : -EAGAIN;
}

/* Sends what the handshake has written at once; what does not fit waits until
 * it does. */
static ssize_t receive_secure(struct wire *wire, char *data, size_t size)
{
    ssize_t count = socket_receive(wire->fd, data, size);
    if (count <= 0)
        return count;
    count = tls_received(wire->tls, data, (size_t)count)
                ? -EPROTO
                : tls_read(wire->tls, data, size);
    int error = wire_flush(wire);
    return error && error != -EAGAIN ? error : count;
}

ssize_t wire_receive(struct wire *wire, char *data, size_t size)
{
    return wire->tls ? receive_secure(wire, data, size)
                     : socket_receive(wire->fd, data, size);
}
