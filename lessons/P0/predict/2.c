/* SPDX-License-Identifier: MIT */
/* 27 bytes through a send that takes 1, then 3, then 7 of them, is interrupted
 * once, and then takes what it gets. */
#include <errno.h>
#include <stdio.h>
#include <sys/types.h>

static int calls;

/* It takes the place of the kernel's. */
static ssize_t send_some(const char *bytes, size_t size)
{
    static const size_t takes[] = {1, 3, 7, 0};
    size_t count = calls < 4 && takes[calls] < size ? takes[calls] : size;

    if (++calls == 4) {
        printf("  call 4, with %2zu bytes: interrupted (EINTR)\n", size);
        errno = EINTR;
        return -1;
    }
    printf("  call %d, with %2zu bytes: takes %2zu  %.*s\n", calls, size, count,
           (int)count, bytes);
    return (ssize_t)count;
}

int main(void)
{
    const char *bytes = "abcdefghijklmnopqrstuvwxyz!";
    size_t left = 27;

    while (left > 0) {
        ssize_t count = send_some(bytes, left);
        if (count > 0) {
            bytes += count;
            left -= (size_t)count;
        }
    }
    printf("%d calls\n", calls);
    return 0;
}
