/* SPDX-License-Identifier: MIT */
/* The system calls of a client, under a script. Loopback is too kind: it never
 * sends half of what it was given, never hands over a single byte, is never
 * interrupted and seldom breaks; and there is always room for another thread.
 * Here a table of rules says which call does, and at exactly which call.
 *
 *     struct scripted_rule rules[] = {
 *         {.call = SCRIPTED_SEND, .every = 1, .limit = 1},
 *         {.call = SCRIPTED_RECV, .first = 3, .error = ECONNRESET},
 *     };
 *     scripted_begin(port, rules, 2);
 *     ... every send takes one byte, the third recv finds a broken connection
 *     scripted_end();
 *
 * The linker puts these functions in the place of the system's (--wrap), in
 * whatever is linked with this library. Rules reach only sockets that are, or
 * are about to be, connected to `port`; a server in another process, and pipes,
 * are left alone. Rules and counts live in memory that is shared with every
 * process forked after scripted_begin, so the third recv is the third of them
 * all.
 *
 * Where liburing is there, a program that links scripted_uring as well has the
 * same script between the model `uring` and its ring.
 */
#ifndef SUPPORT_SCRIPTED_SOCKETS_H
#define SUPPORT_SCRIPTED_SOCKETS_H

#include <poll.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

enum scripted_call {
    SCRIPTED_SOCKET,  /* socket, of the internet families; for any port */
    SCRIPTED_CONNECT, /* connect */
    SCRIPTED_ACCEPT,  /* accept, accept4, of a socket that listens at the port;
                         the connection stays in the queue */
    SCRIPTED_SEND,    /* send, write */
    SCRIPTED_RECV,    /* recv, read */
    SCRIPTED_TIRED,   /* those that SO_RCVTIMEO has ended: only counted, how
                         many there are is a matter of speed */
    SCRIPTED_CLOSE,   /* close, of a connected socket */
    SCRIPTED_WAIT,    /* poll, ppoll, select, epoll_wait; in any thread */
    SCRIPTED_THREAD,  /* pthread_create */
    SCRIPTED_FORK,    /* fork */
    SCRIPTED_QUEUE,   /* what uring queues that is about no bytes: a cancel, a
                         watch; the ring has no room */
    SCRIPTED_CALLS
};

/* What happens to one call, or to every Nth, instead of its usual result.
 *
 * EAGAIN is given only where the call would not block: a blocking socket never
 * says it. ECONNRESET and EPIPE really break the connection. EINTR on a connect
 * leaves it under way, as the kernel does. A connect rule without an error
 * connects at once, as a local socket may, also on a socket that does not
 * block. A close that fails has closed all the same, as on Linux.
 */
struct scripted_rule {
    enum scripted_call call;
    unsigned first; /* the first call that it is for; 0 and 1: the first */
    unsigned every; /* then every Nth; 0: that one only */
    size_t limit;   /* SEND, RECV: most bytes at a time; 0: any number */
    int error;      /* fails with this errno, and nothing is done; 0: works */
};

enum { SCRIPTED_RULES_MAX = 8 };

/* The rules are copied; the first one that fits a call is applied. 0, -EINVAL
 * for too many, or a negative errno. */
int scripted_begin(uint16_t port, const struct scripted_rule *rules,
                   size_t count);

/* From here on everything is the system's again. */
void scripted_end(void);

/* Since scripted_begin, in all processes: how often was such a call made, and
 * how often was one bent by a rule? They stay until the next scripted_begin. */
unsigned scripted_seen(enum scripted_call call);
unsigned scripted_bent(enum scripted_call call);

/* A call of poll gets this function's answer instead, with or without a
 * script; NULL: the system's again. So a test can hold the clock, and be the
 * other end, while the program under test believes that it waits. ppoll stays
 * the system's. For this process only. */
typedef int scripted_poll(void *context, struct pollfd *fds, nfds_t count,
                          int timeout);
void scripted_poll_by(scripted_poll *poll, void *context);

#ifdef __cplusplus
}
#endif

#endif
