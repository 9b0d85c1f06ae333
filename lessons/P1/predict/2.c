/* SPDX-License-Identifier: MIT */
/* Four children, started one after another. The first sleeps for 40 ms, the
 * last for 10; each then says so, through one pipe that they all have. */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

enum { CHILDREN = 4 };

static void fetch_slowly(int number)
{
    struct timespec time = {0, (CHILDREN - number) * 10000000L};
    nanosleep(&time, NULL);
}

int main(void)
{
    int ends[2];
    char number;
    if (pipe(ends) < 0) {
        perror("pipe");
        return 1;
    }
    for (char i = 0; i < CHILDREN; i++)
        if (fork() == 0) {
            fetch_slowly(i);
            _exit(write(ends[1], &i, 1) != 1);
        }
    close(ends[1]);
    while (read(ends[0], &number, 1) == 1)
        printf("child %d has answered, after its %d ms\n", number,
               (CHILDREN - number) * 10);
    close(ends[0]);
    return 0;
}
