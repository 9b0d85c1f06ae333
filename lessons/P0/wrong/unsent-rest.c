/* SPDX-License-Identifier: MIT */
/* A send that took a part of the page is taken for one that took all of it.
 * What is left of the page is not sent, and no call returns an error. */
#include "lessons/wrong.h"

#include <sys/socket.h>
#include <unistd.h>

enum { BODY = 1000, AT_MOST = 100 };

/* The kernel's send when its buffer is nearly full, as it is on a slow line. On
 * this machine all of a page would fit. */
static ssize_t send_into_little_room(int fd, const char *data, size_t size)
{
    return send(fd, data, size < AT_MOST ? size : AT_MOST, MSG_NOSIGNAL);
}

static void send_once(int fd, const char *body)
{
    wrong_need(send_into_little_room(fd, body, BODY) > 0, "send");
}

static void send_all(int fd, const char *body)
{
    for (ssize_t sent = 0; sent < BODY;) {
        ssize_t count =
            send_into_little_room(fd, body + sent, (size_t)(BODY - sent));
        wrong_need(count > 0, "send");
        sent += count;
    }
}

/* How many bytes of the body never reach the server, when the kernel takes no
 * more than a hundred at a time? */
static long missing(void (*post)(int fd, const char *body))
{
    int ends[2];
    char body[BODY] = {0}, arrived[BODY];
    long left = BODY;
    ssize_t count;
    wrong_need(!socketpair(AF_UNIX, SOCK_STREAM, 0, ends), "socketpair");
    post(ends[0], body);
    close(ends[0]);
    while ((count = recv(ends[1], arrived, sizeof arrived, 0)) > 0)
        left -= count;
    close(ends[1]);
    return left;
}

static long make(void)
{
    return missing(send_once);
}

static long mend(void)
{
    return missing(send_all);
}

int main(void)
{
    static const struct wrong partial_write = {
        .mistake = "send() returned no error, so everything was sent",
        .damage = "bytes of 1000 that never arrived",
        .make = make,
        .mend = mend,
        .why = "send() takes what fits into the kernel's buffer, and says how "
               "much that was. On this machine all of a page fits; over a slow "
               "line, or with a large body, it does not.",
        .instead = "look at what it returned, and send the rest: in a loop, or "
                   "when the socket is writable again. Loopback never shows "
                   "it, so the lesson's check lets send() take one byte.",
    };
    return wrong_show(&partial_write);
}
