/* SPDX-License-Identifier: MIT */
#include "support/scripted_clock.h"
#include "support/scripted_sockets_internal.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <unistd.h>

/* The functions that the linker calls instead of the system's in the rest of
 * the program, and the names under which the system's remain. */
int __wrap_socket(int family, int type, int protocol);
int __real_socket(int family, int type, int protocol);
int __wrap_connect(int fd, const struct sockaddr *to, socklen_t size);
int __real_connect(int fd, const struct sockaddr *to, socklen_t size);
int __wrap_accept(int fd, struct sockaddr *from, socklen_t *size);
int __real_accept(int fd, struct sockaddr *from, socklen_t *size);
int __wrap_accept4(int fd, struct sockaddr *from, socklen_t *size, int flags);
int __real_accept4(int fd, struct sockaddr *from, socklen_t *size, int flags);
ssize_t __wrap_send(int fd, const void *data, size_t size, int flags);
ssize_t __real_send(int fd, const void *data, size_t size, int flags);
ssize_t __wrap_write(int fd, const void *data, size_t size);
ssize_t __real_write(int fd, const void *data, size_t size);
ssize_t __wrap_recv(int fd, void *data, size_t size, int flags);
ssize_t __real_recv(int fd, void *data, size_t size, int flags);
ssize_t __wrap_read(int fd, void *data, size_t size);
ssize_t __real_read(int fd, void *data, size_t size);
int __wrap_close(int fd);
int __real_close(int fd);
int __wrap_poll(struct pollfd *fds, nfds_t count, int timeout);
int __real_poll(struct pollfd *fds, nfds_t count, int timeout);
int __wrap_ppoll(struct pollfd *fds, nfds_t count, const struct timespec *time,
                 const sigset_t *mask);
int __real_ppoll(struct pollfd *fds, nfds_t count, const struct timespec *time,
                 const sigset_t *mask);
int __wrap_select(int count, fd_set *in, fd_set *out, fd_set *bad,
                  struct timeval *timeout);
int __real_select(int count, fd_set *in, fd_set *out, fd_set *bad,
                  struct timeval *timeout);
int __wrap_epoll_wait(int fd, struct epoll_event *events, int most,
                      int timeout);
int __real_epoll_wait(int fd, struct epoll_event *events, int most,
                      int timeout);

int __wrap_pthread_create(pthread_t *thread, const pthread_attr_t *attributes,
                          void *(*run)(void *), void *argument);
int __real_pthread_create(pthread_t *thread, const pthread_attr_t *attributes,
                          void *(*run)(void *), void *argument);
pid_t __wrap_fork(void);
pid_t __real_fork(void);

struct script {
    bool on;
    uint16_t port;
    size_t count;
    struct scripted_rule rules[SCRIPTED_RULES_MAX];
    unsigned seen[SCRIPTED_CALLS], bent[SCRIPTED_CALLS]; /* atomically */
};

/* Shared with the processes that are forked later; NULL before the first
 * scripted_begin. The functions that we replace have no room for a context. */
static struct script *script;

/* What answers poll; the same holds for it. */
static scripted_poll *poll_instead;
static void *poll_context;

static struct script *current(void)
{
    return __atomic_load_n(&script, __ATOMIC_ACQUIRE);
}

/* New memory each time: a thread of the last script may still be looking at
 * its rules. */
