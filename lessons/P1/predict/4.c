/* SPDX-License-Identifier: MIT */
/* Four pages at once, of 40, 10, 10 and 10 ms: when each arrives, and when its
 * turn comes if the order has to be kept. */
#include "base/clock.h"

#include <stdbool.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

enum { PAGES = 4 };

static void fetch_slowly(int page)
{
    struct timespec time = {0, (page == 0 ? 40 : 10) * 1000000L};
    nanosleep(&time, NULL);
}

int main(void)
{
    bool here[PAGES + 1] = {false};
    int ends[2], next = 0;
    char page;
    nanos start = monotonic_now();
    if (pipe(ends) < 0) {
        perror("pipe");
        return 1;
    }
    for (char i = 0; i < PAGES; i++)
        if (fork() == 0) {
            fetch_slowly(i);
            _exit(write(ends[1], &i, 1) != 1);
        }
    close(ends[1]);
    while (read(ends[0], &page, 1) == 1) {
        nanos after = (monotonic_now() - start) / NANOS_PER_MILLISECOND;
        printf("%3lld ms  page %d arrives", (long long)after, page);
        here[(int)page] = true;
        printf(here[next] ? "; handed over:" : "; it waits for page 0");
        for (; here[next]; next++)
            printf(" %d", next);
        puts("");
    }
    close(ends[0]);
    return 0;
}
