/* SPDX-License-Identifier: MIT */
/* A connection, and a server that thinks for 20 ms: how often does poll return
 * meanwhile? */
#include "base/clock.h"

#include <arpa/inet.h>
#include <poll.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

/* A connection of this process to itself. */
static int connect_pair(int ends[2])
{
    struct sockaddr_in here = {.sin_family = AF_INET,
                               .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof here;
    struct sockaddr *any = (struct sockaddr *)&here;
    int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    ends[0] = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    ends[1] = -1;
    if (!bind(listener, any, size) && !listen(listener, 1) &&
        !getsockname(listener, any, &size) && !connect(ends[0], any, size))
        ends[1] = accept(listener, NULL, NULL);
    close(listener);
    return ends[1] < 0 ? -1 : 0;
}

/* Waits as a client does that asks for these events, until the 20 ms are over;
 * then the server answers. */
static long count_wake_ups(int client, short events)
{
    nanos end = monotonic_now() + 20 * NANOS_PER_MILLISECOND;
    long count = 0;
    for (nanos now; (now = monotonic_now()) < end;) {
        struct pollfd one = {.fd = client, .events = events};
        int left = (int)((end - now) / NANOS_PER_MILLISECOND) + 1;
        count += poll(&one, 1, left) > 0;
    }
    return count;
}

int main(void)
{
    int ends[2];
    if (connect_pair(ends))
        return 1;
    long both = count_wake_ups(ends[0], POLLIN | POLLOUT);
    long in = count_wake_ups(ends[0], POLLIN);
    puts("wake-ups in 20 ms in which the server says nothing:");
    printf("  asked for POLLIN and POLLOUT   %ld\n", both);
    printf("  asked for POLLIN               %ld\n", in);
    puts("The answer itself is one more, in both.");
    close(ends[0]);
    close(ends[1]);
    return 0;
}