int scripted_begin(uint16_t port, const struct scripted_rule *rules,
                   size_t count)
{
    if (count > SCRIPTED_RULES_MAX)
        return -EINVAL;
    struct script *made = mmap(NULL, sizeof *made, PROT_READ | PROT_WRITE,
                               MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (made == MAP_FAILED)
        return -errno;
    if (count > 0)
        memcpy(made->rules, rules, count * sizeof *rules);
    made->count = count;
    made->port = port;
    made->on = true;
    __atomic_store_n(&script, made, __ATOMIC_RELEASE);
    return 0;
}

void scripted_end(void)
{
    if (current())
        __atomic_store_n(&current()->on, false, __ATOMIC_RELEASE);
}

unsigned scripted_seen(enum scripted_call call)
{
    return current() ? __atomic_load_n(&current()->seen[call], __ATOMIC_ACQUIRE)
                     : 0;
}

unsigned scripted_bent(enum scripted_call call)
{
    return current() ? __atomic_load_n(&current()->bent[call], __ATOMIC_ACQUIRE)
                     : 0;
}

void scripted_poll_by(scripted_poll *poll, void *context)
{
    poll_instead = poll;
    poll_context = context;
}

static bool is_on(void)
{
    return current() && __atomic_load_n(&current()->on, __ATOMIC_ACQUIRE);
}

static bool is_our_port(const struct sockaddr *to)
{
    /* Both families keep the port in the same place. */
    if (to->sa_family != AF_INET && to->sa_family != AF_INET6)
        return false;
    return ntohs(((const struct sockaddr_in *)(const void *)to)->sin_port) ==
           current()->port;
}

/* Is it a socket that talks to the port? */
static bool is_ours(int fd)
{
    struct sockaddr_in6 peer;
    socklen_t size = sizeof peer;
    int saved = errno;
    bool ours = !getpeername(fd, (struct sockaddr *)&peer, &size) &&
                is_our_port((const struct sockaddr *)&peer);
    errno = saved;
    return ours;
}

static bool is_blocking(int fd, int flags)
{
    return !(flags & MSG_DONTWAIT) && !(fcntl(fd, F_GETFL) & O_NONBLOCK);
}

/* Does the rule apply to the call with this number, counted from 1? */
static bool is_due(const struct scripted_rule *rule, unsigned number)
{
    unsigned first = rule->first ? rule->first : 1;
    if (number <= first)
        return number == first;
    return rule->every && (number - first) % rule->every == 0;
}

/* A connection that is said to be broken is broken from then on. */
static void break_connection(int fd, int error)
{
    if (error == ECONNRESET || error == EPIPE)
        shutdown(fd, SHUT_RDWR);
}

/* Counts the call, and returns the rule that applies to it, or NULL. */
static const struct scripted_rule *meet(enum scripted_call call, bool blocking)
{
    unsigned number =
        __atomic_add_fetch(&current()->seen[call], 1, __ATOMIC_ACQ_REL);
    for (size_t i = 0; i < current()->count; i++) {
        const struct scripted_rule *rule = &current()->rules[i];
        if (rule->call != call || !is_due(rule, number))
            continue;
        if (rule->error == EAGAIN && blocking)
            continue;
        __atomic_add_fetch(&current()->bent[call], 1, __ATOMIC_ACQ_REL);
        return rule;
    }
    return NULL;
}

/* ---- sockets and connections ---- */

int __wrap_socket(int family, int type, int protocol)
{
    if (is_on() && (family == AF_INET || family == AF_INET6)) {
        const struct scripted_rule *rule = meet(SCRIPTED_SOCKET, true);
        if (rule && rule->error) {
            errno = rule->error;
            return -1;
        }
    }
    return __real_socket(family, type, protocol);
}

/* The connection is under way, and the call says that it was interrupted. */
static int connect_interrupted(int fd, const struct sockaddr *to,
                               socklen_t size)
{
    int flags = fcntl(fd, F_GETFL);
    fcntl(fd, F_SETFL, flags | O_NONBLOCK);
    int done = __real_connect(fd, to, size);
    int error = errno;
    fcntl(fd, F_SETFL, flags);
    errno = done < 0 && error != EINPROGRESS ? error : EINTR;
    return -1;
}

int scripted_connect_error(const struct sockaddr *to)
{
    if (!is_on() || !is_our_port(to))
        return 0;
    const struct scripted_rule *rule = meet(SCRIPTED_CONNECT, true);
    return rule ? rule->error : 0;
}

static int connect_at_once(int fd, const struct sockaddr *to, socklen_t size)
{
    if (!__real_connect(fd, to, size))
        return 0;
    if (errno != EINPROGRESS)
        return -1;
    struct pollfd wait = {.fd = fd, .events = POLLOUT};
    while (__real_poll(&wait, 1, -1) < 0)
        ;
    int error = 0;
    socklen_t error_size = sizeof error;
    getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &error_size);
    errno = error;
    return error ? -1 : 0;
}

int __wrap_connect(int fd, const struct sockaddr *to, socklen_t size)
{
    if (!is_on() || !is_our_port(to))
        return __real_connect(fd, to, size);
    const struct scripted_rule *rule =
        meet(SCRIPTED_CONNECT, is_blocking(fd, 0));
    if (!rule)
        return __real_connect(fd, to, size);
    if (!rule->error)
        return connect_at_once(fd, to, size);
    if (rule->error == EINTR)
        return connect_interrupted(fd, to, size);
    errno = rule->error;
    return -1;
}

/* Is this accept refused? Then errno says so. */
static bool accept_is_refused(int fd)
{
    struct sockaddr_in6 here;
    socklen_t size = sizeof here;
    if (!is_on() || getsockname(fd, (struct sockaddr *)&here, &size) ||
        !is_our_port((const struct sockaddr *)&here))
        return false;
    const struct scripted_rule *rule =
        meet(SCRIPTED_ACCEPT, is_blocking(fd, 0));
    if (!rule || !rule->error)
        return false;
    errno = rule->error;
    return true;
}

int __wrap_accept(int fd, struct sockaddr *from, socklen_t *size)
{
    return accept_is_refused(fd) ? -1 : __real_accept(fd, from, size);
}

int __wrap_accept4(int fd, struct sockaddr *from, socklen_t *size, int flags)
{
    return accept_is_refused(fd) ? -1 : __real_accept4(fd, from, size, flags);
}

/* ---- bytes ---- */

ssize_t scripted_allowed(enum scripted_call call, int fd, size_t size,
                         bool blocking)
{
    if (!is_on() || !is_ours(fd))
        return (ssize_t)size;
    const struct scripted_rule *rule = meet(call, blocking);
    if (!rule)
        return (ssize_t)size;
    if (rule->error) {
        break_connection(fd, rule->error);
        return -rule->error;
    }
    return (ssize_t)(rule->limit && rule->limit < size ? rule->limit : size);
}

