/* SPDX-License-Identifier: MIT */
/* What the learner's code opens, and what it closes. */
#include "lessons/check/calls_yours.h"
#include "lessons/check/report.h"

#include <stdarg.h>
#include <sys/stat.h>

enum { WATCHED_MAX = 4096 };

/* What the learner's code has opened, or was given to close. */
static struct {
    bool open;
    unsigned opens, uses;
    enum watched_call call; /* that has opened it; CALLS_NONE: it was given */
    void *place;
    dev_t device; /* which file it is: the number may be another's later */
    ino_t file;
} watched[WATCHED_MAX];

static int opened(int fd, enum watched_call call, void *place)
{
    struct stat file = {0};
    if (fd < 0 || fd >= WATCHED_MAX || fstat(fd, &file))
        return fd;
    watched[fd].open = true;
    watched[fd].opens++;
    watched[fd].call = call;
    watched[fd].place = place;
    watched[fd].device = file.st_dev;
    watched[fd].file = file.st_ino;
    return (int)calls_done(fd);
}

void calls_give(int fd)
{
    opened(fd, CALLS_NONE, NULL);
}

unsigned calls_opens(int fd)
{
    return fd >= 0 && fd < WATCHED_MAX ? watched[fd].opens : 0;
}

unsigned calls_uses(int fd)
{
    return fd >= 0 && fd < WATCHED_MAX ? watched[fd].uses : 0;
}

void calls_use(int fd)
{
    if (fd >= 0 && fd < WATCHED_MAX)
        watched[fd].uses++;
}

/* Is it still what was opened under this number? Others may have closed it. */
static bool is_open(int fd)
{
    struct stat file;
    return watched[fd].open && !fstat(fd, &file) &&
           file.st_dev == watched[fd].device && file.st_ino == watched[fd].file;
}

/* A program that is started later would have it. */
static void expect_to_close_on_exec(int fd)
{
    int flags = fcntl(fd, F_GETFD);
    if (watched[fd].call && flags >= 0 && !(flags & FD_CLOEXEC))
        calls_break(watched[fd].place,
                    "%s has opened a descriptor that a program which is "
                    "started from here would inherit: it wants SOCK_CLOEXEC or "
                    "O_CLOEXEC.",
                    call_name(watched[fd].call));
}

void calls_end(void)
{
    for (int fd = 0; fd < WATCHED_MAX; fd++) {
        if (!is_open(fd) || !watched[fd].call)
            continue;
        expect_to_close_on_exec(fd);
        calls_break(watched[fd].place,
                    "%s has opened a descriptor here, and in the end it is "
                    "still open: code that opens one closes it, on every way.",
                    call_name(watched[fd].call));
    }
}

/* ---- close ---- */

int yours_close(int fd)
{
    if (!calls_begin(CALL_close, PLACE))
        return -1;
    bool is_known = fd >= 0 && fd < WATCHED_MAX;
    if (fcntl(fd, F_GETFD) < 0)
        calls_break(PLACE,
                    "close(%d), and no such descriptor is open%s: by now the "
                    "number may be another's.",
                    fd, is_known && watched[fd].place ? " any more" : "");
    if (is_known && !is_open(fd))
        calls_break(PLACE,
                    "close(%d), a descriptor that others have opened: they "
                    "still use it, and close it.",
                    fd);
    if (is_known) {
        expect_to_close_on_exec(fd);
        watched[fd].open = false;
    }
    return (int)calls_done(close(fd));
}

static void break_by_closing(enum watched_call call, void *place)
{
    calls_begin(call, place);
    calls_break(place,
                "%s closes descriptors that others have opened: they still use "
                "them.",
                call_name(call));
}

void yours_closefrom(int first)
{
    (void)first;
    break_by_closing(CALL_closefrom, PLACE);
}

int yours_close_range(unsigned first, unsigned last, int flags)
{
    (void)first;
    (void)last;
    (void)flags;
    break_by_closing(CALL_close_range, PLACE);
    return -1;
}

/* ---- open ---- */

int yours_socket(int family, int type, int protocol)
{
    if (!calls_begin(CALL_socket, PLACE))
        return -1;
    return opened(socket(family, type, protocol), CALL_socket, PLACE);
}

static int both_opened(int error, const int ends[2], enum watched_call call,
                       void *place)
{
    if (!error) {
        opened(ends[0], call, place);
        opened(ends[1], call, place);
    }
    return (int)calls_done(error);
}

int yours_socketpair(int family, int type, int protocol, int ends[2])
{
    if (!calls_begin(CALL_socketpair, PLACE))
        return -1;
    return both_opened(socketpair(family, type, protocol, ends), ends,
                       CALL_socketpair, PLACE);
}

int yours_pipe(int ends[2])
{
    if (!calls_begin(CALL_pipe, PLACE))
        return -1;
    return both_opened(pipe(ends), ends, CALL_pipe, PLACE);
}

int yours_pipe2(int ends[2], int flags)
{
    if (!calls_begin(CALL_pipe2, PLACE))
        return -1;
    return both_opened(pipe2(ends, flags), ends, CALL_pipe2, PLACE);
}

int yours_accept(int fd, struct sockaddr *from, socklen_t *size)
{
    if (!calls_begin(CALL_accept, PLACE))
        return -1;
    calls_wait_for(CALL_accept, PLACE, fd, 0);
    return opened(accept(fd, from, size), CALL_accept, PLACE);
}

int yours_accept4(int fd, struct sockaddr *from, socklen_t *size, int flags)
{
    if (!calls_begin(CALL_accept4, PLACE))
        return -1;
    calls_wait_for(CALL_accept4, PLACE, fd, 0);
    return opened(accept4(fd, from, size, flags), CALL_accept4, PLACE);
}

int yours_open(const char *path, int flags, ...)
{
    va_list values;
    va_start(values, flags);
    mode_t mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(values, mode_t) : 0;
    va_end(values);
    if (!calls_begin(CALL_open, PLACE))
        return -1;
    return opened(open(path, flags, mode), CALL_open, PLACE);
}

int yours_creat(const char *path, mode_t mode)
{
    if (!calls_begin(CALL_creat, PLACE))
        return -1;
    return opened(creat(path, mode), CALL_creat, PLACE);
}

int yours_dup(int fd)
{
    if (!calls_begin(CALL_dup, PLACE))
        return -1;
    return opened(dup(fd), CALL_dup, PLACE);
}

int yours_dup2(int fd, int as)
{
    if (!calls_begin(CALL_dup2, PLACE))
        return -1;
    return opened(dup2(fd, as), CALL_dup2, PLACE);
}

int yours_dup3(int fd, int as, int flags)
{
    if (!calls_begin(CALL_dup3, PLACE))
        return -1;
    return opened(dup3(fd, as, flags), CALL_dup3, PLACE);
}

int yours_epoll_create(int size)
{
    if (!calls_begin(CALL_epoll_create, PLACE))
        return -1;
    return opened(epoll_create(size), CALL_epoll_create, PLACE);
}

int yours_epoll_create1(int flags)
{
    if (!calls_begin(CALL_epoll_create1, PLACE))
        return -1;
    return opened(epoll_create1(flags), CALL_epoll_create1, PLACE);
}

int yours_eventfd(unsigned count, int flags)
{
    if (!calls_begin(CALL_eventfd, PLACE))
        return -1;
    return opened(eventfd(count, flags), CALL_eventfd, PLACE);
}

int yours_timerfd_create(clockid_t clock, int flags)
{
    if (!calls_begin(CALL_timerfd_create, PLACE))
        return -1;
    return opened(timerfd_create(clock, flags), CALL_timerfd_create, PLACE);
}
