/* SPDX-License-Identifier: MIT */
/* A page of 1 MiB, and a single recv that asks for 1 MiB; five times. */
#include "harness/origin/origin.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { MIB = 1024 * 1024 };

/* How many bytes one recv brings. */
static ssize_t receive_once(uint16_t port, char *bytes)
{
    static const char request[] = "GET /bytes/1048576 HTTP/1.1\r\n"
                                  "Host: origin\r\n\r\n";
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_port = htons(port)};
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    ssize_t count = -1;

    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (!connect(fd, (struct sockaddr *)&address, sizeof address) &&
        send(fd, request, strlen(request), MSG_NOSIGNAL) > 0)
        count = recv(fd, bytes, MIB, 0);
    close(fd);
    return count;
}

int main(void)
{
    struct origin_options options = {0};
    struct origin_process origin;
    char *bytes = malloc(MIB);

    if (!bytes || origin_process_start(&origin, &options)) {
        fputs("no server\n", stderr);
        free(bytes);
        return 1;
    }
    for (int i = 0; i < 5; i++)
        printf("recv(1 MiB) has brought %7zd bytes of %d\n",
               receive_once(origin.port, bytes), MIB);
    origin_process_stop(&origin);
    free(bytes);
    return 0;
}