static ssize_t allowed(enum scripted_call call, int fd, size_t size, int flags)
{
    return scripted_allowed(call, fd, size, is_blocking(fd, flags));
}

/* Reports what allowed() refused, as a system call does. */
static ssize_t refuse(ssize_t negative_errno)
{
    errno = (int)-negative_errno;
    return -1;
}

ssize_t __wrap_send(int fd, const void *data, size_t size, int flags)
{
    ssize_t most = allowed(SCRIPTED_SEND, fd, size, flags);
    return most < 0 ? refuse(most) : __real_send(fd, data, (size_t)most, flags);
}

ssize_t __wrap_write(int fd, const void *data, size_t size)
{
    ssize_t most = allowed(SCRIPTED_SEND, fd, size, 0);
    return most < 0 ? refuse(most) : __real_write(fd, data, (size_t)most);
}

static ssize_t received(int fd, ssize_t count, int flags)
{
    if (count < 0 && errno == EAGAIN && is_on() && is_ours(fd) &&
        is_blocking(fd, flags))
        __atomic_add_fetch(&current()->seen[SCRIPTED_TIRED], 1,
                           __ATOMIC_ACQ_REL);
    return count;
}

ssize_t __wrap_recv(int fd, void *data, size_t size, int flags)
{
    ssize_t most = allowed(SCRIPTED_RECV, fd, size, flags);
    if (most < 0)
        return refuse(most);
    return received(fd, __real_recv(fd, data, (size_t)most, flags), flags);
}

ssize_t __wrap_read(int fd, void *data, size_t size)
{
    ssize_t most = allowed(SCRIPTED_RECV, fd, size, 0);
    if (most < 0)
        return refuse(most);
    return received(fd, __real_read(fd, data, (size_t)most), 0);
}

/* The descriptor is gone either way. */
int __wrap_close(int fd)
{
    const struct scripted_rule *rule =
        is_on() && is_ours(fd) ? meet(SCRIPTED_CLOSE, true) : NULL;
    int done = __real_close(fd);
    if (!rule || !rule->error)
        return done;
    errno = rule->error;
    return -1;
}

/* ---- calls without a socket ---- */

int scripted_error_instead(enum scripted_call call)
{
    const struct scripted_rule *rule = is_on() ? meet(call, false) : NULL;
    return rule ? rule->error : 0;
}

int __wrap_pthread_create(pthread_t *thread, const pthread_attr_t *attributes,
                          void *(*run)(void *), void *argument)
{
    int error = scripted_error_instead(SCRIPTED_THREAD);
    return error ? error
                 : __real_pthread_create(thread, attributes, run, argument);
}

pid_t __wrap_fork(void)
{
    int error = scripted_error_instead(SCRIPTED_FORK);
    if (!error)
        return __real_fork();
    errno = error;
    return -1;
}

/* ---- waiting ---- */

bool scripted_is_interrupted(void)
{
    int error = scripted_error_instead(SCRIPTED_WAIT);
    if (error)
        errno = error;
    return error != 0;
}

/* What a wait has found without waiting. If that is nothing, the clock jumps to
 * the wait's end. */
static int looked(int found, nanos timeout)
{
    if (found == 0)
        scripted_clock_jump(timeout);
    return found;
}

int __wrap_poll(struct pollfd *fds, nfds_t count, int timeout)
{
    if (scripted_is_interrupted())
        return -1;
    if (poll_instead)
        return poll_instead(poll_context, fds, count, timeout);
    if (timeout < 0 || !scripted_clock_is_on())
        return __real_poll(fds, count, timeout);
    return looked(__real_poll(fds, count, 0), timeout * NANOS_PER_MILLISECOND);
}

int __wrap_ppoll(struct pollfd *fds, nfds_t count, const struct timespec *time,
                 const sigset_t *mask)
{
    struct timespec none = {0};
    if (scripted_is_interrupted())
        return -1;
    if (!time || !scripted_clock_is_on())
        return __real_ppoll(fds, count, time, mask);
    return looked(__real_ppoll(fds, count, &none, mask),
                  nanos_from_timespec(*time));
}

int __wrap_select(int count, fd_set *in, fd_set *out, fd_set *bad,
                  struct timeval *timeout)
{
    struct timeval none = {0};
    if (scripted_is_interrupted())
        return -1;
    if (!timeout || !scripted_clock_is_on())
        return __real_select(count, in, out, bad, timeout);
    return looked(__real_select(count, in, out, bad, &none),
                  timeout->tv_sec * NANOS_PER_SECOND +
                      timeout->tv_usec * NANOS_PER_MICROSECOND);
}

int __wrap_epoll_wait(int fd, struct epoll_event *events, int most, int timeout)
{
    if (scripted_is_interrupted())
        return -1;
    if (timeout < 0 || !scripted_clock_is_on())
        return __real_epoll_wait(fd, events, most, timeout);
    return looked(__real_epoll_wait(fd, events, most, 0),
                  timeout * NANOS_PER_MILLISECOND);
}
