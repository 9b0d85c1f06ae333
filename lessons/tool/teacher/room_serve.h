/* SPDX-License-Identifier: MIT */
/* The room as a small server, on the lab's own loop: laptops post what they
 * have to say to a URL that only the room knows. Nothing is handed out. */
#ifndef LESSONS_TOOL_TEACHER_ROOM_SERVE_H
#define LESSONS_TOOL_TEACHER_ROOM_SERVE_H

#include "callbacks/http_server.h"
#include "lessons/tool/teacher/room.h"

enum { ROOM_TOKEN = 10 };

struct room_server {
    struct http_server http;
    struct transports shared;
    struct room *room; /* borrowed */
    char token[ROOM_TOKEN + 1];
    uint64_t refused; /* posts that could not be taken */
};

/* Listens at that address and port, 0 for a free one. 0; or a negative errno,
 * -EINVAL also for a host that is not an address, and then there is nothing to
 * close. */
int room_server_open(struct room_server *server, struct room *room,
                     struct loop *loop, const char *host, uint16_t port);

/* Where laptops send to. For a server that listens at all addresses of this
 * machine it is one of them. */
void room_server_url(const struct room_server *server, char *url, size_t size);

/* Where it can be heard: a text to be put behind "heard ". */
const char *room_server_heard(const struct room_server *server);

/* Cuts all connections; the loop is run until they are gone. */
void room_server_close(struct room_server *server, struct loop *loop);

#endif
