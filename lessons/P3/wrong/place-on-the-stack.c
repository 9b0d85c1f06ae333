/* SPDX-License-Identifier: MIT */
/* A function that waited is cut into steps, and one of its locals has stayed a
 * local: how much was sent already. At every step it is born again, as 0. */
#include "base/bytes.h"

#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

enum { STEPS = 4, ROOM = 8 };

struct conn {
    int fd;
    struct slice request;
    size_t sent;
};

/* As much as there is room for: 8 bytes a step. */
static size_t send_some(int fd, const char *data, size_t size)
{
    ssize_t count = send(fd, data, size < ROOM ? size : ROOM, MSG_NOSIGNAL);
    return count < 0 ? 0 : (size_t)count;
}

static void wrong_step(struct conn *conn)
{
    size_t sent = 0; /* and where was I? */
    sent += send_some(conn->fd, conn->request.data + sent,
                      conn->request.size - sent);
}

static void right_step(struct conn *conn)
{
    conn->sent += send_some(conn->fd, conn->request.data + conn->sent,
                            conn->request.size - conn->sent);
}

/* How many of the bytes that came are not those of the request? */
static size_t damaged(struct slice request, const char *heard, size_t size)
{
    size_t count = 0;
    for (size_t i = 0; i < size; i++)
        count += i >= request.size || heard[i] != request.data[i];
    return count;
}

static int show(const char *how, void (*step)(struct conn *conn))
{
    int ends[2];
    char heard[256];
    struct conn conn = {.request = slice_of("GET /page HTTP/1.1\r\n\r\n")};
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends))
        return -1;
    conn.fd = ends[0];
    for (int i = 0; i < STEPS; i++)
        step(&conn);
    shutdown(ends[0], SHUT_WR);
    ssize_t size = recv(ends[1], heard, sizeof heard, MSG_WAITALL);
    size_t count = size < 0 ? 0 : (size_t)size;
    printf("  %-26s", how);
    for (size_t i = 0; i < count; i++)
        putchar(heard[i] < ' ' ? '.' : heard[i]);
    printf("\n  %-26s%zu of %zu bytes are wrong\n", "",
           damaged(conn.request, heard, count), count);
    close(ends[0]);
    close(ends[1]);
    return 0;
}

int main(void)
{
    puts(
        "A request of 22 bytes; a step sends 8 of them at most. After 4 steps\n"
        "the server has heard:\n");
    if (show("kept in a local:", wrong_step) ||
        show("kept in struct conn:", right_step))
        return 1;
    puts("\nA function that returns whenever it would wait loses its stack\n"
         "frame each time. What it has to know when it goes on cannot be a\n"
         "local: it moves into struct conn.");
    return 0;
}
