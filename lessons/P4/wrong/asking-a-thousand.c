/* SPDX-License-Identifier: MIT */
/* One connection talks, the others are quiet. asyncore asks them all, every
 * time; epoll is told once what is there, and then tells what is ready. */
#include "nonblocking/asyncore.h"
#include "nonblocking/selector.h"

#include <stdio.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { MESSAGES = 1000, QUIET_MAX = 1000 };

static long questions;

/* ---- the connections ---- */

/* The quiet ones are all ends of one connection: the loop cannot tell. */
struct connections {
    int talking[2], silent[2];
    int quiet[QUIET_MAX];
};

static int open_all(struct connections *all)
{
    struct rlimit limit;
    getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
    int type = SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC;
    if (socketpair(AF_UNIX, type, 0, all->talking) ||
        socketpair(AF_UNIX, type, 0, all->silent))
        return -1;
    for (int i = 0; i < QUIET_MAX; i++)
        if ((all->quiet[i] = dup(all->silent[0])) < 0)
            return -1;
    return 0;
}

static void say_something(const struct connections *all)
{
    (void)!write(all->talking[1], "x", 1);
}

static void hear_it(const struct connections *all)
{
    char byte;
    (void)!read(all->talking[0], &byte, 1);
}

/* What this process has used of the processor, in microseconds. */
static double cpu_used(void)
{
    struct timespec time;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
    return (double)time.tv_sec * 1e6 + (double)time.tv_nsec / 1e3;
}

/* ---- asyncore ---- */

static bool count_question(struct dispatcher *self)
{
    (void)self;
    questions++;
    return true;
}

static bool count_question_and_deny(struct dispatcher *self)
{
    (void)self;
    questions++;
    return false;
}

struct talker {
    struct dispatcher dispatcher;
    const struct connections *all;
};

static int talker_handle_read(struct dispatcher *self)
{
    hear_it(((struct talker *)(void *)self)->all);
    return 0;
}

static int add(struct dispatcher *self,
               const struct dispatcher_methods *methods, struct socket_map *map,
               int fd)
{
    dispatcher_init(self, methods, map);
    self->fd = fd;
    return dispatcher_add_channel(self);
}

/* Microseconds a message; below 0 when it did not work. */
static double over_asyncore(const struct connections *all, int quiet)
{
    static struct dispatcher others[QUIET_MAX];
    struct socket_map map = {0};
    struct dispatcher_methods methods = dispatcher_defaults;
    struct talker talker = {.all = all};
    methods.readable = count_question;
    methods.writable = count_question_and_deny;
    methods.handle_read = talker_handle_read;
    int error = add(&talker.dispatcher, &methods, &map, all->talking[0]);
    for (int i = 0; !error && i < quiet; i++)
        error = add(&others[i], &methods, &map, all->quiet[i]);
    questions = 0;
    double begin = cpu_used();
    for (int i = 0; !error && i < MESSAGES; i++) {
        say_something(all);
        error = asyncore_poll2(&map, NEVER);
    }
    double used = cpu_used() - begin;
    socket_map_deinit(&map);
    return error ? -1 : used / MESSAGES;
}

/* ---- epoll ---- */

static double over_epoll(const struct connections *all, int quiet)
{
    struct selector *selector;
    struct selected ready[16];
    if (epoll_selector.open(&selector))
        return -1;
    int error = selector_add(selector, all->talking[0], SELECT_READ, NULL);
    for (int i = 0; !error && i < quiet; i++)
        error = selector_add(selector, all->quiet[i], SELECT_READ, NULL);
    double begin = cpu_used();
    for (int i = 0; !error && i < MESSAGES; i++) {
        say_something(all);
        if (selector_wait(selector, NEVER, ready, 16) == 1)
            hear_it(all);
    }
    double used = cpu_used() - begin;
    selector_close(selector);
    return error ? -1 : used / MESSAGES;
}

int main(void)
{
    static struct connections all;
    static const int quiet[] = {0, 10, 100, 1000};
    if (open_all(&all))
        return 1;
    puts("One connection talks, the others are quiet. For each message:\n");
    puts("  quiet   questions asked   asyncore   epoll");
    for (size_t i = 0; i < sizeof quiet / sizeof *quiet; i++) {
        double asyncore = over_asyncore(&all, quiet[i]);
        double epoll = over_epoll(&all, quiet[i]);
        if (asyncore < 0 || epoll < 0)
            return 1;
        printf("%7d   %15ld   %5.0f µs   %2.0f µs\n", quiet[i],
               questions / MESSAGES, asyncore, epoll);
    }
    puts("\nA loop that asks all pays for all, also for those that have\n"
         "nothing to say. With many quiet connections this is all that the "
         "loop\n"
         "does. epoll keeps the list in the kernel, and pays for the one that\n"
         "talks.");
    return 0;
}
