/* SPDX-License-Identifier: MIT */
/* The slide's program, word for word in C: connect, send, and one recv of up to
 * 1 MiB. It is right on the slide, where the page is small and the network
 * kind. Here are pages of several sizes, and what of each arrives. */
#include "harness/origin/origin.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { MIB = 1024 * 1024 };

/* def httpGet(host, port=80): … return s.recv(1024 * 1024) */
static ssize_t http_get(uint16_t port, const char *path, char *data)
{
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_port = htons(port)};
    char request[128];
    ssize_t count = -1;

    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    snprintf(request, sizeof request, "GET %s HTTP/1.1\r\nHost: origin\r\n\r\n",
             path);
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    if (!connect(fd, (struct sockaddr *)&address, sizeof address) &&
        send(fd, request, strlen(request), MSG_NOSIGNAL) > 0)
        count = recv(fd, data, MIB, 0);
    close(fd);
    return count;
}

/* How much of the answer is body: what is behind the empty line. */
static size_t body_in(const char *data, ssize_t count)
{
    if (count <= 0)
        return 0;
    const char *end = memmem(data, (size_t)count, "\r\n\r\n", 4);
    return end ? (size_t)(data + count - end - 4) : 0;
}

static size_t show(uint16_t port, const char *path, size_t size, char *data)
{
    size_t arrived = body_in(data, http_get(port, path, data));
    size_t missing = size > arrived ? size - arrived : 0;
    printf("  %-34s%9zu%9zu%10zu\n", path, size, arrived, missing);
    return missing;
}

int main(void)
{
    struct origin_options options = {0};
    struct origin_process origin;
    char *data = malloc(MIB);
    size_t missing = 0;

    if (!data || origin_process_start(&origin, &options)) {
        fputs("no server\n", stderr);
        free(data);
        return 1;
    }
    printf("  %-34s%9s%9s%10s\n", "page", "bytes", "arrived", "missing");
    missing += show(origin.port, "/bytes/1000", 1000, data);
    missing += show(origin.port, "/drip?bytes=1000&every=1ms", 1000, data);
    missing += show(origin.port, "/bytes/1048576", MIB, data);
    missing += show(origin.port, "/bytes/10485760", 10 * MIB, data);
    origin_process_stop(&origin);
    free(data);
    printf(
        "\n%zu bytes have not arrived, and no call has returned an error.\n"
        "recv returns what has come so far, and not what was asked for. How\n"
        "long a page is, its head says (Content-Length, or the chunks); code\n"
        "that does not read that knows neither when to stop nor when not to.\n",
        missing);
    return 0;
}
