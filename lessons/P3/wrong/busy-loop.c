/* SPDX-License-Identifier: MIT */
/* The monster asks poll for POLLIN and POLLOUT, always. It works: every page
 * arrives. Only it does not sleep any more. */
#include "lessons/P3/shown.h"

#include <time.h>

enum { PAGES = 10 };

/* Wrong: there is hardly a moment at which a socket cannot be written to. */
static short always_both(const struct conn *conn)
{
    return conn->fd < 0 ? 0 : POLLIN | POLLOUT;
}

/* The solution's turn, but for the question that it asks. */
static int turn_asking(struct monster *monster,
                       short (*interest)(const struct conn *conn))
{
    for (size_t i = 0; i < monster->places; i++) {
        monster->polls[i].fd = monster->conns[i].fd;
        monster->polls[i].events = interest(&monster->conns[i]);
    }
    if (poll(monster->polls, monster->places, time_left(monster)) < 0)
        return errno == EINTR ? 0 : -errno;
    for (size_t i = 0; i < monster->places; i++) {
        if (!monster->polls[i].revents)
            continue;
        conn_step(&monster->conns[i], monster->polls[i].revents);
        conn_settle(&monster->conns[i], monster->batch);
    }
    return 0;
}

static double cpu_ms(void)
{
    struct timespec used;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
    return (double)used.tv_sec * 1e3 + (double)used.tv_nsec / 1e6;
}

static int show(const char *how, short (*interest)(const struct conn *conn))
{
    struct shown shown;
    long wakes = 0;
    int error = shown_init(&shown, "/delay/200ms", PAGES);
    double before = cpu_ms();
    for (; !error && fill(&shown.monster) > 0; wakes++)
        error = turn_asking(&shown.monster, interest);
    printf("  %-32s%2zu pages, %7ld wake-ups, %6.1f ms of CPU\n", how,
           shown.pages.finished, wakes, cpu_ms() - before);
    shown_deinit(&shown);
    return error;
}

int main(void)
{
    puts("10 pages at a time, each answered after 200 ms:");
    puts("");
    if (show("asks for both, always:", always_both) ||
        show("asks for what it needs:", conn_interest))
        return 1;
    puts("\nA socket is writable as long as the kernel has room for what is\n"
         "sent: nearly always. Code that asks with nothing to send is told so\n"
         "at once, and again at once. The pages are right, the processor is\n"
         "busy, and no test that looks only at pages finds it.");
    return 0;
}
