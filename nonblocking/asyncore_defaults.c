/* SPDX-License-Identifier: MIT */
#include "nonblocking/asyncore.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static bool always(struct dispatcher *self)
{
    (void)self;
    return true;
}

/* An event for which the subclass has no method (AS18). */
static int unhandled(struct dispatcher *self, const char *event)
{
    char message[64];
    snprintf(message, sizeof message, "unhandled %s event", event);
    self->methods->log_info(self, message, "warning");
    return 0;
}

static int unhandled_read(struct dispatcher *self)
{
    return unhandled(self, "read");
}

static int unhandled_write(struct dispatcher *self)
{
    return unhandled(self, "write");
}

static int unhandled_connect(struct dispatcher *self)
{
    return unhandled(self, "connect");
}

static int unhandled_expt(struct dispatcher *self)
{
    return unhandled(self, "incoming priority");
}

static int default_accept(struct dispatcher *self)
{
    struct address from;
    int fd = dispatcher_accept(self, &from);
    if (fd == -EAGAIN)
        return 0;
    return fd < 0 ? fd : self->methods->handle_accepted(self, fd, &from);
}

static int default_accepted(struct dispatcher *self, int fd,
                            const struct address *from)
{
    (void)from;
    close(fd);
    return unhandled(self, "accepted");
}

static int default_close(struct dispatcher *self)
{
    unhandled(self, "close");
    return dispatcher_close(self);
}

static int default_error(struct dispatcher *self, int error)
{
    const char *words = strerrordesc_np(-error);
    char message[160];
    snprintf(message, sizeof message, "uncaught error, closing channel %d (%s)",
             self->fd, words ? words : "unknown error");
    self->methods->log_info(self, message, "error");
    return self->methods->handle_close(self);
}

static void default_log(struct dispatcher *self, const char *message)
{
    (void)self;
    fprintf(stderr, "log: %s\n", message);
}

/* By default warnings are not printed. */
static void default_log_info(struct dispatcher *self, const char *message,
                             const char *type)
{
    (void)self;
    if (strcmp(type, "warning"))
        fprintf(stderr, "%s: %s\n", type, message);
}

const struct dispatcher_methods dispatcher_defaults = {
    .readable = always,
    .writable = always,
    .handle_read_event = dispatcher_handle_read_event,
    .handle_write_event = dispatcher_handle_write_event,
    .handle_connect_event = dispatcher_handle_connect_event,
    .handle_expt_event = dispatcher_handle_expt_event,
    .handle_read = unhandled_read,
    .handle_write = unhandled_write,
    .handle_connect = unhandled_connect,
    .handle_accept = default_accept,
    .handle_accepted = default_accepted,
    .handle_expt = unhandled_expt,
    .handle_close = default_close,
    .handle_error = default_error,
    .log = default_log,
    .log_info = default_log_info,
};
