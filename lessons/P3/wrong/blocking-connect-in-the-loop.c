/* SPDX-License-Identifier: MIT */
/* One connect in the loop waits: to a server that does not answer. Meanwhile
 * the answers of all others come in, and are not taken. */
#include "lessons/P3/shown.h"

#include <sys/time.h>

enum { PAGES = 10, FILLERS = 64 };

/* ---- a server that does not answer ---- */

struct silent {
    struct address address;
    int listener;
    int fillers[FILLERS];
    int count;
};

/* Listens and never accepts; and takes up all the room there is for those that
 * want to connect. One that comes now is not even refused. */
static int silent_init(struct silent *silent)
{
    *silent = (struct silent){0};
    struct address *here = &silent->address;
    int connected = 1;
    silent->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (!address_from_literal(here, "127.0.0.1", 0) ||
        bind(silent->listener, &here->socket.any, here->size) ||
        listen(silent->listener, 0) ||
        getsockname(silent->listener, &here->socket.any, &here->size))
        return -errno;
    while (connected && silent->count < FILLERS) {
        struct conn conn = {0};
        int error = conn_open(&conn, here);
        if (error)
            return error;
        silent->fillers[silent->count++] = conn.fd;
        struct pollfd one = {.fd = conn.fd, .events = POLLOUT};
        connected = poll(&one, 1, 50);
    }
    return 0;
}

static void silent_deinit(struct silent *silent)
{
    for (int i = 0; i < silent->count; i++)
        close(silent->fillers[i]);
    close(silent->listener);
}

/* ---- two ways to connect there ---- */

/* Wrong: waits until the system gives up. That may take minutes; here the
 * socket has a limit of 500 ms. */
static int connect_and_wait(const struct address *to)
{
    struct timeval limit = {.tv_usec = 500000};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
    (void)!connect(fd, &to->socket.any, to->size);
    return fd;
}

static int connect_without(const struct address *to)
{
    struct conn conn = {.fd = -1};
    (void)conn_open(&conn, to);
    return conn.fd;
}

/* How many connections have an answer that was not taken? */
static int left_lying(struct monster *monster)
{
    int count = 0;
    for (size_t i = 0; i < monster->places; i++)
        monster->polls[i] =
            (struct pollfd){.fd = monster->conns[i].fd, .events = POLLIN};
    poll(monster->polls, monster->places, 0);
    for (size_t i = 0; i < monster->places; i++)
        count += (monster->polls[i].revents & POLLIN) != 0;
    return count;
}

static bool all_are_sent(const struct monster *monster)
{
    for (size_t i = 0; i < monster->places; i++)
        if (conn_interest(&monster->conns[i]) != POLLIN)
            return false;
    return true;
}

/* Ten pages are under way; an eleventh connects to the silent server. */
static int show(const char *how, const struct address *to,
                int (*connect_there)(const struct address *to))
{
    struct shown shown;
    int fd = -1, lying = 0;
    int error = shown_init(&shown, "/delay/100ms", PAGES);
    while (!error && fill(&shown.monster) > 0) {
        if (fd < 0 && all_are_sent(&shown.monster)) {
            nanos before = monotonic_now();
            fd = connect_there(to);
            lying = left_lying(&shown.monster);
            printf(
                "  %-22sthe loop was held up for %3lld ms, %2d answers "
                "lay there\n",
                how,
                (long long)((monotonic_now() - before) / NANOS_PER_MILLISECOND),
                lying);
        }
        error = turn(&shown.monster);
    }
    close(fd);
    shown_deinit(&shown);
    return error;
}

int main(void)
{
    struct silent silent;
    if (silent_init(&silent))
        return 1;
    puts(
        "10 pages under way, each answered after 100 ms. An eleventh connects\n"
        "to a server that does not answer:\n");
    int error = show("connect that waits:", &silent.address, connect_and_wait);
    if (!error)
        error =
            show("connect that does not:", &silent.address, connect_without);
    silent_deinit(&silent);
    puts("\nThere is one thread. A single call that waits, connect or any "
         "other,\n"
         "makes all connections wait, and the servers that had answered see a\n"
         "client that does not read.");
    return error ? 1 : 0;
}
