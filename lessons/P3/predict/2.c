/* SPDX-License-Identifier: MIT */
/* What a page needs while it waits: on the stack of a function that waits, and
 * in struct conn. */
#include "lessons/P3/conn.h"

#include <pthread.h>
#include <stdio.h>

/* The locals of a client that waits. */
struct frame {
    int fd;
    struct call call;
    char bytes[16384];
    ssize_t count;
};

int main(void)
{
    pthread_attr_t usual;
    size_t stack = 0;
    pthread_attr_init(&usual);
    pthread_attr_getstacksize(&usual, &stack);
    pthread_attr_destroy(&usual);
    struct conn conn;
    puts("a function that waits           what survives a return");
    printf("  fd          %6zu bytes        conn->fd        %4zu\n",
           sizeof(int), sizeof conn.fd);
    printf("  call        %6zu              conn->call      %4zu\n",
           sizeof(struct call), sizeof conn.call);
    printf("  bytes       %6zu              used up         %4d\n",
           sizeof(((struct frame *)0)->bytes), 0);
    printf("  count       %6zu              used up         %4d\n",
           sizeof(ssize_t), 0);
    printf("  its line    %6zu              conn->state     %4zu\n",
           sizeof(void *), sizeof conn.state);
    printf(
        "\nA thread sets aside %zu KiB of stack for the left side. The\n"
        "right side is one struct conn, %zu bytes, and what has come of the\n"
        "page so far.\n",
        stack / 1024, sizeof conn);
    return 0;
}
