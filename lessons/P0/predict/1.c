/* SPDX-License-Identifier: MIT */
/* A server that listens and never calls accept; and a client that connects. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

int main(void)
{
    struct sockaddr_in address = {.sin_family = AF_INET};
    struct sockaddr *any = (struct sockaddr *)&address;
    socklen_t size = sizeof address;
    int server = socket(AF_INET, SOCK_STREAM, 0);
    int client = socket(AF_INET, SOCK_STREAM, 0);

    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (bind(server, any, size) || listen(server, 8) ||
        getsockname(server, any, &size)) {
        perror("server");
        return 1;
    }
    puts("the server: socket, bind, listen, and not a call more");
    if (connect(client, any, size))
        perror("connect");
    else
        puts("connect has returned 0");
    ssize_t count = send(client, "hello", 5, MSG_NOSIGNAL);
    printf("and send(\"hello\") has returned %zd\n", count);
    close(client);
    close(server);
    return 0;
}
